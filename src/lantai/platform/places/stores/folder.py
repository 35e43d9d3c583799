"""A place that is a folder: a second disk, a share, a mounted file system of another house.

The folder is an OCFL storage root: what lies in it can be read by anybody's OCFL software. Its declaration is
also how an unmounted disk is told from an empty one.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Self, cast

from lantai.kit.errors import N_, LantaiError
from lantai.kit.packages import durable
from lantai.kit.packages.ocfl.layout import ROOT_DECLARATION, NotAStorageRoot, ensure_root
from lantai.platform.places.types import (
    Held,
    Locked,
    NameTaken,
    NotAnAddress,
    NothingThere,
    PlaceAway,
    PlaceFull,
    PlaceReadOnly,
    Room,
    Site,
    checked_name,
)

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LOCKED = {errno.EPERM, errno.EACCES}
_NO_UNNAMED = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT}
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}
_PIECE = 1024 * 1024
_ATTEMPTS = 8
_UNFINISHED = "extensions/lantai-unfinished"  # only on file systems without unnamed files


class FolderPlace:
    """Files under an OCFL storage root."""

    def __init__(self, site: Site) -> None:
        self._site, self.root = site, Path(site.address)

    @classmethod
    def at_primary(cls, site: Site) -> Self:
        """The storage root of this installation, which is made where there is none yet."""
        with suppress(NotAStorageRoot):  # whoever seals will say so
            ensure_root(Path(site.address))
        return cls(site)

    def put(self, name: str, source: Path, *, size: int) -> None:
        target = self._path(name)
        with self._asked(name):
            if target.is_file():
                return self._compare(name, source, size)
            for _attempt in range(_ATTEMPTS):  # a remover may take the empty folder away in between
                with suppress(FileNotFoundError):
                    self._make_folder(target.parent)
                    if not self._write(target, source, size):
                        self._compare(name, source, size)
                    return None
        raise PlaceAway(place=self._site.title, why=N_("文件夹反复消失"))

    def open(self, name: str) -> BinaryIO:
        path = self._path(name)
        try:
            with self._asked(name):
                raw = _Opened(path, self._site.title)
                return cast(BinaryIO, io.BufferedReader(raw, buffer_size=_PIECE))
        except (FileNotFoundError, IsADirectoryError) as why:
            raise NothingThere(place=self._site.title, name=name) from why

    def size(self, name: str) -> int | None:
        path = self._path(name)
        with self._asked(name):
            return path.stat().st_size if path.is_file() else None

    def remove(self, name: str) -> None:
        path = self._path(name)
        with self._asked(name, removing=True):
            if path.is_file():
                path.unlink()
                durable.sync_folder(path.parent)
            self._drop_empty(path.parent)

    def replace(self, name: str, source: Path, *, size: int) -> None:
        """Other content under a name, in one rename: whoever reads finds the one or the other, whole."""
        target = self._path(name)
        with self._asked(name):
            self._make_folder(target.parent)
            unfinished = target.with_name(f".{target.name}.{os.urandom(6).hex()}")
            try:
                with unfinished.open("xb") as file:
                    self._copy(source, file, size)
                    os.fchmod(file.fileno(), 0o440)
                unfinished.rename(target)
            finally:
                unfinished.unlink(missing_ok=True)
            durable.sync_folder(target.parent)

    def local(self, name: str) -> Path | None:
        """Where the file would be."""
        return self.root / checked_name(name)

    def held(self, prefix: str = "", after: str = "") -> Iterator[Held]:
        self._path("any")
        with self._asked(prefix):
            yield from self._below("", prefix, after)

    def room(self) -> Room | None:
        self._path("any")
        with self._asked(""):
            found = os.statvfs(self.root)
        return Room(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)

    def _path(self, name: str) -> Path:
        try:
            is_there = (self.root / ROOT_DECLARATION).is_file()
        except OSError as why:
            raise PlaceAway(place=self._site.title, why=why.strerror or str(why)) from why
        if not is_there:
            raise PlaceAway(place=self._site.title, why=N_("文件夹不在（磁盘没有挂载，或已移走）"))
        return self.root / checked_name(name)

    def _below(self, folder: str, prefix: str, after: str) -> Iterator[Held]:
        with os.scandir(self.root / folder) as found:
            entries = sorted(
                (
                    (f"{folder}{e.name}/" if e.is_dir(follow_symlinks=False) else f"{folder}{e.name}", e)
                    for e in found
                ),
                key=lambda pair: pair[0],
            )
        for name, entry in entries:
            if name.startswith(_UNFINISHED) or not (name.startswith(prefix) or prefix.startswith(name)):
                continue
            if name.endswith("/"):
                if name > after or after.startswith(name):
                    yield from self._below(name, prefix, after)
            elif name > after and name.startswith(prefix) and entry.is_file(follow_symlinks=False):
                about = entry.stat(follow_symlinks=False)
                yield Held(name, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))

    def _compare(self, name: str, source: Path, size: int) -> None:
        with source.open("rb") as given, (self.root / name).open("rb") as kept:
            if os.fstat(kept.fileno()).st_size == size and _same(given, kept):
                return
        raise NameTaken(place=self._site.title, name=name)

    def _make_folder(self, folder: Path) -> None:
        missing = [f for f in (folder, *folder.parents) if not f.is_dir()]
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            durable.sync_folder(path.parent)

    def _write(self, target: Path, source: Path, size: int) -> bool:
        """Write to a file without a name, then name it in one step; False where the name was taken."""
        handle, unnamed = self._new_file(target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                self._copy(source, file, size)
                linked = _link(file.fileno(), unnamed, target)
        finally:
            if unnamed is not None:
                unnamed.unlink(missing_ok=True)
        durable.sync_folder(target.parent)
        return linked

    def _copy(self, source: Path, file: BinaryIO, size: int) -> None:
        with source.open("rb") as given:
            shutil.copyfileobj(given, file, _PIECE)
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        if os.fstat(file.fileno()).st_size != size:
            raise PlaceAway(place=self._site.title, why=N_("来源文件的长度与所说的不一致"))

    def _new_file(self, folder: Path) -> tuple[int, Path | None]:
        try:
            return os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o440), None
        except OSError as why:
            if why.errno not in _NO_UNNAMED or not folder.is_dir():
                raise
        unfinished = self.root / _UNFINISHED
        unfinished.mkdir(parents=True, exist_ok=True)
        path = unfinished / os.urandom(12).hex()
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o440), path

    def _drop_empty(self, folder: Path) -> None:
        """OCFL knows no empty folders."""
        while folder != self.root and self.root in folder.parents:
            try:
                folder.rmdir()
            except FileNotFoundError:
                pass
            except OSError:
                return
            folder = folder.parent
        durable.sync_folder(folder)

    @contextmanager
    def _asked(self, name: str, *, removing: bool = False) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, IsADirectoryError):
            raise
        except OSError as why:
            raise self._said(why, name, removing) from why

    def _said(self, why: OSError, name: str, removing: bool) -> LantaiError:
        title = self._site.title
        if why.errno in _NO_ROOM:
            return PlaceFull(place=title, name=name)
        if why.errno == errno.EROFS:
            return PlaceReadOnly(place=title)
        if removing and why.errno in _LOCKED:
            return Locked(place=title, name=name)
        return PlaceAway(place=title, why=why.strerror or str(why))


class _Opened(io.RawIOBase):
    """A file whose disk may die while it is read."""

    def __init__(self, path: Path, title: str) -> None:
        self._file, self._title = path.open("rb", buffering=0), title

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            return self._file.readinto(buffer)
        except OSError as why:
            raise PlaceAway(place=self._title, why=why.strerror or str(why)) from why

    def close(self) -> None:
        self._file.close()
        super().close()


def check_address(address: str) -> None:
    """Raise `NotAnAddress` unless `address` is an absolute folder that is, or can become, an OCFL root."""
    path = Path(address)
    if not path.is_absolute() or ".." in path.parts or "\0" in address:
        raise NotAnAddress(why=N_("请填写绝对路径"), field="address")
    if not path.parent.is_dir():
        raise NotAnAddress(why=N_("上级文件夹不存在，请先挂载或创建"), field="address")
    try:
        ensure_root(path)
    except NotAStorageRoot as why:
        raise NotAnAddress(why=str(why), field="address") from why
    except OSError as why:
        raise NotAnAddress(why=why.strerror or str(why), field="address") from why


def _link(handle: int, named: Path | None, target: Path) -> bool:
    try:
        if named is not None:
            os.link(named, target)
        else:  # with a folder's handle it is linkat, which follows the link in /proc
            with durable.folder_fd(target.parent) as folder:
                os.link(f"/proc/self/fd/{handle}", target.name, src_dir_fd=folder, dst_dir_fd=folder)
    except FileExistsError:
        return False
    except OSError as why:
        if named is None or why.errno not in _NO_LINKS:
            raise
        if target.exists():
            return False
        named.rename(target)  # exFAT and some shares: the last of two writers at one instant would win
    return True


def _same(one: BinaryIO, other: BinaryIO) -> bool:
    while True:
        left, right = one.read(_PIECE), other.read(_PIECE)
        if left != right:
            return False
        if not left:
            return True
