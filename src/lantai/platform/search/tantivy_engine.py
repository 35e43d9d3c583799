"""The embedded engine: one folder a version, in it one a source; one writing process, any number of reading ones."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, ClassVar

from lantai.platform.search import tantivy_pages as pages
from lantai.platform.search.tantivy_figures import Figures
from lantai.platform.search.tantivy_index import Reader, SourceIndex
from lantai.platform.search.types import (
    Document,
    Found,
    Query,
    WriterBusy,
)


class TantivyEngine:
    """See `SearchEngine`."""

    layout: ClassVar = 5

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
        meant = reader.build.question(query)
        figures = Figures(reader, meant, query)
        page = pages.page(pages.Asked(reader, meant, query, figures))
        facets = figures.facets()
        took_ms = (time.perf_counter() - started) * 1000
        return Found(page.ids, page.total, facets, took_ms, page.after, leaves=page.leaves)

    def walk(self, query: Query) -> Iterator[tuple[int, ...]]:
        reader = self._reader(query.source)
        return iter(()) if reader is None else pages.walk(reader, reader.build.question(query))
