"""Writing so that it is still there after the power went: fsync, atomic replacement, real read-back."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lantai.kit.errors import N_, Refusal

_LIBC = ctypes.CDLL(None, use_errno=True)
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})


class StoreFull(Refusal):
    """No space left where the package is being written."""

    status = 507
    message = N_("存储空间已满，内容没有写入，原有数据不受影响；请清理或扩容后重试。")


@contextmanager
def refusing_when_full() -> Iterator[None]:
    """Turn "no space left" and "quota exceeded" into the refusal that staff can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull from error
        raise


@contextmanager
def folder_fd(folder: Path) -> Iterator[int]:
    """A descriptor of ``folder``, never of what a symbolic link points to."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield fd
    finally:
        os.close(fd)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable; raises OSError when the disk says no."""
    with folder_fd(folder) as fd:
        os.fsync(fd)


def sync_file(path: Path) -> None:
    """Make the content of ``path`` durable; raises OSError when the disk says no."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_durably(path: Path, data: bytes) -> None:
    """A new small file, on disk with its name when this returns."""
    with refusing_when_full():
        with path.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(path.parent)


def walk(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """As `os.walk`, which passes over a folder that cannot be read in silence; this raises OSError."""
    return os.walk(folder, onerror=_raise)


def _raise(error: OSError) -> None:
    raise error


class TreeSync:
    """Makes a whole tree durable at once; open it before the first write.

    One syncfs costs as much as a few fsyncs, so that thousands of small files do not wait for the
    disk one by one. Linux reports a write-back error to a descriptor that was open before it
    happened (since 5.8), which is why the descriptor is taken first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def flush(self) -> None:
        """Everything written below the folder is on disk; raises OSError when the disk says no."""
        with refusing_when_full():
            if not self._syncfs():
                _sync_each(self._folder)

    def close(self) -> None:
        """Give the descriptor back."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _syncfs(self) -> bool:
        call = getattr(_LIBC, "syncfs", None)
        if call is None:
            return False
        if call(self._fd) == 0:
            return True
        code = ctypes.get_errno()
        if code in _UNSUPPORTED:
            return False
        raise OSError(code, os.strerror(code), str(self._folder))


def _sync_each(folder: Path) -> None:
    for parent, _folders, names in walk(folder):
        for name in names:
            sync_file(Path(parent, name))
        sync_folder(Path(parent))


def forget_cached(path: Path) -> None:
    """Ask the kernel to drop its copy, so that the next read comes from the device."""
    advise = getattr(os, "posix_fadvise", None)
    if advise is None:
        return
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        advise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(fd)


def exchange(one: Path, other: Path) -> bool:
    """Swap two names in one instant; False where this system cannot."""
    call = getattr(_LIBC, "renameat2", None)
    if call is None:
        return False
    if call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(one))
