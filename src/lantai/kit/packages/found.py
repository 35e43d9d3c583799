"""The files of a package as they lie on disk, walked once and kept small: a path and eight bytes each."""

from __future__ import annotations

import os
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lantai.kit.packages import names


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file; ``path`` is relative to the package."""

    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class FolderSeen:
    """What lies directly in the folder ``path`` ("" is the top): names, sorted; files with their bytes."""

    path: str
    folders: tuple[str, ...]
    files: tuple[tuple[str, int], ...]
    specials: tuple[str, ...]  # links, devices and pipes

    def at(self, name: str) -> str:
        """The path of something in this folder."""
        return f"{self.path}/{name}" if self.path else name


def walk(folder: Path) -> Iterator[FolderSeen]:
    """Every folder from ``folder`` down, parents first; no link below it is followed, nothing where there is none.

    ``folder`` itself may be reached by a link: in the sandbox it is one of ``/proc/self/fd``.
    """
    waiting = [""] if folder.is_dir() else []
    while waiting:
        path = waiting.pop()
        seen = _seen(folder, path)
        yield seen
        waiting.extend(seen.at(name) for name in reversed(seen.folders))


def _seen(top: Path, path: str) -> FolderSeen:
    folders, files, specials = [], [], []
    with os.scandir(top / path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif entry.is_file(follow_symlinks=False):
                files.append((entry.name, entry.stat(follow_symlinks=False).st_size))
            else:
                specials.append(entry.name)
    return FolderSeen(path, tuple(sorted(folders)), tuple(sorted(files)), tuple(sorted(specials)))


class FoundFiles:
    """All files below one folder in the order of their paths, and which of them somebody has taken."""

    def __init__(self, folder: Path, look: Callable[[FolderSeen], None]) -> None:
        """Walk ``folder``; ``look`` is shown each folder on the way."""
        found: list[tuple[str, int]] = []
        for seen in walk(folder):
            look(seen)
            found.extend((seen.at(name), size) for name, size in seen.files)
        found.sort()
        # a path that a manifest names too is then kept once (`DigestTable`)
        self.paths: list[str] = [sys.intern(path) for path, _size in found]
        self._sizes = array("q", (size for _path, size in found))
        self._taken = bytearray(len(found))
        self._alike: dict[str, str] = {}
        self.byte_count = sum(self._sizes)

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[FoundFile]:
        return map(FoundFile, self.paths, self._sizes)

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._index(path) is not None

    def _index(self, path: str) -> int | None:
        index = bisect_left(self.paths, path)
        return index if index < len(self.paths) and self.paths[index] == path else None

    def size_of(self, path: str) -> int:
        """Bytes of the file ``path``; raises `KeyError` where there is none."""
        index = self._index(path)
        if index is None:
            raise KeyError(path)
        return self._sizes[index]

    def alike(self, path: str) -> str:
        """The file whose path differs from ``path`` in letter case or Unicode form only; empty where there is none.

        Some systems open it by either name. All keys are worked out when first asked for one.
        """
        if not self._alike:
            self._alike = {names.key_of(one): one for one in reversed(self.paths)}
        return self._alike.get(names.key_of(path), "")

    def _range(self, folder: str) -> range:
        # "0" comes right after "/": between the two lies what begins with the folder and a slash
        first, last = f"{folder}/", f"{folder}0"
        return range(bisect_left(self.paths, first), bisect_left(self.paths, last))

    def below(self, folder: str) -> tuple[FoundFile, ...]:
        """The files in ``folder`` and in its folders."""
        return tuple(FoundFile(self.paths[index], self._sizes[index]) for index in self._range(folder))

    def take(self, path: str) -> None:
        """Note that the file ``path``, or everything in the folder of that name, belongs to something."""
        index = self._index(path)
        for one in self._range(path) if index is None else (index,):
            self._taken[one] = True

    def untake(self) -> None:
        """Forget what was taken."""
        self._taken = bytearray(len(self.paths))

    def is_taken(self, path: str) -> bool:
        """Whether the file ``path`` is there and belongs to something."""
        index = self._index(path)
        return index is not None and bool(self._taken[index])

    def left(self) -> Iterator[FoundFile]:
        """The files that nothing has taken."""
        for path, size, taken in zip(self.paths, self._sizes, self._taken, strict=True):
            if not taken:
                yield FoundFile(path, size)
