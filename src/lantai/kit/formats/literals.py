"""Which bytes a regular expression of PRONOM cannot do without: the literal runs outside of brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LITERAL = re.compile(rb"\\x([0-9a-fA-F]{2})|\\([nrtfv]|[^A-Za-z0-9])|([^\\.\[\](){}|*+?^$])")
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"f": b"\f", b"v": b"\v"}
_REPEATED = re.compile(rb"[*+?{]")
_REPETITION = re.compile(rb"[*+{]")
_OPEN = len(b"(?s)")
_TELLING = 3  # bytes; shorter runs are everywhere


def literal_run(source: bytes, position: int) -> tuple[bytes, int]:
    """Literal bytes of the pattern from ``position`` on, and where they stop."""
    literal = bytearray()
    while token := _LITERAL.match(source, position):
        if _REPEATED.match(source, token.end()):
            break
        literal += bytes([int(token[1], 16)]) if token[1] else _CONTROL.get(token[2], token[2]) or token[3]
        position = token.end()
    return bytes(literal), position


def outside_groups(source: bytes) -> bytes:
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


def literals(source: bytes) -> Iterator[bytes]:
    """The literal runs outside of brackets."""
    position = _OPEN
    while position < len(source):
        literal, after = literal_run(source, position)
        yield literal
        position = _skip(source, after)


@dataclass(frozen=True, slots=True)
class Span:
    """A match begins with ``first`` and has ``last`` at most ``after`` bytes before its end (None: any number)."""

    first: bytes
    last: bytes
    after: int | None


def span_of(source: bytes) -> Span | None:
    """The literal bytes between which all matches of ``source`` lie; None where it has no such bytes."""
    first, after_first = literal_run(source, _OPEN)
    if len(first) < _TELLING or b"|" in outside_groups(source):
        return None
    last, rest, position = first, source[after_first:], after_first
    while position < len(source):
        position = _skip(source, position)
        run, position = literal_run(source, position)
        if len(run) >= _TELLING:
            last, rest = run, source[position:]
    # without a repetition no part of an expression matches more bytes than it has letters
    return Span(first, last, None if _REPETITION.search(rest) else len(rest))


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
