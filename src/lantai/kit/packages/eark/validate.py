"""Whether a folder is a package of E-ARK CSIP 2.x, and of SIP 2.x where it says that it is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lantai.kit.packages import names
from lantai.kit.packages.eark import header, references, structure
from lantai.kit.packages.eark.judging import Judging, Stated
from lantai.kit.packages.eark.messages import MESSAGES
from lantai.kit.packages.eark.mets import Element, read_elements
from lantai.kit.packages.found import FolderSeen, FoundFiles
from lantai.kit.packages.problems import Problem, Severity
from lantai.kit.packages.xml import XmlBroken, XmlHostile

METS = "METS.xml"
_SECTIONS = frozenset({"dmdSec", "digiprovMD", "rightsMD"})


@dataclass(frozen=True, slots=True)
class EarkVerdict:
    """What was found, and what the METS of the package says of it and of its files."""

    problems: tuple[Problem, ...]
    stated: Stated
    objid: str = ""
    label: str = ""
    profile: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether everything that MUST be is."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def validate_eark(
    folder: Path,
    *,
    name: str | None = None,
    is_submission: bool | None = None,
    at: datetime | None = None,
) -> EarkVerdict:
    """Judge the package in ``folder``; each problem has the number of a requirement as its code.

    ``name`` is the folder's own name where it must not count as the package's ("" where nobody knows it).
    The rules of SIP count where the profile is that of a SIP, or as ``is_submission`` says. Dates after ``at``
    are in the future.
    """
    package = PackageFiles(folder)
    return judge_package(
        package,
        name=folder.name if name is None else name,
        is_submission=is_submission,
        at=at or datetime.now(UTC),
    )


class PackageFiles:
    """The files and folders of a package, and what is wrong with their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self._folders: set[str] = set()
        self.files = FoundFiles(folder, self._look)
        self.plain_folders = frozenset(self._folders)
        self.folders = frozenset(folder.casefold() for folder in self._folders)

    def _look(self, seen: FolderSeen) -> None:
        self._folders.add(seen.path)
        for name in seen.specials:
            self._tell("link", seen.at(name))
        for name in (*seen.folders, *(file for file, _size in seen.files)):
            if reason := names.trouble_with(name):
                self._tell("name", names.shown(seen.at(name)), reason=reason)

    def _tell(self, code: str, place: str, **params: object) -> None:
        self.problems.append(Problem(code, place, MESSAGES[code], {"place": place, **params}))

    def mets_paths(self) -> Iterator[str]:
        """The METS documents of the representations."""
        for path in self.files.paths:
            parts = path.split("/")
            if len(parts) == 3 and parts[0].casefold() == "representations" and parts[2] == METS:
                yield path


def judge_package(
    package: PackageFiles, *, name: str, is_submission: bool | None, at: datetime
) -> EarkVerdict:
    """`validate_eark` of files that somebody has walked already."""
    problems, stated = list(package.problems), Stated()
    root = _Document(Judging(package.folder, METS, package.files, problems, at, stated))
    root.judge(package.folders, name=name, is_submission=is_submission)
    structure.judge_folders(root.judging, package.plain_folders)
    for path in package.mets_paths():
        inner = Judging(package.folder, path, package.files, problems, at, stated)
        _Document(inner).judge(package.folders, name=path.split("/")[1], is_submission=False)
    return EarkVerdict(tuple(problems), stated, root.objid, root.label, root.profile)


class _Document:
    """One METS document on its way through the rules."""

    def __init__(self, judging: Judging) -> None:
        self.judging = judging
        self.objid = ""
        self.label = ""
        self.profile = ""
        self._agents = header.Agents()
        self._divisions = structure.Divisions()
        self._digiprov = 0
        self._formats = references.Formats()

    def judge(self, folders: frozenset[str], *, name: str, is_submission: bool | None) -> None:
        judging = self.judging
        if judging.place not in judging.files:
            judging.must("CSIPSTR4", "no-mets")
            return
        try:
            with (judging.root / judging.place).open("rb") as stream:
                for element in read_elements(stream):
                    if element.parent is None:
                        self._ends(element, name, is_submission=is_submission)
                    else:
                        self._element(element, folders)
        except (XmlBroken, XmlHostile) as refused:
            judging.must("CSIPSTR4", "broken", reason=str(refused))

    def _element(self, element: Element, folders: frozenset[str]) -> None:
        judging, name = self.judging, element.name
        if name in _SECTIONS:
            self._digiprov += name == "digiprovMD"
            references.judge_section(judging, element)
        elif name == "file":
            references.judge_file(judging, element)
            self._formats.file(element)
        elif name == "fileGrp":
            references.judge_group(judging, element, folders)
        elif name == "div":
            self._divisions.division(judging, element)
        elif name in ("fptr", "mptr"):
            self._divisions.pointer(judging, element)
        elif name == "structMap":
            self._divisions.map_ends(judging, element)
        else:
            self._header(element)

    def _header(self, element: Element) -> None:
        match element.name:
            case "note":
                self._agents.note(element)
            case "altRecordID":
                self._agents.record(element)
            case "agent":
                self._agents.agent(self.judging, element)
            case "metsHdr":
                self._agents.judge_header(self.judging, element)

    def _ends(self, mets: Element, name: str, *, is_submission: bool | None) -> None:
        judging = self.judging
        if mets.name != "mets":
            judging.must("CSIPSTR4", "not-mets", value=mets.name)
            return
        self.objid, self.label, self.profile = mets.get("OBJID"), mets.get("LABEL"), mets.get("PROFILE")
        header.judge_root(judging, mets, name=name)
        references.judge_metadata(judging, mets, self._digiprov)
        references.judge_file_section(judging, mets.last.get("fileSec"))
        self._divisions.judge(judging, mets)
        if is_submission if is_submission is not None else "earksip" in self.profile.casefold():
            self._agents.judge_submission(judging, mets, mets.last.get("metsHdr"))
            self._formats.judge(judging)
