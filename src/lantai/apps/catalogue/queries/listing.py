"""What the list of the catalogue shows at an address, for those who take it elsewhere."""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.db.models import QuerySet
from django.http import QueryDict

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.reading import visible
from lantai.apps.catalogue.tables import DescriptionTable
from lantai.apps.holdings import queries as holdings
from lantai.platform.context import Ctx


def table_of(ctx: Ctx, rows: QuerySet[Description]) -> DescriptionTable:
    """The list around some rows; it narrows by the fonds that the actor sees."""
    return DescriptionTable(rows, [(str(row.pk), str(row)) for row in holdings.visible_fonds(ctx)])


def listed(ctx: Ctx, query: str) -> QuerySet[Description]:
    """The rows that meet the conditions of an address of the list."""
    data = QueryDict(mutable=True)
    for name, value in parse_qsl(query):
        data.appendlist(name, value.replace("\x00", ""))
    return table_of(ctx, visible(ctx)).narrowed(data)
