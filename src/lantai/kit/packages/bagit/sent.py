"""A bag as facts: whatever package lies in it, or its plain files, with the digests of its manifests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.fourprops.facts import PackageFacts, PackageProblem
from lantai.kit.packages.bagit.messages import MESSAGES
from lantai.kit.packages.bagit.reader import Bag, read_bag
from lantai.kit.packages.eep import sent as eep
from lantai.kit.packages.plain import open_plain
from lantai.kit.packages.problems import Problem
from lantai.kit.packages.registry import PackageKind, UnknownPackage, find_package
from lantai.kit.packages.sent import (
    NothingRead,
    SentFile,
    SentItem,
    SentPackage,
    SentReader,
    as_told,
    item_of,
    joined,
    whole,
)

_NOT_INSIDE = frozenset({PackageKind.BAGIT, PackageKind.OCFL_OBJECT})
PAYLOAD = "data"


def is_here(_folder: Path, names: frozenset[str]) -> bool:
    """Whether the folder says that it is a bag."""
    return "bagit.txt" in names


def open_sent(folder: Path, inside: str, *, trust: CertificateTrust = NO_TRUST) -> SentReader:
    """The bag in ``folder``, which lies at ``inside`` below the unpacked folder."""
    bag = read_bag(folder)
    inner, within = _open_payload(folder, inside, trust)
    return _BagSent(bag, inner, inside, within)


def _open_payload(folder: Path, inside: str, trust: CertificateTrust) -> tuple[SentReader, str]:
    """The reader of what lies in the bag, and its path in the bag."""
    if (folder / PAYLOAD).is_symlink():  # a link leads out of the bag
        return NothingRead(PackageFacts(), MESSAGES["link"], PAYLOAD), PAYLOAD
    try:
        held = find_package(folder / PAYLOAD)
    except UnknownPackage:
        held = None
    if held is None or held.kind in _NOT_INSIDE:
        return open_plain(folder / PAYLOAD, joined(inside, PAYLOAD)), PAYLOAD
    within = held.folder.relative_to(folder).as_posix()
    if held.kind is PackageKind.EEP:  # a bag lists its files: none can be laid out in it
        return eep.open_sent(held.folder, joined(inside, within), trust=trust, is_laid_out=False), within
    return held.layout.open(held.folder, joined(inside, within), trust), within


class _BagSent:
    def __init__(self, bag: Bag, inner: SentReader, inside: str, within: str) -> None:
        self._bag, self._inner = bag, inner
        self._start = joined(inside, "x").removesuffix("x")
        self._within = f"{within}/"
        self._problems = tuple(map(self._told, bag.problems))
        self._places = frozenset(problem.path for problem in self._problems)
        self._of_item: dict[str, str] = {}

    def _told(self, problem: Problem) -> PackageProblem:
        told = as_told(problem)
        return replace(told, path=told.path.removeprefix(self._within))

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        for item, files in self._inner.items():
            for file in files:
                place = self._in_bag(file).removeprefix(self._within)
                if place in self._places:
                    self._of_item[place] = item.key
            yield item, tuple(map(self._with_digests, files))

    def _in_bag(self, file: SentFile) -> str:
        return file.path.removeprefix(self._start)

    def _with_digests(self, file: SentFile) -> SentFile:
        stated = {**file.declared.digests, **self._bag.declared(self._in_bag(file))}
        return replace(file, declared=replace(file.declared, digests=stated))

    def loose(self) -> Iterator[SentFile]:
        yield from map(self._with_digests, self._inner.loose())
        for file in self._bag.tag_files:
            sent = SentFile(f"{self._start}{file.path}", file.path.rpartition("/")[2], file.size_bytes)
            yield self._with_digests(sent)

    def package(self) -> SentPackage:
        inner = self._inner.package()
        facts = self._facts(inner.facts)
        return SentPackage(facts, {**self._of_places(inner.of_item), **inner.of_item, **self._of_item})

    def _of_places(self, of_item: Mapping[str, str]) -> dict[str, str]:
        found = {place: item_of(place, of_item) for place in self._places}
        return {place: key for place, key in found.items() if key}

    def _facts(self, inner: PackageFacts) -> PackageFacts:
        """The facts of what lies inside, where the bag answers for bytes and files."""
        octets, _point, count = dict(self._bag.info).get("Payload-Oxum", "").partition(".")
        return replace(
            inner,
            kind="bagit",
            manifest_problems=(*self._problems, *(inner.manifest_problems or ())),
            bytes=sum(file.size_bytes for file in self._bag.files),
            declared_bytes=whole(octets),
            file_count=len(self._bag.files),
            declared_file_count=whole(count),
        )
