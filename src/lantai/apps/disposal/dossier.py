"""What appraisal adds to the file about a fonds: the lists that were executed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from lantai.apps.disposal import queries
from lantai.apps.disposal.models import DisposalLine
from lantai.apps.holdings.queries import retention_label
from lantai.apps.printing.types import CONTENT_ROWS, MOST, Content, Paper
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds


def papers_of(ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    """Executed lists with items of a fonds, newest first."""
    named = DisposalLine.objects.filter(description__fonds=fonds).values("disposal_list_id")
    rows = queries.visible(ctx).filter(pk__in=named, destroyed_at__isnull=False)
    for row in rows.order_by("-destroyed_at", "-pk")[:MOST]:
        on, read = timezone.localdate(row.destroyed_at), partial(_said_of, row.pk, fonds.pk)
        yield Paper(on, row.title, row.number, row.get_absolute_url(), read)


def _said_of(list_id: int, fonds_id: int) -> Content:
    """The lines of a list that speak of the fonds."""
    lines = DisposalLine.objects.filter(disposal_list_id=list_id, description__fonds_id=fonds_id)
    rows = [
        (
            one.reference_code,
            one.title,
            str(one.page_count or ""),
            retention_label(one.retention),
            str(one.get_verdict_display()),
        )
        for one in lines.order_by("reference_code", "pk")[: CONTENT_ROWS + 1]
    ]
    head = (_("档号"), _("题名"), _("页数"), _("原保管期限"), _("鉴定结论"))
    return Content(head=head, rows=tuple(rows))
