"""A transfer package of DA/T 93-2022 as facts, item by item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lantai.kit.packages.listed import DESCRIPTION_FILE
from lantai.kit.packages.listed_sent import ListedSent, listed_item, sizes_of
from lantai.kit.packages.sent import SentFile, SentItem, SentReader
from lantai.kit.packages.transfer.reader import TransferReader
from lantai.kit.packages.transfer.types import CATALOGUE_FILE, COLUMNS, CatalogueRow, TransferItem


def is_here(_folder: Path, names: frozenset[str]) -> bool:
    """Whether one of the two files that make a transfer package lies here."""
    return DESCRIPTION_FILE.casefold() in names or CATALOGUE_FILE.casefold() in names


def open_sent(folder: Path, inside: str) -> SentReader:
    """The package in ``folder``, which lies at ``inside`` below the unpacked folder."""
    return _TransferSent(TransferReader(folder), inside)


def _cells(row: CatalogueRow) -> dict[str, str]:
    return {name: getattr(row, name) for name in COLUMNS.values()}


class _TransferSent(ListedSent[TransferReader]):
    kind = "transfer"

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        for sent in self._reader.items():
            key = self._keys.give(sent.row.reference_code, sent.folder)
            files = tuple(self._files(sent))
            yield listed_item(key, _cells(sent.row), sent.metadata, len(files)), files

    def _files(self, item: TransferItem) -> Iterator[SentFile]:
        names = item.metadata.get("计算机文件名", ())
        sizes = sizes_of(item.metadata)
        here = {file.path.rpartition("/")[2] for file in item.files}
        for file in item.files:
            yield self._file(file, sizes, is_named=file.path.rpartition("/")[2] in names)
        for name in names:
            if name not in here and item.folder:
                yield self._missing(f"{item.folder}/{name}")

    def _declared_item_count(self) -> int | None:
        return self._reader.declared_item_count
