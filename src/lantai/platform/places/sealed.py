"""Encryption around any place: content is sealed before it leaves, under a ring of keys that lies in the place.

The key above the ring is the one thing that people guard: a file in the key folder, and its shares on paper. With
it the place can be read by itself, on any machine.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from lantai.kit.crypto import envelopes, sealing
from lantai.kit.crypto.envelopes import Ring, RingUnreadable, WrongKey
from lantai.kit.errors import N_
from lantai.kit.packages import durable
from lantai.platform.places.types import (
    Held,
    KeyMissing,
    Locked,
    NameTaken,
    PlaceAway,
    PlaceStore,
    Room,
    is_of_root,
)

RINGS = "extensions/lantai-keyring/"
_LARGEST_RING = 1024 * 1024
_PIECE = 1024 * 1024


class SealedPlace:
    """A place whose files are sealed; their names stay."""

    def __init__(self, store: PlaceStore, key_file: Path, scratch: Path, title: str) -> None:
        self._store, self._key_file, self._scratch, self._title = store, key_file, scratch, title
        self._ring: Ring | None = None

    def put(self, name: str, source: Path, *, size: int) -> None:
        """Sealed anew each time, so that a name that is taken is compared by its content."""
        if self._store.size(name) is not None:
            return self._compare(name, source, size)
        with self._spooled() as path:
            with source.open("rb") as given, path.open("wb") as target:
                found = sealing.seal(given, target, self.ring(), name=name)
            if found != size:
                raise PlaceAway(place=self._title, why=N_("来源文件的长度与所说的不一致"))
            try:
                self._store.put(name, path, size=sealing.sealed_size(size))
            except NameTaken:
                self._compare(name, source, size)
        return None

    def replace(self, name: str, source: Path, *, size: int) -> None:
        """Other content under a name, sealed anew."""
        with self._spooled() as path:
            with source.open("rb") as given, path.open("wb") as target:
                sealing.seal(given, target, self.ring(), name=name)
            sealed_size, replace = sealing.sealed_size(size), getattr(self._store, "replace", None)
            if replace is not None:
                replace(name, path, size=sealed_size)
                return
            self._store.remove(name)
            self._store.put(name, path, size=sealed_size)

    def open(self, name: str) -> BinaryIO:
        file = self._store.open(name)
        try:
            reader = self._reader(file, name)
        except BaseException:  # boundary: whatever happens, the file is closed
            file.close()
            raise
        return cast(BinaryIO, io.BufferedReader(reader, buffer_size=_PIECE))

    def size(self, name: str) -> int | None:
        found = self._store.size(name)
        return None if found is None else _plain(found)

    def remove(self, name: str) -> None:
        self._store.remove(name)

    def held(self, prefix: str = "", after: str = "") -> Iterator[Held]:
        for held in self._store.held(prefix, after):
            if not is_of_root(held.name):
                yield Held(held.name, _plain(held.size), held.modified_at)

    def room(self) -> Room | None:
        return self._store.room()

    def ring(self) -> Ring:
        """The ring of this place, made where there is none yet; raises `WrongKey`, `KeyMissing`."""
        if self._ring is None:
            self._ring = self._found_ring() or self._first_ring()
        return self._ring

    def rotate(self, fresh: Path) -> int:
        """Guard the ring with the key in `fresh` from now on; the number of the ring's newest key.

        The ring wrapped in the new key is there before the key file is replaced, and the old one until after:
        whenever this is cut, the key file that is there opens a ring that is there.
        """
        ring = envelopes.with_new_key(self._found_ring() or self._first_ring())
        numbers = self._numbers()
        self._put_ring(max(numbers) + 1, envelopes.wrap(ring, read_key(fresh)))
        fresh.replace(self._key_file)
        durable.sync_folder(self._key_file.parent)
        self._ring = None
        self._ring = self._found_ring()
        for number in numbers:
            with suppress(Locked):  # a locking place keeps it; without the old key it says nothing
                self._store.remove(_ring_name(number))
        return ring.newest

    def algorithm_for(self, key: bytes) -> str:
        """By which algorithm the ring in the place seals, where `key` opens it; raises `WrongKey`."""
        return self._opened(key).algorithm

    def _reader(self, file: BinaryIO, name: str) -> sealing.SealedReader:
        try:
            return sealing.SealedReader(file, self.ring(), name=name)
        except WrongKey:
            self._ring = None  # another process may have added a key since
            return sealing.SealedReader(file, self.ring(), name=name)

    def _compare(self, name: str, source: Path, size: int) -> None:
        with source.open("rb") as given, self.open(name) as kept:
            if kept.seek(0, io.SEEK_END) == size:
                kept.seek(0)
                while (piece := given.read(_PIECE)) == kept.read(len(piece) or 1):
                    if not piece:
                        return
        raise NameTaken(place=self._title, name=name)

    def _found_ring(self) -> Ring | None:
        return self._opened(read_key(self._key_file)) if self._numbers() else None

    def _opened(self, key: bytes) -> Ring:
        for number in reversed(self._numbers()):
            with self._store.open(_ring_name(number)) as file:
                document = file.read(_LARGEST_RING + 1)
            with suppress(WrongKey):  # wrapped for a key that is still to come, or was before
                return envelopes.unwrap(document, key)
        raise WrongKey

    def _first_ring(self) -> Ring:
        algorithm = algorithm_of(self._key_file)
        ring = envelopes.new_ring(algorithm)
        try:
            self._put_ring(1, envelopes.wrap(ring, read_key(self._key_file)))
        except NameTaken:  # another process made it
            found = self._found_ring()
            if found is None:
                raise RingUnreadable from None
            return found
        return ring

    def _put_ring(self, number: int, document: bytes) -> None:
        with self._spooled() as path:
            path.write_bytes(document)
            self._store.put(_ring_name(number), path, size=len(document))

    def _numbers(self) -> list[int]:
        names = [Path(held.name).stem for held in self._store.held(RINGS)]
        return sorted(int(name) for name in names if name.isdecimal())

    @contextmanager
    def _spooled(self) -> Iterator[Path]:
        self._scratch.mkdir(parents=True, exist_ok=True)
        with durable.refusing_when_full():
            handle, name = tempfile.mkstemp(prefix="stage-", dir=self._scratch)
            os.close(handle)
            try:
                yield Path(name)
            finally:
                Path(name).unlink(missing_ok=True)


def make_key(path: Path, algorithm: str) -> None:
    """A new key of its own in a file that only its owner reads; raises FileExistsError."""
    write_key(path, envelopes.new_guarded_key(), algorithm)


def write_key(path: Path, key: bytes, algorithm: str) -> None:
    """Keep `key` in a new file that only its owner reads; raises FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(f"{algorithm} {key.hex()}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    durable.sync_folder(path.parent)


def read_key(path: Path) -> bytes:
    """The key in the file; raises `KeyMissing`."""
    return _read(path)[1]


def algorithm_of(path: Path) -> str:
    """By which algorithm the place of this key seals; raises `KeyMissing`."""
    return _read(path)[0]


def _read(path: Path) -> tuple[str, bytes]:
    try:
        algorithm, _space, key = path.read_text("ascii").strip().partition(" ")
        found = bytes.fromhex(key)
    except (OSError, ValueError) as why:
        raise KeyMissing(path=str(path)) from why
    if algorithm not in envelopes.KEY_BYTES or len(found) != envelopes.GUARDED_BYTES:
        raise KeyMissing(path=str(path))
    return algorithm, found


def _ring_name(number: int) -> str:
    return f"{RINGS}{number:06d}.json"


def _plain(sealed: int) -> int:
    try:
        return sealing.plain_size(sealed)
    except ValueError:
        return -1  # of a file that is no sealed one: its length is nobody's
