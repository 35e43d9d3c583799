"""Where content lies. A store is one class of this shape and one line in ``registry.register_store``.

A store never interprets what it keeps and never renames: a key, once put, means the same bytes for ever.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol, Self
from urllib.parse import unquote, urlsplit

from lantai.kit.errors import Missing
from lantai.platform.blobs.types import StoreFull, is_key

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = 0o440


@dataclass(frozen=True, slots=True)
class Kept:
    """One object in a store."""

    key: str
    modified_at: datetime


class BlobStore(Protocol):
    """Keeps immutable objects by key. `Missing` where a key is unknown."""

    def put(self, key: str, path: Path, *, replace: bool = False) -> None:
        """Store the file at `path` whole or not at all, moving it away; `replace` what lies there damaged."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The content, seekable, from its beginning."""
        ...

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """At most `length` bytes from `start`; fewer only at the end."""
        ...

    def size(self, key: str) -> int | None:
        """Length in bytes, or None where there is no such object."""
        ...

    def local_path(self, key: str) -> AbstractContextManager[Path]:
        """A file with the content, for programs that need a name; gone or read-only afterwards."""
        ...

    def remove(self, key: str) -> None:
        """Remove the object; nothing happens where there is none."""
        ...

    def kept(self) -> Iterator[Kept]:
        """Every object, in no promised order."""
        ...


@contextmanager
def room_or_refusal() -> Iterator[None]:
    """Turn "no space left" into the `StoreFull` that a person can read."""
    try:
        yield
    except OSError as why:
        if why.errno in _NO_ROOM:
            raise StoreFull from why
        raise


@contextmanager
def spooled(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new private file in `folder`; whatever is still there under its name at the end is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    with room_or_refusal():
        handle, name = tempfile.mkstemp(prefix="stage-", dir=folder)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb", buffering=0) as file:
                yield file, path
        finally:
            path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(file: BinaryIO) -> None:
    """Make the content durable, and let the next read come from the device and not from memory."""
    file.flush()
    os.fsync(file.fileno())
    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class FolderStore:
    """Objects as read-only files in a local folder: ``<first two digits>/<sha512>``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def from_url(cls, url: str, spool: Path) -> Self:
        """The store at ``file:///folder``; `spool` must lie on the same file system."""
        return cls(Path(unquote(urlsplit(url).path)))

    def _path(self, key: str) -> Path:
        if not is_key(key):
            raise Missing
        return self.root / key

    def _found(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            raise Missing
        return path

    def put(self, key: str, path: Path, *, replace: bool = False) -> None:
        target = self._path(key)
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(self.root)
            sync_folder(self.root.parent)
        path.chmod(_READ_ONLY)
        path.replace(target)  # a second writer can only bring the same bytes
        sync_folder(target.parent)

    def open(self, key: str) -> BinaryIO:
        return self._found(key).open("rb")

    def read_range(self, key: str, start: int, length: int) -> bytes:
        with self._found(key).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def size(self, key: str) -> int | None:
        path = self._path(key)
        return path.stat().st_size if path.is_file() else None

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        yield self._found(key)

    def remove(self, key: str) -> None:
        path = self._path(key)
        if path.is_file():
            path.unlink()
            sync_folder(path.parent)

    def kept(self) -> Iterator[Kept]:
        for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
            key = f"{path.parent.name}/{path.name}"
            if is_key(key) and path.is_file():
                yield Kept(key, datetime.fromtimestamp(path.stat().st_mtime, UTC))
