"""A carrier in the layout of 2012 as facts, item by item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from lantai.kit.fourprops.facts import PackageFacts
from lantai.kit.packages.carrier.reader import CarrierReader
from lantai.kit.packages.carrier.types import CONTENT, ITEMS, MANIFESTS, VOLUMES, CarrierItem
from lantai.kit.packages.sent import (
    LONGEST_KEY,
    Declared,
    Keys,
    SentFile,
    SentItem,
    SentPackage,
    SentReader,
    by_area,
    joined,
    whole,
)
from lantai.kit.packages.transfer.sent import events_of

_CATALOGUE = ("catalogue-", "row-", "description-", "file-missing", "file-ambiguous", "file-twice", "volume-")
_METADATA = ("metadata-broken", "metadata-differs")
_MANIFEST = ("manifest-", "digest")
_EXTRA = "file-unlisted"


def is_here(_folder: Path, names: frozenset[str]) -> bool:
    """Whether one of the two lists of a carrier lies here."""
    return ITEMS.file.casefold() in names or VOLUMES.file.casefold() in names


def open_sent(folder: Path, inside: str) -> SentReader:
    """The carrier in ``folder``, which lies at ``inside`` below the unpacked folder."""
    return _CarrierSent(CarrierReader(folder), inside)


class _CarrierSent:
    def __init__(self, reader: CarrierReader, inside: str) -> None:
        self._reader = reader
        self._inside = inside
        self._keys = Keys()

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        for sent in self._reader.items():
            places = [file.path for file in sent.files] + ([sent.metadata_file] if sent.metadata_file else [])
            key = self._keys.give(sent.row.reference_code, *places)
            files = tuple(self._files(sent))
            yield _item(sent, key, len(files)), files

    def _files(self, item: CarrierItem) -> Iterator[SentFile]:
        stated = dict(
            zip(item.metadata.get("计算机文件名", ()), item.metadata.get("计算机文件大小", ()), strict=False)
        )
        for file in item.files:
            name = file.path.rpartition("/")[2]
            declared = Declared(
                name=name,
                size_bytes=whole(stated.get(name, "")),
                digests=self._reader.declared_digests(file.path),
            )
            yield SentFile(joined(self._inside, file.path), name, file.size_bytes, declared)
        for missing in item.missing:
            name = missing.replace("\\", "/").rpartition("/")[2]
            path = joined(self._inside, f"{CONTENT}/{name}")
            yield SentFile(path, name, 0, Declared(name=name), is_missing=True)

    def loose(self) -> Iterator[SentFile]:
        for file in self._reader.loose():
            name = file.path.rpartition("/")[2]
            yield SentFile(joined(self._inside, file.path), name, file.size_bytes)

    def package(self) -> SentPackage:
        self._reader.finish()
        facts = self._facts()
        return SentPackage(facts, self._keys.of_problems(facts))

    def _facts(self) -> PackageFacts:
        reader = self._reader
        problems = reader.findings.as_tuple()
        areas = by_area(problems, _area)
        sizes = [file.size_bytes for file in reader.files if file.path not in MANIFESTS.values()]
        has_manifest = reader.declared_file_count is not None
        return PackageFacts(
            kind="carrier",
            item_count=reader.item_count,
            bytes=sum(sizes),
            declared_file_count=reader.declared_file_count,
            file_count=len(sizes),
            structure_problems=areas.get("structure", ()),
            catalogue_problems=areas.get("catalogue", ()),
            manifest_problems=areas.get("manifest", ()) if has_manifest else None,
            metadata_problems=areas.get("metadata", ()),
            extra_files=tuple(problem.place for problem in problems if problem.code == _EXTRA),
            description=dict(reader.description),
            readable_metadata=not any(problem.code == "metadata-broken" for problem in problems),
        )


def _area(code: str) -> str:
    if code == _EXTRA:
        return ""
    if code.startswith(_CATALOGUE):
        return "catalogue"
    if code.startswith(_MANIFEST):
        return "manifest"
    return "metadata" if code in _METADATA else "structure"


def _item(item: CarrierItem, key: str, file_count: int) -> SentItem:
    values = item.metadata
    row = asdict(item.row)
    del row["names"]  # which files there are is told by the files
    return SentItem(
        key=key,
        reference_code=item.row.reference_code.strip()[:LONGEST_KEY],
        title=values.get("题名", ("",))[0] or item.row.title,
        file_count=file_count,
        metadata={name: many[0] if len(many) == 1 else list(many) for name, many in values.items()},
        row=row,
        events=tuple(events_of(values)),
    )
