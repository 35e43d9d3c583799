"""The embedded engine: one folder a version, in it one a source; one writing process, any number of reading ones."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, ClassVar

import tantivy

from lantai.platform.search import tantivy_pages as pages
from lantai.platform.search.tantivy_index import Reader, SourceIndex
from lantai.platform.search.types import (
    EVERYTHING_VISIBLE,
    Bucket,
    Document,
    Field,
    Found,
    Query,
    WriterBusy,
)

_MOST_BUCKETS = 200
_LARGE = 200_000  # rows, from which on a thread of its own is worth its start
_BUCKETS_A_SEGMENT = 20_000  # fewer, and counts of frequent values become estimates


class TantivyEngine:
    """See `SearchEngine`."""

    layout: ClassVar = 3

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._sources: dict[str, SourceIndex] = {}
        self._opening = threading.Lock()
        self._right_to_write: IO[str] | None = None

    def replace(self, found: Iterable[Document]) -> None:
        self._take_right()
        replaced: set[tuple[str, int]] = set()
        for document in found:
            index = self._of(document.source)
            if (document.source, document.id) not in replaced:
                index.remove([document.id])
                replaced.add((document.source, document.id))
            index.add(document)

    def add(self, found: Iterable[Document]) -> None:
        self._take_right()
        for document in found:
            self._of(document.source).add(document)

    def remove(self, source: str, ids: Iterable[int]) -> None:
        self._take_right()
        self._of(source).remove(ids)

    def commit(self) -> None:
        self._take_right()
        for index in list(self._sources.values()):
            index.commit()

    def close(self) -> None:
        for index in list(self._sources.values()):
            index.close()
        if self._right_to_write is not None:
            self._right_to_write.close()
            self._right_to_write = None

    def _take_right(self) -> None:
        """One process writes all sources or none of them."""
        if self._right_to_write is not None:
            return
        lock = (self._folder / "writer.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as why:
            lock.close()
            raise WriterBusy from why
        self._right_to_write = lock

    def _of(self, source: str) -> SourceIndex:
        with self._opening:
            if source not in self._sources:
                self._sources[source] = SourceIndex(self._folder / source, source)
            return self._sources[source]

    def _reader(self, source: str) -> Reader | None:
        """The newest commit of that source; None before its first document."""
        index = self._sources.get(source)
        if index is None:
            if not (self._folder / source / "meta.json").is_file():
                return None
            index = self._of(source)
        return index.reader()

    def forget(self) -> None:
        """Work out everything anew, for measuring."""
        for index in list(self._sources.values()):
            index.reader().forget()

    def find(self, query: Query) -> Found:
        started = time.perf_counter()
        reader = self._reader(query.source)
        if reader is None:
            return Found()
        meant = _query(reader, query)
        counting = _Counting(reader, meant, query) if query.facets else None
        if counting is not None and reader.searcher.num_docs > _LARGE:
            counting.start()  # two passes over the rows found, on two cores
        page = pages.page(reader, meant, query)
        facets = counting.found() if counting is not None else {}
        took_ms = (time.perf_counter() - started) * 1000
        return Found(page.ids, page.total, facets, took_ms, page.after, leaves=page.leaves)

    def walk(self, query: Query) -> Iterator[tuple[int, ...]]:
        reader = self._reader(query.source)
        return iter(()) if reader is None else pages.walk(reader, _query(reader, query))


def _query(reader: Reader, query: Query) -> tantivy.Query:
    scope = None if query.scope == EVERYTHING_VISIBLE else reader.build.scope(query.scope)
    parts = [reader.build.expression(query.expression), *reader.build.filters(query.filters)]
    return reader.build.all_of(parts if scope is None else [*parts, scope])


class _Counting(threading.Thread):
    """Facets, counted once for all pages of a question: here, or beside the page."""

    def __init__(self, reader: Reader, meant: tantivy.Query, query: Query) -> None:
        super().__init__(name="facets", daemon=True)
        self._reader, self._meant, self._query = reader, meant, query
        self._found: Mapping[Field, tuple[Bucket, ...]] = {}
        self._why: Exception | None = None

    def run(self) -> None:
        """Count; what goes wrong is told to who asks for it."""
        query, fields = self._query, self._query.facets
        key = ("facets", fields, query.scope, query.expression, query.filters)
        try:
            self._found = self._reader.once(key, lambda: _counted(self._reader.searcher, self._meant, fields))
        except Exception as why:  # boundary: the thread's end; raised by `found`
            self._why = why

    def found(self) -> Mapping[Field, tuple[Bucket, ...]]:
        """The facets."""
        if self.ident is None:
            self.run()
        else:
            self.join()
        if self._why is not None:
            raise self._why
        return self._found


def _counted(
    searcher: tantivy.Searcher, meant: tantivy.Query, fields: tuple[Field, ...]
) -> Mapping[Field, tuple[Bucket, ...]]:
    size = {"size": _MOST_BUCKETS, "segment_size": _BUCKETS_A_SEGMENT}
    wanted = {str(field): {"terms": {"field": str(field), **size}} for field in fields}
    found = searcher.aggregate(meant, wanted)
    return {
        field: tuple(Bucket(bucket["key"], bucket["doc_count"]) for bucket in found[str(field)]["buckets"])
        for field in fields
    }
