"""What the transfer layouts of 2012 and of 2022 answer alike: one item a row, with digests in manifests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Generic, Protocol, TypeVar

from lantai.kit.fourprops.facts import PackageFacts
from lantai.kit.packages.found import FoundFile, FoundFiles
from lantai.kit.packages.listed import MANIFESTS
from lantai.kit.packages.problems import Findings
from lantai.kit.packages.sent import (
    LONGEST_KEY,
    Declared,
    DigestsLeft,
    Keys,
    SentFile,
    SentItem,
    SentPackage,
    by_area,
    joined,
    whole,
)
from lantai.kit.packages.transfer.messages import MESSAGES

# Findings of the reader by the check that answers for them; all others are of the structure (1-13).
_CATALOGUE = (
    *("catalogue-", "row-", "count-", "range-", "description-"),
    *("file-missing", "file-ambiguous", "file-twice", "volume-"),
)
_METADATA = ("metadata-broken", "metadata-differs", "metadata-twice")
_MANIFEST = ("manifest-", "digest")
_EXTRA = "file-unlisted"


class ListedReader(Protocol):
    """Reads one such package; everything is complete after `finish`."""

    @property
    def files(self) -> FoundFiles: ...
    @property
    def findings(self) -> Findings: ...
    @property
    def description(self) -> Mapping[str, str]: ...
    @property
    def item_count(self) -> int: ...
    @property
    def declared_file_count(self) -> int | None: ...
    def declared_digests(self, path: str) -> dict[str, str]: ...
    def loose(self) -> Iterator[FoundFile]: ...
    def finish(self, digests_left: Collection[str] = ()) -> None: ...


Reader = TypeVar("Reader", bound=ListedReader)


class ListedSent(Generic[Reader]):
    """All of a `SentReader` but its items."""

    kind: str

    def __init__(self, reader: Reader, inside: str) -> None:
        self._reader = reader
        self._inside = inside
        self._keys = Keys()
        self._left: set[str] | None = None  # files whose digests are for others to compare

    def leave_digests(self) -> None:
        """Do not read the files of items; whoever opens them compares their digests."""
        self._left = set()

    def _file(self, file: FoundFile, sizes: Mapping[str, str], *, is_named: bool) -> SentFile:
        """A file of an item; ``sizes`` are declared by name, and its name where the item names it."""
        name = file.path.rpartition("/")[2]
        if self._left is not None:
            self._left.add(file.path)
        declared = Declared(
            name=name if is_named else None,
            size_bytes=whole(sizes.get(name, "")),
            digests=self._reader.declared_digests(file.path),
        )
        return SentFile(joined(self._inside, file.path), name, file.size_bytes, declared)

    def _missing(self, path: str) -> SentFile:
        name = path.rpartition("/")[2]
        return SentFile(joined(self._inside, path), name, 0, Declared(name=name), is_missing=True)

    def loose(self) -> Iterator[SentFile]:
        """After `items`: the files that no item has."""
        for file in self._reader.loose():
            name = file.path.rpartition("/")[2]
            yield SentFile(joined(self._inside, file.path), name, file.size_bytes)

    def package(self) -> SentPackage:
        """After `loose`: the whole, with all problems."""
        self._reader.finish(self._left or ())
        facts = self._facts()
        left = None if self._left is None else DigestsLeft(self._inside, MANIFESTS, MESSAGES["digest"])
        return SentPackage(facts, self._keys.of_problems(facts), left)

    def _declared_item_count(self) -> int | None:
        return None

    def _facts(self) -> PackageFacts:
        reader = self._reader
        problems = reader.findings.as_tuple()
        areas = by_area(problems, _area)
        sizes = [file.size_bytes for file in reader.files if file.path not in MANIFESTS.values()]
        has_manifest = reader.declared_file_count is not None
        return PackageFacts(
            kind=self.kind,
            declared_item_count=self._declared_item_count(),
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


def listed_item(
    key: str, row: Mapping[str, str], metadata: Mapping[str, tuple[str, ...]], file_count: int
) -> SentItem:
    """The item of one row of a list, with the metadata that lies beside its files."""
    return SentItem(
        key=key,
        reference_code=row["reference_code"].strip()[:LONGEST_KEY],
        title=metadata.get("题名", ("",))[0] or row["title"],
        file_count=file_count,
        metadata={name: many[0] if len(many) == 1 else list(many) for name, many in metadata.items()},
        row=row,
        events=tuple(events_of(metadata)),
    )


def sizes_of(metadata: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Name of a file → its size as the metadata of its item declares it."""
    return dict(zip(metadata.get("计算机文件名", ()), metadata.get("计算机文件大小", ()), strict=False))


def events_of(metadata: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """Business acts (DA/T 46 M80 to M84): the n-th act has the n-th time; agents too, or one for all."""
    agents = metadata.get("机构人员名称") or metadata.get("责任者") or ("",)
    times = metadata.get("行为时间", ())
    for number, action in enumerate(metadata.get("业务行为", ())):
        at = times[number] if number < len(times) else ""
        yield action, at, agents[number] if number < len(agents) else agents[0]
