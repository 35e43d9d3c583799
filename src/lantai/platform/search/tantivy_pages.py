"""One page of rows in each order. A page mark is a key, so that the last page takes no longer than the second.

By relevance the first `WINDOW` rows come by position; what lies beyond hardly differs in relevance and comes
by date, the newest first, each row still once.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import tantivy

from lantai.platform.search.tantivy_index import Reader
from lantai.platform.search.types import MOST_ROWS, WINDOW, BadPage, Query, Sort

_NUMBER = re.compile(r"[0-9]{1,20}")
_CODE = re.compile(r"[0-9a-f]{2,4000}")
_LAST_NUMBER = (1 << 64) - 1
_PART = 20_000  # rows of a walk that are held at once


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, the total, and the mark of the next page."""

    ids: tuple[int, ...]
    leaves: tuple[int, ...]
    total: int
    after: str


def page(reader: Reader, meant: tantivy.Query, query: Query) -> Page:
    """The page that `query` asks for of the rows that `meant` finds. Raises `BadPage`."""
    limit = max(1, min(query.limit, MOST_ROWS))
    match query.sort:
        case Sort.NEWEST | Sort.OLDEST:
            return _by_date(reader, meant, query, limit)
        case Sort.CODE:
            return _by_code(reader, meant, query, limit)
        case Sort.RELEVANCE if query.after.startswith("r"):
            return _beyond_the_window(reader, meant, query, limit)
        case Sort.RELEVANCE:
            return _by_relevance(reader, meant, query, limit)


def walk(reader: Reader, meant: tantivy.Query) -> Iterator[tuple[int, ...]]:
    """Every row that `meant` finds in this commit, the newest first: as many searches as parts."""
    last: int | None = None
    while True:
        beyond = [] if last is None else [reader.build.beyond(last, is_descending=True)]
        rest = reader.build.all_of([meant, *beyond])
        hits, has_more = _in_order(reader, rest, _PART, "by_date", tantivy.Order.Desc)
        if hits:
            last = int(hits[-1][0])  # type: ignore[call-overload]
            yield _values(reader, hits, "row")
        if not has_more:
            return


def _by_relevance(reader: Reader, meant: tantivy.Query, query: Query, limit: int) -> Page:
    offset = _number(query.after, "p") if query.after else 0
    if offset >= WINDOW:
        raise BadPage(field="after")
    limit = min(limit, WINDOW - offset)
    known = reader.kept(_key("total", query)) if offset else None
    found = reader.searcher.search(meant, limit, count=known is None, offset=offset)
    total, hits = found.count if known is None else known, found.hits
    seen = offset + len(hits)
    if known is None and seen < total:  # the next page will not count again
        reader.keep(_key("total", query), total)
    after = f"p{seen}" if seen < WINDOW else f"r{_LAST_NUMBER}"
    return _page(reader, query, hits, total, after if seen < total else "")


def _beyond_the_window(reader: Reader, meant: tantivy.Query, query: Query, limit: int) -> Page:
    build, last = reader.build, _number(query.after, "r")
    first_ones = reader.once(_key("window", query), lambda: _window(reader, meant))
    rest = build.all_of([meant, build.without_rows(first_ones), build.beyond(last, is_descending=True)])
    hits, has_more = _in_order(reader, rest, limit, "by_date", tantivy.Order.Desc)
    total = _counted(reader, meant, query)
    return _page(reader, query, hits, total, f"r{hits[-1][0]}" if has_more else "")


def _window(reader: Reader, meant: tantivy.Query) -> frozenset[int]:
    found = reader.searcher.search(meant, WINDOW, count=False)
    return frozenset(_values(reader, found.hits, "row"))


def _by_date(reader: Reader, meant: tantivy.Query, query: Query, limit: int) -> Page:
    is_descending = query.sort == Sort.NEWEST
    order = tantivy.Order.Desc if is_descending else tantivy.Order.Asc
    beyond = None
    if query.after:
        beyond = reader.build.beyond(_number(query.after, "d"), is_descending=is_descending)
    return _by_key(reader, meant, query, limit, beyond, ("by_date", order, "d"))


def _by_code(reader: Reader, meant: tantivy.Query, query: Query, limit: int) -> Page:
    beyond = None
    if query.after:
        key = query.after.removeprefix("c")
        if key == query.after or not _CODE.fullmatch(key):
            raise BadPage(field="after")
        beyond = reader.build.beyond_code(key)
    return _by_key(reader, meant, query, limit, beyond, ("by_code", tantivy.Order.Asc, "c"))


def _by_key(
    reader: Reader,
    meant: tantivy.Query,
    query: Query,
    limit: int,
    beyond: tantivy.Query | None,
    by: tuple[str, tantivy.Order, str],
) -> Page:
    name, order, mark = by
    if beyond is None and reader.kept(_key("total", query)) is None:
        found = reader.searcher.search(meant, limit, count=True, order_by_field=name, order=order)
        total = reader.keep(_key("total", query), found.count)
        hits = found.hits
        has_more = total > len(hits)
    else:
        total = _counted(reader, meant, query)
        rest = meant if beyond is None else reader.build.all_of([meant, beyond])
        hits, has_more = _in_order(reader, rest, limit, name, order)
    return _page(reader, query, hits, total, f"{mark}{hits[-1][0]}" if has_more else "")


def _in_order(
    reader: Reader, rest: tantivy.Query, limit: int, name: str, order: tantivy.Order
) -> tuple[list[tuple[object, tantivy.DocAddress]], bool]:
    """The first rows by that field, and whether there are more."""
    found = reader.searcher.search(rest, limit + 1, count=False, order_by_field=name, order=order)
    return found.hits[:limit], len(found.hits) > limit


def _key(what: str, query: Query) -> Hashable:
    """Total and window belong to what is asked for, whatever the order and the page."""
    return what, query.scope, query.expression, query.filters


def _counted(reader: Reader, meant: tantivy.Query, query: Query) -> int:
    def count() -> int:  # by a field, for then nothing is scored
        return int(reader.searcher.search(meant, 1, count=True, order_by_field="by_date").count)

    return reader.once(_key("total", query), count)


def _page(
    reader: Reader, query: Query, hits: list[tuple[object, tantivy.DocAddress]], total: int, after: str
) -> Page:
    leaves = _values(reader, hits, "leaf") if query.has_leaves else ()
    return Page(_values(reader, hits, "row"), leaves, total, after)


def _values(reader: Reader, hits: list[tuple[object, tantivy.DocAddress]], name: str) -> tuple[int, ...]:
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
