"""What a registry of formats knows: names, signatures, and which format is meant where several fit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Pattern:
    """One byte pattern: where it is looked for (``BOF``, ``EOF`` or ``VAR``) and its regular expression."""

    position: str
    source: bytes

    @cached_property
    def regex(self) -> re.Pattern[bytes]:
        """Compiled when first needed: a run meets a few dozen of the two thousand."""
        return re.compile(self.source)

    def matches(self, head: bytes, tail: bytes) -> bool:
        """Whether it is found in the first or the last bytes of a file."""
        if self.position == "BOF":
            return self.regex.match(head) is not None
        return self.regex.search(tail if self.position == "EOF" else head) is not None


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
