"""What the list of the catalogue shows at an address, for those who take it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl

from django.db.models import QuerySet
from django.http import QueryDict

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.reading import visible
from lantai.platform.context import Ctx

Narrow = Callable[[Ctx, QuerySet[Description], QueryDict], QuerySet[Description]]
_narrow: list[Narrow] = []


def register_list(narrow: Narrow) -> None:
    """The list lies above: it says how it narrows rows by the conditions of an address."""
    _narrow[:] = [narrow]


def listed(ctx: Ctx, query: str) -> QuerySet[Description]:
    """The rows that meet the conditions of an address of the list."""
    data = QueryDict(mutable=True)
    for name, value in parse_qsl(query):
        data.appendlist(name, value.replace("\x00", ""))
    (narrow,) = _narrow
    return narrow(ctx, visible(ctx), data)
