"""A package from outside as facts: what the reader of every layout answers, item by item.

Nothing here is judged yet, and nothing of a package has to lie in memory at once: `SentReader` gives each
item with its files, then the files that no item has, and at last what is true of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from lantai.kit.crypto.signatures import SignatureFound
from lantai.kit.errors import plain
from lantai.kit.fourprops.facts import PackageFacts, PackageProblem
from lantai.kit.packages.problems import Problem, Severity

LONGEST_KEY = 120
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the sender stated of a file: name, size, digests by algorithm, and its format in any words."""

    name: str | None = None
    size_bytes: int | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file; ``path`` begins at the unpacked folder. One that is missing was only declared.

    ``role`` is "main", "attachment", "draft" or "handling" where the layout says it, otherwise empty.
    ``raw_name_hex`` is the path in the archive byte for byte, where it was not in UTF-8 (GB18030 mostly).
    """

    path: str
    name: str
    size_bytes: int
    declared: Declared = field(default_factory=Declared)
    is_missing: bool = False
    role: str = ""
    raw_name_hex: str = ""


@dataclass(frozen=True, slots=True)
class SentItem:
    """One item as sent; it has ``file_count`` files.

    ``attachments`` are the names that its description lists, ``signatures`` those that the layout itself
    carries; None where the layout has no place for such a thing.
    """

    key: str
    reference_code: str
    title: str
    file_count: int
    metadata: Mapping[str, str | list[str]]
    row: Mapping[str, str]
    events: tuple[tuple[str, str, str], ...] = ()
    attachments: tuple[str, ...] | None = None
    signatures: tuple[SignatureFound, ...] | None = None


@dataclass(frozen=True, slots=True)
class DigestsLeft:
    """That digests of the content of items were not compared: whoever opens the files computes them anyway.

    ``inside`` is where the package lies below the unpacked folder, ``lists`` leads from an algorithm to the list
    that declares its digests, and ``message`` is the msgid for one that differs.
    """

    inside: str
    lists: Mapping[str, str]
    message: str


@dataclass(frozen=True, slots=True)
class SentPackage:
    """The package around the items; ``of_item`` leads from the place of a problem to the key of its item."""

    facts: PackageFacts
    of_item: Mapping[str, str] = field(default_factory=dict)
    digests_left: DigestsLeft | None = None


class SentReader(Protocol):
    """Reads one package, each part once and in this order."""

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        """Each item with its files."""

    def loose(self) -> Iterator[SentFile]:
        """After `items`: the files that no item has."""

    def package(self) -> SentPackage:
        """After `loose`: the whole, with all problems."""


@runtime_checkable
class LeavesDigests(Protocol):
    """A reader that need not read what somebody else will read to its end."""

    def leave_digests(self) -> None:
        """Before `items`: do not compare the digests of their files; `package` says so."""


class Keys:
    """Gives each item a key of its own: its reference code, or ``#`` and its number where that will not do."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._of_item: dict[str, str] = {}
        self._count = 0

    def give(self, code: str, *places: str) -> str:
        """The key of the next item, which the reference code and the ``places`` (paths) lead to."""
        self._count += 1
        code = code.strip()
        fits = bool(code) and len(code) <= LONGEST_KEY and not code.startswith("#")
        key = code if fits and code not in self._given else f"#{self._count}"
        self._given.add(key)
        for place in (*places, code[:LONGEST_KEY]):
            if place:
                self._of_item.setdefault(place, key)
        return key

    def of_problems(self, facts: PackageFacts) -> dict[str, str]:
        """The place of each problem in ``facts`` that belongs to an item → the key of that item."""
        found = {place: item_of(place, self._of_item) for place in places_of(facts)}
        return {place: key for place, key in found.items() if key}


def places_of(facts: PackageFacts) -> frozenset[str]:
    """Every place at which a problem was found."""
    areas = (
        facts.structure_problems,
        facts.catalogue_problems,
        facts.manifest_problems,
        facts.metadata_problems,
    )
    return frozenset(problem.path for problems in areas for problem in problems or ())


def item_of(place: str, of_item: Mapping[str, str]) -> str:
    """The key of the item that ``place`` (a path or a reference code) belongs to; "" for the package."""
    while place:
        if place in of_item:
            return of_item[place]
        place = place.rpartition("/")[0]
    return ""


def joined(inside: str, path: str) -> str:
    """``path`` of a package that lies at ``inside``, from the unpacked folder."""
    return path if inside in ("", ".") else f"{inside}/{path}"


def whole(text: str) -> int | None:
    """A whole number as declared, or None where ``text`` is none."""
    return int(text) if _WHOLE.fullmatch(text) else None


def as_told(problem: Problem) -> PackageProblem:
    """A reader's finding as a fact about the package."""
    place = str(problem.params.get("found") or problem.place)
    is_error = problem.severity is Severity.ERROR
    return PackageProblem(problem.message, plain(problem.params), place, is_error=is_error)


def by_area(
    problems: Iterable[Problem], area_of: Callable[[str], str]
) -> dict[str, tuple[PackageProblem, ...]]:
    """Problems under the area ("structure", "catalogue", …) that ``area_of`` their code answers for."""
    found: dict[str, list[PackageProblem]] = {}
    for problem in problems:
        found.setdefault(area_of(problem.code), []).append(as_told(problem))
    return {area: tuple(told) for area, told in found.items()}


class NothingRead:
    """The reader of a package of which one thing is wrong that leaves nothing to read."""

    def __init__(self, facts: PackageFacts, message: str, place: str = "") -> None:
        problem = PackageProblem(message, {"found": place} if place else {}, place)
        self._facts = replace(facts, structure_problems=(problem,), extra_files=())

    def items(self) -> Iterator[tuple[SentItem, tuple[SentFile, ...]]]:
        """None."""
        return iter(())

    def loose(self) -> Iterator[SentFile]:
        """None."""
        return iter(())

    def package(self) -> SentPackage:
        """Only what is wrong."""
        return SentPackage(self._facts)
