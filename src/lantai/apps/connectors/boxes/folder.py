"""A watched folder on a file system of ours (or mounted): offers are folders, or single package files.

``notice/`` is ready when ``notice.ready`` lies beside it, or when nothing in it has changed for some seconds by
the file system's own change times, which no copying program can set back. It is claimed by one rename, so of two
workers one gets it. What cannot be taken goes, untouched, to ``refused/``.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from lantai.apps.connectors.boxes import ARCHIVES, READY, RESULTS, BoxUnreadable, Held, OfferBroken

CLAIMED, REFUSED = ".claimed", "refused"
PIECE = 1024 * 1024
MOST_FILES = 20_000


class FolderBox:
    """The box at a folder, made when it is not there."""

    def __init__(self, root: Path, *, settle_s: int) -> None:
        self.root, self.settle_s = root, settle_s
        try:
            for folder in (root, root / CLAIMED, root / REFUSED):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as why:
            raise BoxUnreadable(why.strerror or "") from why

    def offers(self) -> Iterator[str]:
        """Claimed ones first: a killed worker left them."""
        try:
            yield from _names(self.root / CLAIMED)
            names = _names(self.root)
        except OSError as why:
            raise BoxUnreadable(why.strerror or "") from why
        markers = {name for name in names if name.endswith(READY)}
        for name in names:
            if self._is_offer(name) and (f"{name}{READY}" in markers or self._is_still(name)):
                yield name

    def _is_offer(self, name: str) -> bool:
        if name.startswith(".") or name == REFUSED or name.endswith((READY, *RESULTS)):
            return False
        return name.lower().endswith(ARCHIVES) or stat.S_ISDIR(self._mode(self.root / name))

    def _mode(self, path: Path) -> int:
        try:
            return path.lstat().st_mode
        except OSError:
            return 0

    def _is_still(self, name: str) -> bool:
        """Whether the newest change anywhere in the offer is old enough; empty folders are not complete."""
        newest, count = 0.0, 0
        try:
            for path in _walk(self.root / name):
                newest = max(newest, path.lstat().st_ctime)
                count += not path.is_dir()
        except (OSError, OfferBroken):
            return False
        return count > 0 and time.time() - newest >= self.settle_s

    def claim(self, name: str) -> bool:
        """One rename within one file system."""
        target = self.root / CLAIMED / name
        if target.exists():
            return True
        try:
            (self.root / name).rename(target)
        except OSError:
            return False
        _sync(self.root / CLAIMED)
        (self.root / f"{name}{READY}").unlink(missing_ok=True)
        return True

    def held(self, name: str) -> list[Held]:
        """Plain files only: neither links nor devices."""
        root = self.root / CLAIMED / name
        found = []
        for path in _walk(root):
            mode = path.lstat()
            if stat.S_ISDIR(mode.st_mode):
                continue
            inside = path.relative_to(root).as_posix() if path != root else name
            if not stat.S_ISREG(mode.st_mode) or not _is_text(inside) or len(found) >= MOST_FILES:
                raise OfferBroken(inside.encode("utf-8", "replace").decode())
            found.append(Held(inside, mode.st_size, _pieces(path)))
        return found

    def drop(self, name: str) -> None:
        """The claimed copy; its content is safe in the store."""
        _remove(self.root / CLAIMED / name)

    def give_back(self, name: str) -> None:
        """To ``refused/``, in place of what lay there under that name."""
        target = self.root / REFUSED / name
        _remove(target)
        (self.root / CLAIMED / name).rename(target)

    def answer(self, name: str, body: bytes, *, is_done: bool) -> None:
        """``name.done.json`` or ``name.refused.json``, never both."""
        ending, other = RESULTS if is_done else RESULTS[::-1]
        handle, spare = tempfile.mkstemp(prefix=".result-", dir=self.root)
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(spare).chmod(0o644)
        Path(spare).replace(self.root / f"{name}{ending}")
        (self.root / f"{name}{other}").unlink(missing_ok=True)
        _sync(self.root)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _walk(path: Path) -> Iterator[Path]:
    """The path and all below it, in order, without following links."""
    yield path
    if stat.S_ISDIR(path.lstat().st_mode):
        for name in _names(path):
            yield from _walk(path / name)


def _is_text(path: str) -> bool:
    return path.isprintable() and not any("\ud800" <= char <= "\udfff" for char in path)


def _pieces(path: Path) -> Iterator[bytes]:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb", buffering=0) as file:
        while piece := file.read(PIECE):
            yield piece


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
