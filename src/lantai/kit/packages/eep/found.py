"""Where the packages of DA/T 48 lie in a folder: by their root element, not by their names alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from lantai.kit.packages.eep.stream import is_eep

EXPANDED = ".展开"  # what is added to the name of a package for the folder of its files
_SUFFIXES = (".eep", ".xml")
_LOOKED_AT = 50  # files that are opened to see whether a folder holds packages at all


def is_folder_of_packages(folder: Path) -> bool:
    """Whether packages are what ``folder`` holds: directly, or in folders if nothing else lies there."""
    direct = list(_candidates(folder, deep=False))
    if direct:
        direct.sort(key=lambda path: not path.casefold().endswith(".eep"))
        return any(is_eep(folder / path) for path in direct[:_LOOKED_AT])
    if any(entry.is_file() and not entry.name.startswith(".") for entry in folder.iterdir()):
        return False
    first = (path for path, _number in zip(_candidates(folder, deep=True), range(_LOOKED_AT), strict=False))
    return any(is_eep(folder / path) for path in first)


def packages_in(folder: Path) -> Iterator[str]:
    """The paths of all packages in ``folder``, in order; what they were laid out to is passed over."""
    return (path for path in _candidates(folder, deep=True) if is_eep(folder / path))


def _candidates(folder: Path, *, deep: bool) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.endswith(EXPANDED)) if deep else []
        here = Path(parent).relative_to(folder)
        for name in sorted(files):
            path = Path(parent, name)
            if name.casefold().endswith(_SUFFIXES) and path.is_file() and not path.is_symlink():
                yield (here / name).as_posix()
