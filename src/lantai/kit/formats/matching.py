"""Finds the few signatures worth trying on a file among two thousand.

Nearly every signature begins with some literal bytes at a known place, so those are looked up in tables by
offset; only the signatures that come out, and the few without such bytes, run their regular expressions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from lantai.kit.formats.pronom import Format, Registry, Signature, registry

BUFFER_BYTES = 128 * 1024
_KEY_BYTES = 4
_MIN_FLOATING = 3

_PREFIX = re.compile(rb"\(\?s\)\\A(?:\.\{(\d+)(?:,(\d+))?\})?")
_LITERAL = re.compile(rb"\\x([0-9a-fA-F]{2})|\\([nrtfv]|[^A-Za-z0-9])|([^\\.\[\](){}|*+?^$])")
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"f": b"\f", b"v": b"\v"}
_REPEATED = re.compile(rb"[*+?{]")

Candidate = tuple[Format, Signature]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Literal bytes that must stand between two offsets from the start, or (``in_tail``) near the end."""

    first: int
    last: int
    literal: bytes
    in_tail: bool = False

    def stands_in(self, head: bytes, tail: bytes) -> bool:
        """Whether the bytes are where they must be."""
        if self.in_tail:
            return self.literal in tail
        return head.find(self.literal, self.first, self.last + len(self.literal)) >= 0


@dataclass(slots=True)
class Index:
    """Signatures by what must be in the file before they can match."""

    exact: dict[tuple[int, int], dict[bytes, list[Candidate]]] = field(default_factory=dict)
    floating: list[tuple[Anchor, Candidate]] = field(default_factory=list)
    always: list[Candidate] = field(default_factory=list)

    def candidates(self, head: bytes, tail: bytes) -> Iterator[Candidate]:
        """The signatures that the buffers do not rule out."""
        for (offset, length), table in self.exact.items():
            yield from table.get(head[offset : offset + length], ())
        for anchor, candidate in self.floating:
            if anchor.stands_in(head, tail):
                yield candidate
        yield from self.always


@lru_cache(maxsize=4)
def index(path: Path | None = None) -> Index:
    """The tables for the registry in ``path``, built once."""
    return _build(registry(path))


def matches(head: bytes, tail: bytes, path: Path | None = None) -> list[Format]:
    """Formats whose signature is in the file, after priorities; ``head`` and ``tail`` up to 128 KiB each."""
    found: dict[str, Format] = {}
    for fmt, signature in index(path).candidates(head, tail):
        if fmt.puid not in found and all(p.matches(head, tail) for p in signature.patterns):
            found[fmt.puid] = fmt
    return registry(path).best(list(found.values()))


def anchor_of(source: bytes) -> Anchor | None:
    """The literal bytes at the beginning of a pattern; None when it begins with a choice or a class."""
    prefix = _PREFIX.match(source)
    if prefix is None or b"|" in _outside_groups(source):
        return None
    first = int(prefix[1] or 0)
    last = int(prefix[2]) if prefix[2] else first
    literal, _position = _literal_run(source, prefix.end())
    return Anchor(first, last, literal) if literal else None


def _literal_run(source: bytes, position: int) -> tuple[bytes, int]:
    """Literal bytes of the pattern from ``position`` on, and where they stop."""
    literal = bytearray()
    while token := _LITERAL.match(source, position):
        if _REPEATED.match(source, token.end()):
            break
        literal += bytes([int(token[1], 16)]) if token[1] else _CONTROL.get(token[2], token[2]) or token[3]
        position = token.end()
    return bytes(literal), position


def _outside_groups(source: bytes) -> bytes:
    """``source`` without brackets and escapes: a ``|`` that is left splits the whole pattern."""
    kept, depth, escaped = bytearray(), 0, False
    for byte in source:
        if escaped:
            escaped = False
        elif byte == 0x5C:
            escaped = True
        elif byte in b"([":
            depth += 1
        elif byte in b")]":
            depth -= 1
        elif depth == 0:
            kept.append(byte)
    return bytes(kept)


def _build(source: Registry) -> Index:
    built = Index()
    exact: dict[tuple[int, int], dict[bytes, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    for fmt in source.formats.values():
        for signature in fmt.signatures:
            anchor = _best_anchor(signature)
            if anchor is None:
                built.always.append((fmt, signature))
            elif anchor.first == anchor.last:
                key = anchor.literal[:_KEY_BYTES]
                exact[anchor.first, len(key)][key].append((fmt, signature))
            else:
                built.floating.append((anchor, (fmt, signature)))
    built.exact = {place: dict(table) for place, table in exact.items()}
    return built


def _best_anchor(signature: Signature) -> Anchor | None:
    anchors = [anchor_of(p.source) for p in signature.patterns if p.position == "BOF"]
    known = [a for a in anchors if a is not None]
    at_start = min(known, key=lambda a: (a.first != a.last, -len(a.literal)), default=None)
    return at_start or _anchor_anywhere(signature)


def _anchor_anywhere(signature: Signature) -> Anchor | None:
    """The longest literal that the last-read pattern cannot do without; None when it may be absent."""
    pattern = min(signature.patterns, key=lambda p: ("EOF", "BOF", "VAR").index(p.position))
    if b"|" in _outside_groups(pattern.source):
        return None
    literal = max(_literals(pattern.source), key=len, default=b"")
    if len(literal) < _MIN_FLOATING:
        return None
    return Anchor(0, BUFFER_BYTES, literal, in_tail=pattern.position == "EOF")


def _literals(source: bytes) -> Iterator[bytes]:
    """The literal runs outside of brackets."""
    position = len(b"(?s)")
    while position < len(source):
        literal, after = _literal_run(source, position)
        yield literal
        position = _skip(source, after)


def _skip(source: bytes, position: int) -> int:
    """Past one thing that is not a literal: a group, a class, an escape, a dot or a repetition."""
    byte = source[position : position + 1]
    if byte == b"\\":
        return position + (4 if source[position + 1 : position + 2] == b"x" else 2)
    if byte not in {b"(", b"[", b"{"}:
        return position + 1
    opening, closing = byte, {b"(": b")", b"[": b"]", b"{": b"}"}[byte]
    depth = 0
    while position < len(source):
        at = source[position : position + 1]
        if at == b"\\":
            position += 1
        elif at == opening and (opening != b"[" or depth == 0):
            depth += 1
        elif at == closing:
            depth -= 1
            if depth == 0:
                return position + 1
        position += 1
    return position
