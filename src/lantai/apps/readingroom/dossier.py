"""What use adds to the file about a fonds: how often it served, by year; never who asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from lantai.apps.printing.types import MOST, Paper
from lantai.apps.readingroom import queries
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds


def papers_of(ctx: Ctx, fonds: Fonds) -> Iterator[Paper]:
    """Certificates drawn from a fonds, a line a year, newest first."""
    rows = queries.visible_certificates(ctx).filter(request__findings__description__fonds=fonds).order_by()
    by_year = (
        rows.annotate(year=ExtractYear("issued_at")).values("year").annotate(n=Count("pk", distinct=True))
    )
    for row in by_year.order_by("-year")[:MOST]:
        yield Paper(None, _("%(year)d 年出具证明 %(n)d 份") % row)
