"""The place beside the storage root where objects are built, and its clearing after a crash.

Each object has one stage, named after its id and held by a lock that dies with its process. What a
dead process left is therefore told from what a living one is building.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from pathlib import Path

from lantai.kit.errors import N_, Fault, Refusal
from lantai.kit.packages import durable
from lantai.kit.packages.ocfl.layout import object_path

_PREVIOUS = "previous"
_PLACE = "place"
_GONE = "gone"


class ObjectBusy(Refusal):
    """Somebody else is writing the same object."""

    message = N_("对象“%(object_id)s”正在被另一个任务写入，请等它完成后再试。")


class StageOnOtherDisk(Fault):
    """A rename between two file systems is a copy, which may be cut in two."""

    message = N_("暂存区与存储根不在同一文件系统上，无法原子写入；请把两者放到同一磁盘。")


def staging_of(root: Path) -> Path:
    """The staging folder of a storage root: its sibling, on the same file system."""
    return root.parent / "staging"


class Stage:
    """The locked, empty folder in which one object is built."""

    def __init__(self, root: Path, object_id: str) -> None:
        staging = staging_of(root)
        staging.mkdir(exist_ok=True)
        if staging.stat().st_dev != root.stat().st_dev:
            raise StageOnOtherDisk
        self.root = root
        self.folder = staging / hashlib.sha256(object_id.encode()).hexdigest()[:40]
        self._lock = _locked(self.folder)
        if self._lock is None:
            raise ObjectBusy(object_id=object_id)
        _settle(self.folder, root)
        _clear(self.folder)

    def put_new(self, built: Path, place: Path) -> bool:
        """Move the tree ``built`` so that ``place`` (relative to the root) exists; False if it did.

        The topmost missing folder is renamed, so that a crash leaves either nothing, not even an
        empty folder, or the whole object.
        """
        for _attempt in range(len(place.parts) + 1):
            missing = _topmost_missing(self.root, place)
            if missing is None:
                return False
            try:
                (built / missing).rename(self.root / missing)
            except OSError:
                # another writer made the same upper folder in between: go one level deeper;
                # or `take_away` removed the one above, which had become empty: begin there
                if not (self.root / missing).exists() and (self.root / missing).parent.exists():
                    raise
                continue
            self._sync_up(place.parent)
            return True
        return False

    def put_over(self, built: Path, place: Path) -> None:
        """Replace the object at ``place`` by ``built`` in one instant."""
        if not durable.exchange(built, self.root / place):
            self._replace_in_two_steps(built, place)
        self._sync_up(place.parent)

    def discard(self) -> None:
        """Remove the stage and let the lock go."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _replace_in_two_steps(self, built: Path, place: Path) -> None:
        """For file systems without exchange (NFS): `recover` puts the old object back after a crash."""
        durable.write_durably(self.folder / _PLACE, str(place).encode())
        (self.root / place).rename(self.folder / _PREVIOUS)
        durable.sync_folder(self.folder)
        built.rename(self.root / place)

    def _sync_up(self, folder: Path) -> None:
        for ancestor in (folder, *folder.parents):
            durable.sync_folder(self.root / ancestor)


def take_away(root: Path, object_id: str) -> bool:
    """Remove an object that nobody has been told of, in one instant, and no empty folder stays; False if there is none.

    For what a writer finished whose process died before it could say so. Raises `ObjectBusy`.
    """
    place = object_path(object_id)
    if not (root / place).exists():
        return False
    stage = Stage(root, object_id)
    try:
        (root / place).rename(stage.folder / _GONE)
        kept = place.parent
        while kept != Path() and _is_removed(root / kept):
            kept = kept.parent
        durable.sync_folder(root / kept)
    finally:
        stage.discard()
    return True


def _is_removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:  # another object lies below
        return False
    return True


def recover(root: Path) -> list[str]:
    """Clear what dead writers left; returns the names of the stages removed. Safe at any time."""
    staging = staging_of(root)
    removed: list[str] = []
    for folder in sorted(staging.iterdir()) if staging.is_dir() else []:
        if not folder.is_dir() or folder.is_symlink():
            continue
        lock = _locked(folder)
        if lock is None:
            continue
        _settle(folder, root)
        shutil.rmtree(folder)
        os.close(lock)
        removed.append(folder.name)
    return removed


def abandoned(root: Path) -> list[str]:
    """The names of the stages that dead writers left and nobody has cleared."""
    staging = staging_of(root)
    found: list[str] = []
    for folder in sorted(staging.iterdir()) if staging.is_dir() else []:
        if not folder.is_dir() or folder.is_symlink():
            continue
        lock = _locked(folder)
        if lock is not None:
            os.close(lock)
            found.append(folder.name)
    return found


def _locked(folder: Path) -> int | None:
    """A descriptor holding the lock on ``folder``, made if need be; None when someone else has it."""
    while True:
        folder.mkdir(exist_ok=True)
        try:
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return None
        if _still_named(folder, fd):
            return fd
        os.close(fd)  # removed by its last owner between our open and our lock


def _still_named(folder: Path, fd: int) -> bool:
    try:
        return folder.stat().st_ino == os.fstat(fd).st_ino
    except FileNotFoundError:
        return False


def _settle(folder: Path, root: Path) -> None:
    """Put the old object back where a two-step replacement was cut in the middle."""
    previous, place = folder / _PREVIOUS, folder / _PLACE
    if not previous.is_dir() or not place.is_file():
        return
    target = root / place.read_text()
    if not target.exists():
        previous.rename(target)
        durable.sync_folder(target.parent)


def _clear(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _topmost_missing(root: Path, place: Path) -> Path | None:
    path = Path()
    for part in place.parts:
        path /= part
        if not (root / path).exists():
            return path
    return None
