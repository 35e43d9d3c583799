"""One source's part of a version: opened once a process, written by one, read at its newest commit."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import tantivy

from lantai.platform.search import tantivy_documents as documents
from lantai.platform.search.tantivy_queries import Builder
from lantai.platform.search.types import Document, WriterBusy

_HEAP_BYTES = 64 * 1024 * 1024  # of each thread that writes
_BUILD_THREADS = 2  # of an empty index: the texts come from one thread of ours and are no faster than two
_MOST_KEPT = 256
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Reader:
    """One commit, with what was worked out about it: figures of a question are the same on each of its pages."""

    searcher: tantivy.Searcher
    build: Builder
    _kept: OrderedDict[Hashable, object] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def kept(self, key: Hashable) -> int | None:
        """The figure that is known already."""
        with self._lock:
            return self._kept.get(key)  # type: ignore[return-value]

    def keep(self, key: Hashable, found: _T) -> _T:
        """Keep what was found for `key`; the last 256 are."""
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def once(self, key: Hashable, work: Callable[[], _T]) -> _T:
        """What ``work`` gave when it was asked for `key` at this commit."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]
        return self.keep(key, work())

    def forget(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._kept.clear()


class SourceIndex:
    """The index of one source in a folder of its own."""

    def __init__(self, folder: Path, source: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._source = source
        self._meta = str(folder / "meta.json")
        self._index = tantivy.Index(documents.schema(), path=str(folder), reuse=True)
        self._index.config_reader(reload_policy="manual")
        documents.prepare(self._index)
        self._writer: tantivy.IndexWriter | None = None
        self._lock = threading.Lock()
        self._seen_commit: tuple[int, int, int] | None = None
        self._reader: Reader | None = None

    def add(self, document: Document) -> None:
        """One more document. Raises `WriterBusy`."""
        self._writing().add_document(documents.to_tantivy(document))

    def remove(self, ids: Iterable[int]) -> None:
        """Take out every document of these rows. Raises `WriterBusy`."""
        writer = self._writing()
        for row_id in ids:
            writer.delete_documents_by_term("row", row_id)

    def commit(self) -> None:
        """Make it durable and visible."""
        if self._writer is not None:
            self._writer.commit()

    def close(self) -> None:
        """Stop writing."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            threads = 1 if self.reader().searcher.num_docs else _BUILD_THREADS
            try:
                self._writer = self._index.writer(_HEAP_BYTES * threads, threads)
            except ValueError as why:
                if "LockBusy" in str(why):
                    raise WriterBusy from why
                raise
        return self._writer

    def reader(self) -> Reader:
        """The newest commit: a stat tells whether another process has made one."""
        with self._lock:
            # replaced at each commit, perhaps twice within one tick of the clock
            meta = os.stat(self._meta)  # noqa: PTH116 - before every answer
            commit = (meta.st_ino, meta.st_mtime_ns, meta.st_size)
            if self._reader is None or commit != self._seen_commit:
                self._index.reload()
                searcher = self._index.searcher()
                self._reader = Reader(searcher, Builder(self._index, searcher, self._source))
                self._seen_commit = commit
            return self._reader
