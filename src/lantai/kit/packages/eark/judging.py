"""Findings of an E-ARK package: each under the requirement that it breaks."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from lantai.kit.digests import CHUNK_BYTES
from lantai.kit.packages import names
from lantai.kit.packages.eark.messages import MESSAGES
from lantai.kit.packages.eark.mets import Element
from lantai.kit.packages.eark.vocabulary import CHECKSUM_TYPES
from lantai.kit.packages.found import FoundFiles
from lantai.kit.packages.manifests import DigestTable
from lantai.kit.packages.problems import Problem, Severity
from lantai.kit.packages.sent import whole

_HEX = re.compile(r"[0-9a-f]+")
_LARGEST_TEXT_BYTES = 4 * 1024 * 1024
_LONGEST_MEDIA_TYPE = 127  # RFC 6838 §4.2


@dataclass(slots=True)
class Stated:
    """What the METS documents of a package say of its files."""

    declared: DigestTable = field(default_factory=DigestTable)
    sizes: dict[str, int] = field(default_factory=dict)
    media_types: dict[str, str] = field(default_factory=dict)
    made_at: datetime | None = None  # CREATEDATE in the METS of the package
    descriptive: dict[str, str] = field(default_factory=dict)  # path → MDTYPE
    preservation: dict[str, str] = field(default_factory=dict)

    def note(self, path: str, element: Element) -> None:
        """The size and digest that ``element`` says the file ``path`` has, where it says them well."""
        algorithm, size = CHECKSUM_TYPES.get(element.get("CHECKSUMTYPE"), ""), whole(element.get("SIZE"))
        stated = element.get("CHECKSUM").casefold()
        if algorithm and _HEX.fullmatch(stated) and len(stated) % 2 == 0:
            self.declared.add(path, algorithm, stated)
        if size is not None:
            self.sizes.setdefault(path, size)
        if media_type := element.get("MIMETYPE"):
            self.media_types.setdefault(path, sys.intern(media_type[:_LONGEST_MEDIA_TYPE]))


@dataclass(slots=True)
class Judging:
    """One METS document being judged: ``place`` is its path in the package, ``folder`` the folder around it.

    Paths are those of the whole package; what a representation refers to begins at its own folder.
    """

    root: Path
    place: str
    files: FoundFiles
    problems: list[Problem]
    at: datetime
    stated: Stated
    ids: set[str] = field(default_factory=set)
    metadata_ids: dict[str, list[str]] = field(default_factory=dict)  # "dmdSec", "amdSec" → ID values
    groups: dict[str, list[str]] = field(default_factory=dict)  # first part of USE → IDs of fileGrp
    mentioned: set[str] = field(default_factory=set)  # ID values that structMap points to
    described: set[str] = field(default_factory=set)  # files that an mdRef of amdSec points to

    @property
    def folder(self) -> str:
        """The folder of this document, "" at the top."""
        return self.place.rpartition("/")[0]

    @property
    def is_root(self) -> bool:
        """Whether this is the METS of the package."""
        return not self.folder

    def at_path(self, path: str) -> str:
        """``path`` from this document's folder, as a path of the package."""
        return f"{self.folder}/{path}" if self.folder else path

    def must(self, rule: str, code: str, place: str = "", **params: object) -> None:
        """Note that what MUST be is not."""
        self._add(rule, code, Severity.ERROR, place, params)

    def should(self, rule: str, code: str, place: str = "", **params: object) -> None:
        """Note that what SHOULD be is not."""
        self._add(rule, code, Severity.WARNING, place, params)

    def may(self, rule: str, code: str, place: str = "", **params: object) -> None:
        """Note that what MAY be is not."""
        self._add(rule, code, Severity.NOTE, place, params)

    def _add(self, rule: str, code: str, severity: Severity, place: str, params: dict[str, object]) -> None:
        place = place or self.place
        self.problems.append(
            Problem(rule, place, MESSAGES[code], {"place": place, "rule": rule, **params}, severity)
        )

    def needs(self, rule: str, element: Element, *attributes: str) -> bool:
        """Whether ``element`` has each of ``attributes`` with a value; what lacks is noted."""
        lacking = [name for name in attributes if not element.get(name)]
        for name in lacking:
            self.must(rule, "attribute", holder=element.path, name=name)
        return not lacking

    def is_one_of(self, rule: str, element: Element, name: str, allowed: Iterable[str]) -> None:
        """Note a value of the attribute ``name`` that is there and not ``allowed``."""
        value = element.attributes.get(name)
        if value is not None and value not in allowed:
            self.must(rule, "value", holder=element.path, name=name, value=value)

    def identify(self, rule: str, element: Element) -> None:
        """Every ID is there and its own."""
        if self.needs(rule, element, "ID"):
            if element.get("ID") in self.ids:
                self.must(rule, "id-twice", value=element.get("ID"))
            self.ids.add(element.get("ID"))

    def time(self, rule: str, element: Element, name: str, *, not_future: bool = False) -> None:
        """Note a time that is none, or that is still to come."""
        value = element.get(name)
        if not value:
            return
        try:
            when = datetime.fromisoformat(value)
        except ValueError:
            self.must(rule, "time", holder=element.path, name=name, value=value)
            return
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        if name == "CREATEDATE" and self.is_root:
            self.stated.made_at = when
        if not_future and when > self.at:
            self.must(rule, "future", holder=element.path, name=name, value=value)

    def file_at(self, rule: str, href: str) -> str:
        """The file of the package that ``href`` means; empty, and noted, where there is none.

        A path in other letter case is noted, and its file is judged on: packages are made on Windows.
        """
        if "://" in href or href.startswith(("urn:", "info:")):
            self.should(rule, "remote", value=href)
            return ""
        path = _without_dots(self.at_path(unquote(href.removeprefix("file:")).replace("\\", "/")))
        if not path or not names.is_inside(path):
            self.must(rule, "outside", found=href)
            return ""
        if path not in self.files:
            stated, path = path, self.files.alike(path)
            if not path:
                self.must(rule, "missing", found=stated)
                return ""
            self.must(rule, "spelt", found=path, value=stated)
        self.files.take(path)
        return sys.intern(path)

    def size(self, rule: str, element: Element, path: str) -> None:
        """Note a size that is not that of the file ``path``."""
        actual = self.files.size_of(path)
        if element.get("SIZE") and element.get("SIZE") != str(actual):
            self.must(rule, "size", found=path, actual=actual, value=element.get("SIZE"))

    def digest(self, rule: str, element: Element, path: str) -> None:
        """Note a digest that is not that of the file ``path``, which is read."""
        kind, stated = element.get("CHECKSUMTYPE"), element.get("CHECKSUM")
        if not stated or kind not in CHECKSUM_TYPES:
            return
        algorithm = CHECKSUM_TYPES[kind]
        if not algorithm:
            self.should(rule, "digest-unknown", found=path, value=kind)
        elif digest_of(self.root / path, algorithm) != stated.casefold():
            is_text = self.files.size_of(path) <= _LARGEST_TEXT_BYTES
            other_ends = is_text and stated.casefold() in _with_other_line_ends(self.root / path, algorithm)
            self.must(rule, "line-ends" if other_ends else "digest", found=path)


def digest_of(path: Path, algorithm: str) -> str:
    """The digest of a file in lowercase hexadecimal, read in pieces."""
    running = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb", buffering=0) as stream:
        while data := stream.read(CHUNK_BYTES):
            running.update(data)
    return running.hexdigest()


def _with_other_line_ends(path: Path, algorithm: str) -> tuple[str, str]:
    """The digests of a file with all its lines ended as Unix and as Windows do: copying as text changes them."""
    unix = path.read_bytes().replace(b"\r\n", b"\n")
    return (
        hashlib.new(algorithm, unix, usedforsecurity=False).hexdigest(),
        hashlib.new(algorithm, unix.replace(b"\n", b"\r\n"), usedforsecurity=False).hexdigest(),
    )


def _without_dots(path: str) -> str:
    """``path`` with `.` and `..` worked out; empty where it would leave the package."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and not parts:
            return ""
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "" if path.startswith("/") else "/".join(parts)
