"""Which collections of records others keep say a record is in: the ``topic`` facet of search, and of the list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from lantai.apps.catalogue.models import Description
from lantai.platform.context import Ctx

Topics = Callable[[Collection[Description]], Mapping[int, tuple[str, ...]]]
Choices = Callable[[Ctx], Iterable[tuple[str, str]]]
Members = Callable[[Ctx, Collection[int]], QuerySet[Any]]
Shown = Callable[[Ctx, Collection[str]], Mapping[str, str | None]]
Meant = Callable[[Ctx, Collection[str]], frozenset[str]]
_providers: dict[str, Topics] = {}
_readings: dict[str, tuple[Shown, Meant]] = {}


@dataclass(frozen=True, slots=True)
class _Kept:
    choices: Choices
    members: Members


_kept: dict[str, _Kept] = {}


def register_topics(name: str, provider: Topics) -> None:
    """Let ``provider(descriptions)`` name the topics of rows, by their ids, when they are indexed.

    The index does not ask who reads: name only what everybody who may see the row may know, or leave a key that
    `register_reading` tells the meaning of.
    """
    _providers[name] = provider


def register_reading(name: str, shown: Shown, meant: Meant) -> None:
    """Let the keys that a provider leaves in the index be read for whom they are meant.

    ``shown`` gives what values of the facet are called, and None for what the reader may not know of; ``meant``
    gives all that stands in the index for what a reader has chosen or typed.
    """
    _readings[name] = (shown, meant)


def shown(ctx: Ctx, values: Collection[str]) -> dict[str, str]:
    """What values of the facet are called; those that the reader may not know of are left out."""
    found: dict[str, str | None] = {value: value for value in values}
    for show, _mean in _readings.values() if values else ():
        found |= show(ctx, values)
    return {value: label for value, label in found.items() if label is not None}


def meant(ctx: Ctx, values: Collection[str]) -> frozenset[str]:
    """The values of the index that a reader means by these."""
    for _show, mean in _readings.values() if values else ():
        values = mean(ctx, values)
    return frozenset(values)


def topics_of(rows: Collection[Description]) -> dict[int, tuple[str, ...]]:
    """The topics of rows that have any, by id; each provider is asked once."""
    found: dict[int, tuple[str, ...]] = {}
    for provider in _providers.values() if rows else ():
        for number, names in provider(rows).items():
            found[number] = (*found.get(number, ()), *names)
    return found


def register_kept(name: str, choices: Choices, members: Members) -> None:
    """Let the list of the catalogue be narrowed by topics: their ids and titles, and the ids of their records.

    Both are asked for a reader: give only topics they may open, and only records they may be told of.
    """
    _kept[name] = _Kept(choices, members)


def choices_of(ctx: Ctx) -> list[tuple[str, str]]:
    """The topics by which the list may be narrowed: id and title."""
    return [choice for kept in _kept.values() for choice in kept.choices(ctx)]


def among(ctx: Ctx, ids: Collection[int]) -> Q:
    """Rows that are in one of these topics."""
    found = Q(pk__in=[])
    for kept in _kept.values():
        found |= Q(pk__in=kept.members(ctx, ids))
    return found
