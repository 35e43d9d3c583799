"""Finds the few signatures worth trying on a file among two thousand.

Nearly every signature has literal bytes that it cannot do without. Those at a known place are looked up in
tables by offset; all others are searched by Hyperscan in one pass over each buffer. Only the signatures that
come out, and the few without such bytes, run their regular expressions, which alone decide.
"""

from __future__ import annotations

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import hyperscan

from lantai.kit.formats.ends import BUFFER_BYTES
from lantai.kit.formats.literals import literal_run, literals, outside_groups
from lantai.kit.formats.pronom import Release, registry
from lantai.kit.formats.registry import Format, Registry, Searched, Signature

_KEY_BYTES = 8
_MIN_FLOATING = 3
_MIN_TELLING = 6
_CROWD = 6  # more signatures than this behind one beginning, and other bytes tell them apart better

_PREFIX = re.compile(rb"\(\?s\)\\A(?:\.\{(\d+)(?:,(\d+))?\})?")

Candidate = tuple[Format, Signature]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Literal bytes that must stand between two offsets from the start, or (``in_tail``) near the end."""

    first: int
    last: int
    literal: bytes
    in_tail: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether there is only one place where the bytes may begin."""
        return self.first == self.last

    @property
    def key(self) -> bytes:
        """The bytes under which an exact anchor is looked up."""
        return self.literal[:_KEY_BYTES]


class Words:
    """Hyperscan over many words of bytes: one pass however many there are."""

    def __init__(self, words: list[bytes]) -> None:
        self._database = _compiled(words) if words else None
        self._scratch = threading.local()  # a scratch serves one scan at a time

    def hits(self, data: bytes) -> list[tuple[int, int]]:
        """The number of each word that is in ``data``, with the end of its first place."""
        hits: list[tuple[int, int]] = []
        if self._database is None or not data:
            return hits

        def keep(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            hits.append((number, end))

        self._database.scan(data, match_event_handler=keep, scratch=self._own_scratch())
        return hits

    def _own_scratch(self) -> hyperscan.Scratch:
        scratch = getattr(self._scratch, "own", None)
        if scratch is None:
            scratch = self._scratch.own = hyperscan.Scratch(self._database)
        return scratch


class Literals:
    """The literals of many signatures, searched together."""

    def __init__(self, anchored: list[tuple[Anchor, Candidate]]) -> None:
        by_literal: dict[bytes, list[tuple[int, Candidate]]] = defaultdict(list)
        for anchor, candidate in anchored:
            by_literal[anchor.literal].append((anchor.last + len(anchor.literal), candidate))
        self._owners = list(by_literal.values())
        self._words = Words(list(by_literal))

    def found(self, data: bytes) -> Iterator[Candidate]:
        """The signatures whose literal is in ``data`` early enough."""
        for number, end in self._words.hits(data):
            for latest, candidate in self._owners[number]:
                if end <= latest:
                    yield candidate


def _compiled(literals: list[bytes]) -> hyperscan.Database:
    """A database that tells the first place of each literal."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=["".join(f"\\x{byte:02x}" for byte in literal).encode() for literal in literals],
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(literals),
    )
    return database


@dataclass(frozen=True, slots=True)
class Index:
    """Signatures by what must be in the file before they can match."""

    exact: Mapping[tuple[int, int], Mapping[bytes, list[Candidate]]]
    in_head: Literals
    in_tail: Literals
    always: list[Candidate]

    def candidates(self, head: bytes, tail: bytes) -> Iterator[Candidate]:
        """The signatures that the buffers do not rule out."""
        for (offset, length), table in self.exact.items():
            if (known := head[offset : offset + length]) in table:
                yield from table[known]
        yield from self.in_head.found(head)
        yield from self.in_tail.found(tail)
        yield from self.always


@lru_cache(maxsize=4)
def index(source: Release | None = None) -> Index:
    """The tables for the registry of a release, built once."""
    return _build(registry(source))


def matches(head: bytes, tail: bytes, source: Release | None = None) -> list[Format]:
    """Formats whose signature is in the file, after priorities; ``head`` and ``tail`` up to 128 KiB each."""
    found: dict[str, Format] = {}
    first, last = Searched(head), Searched(tail)
    for fmt, signature in index(source).candidates(head, tail):
        if fmt.puid not in found and all(p.matches(first, last) for p in signature.patterns):
            found[fmt.puid] = fmt
    return registry(source).best(list(found.values()))


def anchor_of(source: bytes) -> Anchor | None:
    """The literal bytes at the beginning of a pattern; None when it begins with a choice or a class."""
    prefix = _PREFIX.match(source)
    if prefix is None or b"|" in outside_groups(source):
        return None
    first = int(prefix[1] or 0)
    last = int(prefix[2]) if prefix[2] else first
    literal, _position = literal_run(source, prefix.end())
    return Anchor(first, last, literal) if literal else None


def _build(source: Registry) -> Index:
    exact: dict[tuple[int, int], dict[bytes, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    floating: list[tuple[Anchor, Candidate]] = []
    always: list[Candidate] = []
    crowds = _crowds(source)
    for fmt in source.formats.values():
        for signature in fmt.signatures:
            anchor = best_anchor(signature, crowds)
            if anchor is None:
                always.append((fmt, signature))
            elif anchor.is_exact:
                exact[anchor.first, len(anchor.key)][anchor.key].append((fmt, signature))
            else:
                floating.append((anchor, (fmt, signature)))
    return Index(
        exact={place: dict(table) for place, table in exact.items()},
        in_head=Literals([(a, c) for a, c in floating if not a.in_tail]),
        in_tail=Literals([(a, c) for a, c in floating if a.in_tail]),
        always=always,
    )


def _crowds(source: Registry) -> Counter[tuple[int, bytes]]:
    """How many signatures begin alike: hundreds with ``<?xml``, so that such a beginning tells little."""
    anchors = (_at_start(s) for fmt in source.formats.values() for s in fmt.signatures)
    return Counter((a.first, a.key) for a in anchors if a is not None and a.is_exact)


def best_anchor(signature: Signature, crowds: Mapping[tuple[int, bytes], int]) -> Anchor | None:
    """The bytes by which to find the signature; None when it has none that must be there."""
    at_start = _at_start(signature)
    if at_start is None:
        return _anchor_anywhere(signature, _MIN_FLOATING)
    is_rare = crowds[at_start.first, at_start.key] <= _CROWD
    if not at_start.is_exact or (is_rare and not _wanders(signature)):
        return at_start
    return _anchor_anywhere(signature, _MIN_TELLING) or at_start


def _wanders(signature: Signature) -> bool:
    """Whether it runs to the end of the buffer and back before it knows: better not tried in vain."""
    return any(p.position == "BOF" and b".*" in outside_groups(p.source) for p in signature.patterns)


def _at_start(signature: Signature) -> Anchor | None:
    anchors = [anchor_of(p.source) for p in signature.patterns if p.position == "BOF"]
    known = [a for a in anchors if a is not None]
    return min(known, key=lambda a: (not a.is_exact, -len(a.literal)), default=None)


def _anchor_anywhere(signature: Signature, shortest: int) -> Anchor | None:
    """The longest literal that the signature cannot do without; None when it may be absent."""
    found = [
        Anchor(0, BUFFER_BYTES, literal, in_tail=pattern.position == "EOF")
        for pattern in signature.patterns
        if b"|" not in outside_groups(pattern.source)
        for literal in literals(pattern.source)
    ]
    longest = max(found, key=lambda a: len(a.literal), default=None)
    return longest if longest is not None and len(longest.literal) >= shortest else None
