"""One line of a digest manifest: what BagIt (RFC 8493 §2.1.3) and our own manifests share."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

_LONGEST_LINE = 16_384
_ESCAPE = {"%": "%25", "\n": "%0A", "\r": "%0D"}
_MUST_ESCAPE = re.compile(r"[%\n\r]")
_ESCAPED = re.compile(r"%(25|0[AaDd])")
_LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+(.+)", re.DOTALL)
_OUR_LINE = re.compile(r"([0-9a-f]+)  (.+)", re.DOTALL)


def escape(path: str) -> str:
    """``path`` with line ends and the percent sign written as RFC 8493 asks."""
    return _MUST_ESCAPE.sub(lambda found: _ESCAPE[found[0]], path)


def unescape(text: str) -> str:
    """The inverse of `escape`; any other percent sequence stays as it is."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def manifest_line(digest: str, path: str) -> str:
    """One line with its line end."""
    return f"{digest}  {escape(path)}\n"


def split_line(line: str) -> tuple[str, str] | None:
    """(lowercase digest, path) of one line without its line end, or None where it is none.

    BagIt allows any white space between the two, so that a path cannot begin with a space.
    """
    found = _LINE.fullmatch(line)
    return (found[1].lower(), unescape(found[2])) if found else None


def split_our_line(line: str) -> tuple[str, str] | None:
    """The inverse of `manifest_line`: exactly two spaces, so that the path may begin with one."""
    found = _OUR_LINE.fullmatch(line)
    return (found[1], unescape(found[2])) if found else None


class OurLines:
    """Which line of one of our manifests lists a path; read again when first asked, and never for a good package."""

    def __init__(self, manifest: Path) -> None:
        self._manifest = manifest
        self._line_of: dict[str, int] = {}

    def line_of(self, path: str) -> int:
        """The number of the first line for ``path``; 0 where there is none."""
        if not self._line_of:
            for number, pair in our_lines(self._manifest):
                if pair is not None:
                    self._line_of.setdefault(pair[1], number)
        return self._line_of.get(path, 0)


def our_lines(manifest: Path) -> Iterator[tuple[int, tuple[str, str] | None]]:
    """Each line with its number, taken apart; raises UnicodeDecodeError."""
    with manifest.open(encoding="utf-8", newline="\n") as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            yield number, split_our_line(line.removesuffix("\n").removesuffix("\r"))


class DigestTable:
    """Path → digests by algorithm, as bytes: a table for a hundred thousand files stays small."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, bytes]] = {}

    def algorithm(self, name: str) -> None:
        """Know of the algorithm ``name``, even where no file has such a digest."""
        self._of.setdefault(name, {})

    def add(self, path: str, algorithm: str, digest: str) -> bool:
        """Note the hexadecimal ``digest`` of ``path``; False, and nothing noted, where it has one already."""
        entries = self._of.setdefault(algorithm, {})
        if path in entries:
            return False
        entries[sys.intern(path)] = bytes.fromhex(digest)
        return True

    def of(self, path: str) -> dict[str, str]:
        """Algorithm → digest of ``path``."""
        return {name: entries[path].hex() for name, entries in self._of.items() if path in entries}

    def paths(self, algorithm: str) -> Iterator[str]:
        """The paths that have a digest of ``algorithm``, in the order in which they came."""
        return iter(self._of.get(algorithm, ()))

    def lists(self, path: str, algorithm: str) -> bool:
        """Whether ``path`` has a digest of ``algorithm``."""
        return path in self._of.get(algorithm, ())

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The algorithms that are known of."""
        return tuple(self._of)

    @property
    def path_count(self) -> int:
        """How many paths have a digest."""
        return len(set().union(*self._of.values()))
