"""What a registry of formats knows: names, signatures, and which format is meant where several fit."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import cached_property
from re import _parser as sre_parse  # type: ignore[attr-defined]
from re._constants import AT, AT_END_STRING  # type: ignore[import-not-found]

from lantai.kit.formats.literals import Span, span_of


class Searched:
    """A buffer in which many patterns look for the same bytes: each place is looked up once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._first: dict[bytes, int] = {}
        self._last: dict[bytes, int] = {}

    def first(self, literal: bytes) -> int:
        """Where ``literal`` begins for the first time, or -1."""
        if literal not in self._first:
            self._first[literal] = self.data.find(literal)
        return self._first[literal]

    def last(self, literal: bytes) -> int:
        """Where ``literal`` begins for the last time, or -1."""
        if literal not in self._last:
            self._last[literal] = self.data.rfind(literal)
        return self._last[literal]


@dataclass(frozen=True)
class Pattern:
    """One byte pattern: where it is looked for (``BOF``, ``EOF`` or ``VAR``) and its regular expression."""

    position: str
    source: bytes

    @cached_property
    def regex(self) -> re.Pattern[bytes]:
        """Compiled when first needed: a run meets a few dozen of the two thousand."""
        return re.compile(self.source)

    @cached_property
    def _span(self) -> Span | None:
        return span_of(self.source)

    @cached_property
    def _widest(self) -> int:
        """How far from the end a match may begin that must reach it."""
        parts = sre_parse.parse(self.source)
        ends = bool(parts) and parts[-1] == (AT, AT_END_STRING)
        return int(parts.getwidth()[1]) if ends else sys.maxsize

    def matches(self, head: Searched, tail: Searched) -> bool:
        """Whether it is found in the first or the last bytes of a file."""
        if self.position == "BOF":
            return self.regex.match(head.data) is not None
        if self.position == "EOF":
            return self.regex.search(tail.data, max(0, len(tail.data) - self._widest)) is not None
        return self._is_anywhere(head)

    def _is_anywhere(self, buffer: Searched) -> bool:
        """Search only between the bytes that it must begin and end with: a tenth of a page, not 128 KiB."""
        span = self._span
        if span is None:
            return self.regex.search(buffer.data) is not None
        begin, end = buffer.first(span.first), buffer.last(span.last)
        if begin < 0 or end < begin:
            return False
        stop = len(buffer.data) if span.after is None else end + len(span.last) + span.after
        return self.regex.search(buffer.data, begin, stop) is not None


@dataclass(frozen=True)
class Signature:
    """All ``patterns`` together tell the format."""

    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class Format:
    """One record of the registry."""

    puid: str
    name: str
    version: str
    mime: str
    extensions: frozenset[str]
    signatures: tuple[Signature, ...]
    beats: frozenset[str]
    order: int = 0


@dataclass(frozen=True)
class Registry:
    """Formats by PUID, with the number of the signature release they come from."""

    release: str
    formats: dict[str, Format] = field(default_factory=dict)

    def best(self, found: list[Format]) -> list[Format]:
        """``found`` without those that another one has priority over, in the registry's order."""
        beaten = {puid for f in found for puid in f.beats}
        kept = {f.puid: f for f in found if f.puid not in beaten}
        return sorted(kept.values(), key=lambda f: f.order)

    @cached_property
    def by_extension(self) -> dict[str, list[Format]]:
        """Formats that go with a file name's extension."""
        table: dict[str, list[Format]] = {}
        for fmt in self.formats.values():
            for extension in fmt.extensions:
                table.setdefault(extension, []).append(fmt)
        return table
