"""A catalogue alone as facts: items without files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lantai.kit.fourprops.facts import PackageFacts
from lantai.kit.packages import names
from lantai.kit.packages.catalogue.checking import Entry
from lantai.kit.packages.catalogue.mapping import Saved
from lantai.kit.packages.catalogue.reader import CatalogueReader
from lantai.kit.packages.catalogue.tables import has_catalogue, is_table_name, table_files
from lantai.kit.packages.catalogue.vocabulary import Vocabulary, vocabulary
from lantai.kit.packages.listed_sent import events_of
from lantai.kit.packages.sent import (
    LONGEST_KEY,
    Keys,
    SentFile,
    SentItem,
    SentPackage,
    SentReader,
    by_area,
)

# identifier → field of the row as it stands in 目录文件.XML, which every layout answers with
_ROW = {
    "sequence": "sequence",
    "archivalCode": "reference_code",
    "author": "author",
    "title": "title",
    "date": "dated_on",
    "retentionPeriod": "retention",
    "securityClassification": "classification",
    "totalNumberOfPages": "page_count",
    "annotation": "note",
}
_OF_FILES = frozenset({"filePath", "fileRole", "fileSize", "digestAlgorithm", "attachments", "sequence"})
_LEVEL, _VOLUME = "聚合层次", "案卷"


def is_here(folder: Path, names_here: frozenset[str]) -> bool:
    """Whether there is nothing here but tables, and one of them proves to be a catalogue."""
    if not any(map(is_table_name, names_here)):
        return False
    others = (path for path in folder.iterdir() if not names.is_system_file(path.name))
    return all(path.is_file() and is_table_name(path.name) for path in others) and has_catalogue(
        folder, vocabulary()
    )


def open_sent(folder: Path, inside: str, *, saved: Saved | None = None) -> SentReader:
    """The catalogue in ``folder``; ``saved`` is the mapping of columns agreed with the agency."""
    return _CatalogueSent(CatalogueReader(table_files(folder), saved=saved), vocabulary())


class _CatalogueSent:
    def __init__(self, reader: CatalogueReader, words: Vocabulary) -> None:
        self._reader = reader
        self._words = words
        self._keys = Keys()
        self._count = 0

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        lists = lists_attachments(self._reader)
        for entry in self._reader.entries():
            self._count += 1
            key = self._keys.give(entry.code, *entry.places)
            yield sent_item(entry, self._words, key, 0, lists_attachments=lists), ()

    def loose(self) -> Iterator[SentFile]:
        return iter(())

    def package(self) -> SentPackage:
        self._reader.findings.tell_uncounted()
        facts = PackageFacts(
            kind="catalogue",
            item_count=self._count,
            bytes=0,
            file_count=0,
            structure_problems=(),
            catalogue_problems=by_area(self._reader.findings, lambda _code: "catalogue").get("catalogue", ()),
            metadata_problems=(),
            extra_files=(),
            readable_metadata=True,
        )
        return SentPackage(facts, self._keys.of_problems(facts))


def lists_attachments(reader: CatalogueReader) -> bool:
    """Whether the catalogue has a column in which attachments are named."""
    return any("attachments" in mapped.columns.by_identifier for mapped in reader.catalogues)


def sent_item(
    entry: Entry, words: Vocabulary, key: str, file_count: int, *, lists_attachments: bool
) -> SentItem:
    """An entry of a catalogue as an item that was sent."""
    title = entry.first("title") or entry.first("volumeTitle")
    metadata = _metadata(entry, words)
    return SentItem(
        key=key,
        reference_code=entry.code[:LONGEST_KEY],
        title=title,
        file_count=file_count,
        metadata=metadata,
        events=tuple(events_of(_by_name(metadata, words))),
        row={
            **{field: entry.as_read.get(identifier, "") for identifier, field in _ROW.items()},
            "title": entry.as_read.get("title") or entry.as_read.get("volumeTitle", ""),
        },
        attachments=entry.values.get("attachments", ()) if lists_attachments else None,
    )


_OF_ACTS = ("业务行为", "行为时间", "机构人员名称", "责任者")


def _by_name(metadata: Mapping[str, str | list[str]], words: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The columns that tell of acts, by their names; mostly there are none."""
    found: dict[str, tuple[str, ...]] = {}
    for name in _OF_ACTS:
        known = words.find(name)
        value = metadata.get(known[0].identifier if known else name) or metadata.get(name)
        if value:
            found[name] = (value,) if isinstance(value, str) else tuple(value)
        elif name == _OF_ACTS[0]:
            return {}
    return found


def _metadata(entry: Entry, words: Vocabulary) -> Mapping[str, str | list[str]]:
    """Values under the names of their elements; what nobody knows under its heading."""
    found: dict[str, str | list[str]] = {}
    for identifier, values in entry.values.items():
        element = words.element(identifier)
        if element is not None and identifier not in _OF_FILES and not identifier.startswith("digest"):
            found[element.name] = values[0] if len(values) == 1 else list(values)
    if "volumeTitle" in entry.values and "title" not in entry.values:
        found["题名"] = entry.first("volumeTitle")
        found.setdefault(_LEVEL, _VOLUME)
    return {**entry.extra, **found}
