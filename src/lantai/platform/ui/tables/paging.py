"""Keyset paging: the next page costs the same on page 1 and on page 100,000, and never skips a row.

Rows are ordered by (sort value, primary key). PostgreSQL takes NULL as greater than every value, so
rows without a value come last going up and first going down; the conditions below say the same.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Model, Q, QuerySet

SORT = "keyset_value"
_NEVER_STORED = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of one page with the cursors of its neighbours ("" where there is none)."""

    rows: list[Model]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the sort value and key of its last row."""

    value: object
    key: object


def encode(value: object, key: object) -> str:
    """A place as text for an address."""
    plain = value.isoformat() if isinstance(value, date) else value
    text = json.dumps([plain, key], default=_as_text, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _as_text(value: object) -> str:
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"cannot page by {type(value).__name__}")


def decode(cursor: str, sort_field: Field, key_field: Field) -> Place | None:
    """The place of ``cursor``; None when it is not one (an old or broken address shows the first page)."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        value, key = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        place = Place(None if value is None else sort_field.to_python(value), key_field.to_python(key))
    except (ValueError, TypeError, ArithmeticError, RecursionError, binascii.Error, ValidationError):
        return None
    is_place = place.key is not None and _is_storable(place.value) and _is_storable(place.key)
    return place if is_place else None


def _is_storable(value: object) -> bool:
    """Whether PostgreSQL could hold it: no NUL, no half of a surrogate pair."""
    return not isinstance(value, str) or not _NEVER_STORED.search(value)


def _beyond(place: Place, *, is_rising: bool, is_always_set: bool = False) -> Q:
    """Rows that come after ``place`` in the given direction."""
    key = Q(pk__gt=place.key) if is_rising else Q(pk__lt=place.key)
    if place.value is None:
        same = Q(**{f"{SORT}__isnull": True}) & key
        return same if is_rising else same | Q(**{f"{SORT}__isnull": False})
    equal = Q(**{SORT: place.value})
    if is_rising and is_always_set:
        return Q(**{f"{SORT}__gte": place.value}) & (Q(**{f"{SORT}__gt": place.value}) | key)
    if is_rising:
        return Q(**{f"{SORT}__gt": place.value}) | (equal & key) | Q(**{f"{SORT}__isnull": True})
    # Here and above, the first condition is implied by the second: it is what lets the index start at the place.
    return Q(**{f"{SORT}__lte": place.value}) & (Q(**{f"{SORT}__lt": place.value}) | key)


def slice_of(
    rows: QuerySet,
    order: str,
    *,
    after: str = "",
    before: str = "",
    size: int = 50,
    ways: Sequence[Q] = (),
) -> Slice:
    """The page after (or before) a cursor, in ``order`` (a field path, "-" first for falling).

    ``ways`` are conditions of which every row of ``rows`` meets one, each with an index in this order: then a page
    is the first of the first rows of each, and costs the same however far apart they lie.
    """
    path = order.removeprefix("-")
    rows = rows.annotate(**{SORT: F("pk" if path in {"pk", "id"} else path)})
    sort_field = rows.query.annotations[SORT].output_field
    key_field = rows.model._meta.pk
    is_backward = bool(before)
    is_rising = order.startswith("-") == is_backward
    place = decode(before or after, sort_field, key_field) if before or after else None
    if place is not None:
        is_always_set = "__" not in path and not sort_field.null
        rows = rows.filter(_beyond(place, is_rising=is_rising, is_always_set=is_always_set))
    sign = "" if is_rising else "-"
    found = _first(rows, (f"{sign}{SORT}", f"{sign}{key_field.name}"), size + 1, ways)
    has_more, found = len(found) > size, found[:size]
    if is_backward:
        found.reverse()
    return _with_neighbours(found, has_more=has_more, came_from=place is not None, is_backward=is_backward)


def _first(rows: QuerySet, order: tuple[str, str], size: int, ways: Sequence[Q]) -> list[Model]:
    if ways:
        names = (rows.model._meta.pk.name, SORT)
        one, *others = (rows.filter(way).order_by(*order).values_list(*names)[:size] for way in ways)
        keys = one.union(*others).order_by(*order)[:size] if others else one
        rows = rows.filter(pk__in=[key for key, _value in keys])
    return list(rows.order_by(*order)[:size])


def _with_neighbours(found: list[Model], *, has_more: bool, came_from: bool, is_backward: bool) -> Slice:
    if not found:
        return Slice([], "", "")
    first, last = (encode(getattr(row, SORT), row.pk) for row in (found[0], found[-1]))
    has_before, has_after = (has_more, came_from) if is_backward else (came_from, has_more)
    return Slice(found, first if has_before else "", last if has_after else "")
