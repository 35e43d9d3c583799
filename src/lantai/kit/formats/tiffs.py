"""TIFF 6.0 and BigTIFF: do all directories, values and strips lie in the file? Decoders pass over what is cut off."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_VALUE_BYTES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_NUMBERS = {3: "H", 4: "I", 16: "Q"}
_OFFSETS, _COUNTS = frozenset({273, 324}), frozenset({279, 325})  # strips or tiles
_MAX_DIRECTORIES = 100_000
_MAX_STRIPS = 10_000_000


@dataclass(frozen=True, slots=True)
class _Layout:
    """How numbers are written in this file."""

    order: str
    is_big: bool

    @property
    def word(self) -> str:
        return "Q" if self.is_big else "I"

    @property
    def word_bytes(self) -> int:
        return 8 if self.is_big else 4


def missing_bytes(path: Path) -> int:
    """How many bytes the file lacks for everything that it points to; 0 when it is whole or no TIFF."""
    size = path.stat().st_size
    with path.open("rb") as file:
        layout = _layout(file.read(8))
        if layout is None:
            return 0
        try:
            return max(0, max(_ends(file, layout, size), default=0) - size)
        except struct.error:  # the directory itself is cut off
            return 1


def _layout(head: bytes) -> _Layout | None:
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        return None
    version = struct.unpack(f"{order}H", head[2:4])[0]
    return _Layout(order, version == 43) if version in {42, 43} else None


def _ends(file: BinaryIO, layout: _Layout, size: int) -> Iterator[int]:
    """Where each thing in the file must end."""
    seen: set[int] = set()
    at = _number(file, layout.word_bytes, layout, layout.word)
    while at and at not in seen and len(seen) < _MAX_DIRECTORIES:
        seen.add(at)
        if at >= size:
            yield at + 1
            return
        count = _number(file, at, layout, "Q" if layout.is_big else "H")
        first, step = at + (8 if layout.is_big else 2), 4 + 2 * layout.word_bytes
        yield first + count * step + layout.word_bytes
        file.seek(first)
        table = file.read(count * step) if first + count * step <= size else b""
        yield from _of_directory(file, layout, table, step, size)
        at = _number(file, first + count * step, layout, layout.word)


def _of_directory(file: BinaryIO, layout: _Layout, table: bytes, step: int, size: int) -> Iterator[int]:
    strips: dict[str, tuple[int, ...]] = {}
    for tag, kind, count, value in struct.iter_unpack(
        f"{layout.order}HH{layout.word}{layout.word_bytes}s", table
    ):
        length = _VALUE_BYTES.get(kind, 0) * count
        if length > layout.word_bytes:
            at = struct.unpack(f"{layout.order}{layout.word}", value)[0]
            yield at + length
            if at + length > size or count > _MAX_STRIPS:
                continue
            file.seek(at)
            value = file.read(length)
        if kind in _NUMBERS and tag in _OFFSETS | _COUNTS:
            numbers = struct.unpack(f"{layout.order}{count}{_NUMBERS[kind]}", value[:length])
            strips["at" if tag in _OFFSETS else "bytes"] = numbers
    yield from (
        at + length for at, length in zip(strips.get("at", ()), strips.get("bytes", ()), strict=False)
    )


def _number(file: BinaryIO, at: int, layout: _Layout, kind: str) -> int:
    file.seek(at)
    number: int = struct.unpack(layout.order + kind, file.read(struct.calcsize(kind)))[0]
    return number
