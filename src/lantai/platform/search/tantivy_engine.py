"""The embedded engine: one folder a version, one writing process, any number of reading ones."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar

import tantivy

from lantai.platform.search import tantivy_documents as documents
from lantai.platform.search.tantivy_queries import Builder
from lantai.platform.search.types import (
    MOST_ROWS,
    WINDOW,
    BadPage,
    Bucket,
    Document,
    Field,
    Found,
    Query,
    Sort,
    WriterBusy,
)

_HEAP_BYTES = 64 * 1024 * 1024
_MOST_BUCKETS = 200
_BUCKETS_A_SEGMENT = 20_000  # fewer, and counts of frequent values become estimates
_AFTER = re.compile(r"(?P<kind>[dp])(?P<number>[0-9]{1,20})")


class TantivyEngine:
    """See `SearchEngine`."""

    layout: ClassVar = 2

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._meta = folder / "meta.json"
        self._index = tantivy.Index(documents.schema(), path=str(folder), reuse=True)
        self._index.config_reader(reload_policy="manual")
        self._build = Builder(self._index.schema)
        self._writer: tantivy.IndexWriter | None = None
        self._lock = threading.Lock()
        self._seen_commit: tuple[int, int, int] | None = None

    def replace(self, found: Iterable[Document]) -> None:
        writer = self._writing()
        for document in found:
            writer.delete_documents_by_term("key", documents.key(document.source, document.id))
            writer.add_document(documents.to_tantivy(document))

    def remove(self, source: str, ids: Iterable[int]) -> None:
        writer = self._writing()
        for row_id in ids:
            writer.delete_documents_by_term("key", documents.key(source, row_id))

    def commit(self) -> None:
        self._writing().commit()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            try:
                self._writer = self._index.writer(_HEAP_BYTES, 1)
            except ValueError as why:
                if "LockBusy" in str(why):
                    raise WriterBusy from why
                raise
        return self._writer

    def _searcher(self) -> tantivy.Searcher:
        """The newest commit: a stat tells whether another process has made one."""
        with self._lock:
            meta = self._meta.stat()  # replaced at each commit, perhaps twice within one tick of the clock
            commit = (meta.st_ino, meta.st_mtime_ns, meta.st_size)
            if commit != self._seen_commit:
                self._index.reload()
                self._seen_commit = commit
            return self._index.searcher()

    def find(self, query: Query) -> Found:
        started = time.perf_counter()
        searcher = self._searcher()
        everything = self._query(query, searcher)
        ids, after, total = self._page(searcher, everything, query)
        facets = _facets(searcher, everything, query.facets)
        took_ms = (time.perf_counter() - started) * 1000
        return Found(ids, total, facets, took_ms, after)

    def _query(self, query: Query, searcher: tantivy.Searcher) -> tantivy.Query:
        parts = [
            self._build.expression(query.expression),
            self._build.scope(query.scope),
            *self._build.filters(query.filters),
        ]
        if {term for term, _count in searcher.terms_with_prefix("source", "")} != {
            query.source
        }:  # else all are of it
            parts.append(self._build.source(query.source))
        return self._build.all_of(parts)

    def _page(
        self, searcher: tantivy.Searcher, everything: tantivy.Query, query: Query
    ) -> tuple[tuple[int, ...], str, int]:
        limit = max(1, min(query.limit, MOST_ROWS))
        if query.sort in {Sort.NEWEST, Sort.OLDEST}:
            return self._page_by_date(searcher, everything, query, limit)
        offset = _number(query.after, "p")
        if offset >= WINDOW:
            raise BadPage(field="after")
        by_code = {"order_by_field": "by_code", "order": tantivy.Order.Asc} if query.sort == Sort.CODE else {}
        found = searcher.search(everything, limit, count=True, offset=offset, **by_code)
        seen = offset + len(found.hits)
        after = f"p{seen}" if seen < min(found.count, WINDOW) else ""
        return _ids(searcher, found), after, found.count

    def _page_by_date(
        self, searcher: tantivy.Searcher, everything: tantivy.Query, query: Query, limit: int
    ) -> tuple[tuple[int, ...], str, int]:
        is_descending = query.sort == Sort.NEWEST
        rest, total = everything, None
        if query.after:
            beyond = self._build.beyond(_number(query.after, "d"), is_descending=is_descending)
            rest = self._build.all_of([everything, beyond])
            total = searcher.search(everything, 1, count=True).count
        order = tantivy.Order.Desc if is_descending else tantivy.Order.Asc
        found = searcher.search(rest, limit, count=True, order_by_field="by_date", order=order)
        has_more = found.count > len(found.hits)
        after = f"d{found.hits[-1][0]}" if has_more else ""
        return _ids(searcher, found), after, found.count if total is None else total


def _number(after: str, kind: str) -> int:
    """The number in a page mark of that kind; 0 for the first page. Raises `BadPage`."""
    if not after:
        return 0
    found = _AFTER.fullmatch(after)
    if found is None or found["kind"] != kind or int(found["number"]) >= 1 << 64:
        raise BadPage(field="after")
    return int(found["number"])


def _ids(searcher: tantivy.Searcher, found: tantivy.SearchResult) -> tuple[int, ...]:
    addresses = [address for _order, address in found.hits]
    return tuple(int(value) for value in searcher.fast_field_values("row", addresses) if value is not None)


def _facets(
    searcher: tantivy.Searcher, everything: tantivy.Query, fields: tuple[Field, ...]
) -> Mapping[Field, tuple[Bucket, ...]]:
    if not fields:
        return {}
    size = {"size": _MOST_BUCKETS, "segment_size": _BUCKETS_A_SEGMENT}
    wanted = {str(field): {"terms": {"field": str(field), **size}} for field in fields}
    found = searcher.aggregate(everything, wanted)
    return {
        field: tuple(Bucket(bucket["key"], bucket["doc_count"]) for bucket in found[str(field)]["buckets"])
        for field in fields
    }
