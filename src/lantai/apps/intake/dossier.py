"""What transfers add to the file about a fonds: the registers that both sides confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from lantai.apps.intake import queries
from lantai.apps.intake.papers.registers import things_checked
from lantai.apps.printing.types import MOST, Content, Paper
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds
    from lantai.apps.intake.models import Register


def papers_of(ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    """Registers of transfers into a fonds, newest first."""
    rows = queries.registers(ctx).filter(
        submission__fonds=fonds, agency_confirmed_at__isnull=False, archives_confirmed_at__isnull=False
    )
    for row in rows.order_by("-archives_confirmed_at", "-pk")[:MOST]:
        on = timezone.localdate(row.archives_confirmed_at)
        read = partial(_said_of, row)
        yield Paper(on, row.submission.title, row.submission.number, row.get_absolute_url(), read)


def _said_of(row: Register) -> Content:
    """What both sides found and who confirmed it."""
    found = [
        (str(label), str(row.agency_checks.get(name, "")), str(row.archives_checks.get(name, "")))
        for name, label in things_checked(row.submission).items()
    ]
    signed = (_("确认人"), row.agency_confirmed_by, row.archives_confirmed_by)
    return Content(head=(_("检查项目"), row.agency.name, row.archives.name), rows=(*found, signed))
