"""A place that fails again and again is left alone for a while, so that nobody waits for it."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from lantai.kit.errors import N_
from lantai.platform.places.types import Held, PlaceAway, PlaceReadOnly, PlaceStore, Room, VolumeWanted

FAILURES = 3
REST_SECONDS = 30.0
_BUFFER = 1024 * 1024


@dataclass(slots=True)
class Standing:
    """How a place has answered this process lately."""

    failures: int = 0
    rests_until: float = 0.0
    why: str = ""


class Guarded:
    """A store behind a circuit breaker: after `FAILURES` failures in a row it rests, then one call tries."""

    def __init__(
        self,
        store: PlaceStore,
        title: str,
        *,
        takes_writes: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._title, self._takes_writes, self._clock = store, title, takes_writes, clock
        self._lock = threading.Lock()
        self._standing = Standing()

    @property
    def is_resting(self) -> bool:
        """Whether calls are refused without asking the place."""
        return self._clock() < self._standing.rests_until

    @property
    def why(self) -> str:
        """What the place said last, or did not say; empty while it is well."""
        return self._standing.why

    def put(self, name: str, source: Path, *, size: int) -> None:
        if not self._takes_writes:
            raise PlaceReadOnly(place=self._title)
        with self._watched():
            self._store.put(name, source, size=size)

    def open(self, name: str) -> BinaryIO:
        with self._watched():
            file = self._store.open(name)
        return cast(BinaryIO, io.BufferedReader(_WatchedFile(file, self), buffer_size=_BUFFER))

    def size(self, name: str) -> int | None:
        with self._watched():
            return self._store.size(name)

    def remove(self, name: str) -> None:
        with self._watched():
            self._store.remove(name)

    def replace(self, name: str, source: Path, *, size: int) -> None:
        """Put other content under a name, in one step where the store has one; the caller has kept what was there."""
        with self._watched():
            replace = getattr(self._store, "replace", None)
            if replace is not None:
                replace(name, source, size=size)
                return
            self._store.remove(name)
            self._store.put(name, source, size=size)

    def local(self, name: str) -> Path | None:
        """The file itself where it lies on a disk of this machine as it is; who cannot read it asks `open`."""
        local = getattr(self._store, "local", None)
        return None if local is None or self.is_resting else local(name)

    def held(self, prefix: str = "", after: str = "") -> Iterator[Held]:
        with self._watched():
            yield from self._store.held(prefix, after)

    def room(self) -> Room | None:
        with self._watched():
            return self._store.room()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        if self.is_resting:
            raise PlaceAway(place=self._title, why=self._standing.why or N_("连续失败，暂停访问"))
        try:
            yield
        except VolumeWanted:  # it is well, and waits for a person
            raise
        except PlaceAway as away:
            self.failed(away)
            raise
        with self._lock:
            self._standing = Standing()

    def failed(self, away: PlaceAway) -> None:
        """Note one failure."""
        with self._lock:
            failures = self._standing.failures + 1
            until = self._clock() + REST_SECONDS if failures >= FAILURES else 0.0
            self._standing = Standing(failures, until, str(away.params.get("why", away)))


class _WatchedFile(io.RawIOBase):
    """What fails while it is read counts too."""

    def __init__(self, file: BinaryIO, guard: Guarded) -> None:
        self._file, self._guard = file, guard

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            return self._file.readinto(buffer)  # type: ignore[attr-defined, no-any-return]
        except PlaceAway as away:
            self._guard.failed(away)
            raise

    def close(self) -> None:
        self._file.close()
        super().close()
