"""An E-ARK package as facts: items by its finding aid, or one item that all its representations hold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from lantai.kit.fourprops.facts import PackageFacts, PackageProblem
from lantai.kit.packages.eark.descriptive import Described, read_dc, read_ead
from lantai.kit.packages.eark.messages import MESSAGES
from lantai.kit.packages.eark.premis import Premis, read_premis
from lantai.kit.packages.eark.validate import METS, EarkVerdict, PackageFiles, judge_package
from lantai.kit.packages.found import FoundFile
from lantai.kit.packages.problems import Problem, Severity
from lantai.kit.packages.sent import (
    LONGEST_KEY,
    Declared,
    Keys,
    SentFile,
    SentItem,
    SentPackage,
    SentReader,
    as_told,
    joined,
)
from lantai.kit.packages.xml import XmlBroken, XmlHostile

_OF_FILES = ("size", "digest", "line-ends", "digest-unknown", "missing", "spelt", "outside")
_MANIFEST = frozenset(MESSAGES[code] for code in _OF_FILES)
_METADATA = frozenset(f"CSIP{number}" for number in range(17, 58))
_REPRESENTATIONS = "representations"
_DATA = "data"


def is_here(folder: Path, names: frozenset[str]) -> bool:
    """Whether a METS.xml lies here, as METS and not as something else of that name."""
    return METS.casefold() in names and (folder / METS).is_file()


def open_sent(folder: Path, inside: str) -> SentReader:
    """The package in ``folder``, which lies at ``inside`` below the unpacked folder."""
    return _EarkSent(folder, inside)


class _EarkSent:
    def __init__(self, folder: Path, inside: str) -> None:
        self._inside = inside
        self._package = PackageFiles(folder)
        self._files = self._package.files
        self._verdict = judge_package(
            self._package,
            name=inside.rpartition("/")[2],
            is_submission=None,
            at=datetime.now(UTC),
        )
        self._problems = [one for one in self._verdict.problems if one.severity is not Severity.NOTE]
        self._extra = tuple(file.path for file in self._files.left() if not _is_frame(file.path))
        self._files.untake()
        self._keys = Keys()
        self._premis = Premis()
        self._whole = Described()
        self._count = 0
        self._is_readable = True

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        for path in self._verdict.stated.preservation:
            self._reading(path, lambda place: read_premis(place, self._premis))
        for path, kind in self._verdict.stated.descriptive.items():
            if kind == "EAD":
                yield from self._of_ead(path)
            elif kind == "DC":
                self._reading(path, self._read_dc)
        if not self._count:
            yield from self._as_one()

    def _read_dc(self, place: Path) -> None:
        for name, values in read_dc(place).elements.items():
            for value in values:
                self._whole.add(name, value)

    def _reading(self, path: str, read: Callable[[Path], None]) -> None:
        try:
            read(self._package.folder / path)
        except (XmlBroken, XmlHostile) as refused:
            self._broken(path, refused)

    def _broken(self, path: str, refused: XmlBroken | XmlHostile) -> None:
        params = {"place": path, "reason": str(refused), "rule": "CSIP17"}
        self._problems.append(Problem("CSIP17", path, MESSAGES["broken"], params))
        self._is_readable = False

    def _of_ead(self, path: str) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        try:
            for unit in read_ead(self._package.folder / path):
                files = tuple(self._files_of(unit, path))
                if files:
                    yield self._item(unit.metadata, files)
                elif unit.level and not self._count:
                    self._whole = unit
        except (XmlBroken, XmlHostile) as refused:
            self._broken(path, refused)

    def _files_of(self, unit: Described, path: str) -> Iterator[FoundFile]:
        """The files that a unit points to, from the package or from the folder of its representation."""
        parts = path.split("/")
        home = "/".join(parts[:2]) if parts[0] == _REPRESENTATIONS else ""
        for href in unit.hrefs:
            place = unquote(href).removeprefix("./")
            for one in (place, f"{home}/{place}"):
                if one in self._files and not self._files.is_taken(one):
                    self._files.take(one)
                    yield FoundFile(sys.intern(one), self._files.size_of(one))
                    break

    def _as_one(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        """Representations are forms of one and the same content (CSIP §4): without a finding aid, one item."""
        files = tuple(file for file in self._files.below(_REPRESENTATIONS) if _is_data(file.path))
        if files:
            for file in files:
                self._files.take(file.path)
            metadata = {"题名": [self._verdict.label or self._verdict.objid], **self._whole.metadata}
            yield self._item(metadata, files, is_whole=True)

    def _item(
        self, metadata: Mapping[str, list[str]], files: tuple[FoundFile, ...], *, is_whole: bool = False
    ) -> tuple[SentItem, tuple[SentFile, ...]]:
        self._count += 1
        code = next(iter(metadata.get("档号", ())), "")
        sent = tuple(map(self._sent, files))
        item = SentItem(
            key=self._keys.give(code, *(file.path for file in files)),
            reference_code=code.strip()[:LONGEST_KEY],
            title=next(iter(metadata.get("题名", ())), ""),
            file_count=len(sent),
            metadata={
                name: values[0] if len(values) == 1 else list(values)
                for name, values in metadata.items()
                if values
            },
            row={},
            events=self._premis.of(*(() if is_whole else (code, *(file.path for file in files)))),
        )
        return item, sent

    def _sent(self, file: FoundFile) -> SentFile:
        digests = {**self._verdict.stated.declared.of(file.path), **self._premis.digests.of(file.path)}
        stated = self._verdict.stated
        declared = Declared(
            size_bytes=stated.sizes.get(file.path), digests=digests, format=stated.media_types.get(file.path)
        )
        return SentFile(
            joined(self._inside, file.path), file.path.rpartition("/")[2], file.size_bytes, declared
        )

    def loose(self) -> Iterator[SentFile]:
        return map(self._sent, self._files.left())

    def package(self) -> SentPackage:
        verdict = self._verdict
        told = {area: tuple(self._told(area)) for area in ("structure", "manifest", "metadata")}
        unlinked = (file.path for file in self._files.left() if _is_data(file.path))
        facts = PackageFacts(
            kind="eark",
            item_count=self._count,
            bytes=self._files.byte_count,
            file_count=len(self._files),
            structure_problems=told["structure"],
            manifest_problems=told["manifest"],
            metadata_problems=told["metadata"],
            extra_files=self._extra,
            unlinked_files=tuple(unlinked),
            description=_description(verdict),
            readable_metadata=self._is_readable,
            made_at=verdict.stated.made_at,
        )
        return SentPackage(facts, self._keys.of_problems(facts))

    def _told(self, area: str) -> Iterator[PackageProblem]:
        return (as_told(problem) for problem in self._problems if _area(problem) == area)


def _area(problem: Problem) -> str:
    if problem.message in _MANIFEST:
        return "manifest"
    return "metadata" if problem.code in _METADATA else "structure"


def _description(verdict: EarkVerdict) -> dict[str, str]:
    stated = {"OBJID": verdict.objid, "LABEL": verdict.label, "PROFILE": verdict.profile}
    return {name: value for name, value in stated.items() if value}


def _is_data(path: str) -> bool:
    parts = path.split("/")
    return len(parts) > 3 and parts[0] == _REPRESENTATIONS and parts[2] == _DATA


def _is_frame(path: str) -> bool:
    """METS documents list the others and not themselves; git keeps empty folders by a file."""
    return path.rpartition("/")[2] in (METS, ".gitkeep")
