"""What appraisal adds to the file about a fonds: the lists that were executed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils import timezone

from lantai.apps.disposal import queries
from lantai.apps.disposal.models import DisposalLine
from lantai.apps.printing.types import MOST, Paper
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds


def papers_of(ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    """Executed lists with items of a fonds, newest first."""
    named = DisposalLine.objects.filter(description__fonds=fonds).values("disposal_list_id")
    rows = queries.visible(ctx).filter(pk__in=named, destroyed_at__isnull=False)
    for row in rows.order_by("-destroyed_at", "-pk")[:MOST]:
        yield Paper(timezone.localdate(row.destroyed_at), row.title, row.number, row.get_absolute_url())
