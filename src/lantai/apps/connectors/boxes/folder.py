"""A watched folder on a file system of ours (or mounted): offers are folders, or single package files.

``notice/`` is ready when ``notice.ready`` lies beside it, or when nothing in it has changed for some seconds by
the file system's own change times, which no copying program can set back. It is claimed by one rename, so of two
workers one gets it. What cannot be taken goes, untouched, to ``refused/``.

Whoever sends may write here at any time, links as well. So nothing is reached by its path: every step goes from an
open folder to the next and follows no link, and no sender can make us read or move what lies elsewhere.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from lantai.apps.connectors.boxes import ARCHIVES, READY, RESULTS, BoxUnreadable, Held, OfferBroken

CLAIMED, TAKEN, REFUSED = ".claimed", ".taken", "refused"
PIECE = 1024 * 1024
MOST_FILES = 20_000
MOST_DEPTH = 64
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe laid in the place of a file does not hold us up


class FolderBox:
    """The box at a folder, made when it is not there."""

    def __init__(self, root: Path, *, settle_s: int) -> None:
        self.settle_s = settle_s
        try:
            root.mkdir(parents=True, exist_ok=True)
            self._home = self._held_open(
                os.open(root, os.O_RDONLY | os.O_DIRECTORY)
            )  # a link of the operator's
            self._claimed, self._taken, self._refused = map(self._own, (CLAIMED, TAKEN, REFUSED))
        except OSError as why:
            raise BoxUnreadable(why.strerror or "") from why

    def _own(self, name: str) -> int:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=self._home)
        return self._held_open(os.open(name, _FOLDER, dir_fd=self._home))

    def _held_open(self, folder: int) -> int:
        weakref.finalize(self, os.close, folder)
        return folder

    def offers(self) -> Iterator[str]:
        """Claimed ones first: a killed worker left them. What it had taken is removed."""
        try:
            for name in _names(self._taken):
                _remove(name, self._taken)
            yield from _names(self._claimed)
            names = _names(self._home)
        except OSError as why:
            raise BoxUnreadable(why.strerror or "") from why
        markers = {name for name in names if name.endswith(READY)}
        for name in names:
            if self._is_offer(name) and (f"{name}{READY}" in markers or self._is_still(name)):
                yield name

    def _is_offer(self, name: str) -> bool:
        if name.startswith(".") or name == REFUSED or name.endswith((READY, *RESULTS)):
            return False
        return name.lower().endswith(ARCHIVES) or stat.S_ISDIR(_mode(name, self._home))

    def _is_still(self, name: str) -> bool:
        """Whether the newest change anywhere in the offer is old enough; empty folders are not complete."""
        newest, count = 0.0, 0
        try:
            for _path, found in _walk(name, self._home):
                newest = max(newest, found.st_ctime)
                count += not stat.S_ISDIR(found.st_mode)
        except (OSError, OfferBroken):
            return False
        return count > 0 and time.time() - newest >= self.settle_s

    def claim(self, name: str) -> bool:
        """One rename within one file system."""
        if _mode(name, self._claimed):
            return True
        try:
            os.rename(name, name, src_dir_fd=self._home, dst_dir_fd=self._claimed)
        except OSError:
            return False
        os.fsync(self._claimed)
        with suppress(FileNotFoundError):
            os.unlink(f"{name}{READY}", dir_fd=self._home)
        return True

    def held(self, name: str) -> list[Held]:
        """Plain files only: neither links nor devices, nor what we may not read."""
        held: list[Held] = []
        try:
            for inside, found in _walk(name, self._claimed):
                if stat.S_ISDIR(found.st_mode):
                    continue
                if not stat.S_ISREG(found.st_mode) or not _is_text(inside) or len(held) >= MOST_FILES:
                    raise OfferBroken(_shown(inside))
                parts = (name, *inside.split("/")) if inside else (name,)
                held.append(Held(inside or name, found.st_size, _pieces(self._claimed, parts)))
        except PermissionError as why:
            raise OfferBroken(name) from why
        return held

    def drop(self, name: str) -> None:
        """The claimed copy, whose content is safe in the store: aside at once, so that a kill leaves no half offer."""
        _remove(name, self._taken)
        os.rename(name, name, src_dir_fd=self._claimed, dst_dir_fd=self._taken)
        _remove(name, self._taken)

    def give_back(self, name: str) -> None:
        """To ``refused/``, in place of what lay there under that name."""
        _remove(name, self._refused)
        os.rename(name, name, src_dir_fd=self._claimed, dst_dir_fd=self._refused)

    def answer(self, name: str, body: bytes, *, is_done: bool) -> None:
        """``name.done.json`` or ``name.refused.json``, never both."""
        ending, other = RESULTS if is_done else RESULTS[::-1]
        spare = f".result-{secrets.token_hex(8)}"
        handle = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=self._home)
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(spare, f"{name}{ending}", src_dir_fd=self._home, dst_dir_fd=self._home)
        with suppress(FileNotFoundError):
            os.unlink(f"{name}{other}", dir_fd=self._home)
        os.fsync(self._home)


def _names(folder: int) -> list[str]:
    return sorted(os.listdir(folder))


def _mode(name: str, within: int) -> int:
    """What kind of entry it is; 0 where there is none that we may look at."""
    try:
        return os.stat(name, dir_fd=within, follow_symlinks=False).st_mode
    except OSError:
        return 0


def _remove(name: str, within: int) -> None:
    if stat.S_ISDIR(_mode(name, within)):
        shutil.rmtree(name, dir_fd=within)
    else:
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=within)


def _walk(name: str, within: int, path: str = "", depth: int = 0) -> Iterator[tuple[str, os.stat_result]]:
    """An entry ("") and all below it by path, in order; raises ``OfferBroken`` where folders lie too deep."""
    found = os.stat(name, dir_fd=within, follow_symlinks=False)
    yield path, found
    if not stat.S_ISDIR(found.st_mode):
        return
    if depth == MOST_DEPTH:
        raise OfferBroken(_shown(path))
    folder = os.open(name, _FOLDER, dir_fd=within)
    try:
        for child in _names(folder):
            yield from _walk(child, folder, f"{path}/{child}" if path else child, depth + 1)
    finally:
        os.close(folder)


def _is_text(path: str) -> bool:
    return path.isprintable() and not any("\ud800" <= char <= "\udfff" for char in path)


def _shown(path: str) -> str:
    return path.encode("utf-8", "replace").decode()


def _pieces(within: int, parts: Sequence[str]) -> Iterator[bytes]:
    with os.fdopen(_opened(within, parts), "rb", buffering=0) as file:
        while piece := file.read(PIECE):
            yield piece


def _opened(within: int, parts: Sequence[str]) -> int:
    """A plain file below an open folder; raises OSError where a link has been laid since we looked."""
    with ExitStack() as passed:
        for part in parts[:-1]:
            within = os.open(part, _FOLDER, dir_fd=within)
            passed.callback(os.close, within)
        handle = os.open(parts[-1], _FILE, dir_fd=within)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OfferBroken(_shown(parts[-1]))
    return handle
