"""A carrier in the layout of 2012 as facts, item by item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from lantai.kit.packages.carrier.reader import CarrierReader
from lantai.kit.packages.carrier.types import CONTENT, ITEMS, VOLUMES, CarrierItem
from lantai.kit.packages.listed_sent import ListedSent, listed_item, sizes_of
from lantai.kit.packages.sent import SentFile, SentItem, SentReader


def is_here(_folder: Path, names: frozenset[str]) -> bool:
    """Whether one of the two lists of a carrier lies here."""
    return ITEMS.file.casefold() in names or VOLUMES.file.casefold() in names


def open_sent(folder: Path, inside: str) -> SentReader:
    """The carrier in ``folder``, which lies at ``inside`` below the unpacked folder."""
    return _CarrierSent(CarrierReader(folder), inside)


class _CarrierSent(ListedSent[CarrierReader]):
    kind = "carrier"

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        for sent in self._reader.items():
            places = [file.path for file in sent.files] + ([sent.metadata_file] if sent.metadata_file else [])
            key = self._keys.give(sent.row.reference_code, *places)
            files = tuple(self._files(sent))
            row = asdict(sent.row)
            del row["names"]  # which files there are is told by the files
            yield listed_item(key, row, sent.metadata, len(files)), files

    def _files(self, item: CarrierItem) -> Iterator[SentFile]:
        sizes = sizes_of(item.metadata)
        for file in item.files:
            yield self._file(file, sizes, is_named=True)
        for missing in item.missing:
            name = missing.replace("\\", "/").rpartition("/")[2]
            yield self._missing(f"{CONTENT}/{name}")
