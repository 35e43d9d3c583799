"""From a set back to files: every content is checked against its digest before it counts."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from lantai.kit.backups import lists, manifests
from lantai.kit.backups.types import (
    SMALL_BYTES,
    ContentDamaged,
    Entry,
    Located,
    Manifest,
    NotEmpty,
    SetMissing,
    SetUnreadable,
    Shelf,
)
from lantai.kit.errors import LantaiError

_CHUNK = 1 << 20


class SetReader:
    """Reads one set from a place."""

    def __init__(self, shelf: Shelf, set_id: str) -> None:
        self.shelf, self.set_id = shelf, set_id
        self._pack: tuple[str, BinaryIO] | None = None

    def manifests(self) -> Iterator[Manifest]:
        """The set and its increments in order; the first missing number ends them. Raises `SetMissing`."""
        number = 0
        while (found := self.manifest(number)) is not None:
            yield found
            number += 1
        if number == 0:
            raise SetMissing(set=self.set_id)

    def manifest(self, number: int) -> Manifest | None:
        """One manifest, its note checked against its bytes; None where there is none."""
        name = f"sets/{self.set_id}/{number:05d}.json"
        data = _whole(self.shelf, name)
        if data is None:
            return None
        note = _whole(self.shelf, f"{name}.note") or b""
        manifests.check_note(data, note.decode("utf-8", "replace"), set_id=self.set_id, number=number)
        return manifests.parse(data, set_id=self.set_id)

    def note(self, manifest: Manifest) -> str:
        """The signed note beside a manifest."""
        return (_whole(self.shelf, f"{manifest.name}.note") or b"").decode("utf-8", "replace")

    def entries(self, manifest: Manifest) -> Iterator[Entry]:
        """The entries of one manifest; the list is checked against its digest first."""
        name = manifest.entries.name
        with self.shelf.open(name) as stream:
            if _sha256(stream) != manifest.entries.sha256:
                raise SetUnreadable(set=self.set_id, what="清单", why="SHA-256")
        with self.shelf.open(name) as stream:
            yield from lists.read_list(stream, set_id=self.set_id)

    def open(self, entry: Entry) -> BinaryIO:
        """The stored bytes of a file, decompressed; a small one is read whole. Not yet checked."""
        assert entry.located is not None
        found = entry.located
        if entry.size > SMALL_BYTES:
            raw = self.shelf.open(found.pack)
            return gzip.GzipFile(fileobj=raw) if found.is_compressed else raw  # type: ignore[return-value]
        data = self._stored(found)
        try:
            return BytesIO(gzip.decompress(data) if found.is_compressed else data)
        except (OSError, EOFError) as why:
            raise ContentDamaged(path=entry.path, pack=found.pack) from why

    def _stored(self, found: Located) -> bytes:
        if self._pack is None or self._pack[0] != found.pack:
            self.close()
            self._pack = (found.pack, self.shelf.open(found.pack))
        self._pack[1].seek(found.at)
        return self._pack[1].read(found.stored)

    def close(self) -> None:
        """Let go of the pack that is open."""
        if self._pack is not None:
            self._pack[1].close()
            self._pack = None

    def write(self, entry: Entry, target: Path) -> None:
        """The file at `target`, checked while it is written; raises `ContentDamaged` and leaves nothing."""
        if entry.located is None:
            target.mkdir(parents=True, exist_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        try:
            with self.open(entry) as source, target.open("wb") as out:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
        except (OSError, EOFError, LantaiError) as why:
            target.unlink(missing_ok=True)
            if isinstance(why, LantaiError) or getattr(why, "errno", None) is not None:
                raise
            raise ContentDamaged(path=entry.path, pack=entry.located.pack) from why
        if (digest.hexdigest(), size) != (entry.sha256, entry.size):
            target.unlink(missing_ok=True)
            raise ContentDamaged(path=entry.path, pack=entry.located.pack)
        os.utime(target, ns=(entry.modified_ns, entry.modified_ns))


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _whole(shelf: Shelf, name: str) -> bytes | None:
    try:
        with shelf.open(name) as stream:
            return stream.read()
    except LantaiError as why:
        if getattr(why, "status", 0) == 404:
            return None
        raise


def require_empty(folder: Path) -> None:
    """Raise `NotEmpty` unless there is nothing at all in `folder`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty(path=str(folder))


def write_tree(
    reader: SetReader,
    manifest: Manifest,
    target: Callable[[Entry], Path | None],
    *,
    step: Callable[[Entry], None] = lambda entry: None,
) -> int:
    """Write every entry of a manifest to where `target` says (None: leave it); returns how many files."""
    count = 0
    try:
        for entry in reader.entries(manifest):
            place = target(entry)
            if place is not None:
                reader.write(entry, place)
                count += entry.located is not None
                step(entry)
    finally:
        reader.close()
    return count
