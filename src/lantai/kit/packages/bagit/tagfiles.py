"""The tag files of a bag: bagit.txt, manifests, bag-info.txt and fetch.txt (RFC 8493 §2)."""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lantai.kit.packages import names
from lantai.kit.packages.manifests import split_line
from lantai.kit.packages.problems import Findings

VERSIONS = frozenset({"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"})
HEX_LENGTHS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128, "sm3": 64}
MAX_LINE_CHARACTERS = 16_384
MAX_DECLARATION_BYTES = 1_024
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "iso-8859-1",
    "us-ascii": "ascii",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
}
_DECLARATION = re.compile(
    r"BagIt-Version(?P<gap>[ \t]*):(?P<before>[ \t]*)(?P<version>\d+\.\d+)(?P<after>[ \t]*)\r?\n"
    r"Tag-File-Character-Encoding(?P<gap2>[ \t]*):(?P<before2>[ \t]*)"
    r"(?P<encoding>\S+)(?P<after2>[ \t]*)(?:\r?\n)?",
    re.ASCII,
)
_MANIFEST = re.compile(r"(tag)?manifest-([A-Za-z0-9-]+)\.txt")
_FETCH = re.compile(r"(\S+)[ \t]+(\d+|-)[ \t]+(\S.*)")
_PERCENT = re.compile(r"%(0[AaDd])")


@dataclass(slots=True)
class Manifest:
    """One manifest: normal algorithm name and path → digest, kept small for a hundred thousand files."""

    name: str
    algorithm: str
    is_tag: bool
    entries: dict[str, bytes] = field(default_factory=dict)
    lines: array[int] = field(default_factory=lambda: array("L"))  # of the entries, in their order
    _line_of: dict[str, int] = field(default_factory=dict)

    def add(self, path: str, digest: str, line: int) -> None:
        """Note what the line with this number says."""
        self.entries[sys.intern(path)] = bytes.fromhex(digest)
        self.lines.append(line)

    def line_of(self, path: str) -> int:
        """The line that lists ``path``; all are looked up when first asked for one."""
        if not self._line_of:
            self._line_of = dict(zip(self.entries, self.lines, strict=True))
        return self._line_of[path]


@dataclass(slots=True)
class TagFiles:
    """Everything the tag files say."""

    version: str = "1.0"
    encoding: str = "utf-8"
    info: list[tuple[str, str]] = field(default_factory=list)
    manifests: list[Manifest] = field(default_factory=list)
    fetch: set[str] = field(default_factory=set)


