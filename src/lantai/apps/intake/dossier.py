"""What transfers add to the file about a fonds: the registers that both sides confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils import timezone

from lantai.apps.intake import queries
from lantai.apps.printing.types import MOST, Paper
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds


def papers_of(ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    """Registers of transfers into a fonds, newest first."""
    rows = queries.registers(ctx).filter(
        submission__fonds=fonds, agency_confirmed_at__isnull=False, archives_confirmed_at__isnull=False
    )
    for row in rows.order_by("-archives_confirmed_at", "-pk")[:MOST]:
        on = timezone.localdate(row.archives_confirmed_at)
        yield Paper(on, row.submission.title, row.submission.number, row.get_absolute_url())
