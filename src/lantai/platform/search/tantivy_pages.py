"""One page of rows in each order. A page mark is a key, so that the last page takes no longer than the second.

By relevance the first `WINDOW` rows come by position; what lies beyond hardly differs in relevance and comes
by date, the newest first, each row still once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import tantivy

from lantai.platform.search.tantivy_figures import Figures, key
from lantai.platform.search.tantivy_index import Reader
from lantai.platform.search.tantivy_nearby import Hits, Next, in_order, next_by_code, next_by_date
from lantai.platform.search.types import MOST_ROWS, WINDOW, BadPage, Query, Sort

_NUMBER = re.compile(r"[0-9]{1,20}")
_CODE = re.compile(r"[0-9a-f]{2,4000}")
_LAST_NUMBER = (1 << 64) - 1
_DATED = (Sort.NEWEST, Sort.OLDEST)
_AMPLE = 2  # times what was looked at before: most of it may be among the first ones
_PART = 20_000  # rows of a walk that are held at once


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, the total, and the mark of the next page."""

    ids: tuple[int, ...]
    leaves: tuple[int, ...]
    total: int
    after: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to one commit, as a query of the engine, with its figures."""

    reader: Reader
    meant: tantivy.Query
    query: Query
    figures: Figures

    @property
    def limit(self) -> int:
        """Rows of the page."""
        return max(1, min(self.query.limit, MOST_ROWS))


def page(asked: Asked) -> Page:
    """The page that is asked for; figures that it does not count itself are counted beside. Raises `BadPage`."""
    query = asked.query
    if query.sort in _DATED and not query.after and asked.figures.are_missing:
        return _first_by_date(asked)
    asked.figures.begin()
    match query.sort:
        case Sort.NEWEST | Sort.OLDEST:
            return _by_date(asked)
        case Sort.CODE:
            return _by_code(asked)
        case Sort.RELEVANCE if query.after.startswith("r"):
            return _beyond_the_window(asked)
        case Sort.RELEVANCE:
            return _by_relevance(asked)


def walk(reader: Reader, meant: tantivy.Query) -> Iterator[tuple[int, ...]]:
    """Every row that `meant` finds in this commit, the newest first: as many searches as parts."""
    last: int | None = None
    while True:
        beyond = [] if last is None else [reader.build.beyond(last, is_descending=True)]
        rest = reader.build.all_of([meant, *beyond])
        found = in_order(reader, rest, _PART, "by_date", tantivy.Order.Desc)
        if found.hits:
            last = int(found.hits[-1][0])  # type: ignore[call-overload]
            yield _values(reader, found.hits, "row")
        if not found.has_more:
            return


def _by_relevance(asked: Asked) -> Page:
    after = asked.query.after
    offset = _number(after, "p") if after else 0
    if offset >= WINDOW:
        raise BadPage(field="after")
    limit = min(asked.limit, WINDOW - offset)
    known = asked.figures.known_total() if offset else None
    found = asked.reader.searcher.search(asked.meant, limit, count=known is None, offset=offset)
    total = asked.figures.keep_total(found.count) if known is None else known
    seen = offset + len(found.hits)
    mark = f"p{seen}" if seen < WINDOW else f"r{_LAST_NUMBER}"
    return _page(asked, found.hits, total, mark if seen < total else "")


def _beyond_the_window(asked: Asked) -> Page:
    reader, last = asked.reader, _number(asked.query.after, "r")
    first_ones = reader.once(key("window", asked.query), lambda: _window(reader, asked.meant))
    hits: Hits = []
    has_more, looked_at = True, asked.limit
    while has_more and len(hits) <= asked.limit:
        looked_at = min(_AMPLE * looked_at, _PART)
        found = _next_by_date(asked, last, looked_at, is_descending=True)
        rows = _values(reader, found.hits, "row")
        hits += [hit for hit, row in zip(found.hits, rows, strict=True) if row not in first_ones]
        has_more = found.has_more
        last = int(found.hits[-1][0]) if found.hits else last  # type: ignore[call-overload]
    has_more = len(hits) > asked.limit
    hits = hits[: asked.limit]
    return _page(asked, hits, asked.figures.total(), f"r{hits[-1][0]}" if has_more else "")


def _window(reader: Reader, meant: tantivy.Query) -> frozenset[int]:
    found = reader.searcher.search(meant, WINDOW, count=False)
    return frozenset(_values(reader, found.hits, "row"))


def _first_by_date(asked: Asked) -> Page:
    """The first page and all figures of one pass."""
    hits = asked.figures.with_first_by_date(asked.limit, is_descending=asked.query.sort is Sort.NEWEST)
    total = asked.figures.total()
    leaves = tuple(hit.leaf for hit in hits) if asked.query.has_leaves else ()
    after = f"d{hits[-1].key}" if total > len(hits) else ""
    return Page(tuple(hit.row for hit in hits), leaves, total, after)


def _by_date(asked: Asked) -> Page:
    is_descending = asked.query.sort is Sort.NEWEST
    if not asked.query.after:
        return _first(asked, "by_date", tantivy.Order.Desc if is_descending else tantivy.Order.Asc, "d")
    last = _number(asked.query.after, "d")
    return _behind(asked, _next_by_date(asked, last, asked.limit, is_descending=is_descending), "d")


def _by_code(asked: Asked) -> Page:
    if not asked.query.after:
        return _first(asked, "by_code", tantivy.Order.Asc, "c")
    last = asked.query.after.removeprefix("c")
    if last == asked.query.after or not _CODE.fullmatch(last):
        raise BadPage(field="after")
    return _behind(asked, next_by_code(asked.reader, asked.query, asked.meant, last, asked.limit), "c")


def _next_by_date(asked: Asked, last: int, limit: int, *, is_descending: bool) -> Next:
    return next_by_date(asked.reader, asked.query, asked.meant, last, limit, is_descending=is_descending)


def _first(asked: Asked, name: str, order: tantivy.Order, mark: str) -> Page:
    reader, meant, limit, figures = asked.reader, asked.meant, asked.limit, asked.figures
    if figures.known_total() is not None:
        return _behind(asked, in_order(reader, meant, limit, name, order), mark)
    found = reader.searcher.search(meant, limit, count=True, order_by_field=name, order=order)
    total = figures.keep_total(found.count)
    return _page(asked, found.hits, total, f"{mark}{found.hits[-1][0]}" if total > len(found.hits) else "")


def _behind(asked: Asked, found: Next, mark: str) -> Page:
    after = f"{mark}{found.hits[-1][0]}" if found.has_more else ""
    return _page(asked, found.hits, asked.figures.total(), after)


def _page(asked: Asked, hits: Hits, total: int, after: str) -> Page:
    leaves = _values(asked.reader, hits, "leaf") if asked.query.has_leaves else ()
    return Page(_values(asked.reader, hits, "row"), leaves, total, after)


def _values(reader: Reader, hits: Hits, name: str) -> tuple[int, ...]:
    if not hits:
        return ()
    found = reader.searcher.fast_field_values(name, [address for _order, address in hits])
    return tuple(found) if name == "row" else tuple(value or 0 for value in found)


def _number(after: str, kind: str) -> int:
    """The number in a page mark of that kind. Raises `BadPage`."""
    number = after.removeprefix(kind)
    if number == after or not _NUMBER.fullmatch(number) or int(number) > _LAST_NUMBER:
        raise BadPage(field="after")
    return int(number)
