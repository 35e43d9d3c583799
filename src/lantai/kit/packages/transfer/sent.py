"""A transfer package of DA/T 93-2022 as facts, item by item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from lantai.kit.fourprops.facts import PackageFacts
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
from lantai.kit.packages.transfer.reader import TransferReader
from lantai.kit.packages.transfer.types import CATALOGUE_FILE, DESCRIPTION_FILE, MANIFESTS, TransferItem

# Findings of the reader by the check that answers for them; all others are of the structure (1-13).
_CATALOGUE = ("catalogue-", "row-", "count-", "range-", "description-")
_METADATA = ("metadata-broken", "metadata-differs", "metadata-twice")
_MANIFEST = ("manifest-", "digest")
_EXTRA = "file-unlisted"
_COUNT = re.compile(r"(\d+)\s*(?:件|卷)?", re.ASCII)


def is_here(_folder: Path, names: frozenset[str]) -> bool:
    """Whether one of the two files that make a transfer package lies here."""
    return DESCRIPTION_FILE.casefold() in names or CATALOGUE_FILE.casefold() in names


def open_sent(folder: Path, inside: str) -> SentReader:
    """The package in ``folder``, which lies at ``inside`` below the unpacked folder."""
    return _TransferSent(TransferReader(folder), inside)


class _TransferSent:
    def __init__(self, reader: TransferReader, inside: str) -> None:
        self._reader = reader
        self._inside = inside
        self._keys = Keys()

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        for sent in self._reader.items():
            key = self._keys.give(sent.row.reference_code, sent.folder)
            files = tuple(self._files(sent))
            yield _item(sent, key, len(files)), files

    def _files(self, item: TransferItem) -> Iterator[SentFile]:
        names = item.metadata.get("计算机文件名", ())
        stated = dict(zip(names, item.metadata.get("计算机文件大小", ()), strict=False))
        for file in item.files:
            name = file.path.rpartition("/")[2]
            declared = Declared(
                name=name if name in names else None,
                size_bytes=whole(stated.get(name, "")),
                digests=self._reader.declared_digests(file.path),
            )
            yield SentFile(joined(self._inside, file.path), name, file.size_bytes, declared)
        here = {file.path.rpartition("/")[2] for file in item.files}
        for name in names:
            if name not in here and item.folder:
                path = joined(self._inside, f"{item.folder}/{name}")
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
        stated = _COUNT.fullmatch(reader.description.get("档案数量", ""))
        sizes = [file.size_bytes for file in reader.files if file.path not in MANIFESTS.values()]
        return PackageFacts(
            kind="transfer",
            declared_item_count=whole(stated[1]) if stated else None,
            item_count=reader.item_count,
            bytes=sum(sizes),
            declared_file_count=reader.declared_file_count,
            file_count=len(sizes),
            structure_problems=areas.get("structure", ()),
            catalogue_problems=areas.get("catalogue", ()),
            manifest_problems=areas.get("manifest", ()) if reader.declared_file_count is not None else None,
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


def _item(item: TransferItem, key: str, file_count: int) -> SentItem:
    return SentItem(
        key=key,
        reference_code=item.row.reference_code.strip()[:LONGEST_KEY],
        title=item.metadata.get("题名", ("",))[0] or item.row.title,
        file_count=file_count,
        metadata={
            name: values[0] if len(values) == 1 else list(values) for name, values in item.metadata.items()
        },
        row=asdict(item.row),
        events=tuple(events_of(item.metadata)),
    )


def events_of(metadata: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Business acts (DA/T 46 M80 to M84): the n-th act has the n-th time; agents too, or one for all."""
    agents = metadata.get("机构人员名称") or metadata.get("责任者") or ("",)
    times = metadata.get("行为时间", ())
    for number, action in enumerate(metadata.get("业务行为", ())):
        at = times[number] if number < len(times) else ""
        yield action, at, agents[number] if number < len(agents) else agents[0]