class TagReader:
    """Reads the tag files of the bag in ``folder``, line by line, into `TagFiles` and findings."""

    def __init__(self, folder: Path, findings: Findings) -> None:
        self._folder = folder
        self._findings = findings
        self.tags = TagFiles()

    def read(self) -> TagFiles:
        """Read them all."""
        self._declaration()
        for path in sorted(self._folder.iterdir()):
            found = _MANIFEST.fullmatch(path.name)
            if found is not None and path.is_file() and not path.is_symlink():
                self._manifest(path.name, found[2].lower().replace("-", ""), is_tag=bool(found[1]))
        self._info()
        self._fetch()
        return self.tags

    def _declaration(self) -> None:
        path = self._folder / "bagit.txt"
        if path.is_symlink() or not path.is_file():
            self._findings.error("declaration", "bagit.txt", found="bagit.txt")
            return
        with path.open("rb") as stream:
            raw = stream.read(MAX_DECLARATION_BYTES)
        found = _DECLARATION.fullmatch(raw.decode("utf-8", errors="replace"))
        if found is None:
            self._findings.error("declaration", "bagit.txt", found=repr(raw[:80]))
            return
        self.tags.version = found["version"]
        if found["version"] not in VERSIONS:
            self._findings.error("version", "bagit.txt", found=found["version"])
        # RFC 8493 §2.1.1: exactly "label", colon, one space, value; 0.97 and before said less
        spaces = [found[name] for name in ("gap", "before", "after", "gap2", "before2", "after2")]
        if found["version"] == "1.0" and spaces != ["", " ", "", "", " ", ""]:
            self._findings.error("declaration", "bagit.txt", found=repr(found[0].splitlines()[0]))
        known = _ENCODINGS.get(found["encoding"].lower())
        if known is None:
            self._findings.error("encoding", "bagit.txt", found=found["encoding"])
        self.tags.encoding = known or "utf-8"

    def _manifest(self, name: str, algorithm: str, *, is_tag: bool) -> None:
        if algorithm not in HEX_LENGTHS:
            self._findings.error("algorithm", name, found=algorithm)
            return
        manifest = Manifest(name, algorithm, is_tag)
        self.tags.manifests.append(manifest)
        for number, line in self._lines(name):
            pair = split_line(line)
            if pair is None or len(pair[0]) != HEX_LENGTHS[algorithm]:
                self._findings.error("line", name, line=number)
                continue
            path = self._usual_form(name, number, self._path(line, pair[1]))
            if not names.is_inside(path) or path.startswith("data/") is is_tag:
                self._findings.error("outside", name, line=number, found=path)
            elif path in manifest.entries:
                self._listed_twice(manifest, path, pair[0], number)
            else:
                manifest.add(path, pair[0], number)

    def _listed_twice(self, manifest: Manifest, path: str, digest: str, number: int) -> None:
        """Before 1.0 a line might come again, as long as it said the same (RFC 8493 §2.1.3 forbids it)."""
        is_same = manifest.entries[path].hex() == digest and self.tags.version != "1.0"
        tell = self._findings.warning if is_same else self._findings.error
        tell("listed-twice", manifest.name, line=number, found=path)

    def _path(self, line: str, unescaped: str) -> str:
        """Before 1.0 a percent sign stood for itself, unless it began %0A or %0D."""
        if self.tags.version == "1.0":
            return unescaped
        text = line.lstrip("0123456789abcdefABCDEF").lstrip(" \t")
        return _PERCENT.sub(lambda found: chr(int(found[1], 16)), text)

    def _usual_form(self, name: str, number: int, path: str) -> str:
        """md5sum writes `*path` and people write `./path`; both are understood, and said."""
        usual = path
        if usual.startswith("*"):
            usual = usual[1:]
        while usual.startswith("./"):
            usual = usual[2:]
        if usual != path:
            self._findings.warning("odd-line", name, line=number, found=path)
        return usual

    def _info(self) -> None:
        name = "bag-info.txt" if (self._folder / "bag-info.txt").exists() else "package-info.txt"
        for number, line in self._lines(name):
            if line[:1] in (" ", "\t") and self.tags.info:
                label, value = self.tags.info[-1]
                self.tags.info[-1] = (label, f"{value} {line.strip()}".strip())
                continue
            label, colon, value = line.partition(":")
            if not colon or not label.strip() or (self.tags.version == "1.0" and label != label.strip()):
                self._findings.error("info", name, line=number)
                continue
            self.tags.info.append((label.strip(), value.strip()))

    def _fetch(self) -> None:
        listed = {path for one in self.tags.manifests if not one.is_tag for path in one.entries}
        for number, line in self._lines("fetch.txt"):
            found = _FETCH.fullmatch(line)
            path = self._path_in_fetch(found[3]) if found else line
            if found is None or path not in listed:
                self._findings.error("fetch", "fetch.txt", line=number, found=path)
            else:
                self.tags.fetch.add(path)

    def _path_in_fetch(self, text: str) -> str:
        return _PERCENT.sub(lambda found: chr(int(found[1], 16)), text)

    def _lines(self, name: str) -> Iterator[tuple[int, str]]:
        """(number, line without its end) of a tag file; blank lines and a BOM are passed over."""
        path = self._folder / name
        if path.is_symlink() or not path.is_file():
            return
        try:
            with path.open(encoding=self.tags.encoding, newline=None) as stream:
                number = 0
                while line := stream.readline(MAX_LINE_CHARACTERS):
                    number += 1
                    text = line.removesuffix("\n").removeprefix("\ufeff" if number == 1 else "\n")
                    if text.strip():
                        yield number, text
        except UnicodeError:
            self._findings.error("encoding", name, found=self.tags.encoding)
