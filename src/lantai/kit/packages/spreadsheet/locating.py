"""Which files of a folder tree belong to an item: by path, by folder, by the beginning of a name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

from lantai.kit.numbering import normalise
from lantai.kit.packages import names
from lantai.kit.packages.found import FolderSeen, FoundFile, FoundFiles

_SIGNS = re.compile(r"[^0-9A-Za-z\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+")
_DRIVE = re.compile(r"[A-Za-z]:")
_NUMBERED = re.compile(r"0*([1-9][0-9]{0,5})(?![0-9])")
_END = "\U0010ffff"


class PathOutside(ValueError):
    """A stated path that leads out of the package."""


def sign_key(text: str) -> str:
    """A code as it may look in a name: signs that systems replace (``·`` ``-`` ``_``) are all one."""
    return _SIGNS.sub("-", normalise(text)).strip("-").casefold()


class FolderNames:
    """Remembers folders by the code or number that they are named after; shown each on the walk."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[str]] = {}

    def see(self, seen: FolderSeen) -> None:
        """Note the folders in ``seen``."""
        for name in seen.folders:
            self._by_key.setdefault(sign_key(name), []).append(seen.at(name))

    def named(self, text: str) -> tuple[str, ...]:
        """Paths of the folders named ``text``."""
        return tuple(self._by_key.get(sign_key(text), ())) if text else ()


class Locator:
    """Finds files among ``files``; never guesses between two."""

    def __init__(self, files: FoundFiles, folders: FolderNames) -> None:
        self._files = files
        self._folders = folders

    def at_path(self, stated: str) -> tuple[FoundFile, ...]:
        """The files that a stated path means: one file, or all in a folder. Raises `PathOutside`.

        More than one result for the path of a file says that it is ambiguous: see `is_folder`.
        """
        path = stated.strip().replace("\\", "/")
        is_absolute = path.startswith("/") or _DRIVE.match(path) is not None
        steps = [step for step in _DRIVE.sub("", path, count=1).split("/") if step not in ("", ".")]
        if ".." in steps:
            raise PathOutside(stated)
        path = "/".join(steps)
        if path and path in self._files:
            return (FoundFile(path, self._files.size_of(path)),)
        below = self._files.below(path) if path and not is_absolute else ()
        return below or tuple(self._like(steps))

    def is_folder(self, stated: str) -> bool:
        """Whether a stated path is that of a folder."""
        path = "/".join(
            step for step in stated.strip().replace("\\", "/").split("/") if step not in ("", ".")
        )
        return bool(path) and path not in self._files and bool(self._files.below(path))

    def _like(self, steps: list[str]) -> Iterable[FoundFile]:
        """Files of that name whose folders agree with the stated ones as far as any does."""
        if not steps:
            return ()
        found = self._by_name.get(names.key_of(steps[-1]), [])
        wanted = [names.key_of(step) for step in reversed(steps)]
        scored = [(_agreeing(wanted, path), path) for path in found]
        best = max((score for score, _path in scored), default=0)
        return tuple(FoundFile(path, self._files.size_of(path)) for score, path in scored if score == best)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self._files.paths:
            name = path.rpartition("/")[2]
            found.setdefault(names.key_of(name), []).append(path)
            stem = name.rpartition(".")[0]
            if stem:
                found.setdefault(names.key_of(stem), []).append(path)
        return found

    def folders_of(self, code: str) -> tuple[str, ...]:
        """Folders named after the code."""
        return self._folders.named(code)

    def in_folder(self, folder: str) -> tuple[FoundFile, ...]:
        """All files below a folder."""
        return self._files.below(folder)

    def by_prefix(self, code: str) -> tuple[FoundFile, ...]:
        """Files whose names begin with the code, and not with a longer number."""
        key = sign_key(code)
        found = []
        at = bisect_left(self._by_sign, (key, ""))
        while at < len(self._by_sign) and self._by_sign[at][0].startswith(key):
            name, path = self._by_sign[at]
            if not name[len(key) : len(key) + 1].isdigit():
                found.append(FoundFile(path, self._files.size_of(path)))
            at += 1
        return tuple(sorted(found, key=lambda file: file.path)) if key else ()

    @cached_property
    def _by_sign(self) -> list[tuple[str, str]]:
        return sorted((sign_key(path.rpartition("/")[2]), path) for path in self._files.paths)

    def by_number(self, number: int, year: str = "") -> tuple[FoundFile, ...]:
        """Files whose names, or the folders they lie in, begin with the number of the item.

        Nothing where they lie in several folders and the year does not tell which.
        """
        paths = self._numbered.get(number, [])
        if len({path.rpartition("/")[0] for path in paths}) > 1:
            paths = [path for path in paths if year and year in path.split("/")]
        if len({path.rpartition("/")[0] for path in paths}) > 1:
            return ()
        return tuple(FoundFile(path, self._files.size_of(path)) for path in paths)

    @cached_property
    def _numbered(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for path in self._files.paths:
            folder, _, name = path.rpartition("/")
            parent = folder.rpartition("/")[2]
            number = _NUMBERED.match(parent) if parent.isdecimal() and len(parent) != 4 else None
            number = number or _NUMBERED.match(name)
            if number is not None:
                found.setdefault(int(number[1]), []).append(path)
        return found


def _agreeing(wanted: list[str], path: str) -> int:
    """How many folders, from the innermost out, agree; the name itself does already."""
    count = 0
    folders = reversed(names.key_of(path).split("/")[:-1])
    for one, other in zip(wanted[1:], folders, strict=False):
        if one != other:
            break
        count += 1
    return count
