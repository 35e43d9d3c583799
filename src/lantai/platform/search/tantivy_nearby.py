"""What comes next behind a page mark, looked for close to it first.

Behind a mark in the middle may lie half of all that a frequent word finds, and a page wants thirty rows of it. So the
question is first asked about the next rows of the order alone, as many as should hold a page; only where they do
not, about all that lie behind the mark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import islice

import tantivy

from lantai.platform.search.tantivy_documents import ID_BITS
from lantai.platform.search.tantivy_index import Reader
from lantai.platform.search.tantivy_queries import Condition
from lantai.platform.search.types import Query

_AMPLE = 2  # times the rows that should hold a page
_MOST_ROWS, _MOST_DAYS = 20_000, 128
_PARTS = re.compile(r"[^\W_]+")
_LAST_DAY = date.max.toordinal()
Hits = list[tuple[object, tantivy.DocAddress]]


@dataclass(frozen=True, slots=True)
class Next:
    """The first rows behind a mark by a field, and whether there are more."""

    hits: Hits
    has_more: bool


def next_by_date(
    reader: Reader, query: Query, meant: tantivy.Query, last: int, limit: int, *, is_descending: bool
) -> Next:
    """Up to `limit` of the rows of `query` that come after the key `last`; `meant` is the whole question."""
    order = tantivy.Order.Desc if is_descending else tantivy.Order.Asc
    beyond = reader.build.beyond(last, is_descending=is_descending)
    near = _days(reader, last >> ID_BITS, _rows_needed(reader, query, limit), step=-1 if is_descending else 1)
    if near is not None:
        close = reader.build.all_of([reader.build.question(query, near), beyond])
        found = in_order(reader, close, limit, "by_date", order)
        if found.has_more:
            return found
    return in_order(reader, reader.build.all_of([meant, beyond]), limit, "by_date", order)


def next_by_code(reader: Reader, query: Query, meant: tantivy.Query, last: str, limit: int) -> Next:
    """The same by code: close by is what begins alike, that is the same fonds."""
    alike = _alike(reader, last, _rows_needed(reader, query, limit))
    if alike is not None:
        found = in_order(reader, reader.build.question(query, alike), limit, "by_code", tantivy.Order.Asc)
        if found.has_more:
            return found
    rest = reader.build.all_of([meant, reader.build.codes_behind(last).query])
    return in_order(reader, rest, limit, "by_code", tantivy.Order.Asc)


def in_order(reader: Reader, asked: tantivy.Query, limit: int, name: str, order: tantivy.Order) -> Next:
    """The first rows of `asked` by that field."""
    found = reader.searcher.search(asked, limit + 1, count=False, order_by_field=name, order=order)
    return Next(found.hits[:limit], len(found.hits) > limit)


def _rows_needed(reader: Reader, query: Query, limit: int) -> int:
    """How many rows of any kind should hold a page; 0 where that is a good part of all, or far too many."""
    every = reader.searcher.num_docs
    share = reader.build.share(query)
    needed = int(_AMPLE * (limit + 1) / share) if share else 0
    return needed if needed <= min(_MOST_ROWS, every // 4) else 0


def _days(reader: Reader, first: int, rows: int, *, step: int) -> Condition | None:
    """The days from `first` on which hold that many rows; None where they would be too many days."""
    if not rows or not 0 < first <= _LAST_DAY:
        return None
    days, held = [], 0
    for day in range(first, first + step * _MOST_DAYS, step):
        if count := reader.searcher.doc_freq("day", day):
            days.append(day)
            held += count
        if held >= rows:
            return reader.build.days(days, held)
    return None


def _alike(reader: Reader, last: str, rows: int) -> Condition | None:
    """The rows behind `last` whose codes begin as it does; None where they are fewer than that."""
    beginning = _beginning(last)
    if not rows or not beginning:
        return None
    alike = reader.build.codes_behind(last, beginning)
    found = reader.searcher.search(alike.query, 1, count=True, order_by_field="row")
    return alike if found.count >= rows else None


def _beginning(key: str) -> str:
    """That of a sort key as far as the first part of its code goes, and what parts it from the next."""
    try:
        code = bytes.fromhex(key).decode().partition("\x1f")[0]
    except ValueError:
        return ""
    parts = list(islice(_PARTS.finditer(code), 2))
    return code[: parts[1].start()].encode().hex() if len(parts) > 1 else ""
