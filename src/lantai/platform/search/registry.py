"""Which engines there are, and which apps bring rows to search: told at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lantai.platform.search.engine import SearchEngine
from lantai.platform.search.types import Document

Loader = Callable[[Sequence[int]], Iterable[Document]]
IdsAfter = Callable[[int, int], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of one kind: how they are read, and how all of them are walked through."""

    name: str
    load: Loader
    ids_after: IdsAfter
    follows: str = ""


_sources: dict[str, Source] = {}
_engines: dict[str, type[SearchEngine]] = {}


def register_source(name: str, loader: Loader, ids_after: IdsAfter, *, follows: str = "") -> None:
    """Index rows of `name`: ``loader(ids)`` gives their documents (a row that is gone gives none);
    ``ids_after(id, limit)`` the next ids in ascending order, for a rebuild.

    A source that ``follows`` another has further documents of the same rows: pages of an item. Whoever
    tells of a change of the row has told of them as well.
    """
    _sources[name] = Source(name, loader, ids_after, follows)


def source(name: str) -> Source | None:
    """The source of that name; None when its app is no longer installed."""
    return _sources.get(name)


def followers_of(name: str) -> tuple[str, ...]:
    """The sources with further documents of the rows of that one."""
    return tuple(one.name for one in _sources.values() if one.follows == name)


def sources() -> tuple[Source, ...]:
    """All sources."""
    return tuple(_sources.values())


def register_engine(name: str, factory: type[SearchEngine]) -> None:
    """Offer an engine under `name` (setting ``LANTAI_SEARCH_ENGINE``)."""
    _engines[name] = factory


def engine(name: str) -> type[SearchEngine]:
    """The engine of that name; KeyError when there is none."""
    return _engines[name]
