"""A search as it stands in an address: typed, linked to, or saved."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict

from lantai.apps.catalogue.types import Asked, FindSort
from lantai.kit.text.figures import is_number

CHOSEN = {
    "kind": "kinds",
    "level": "levels",
    "retention": "retentions",
    "openness": "opennesses",
    "format": "formats",
    "place": "places",
    "topic": "topics",
}  # parameter → field of `Asked`
_BETWEEN = "-"
NUMBERED = {"fonds": "fonds", "year": "years", "file": "files"}
NEWS = "new"  # the rows that a saved search told of, in one value
KEPT = ("q", "sort", *NUMBERED, *CHOSEN, NEWS)


def asked_from(data: QueryDict) -> Asked:
    """The search that an address asks for; what makes no sense in it is left out."""
    sort = data.get("sort", "")
    numbers = {
        field: frozenset(int(v) for v in data.getlist(name) if is_number(v))
        for name, field in NUMBERED.items()
    }
    words = {
        field: frozenset(v.replace("\x00", "") for v in data.getlist(name)) for name, field in CHOSEN.items()
    }
    return Asked(
        text=data.get("q", "").strip().replace("\x00", ""),
        **numbers,
        **words,
        news=frozenset(int(v) for v in data.get(NEWS, "").split(_BETWEEN) if is_number(v)),
        sort=FindSort(sort) if sort in set(FindSort) else FindSort.RELEVANCE,
        after=data.get("after", ""),
    )


def news(ids: Collection[int]) -> str:
    """The rows as the value of `NEWS`."""
    return _BETWEEN.join(map(str, ids))
