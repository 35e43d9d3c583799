"""Which collections of records others keep say a record is in: the ``topic`` facet of search."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from lantai.apps.catalogue.models import Description

Topics = Callable[[Collection[Description]], Mapping[int, tuple[str, ...]]]
_providers: dict[str, Topics] = {}


def register_topics(name: str, provider: Topics) -> None:
    """Let ``provider(descriptions)`` name the topics of rows, by their ids, when they are indexed.

    The index does not ask who reads: name only what everybody who may see the row may know.
    """
    _providers[name] = provider


def topics_of(rows: Collection[Description]) -> dict[int, tuple[str, ...]]:
    """The topics of rows that have any, by id; each provider is asked once."""
    found: dict[int, tuple[str, ...]] = {}
    for provider in _providers.values() if rows else ():
        for number, names in provider(rows).items():
            found[number] = (*found.get(number, ()), *names)
    return found
