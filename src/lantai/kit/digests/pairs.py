"""Both digests that custody judges by, SHA-512 and SM3, at the pace of the disk or at a stated one.

A reading of everything that is kept costs what its digests cost: no third digest is computed, one buffer serves a
whole file, and threads run side by side because hashing lets the interpreter go.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from lantai.kit.digests.hashing import CHUNK_BYTES, new_sm3

_local = threading.local()


@dataclass(frozen=True, slots=True)
class Pair:
    """The two digests of one content, in lowercase hexadecimal, and its length in bytes."""

    sha512: str
    sm3: str
    size_bytes: int


class Pace:
    """Lets many threads together read no more than so many bytes a second; 0 is no limit.

    What was not used in the last second is not saved up, so that users never meet a burst.
    """

    def __init__(
        self,
        bytes_per_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate, self._clock, self._sleep = bytes_per_s, clock, sleep
        self._free_at = clock()
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Wait until ``size`` bytes may be read."""
        if self._rate <= 0:
            return
        with self._lock:
            now = self._clock()
            begin = max(self._free_at, now - 1.0)
            self._free_at = begin + size / self._rate
            wait = self._free_at - now
        if wait > 0:
            self._sleep(wait)


def pair_of(stream: BinaryIO, pace: Pace | None = None) -> Pair:
    """Both digests of ``stream``, read once to its end in bounded memory."""
    return _pair(lambda view: _fill(stream, view), pace)


def _pair(fill: Callable[[memoryview], int], pace: Pace | None) -> Pair:
    first, second, size = hashlib.sha512(), new_sm3(), 0
    view = _buffer()
    while count := fill(view):
        if pace is not None:
            pace.take(count)
        data = view[:count]
        first.update(data)
        second.update(data)  # type: ignore[arg-type]
        size += count
    return Pair(first.hexdigest(), second.hexdigest(), size)


def pair_of_file(path: str | os.PathLike[str], pace: Pace | None = None) -> Pair:
    """Both digests of a file, with as few calls as there can be; raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _pair(lambda view: os.readv(handle, (view,)), pace)
    finally:
        os.close(handle)


def pair_of_bytes(data: bytes) -> Pair:
    """Both digests of ``data``."""
    second = new_sm3()
    second.update(data)
    return Pair(hashlib.sha512(data).hexdigest(), second.hexdigest(), len(data))


def _buffer() -> memoryview:
    """One buffer a thread, kept: a million small files do not ask for a million buffers."""
    found: memoryview | None = getattr(_local, "buffer", None)
    if found is None:
        found = _local.buffer = memoryview(bytearray(CHUNK_BYTES))
    return found


def _fill(stream: BinaryIO, view: memoryview) -> int:
    readinto = getattr(stream, "readinto", None)
    if readinto is not None:
        return int(readinto(view) or 0)
    data = stream.read(len(view))
    view[: len(data)] = data
    return len(data)
