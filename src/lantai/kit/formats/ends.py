"""The first and the last bytes of a file: all that most signatures look at, kept while it is read for another
purpose, so that digesting and identifying need one read together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BUFFER_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and the last ``BUFFER_BYTES`` of a file of ``size`` bytes; they overlap in a short one."""

    head: bytes
    tail: bytes
    size: int


class EndsKeeper:
    """Keeps the ends of a stream that passes by in chunks."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._last: list[bytes] = []
        self._last_bytes = 0
        self._size = 0

    def update(self, chunk: bytes) -> None:
        """Take note of the next chunk."""
        self._size += len(chunk)
        if len(self._head) < BUFFER_BYTES:
            self._head += chunk[: BUFFER_BYTES - len(self._head)]
        self._last.append(chunk)
        self._last_bytes += len(chunk)
        while self._last_bytes - len(self._last[0]) >= BUFFER_BYTES:
            self._last_bytes -= len(self._last.pop(0))

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks, unchanged, each noted on its way."""
        for chunk in chunks:
            self.update(chunk)
            yield chunk

    def ends(self) -> Ends:
        """The ends of what has passed so far."""
        head = bytes(self._head)
        tail = head if self._size <= BUFFER_BYTES else b"".join(self._last)[-BUFFER_BYTES:]
        return Ends(head, tail, self._size)


def ends_of(path: Path) -> Ends:
    """The ends of the file at ``path``. Raises OSError."""
    with path.open("rb", buffering=0) as file:
        return read_ends(file)


def read_ends(file: BinaryIO) -> Ends:
    """The ends of an open file, wherever it stands. Raises OSError."""
    size = file.seek(0, 2)
    file.seek(0)
    head = _read(file, BUFFER_BYTES)
    if size <= BUFFER_BYTES:
        return Ends(head, head, size)
    file.seek(size - BUFFER_BYTES)
    return Ends(head, _read(file, BUFFER_BYTES), size)


def _read(file: BinaryIO, count: int) -> bytes:
    """``count`` bytes, or all that are left: an unbuffered read may stop early."""
    data = file.read(count)
    while 0 < len(data) < count and (more := file.read(count - len(data))):
        data += more
    return data
