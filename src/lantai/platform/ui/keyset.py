"""Lists for machines: rows in the order of their ids, some at a time."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

PAGE = 200

_Row = TypeVar("_Row", bound=Model)


def page_of(rows: QuerySet[_Row], *, after: int, state: str = "") -> tuple[list[_Row], int | None]:
    """At most 200 of ``rows`` behind the id ``after``, and the ``after`` of the next page; None behind the last.

    ``state``, where given, leaves only rows in it.
    """
    found = rows.filter(pk__gt=after).order_by("pk")
    if state:
        found = found.filter(state=state.replace("\x00", ""))
    page = list(found[:PAGE])
    return page, page[-1].pk if len(page) == PAGE else None
