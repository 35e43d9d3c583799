"""What a search engine must do. An engine is one class of this shape and one ``registry.register_engine``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar, Protocol

from lantai.platform.search.types import Document, Found, Query


class SearchEngine(Protocol):
    """One version of the index. Rows are known by source and id; one may have several documents.

    Writes show after `commit`.
    `total` and facets are exact for the committed documents and obey `Query.scope`.
    """

    layout: ClassVar[int]  # another number, for fields or what apps say in them: older folders are built anew

    def __init__(self, folder: Path) -> None: ...

    def replace(self, documents: Iterable[Document]) -> None:
        """Put the documents of each source and id in the place of what had these. Raises `WriterBusy`."""
        ...

    def add(self, documents: Iterable[Document]) -> None:
        """Take in documents of a source and ids that are new to this version. Raises `WriterBusy`."""
        ...

    def remove(self, source: str, ids: Iterable[int]) -> None:
        """Take these rows out. Raises `WriterBusy`."""
        ...

    def commit(self) -> None:
        """Make everything since the last commit durable and visible, to other processes as well."""
        ...

    def find(self, query: Query) -> Found:
        """One page, exact total, facets. Raises `BadPage`."""
        ...

    def walk(self, query: Query) -> Iterator[tuple[int, ...]]:
        """Every row found at this moment, the newest first, some thousands at a time; `after`, `limit` and
        facets of the query do not matter."""
        ...

    def close(self) -> None:
        """Stop writing; finding goes on."""
        ...
