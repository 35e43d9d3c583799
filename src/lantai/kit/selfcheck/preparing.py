"""A package as it lies on a clerk's disk, made ready for its reader: unpacked, or content laid out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lantai.kit.packages.reading import PACKAGE, unpack_into
from lantai.kit.packages.registry import PackageKind, UnknownPackage, find_package
from lantai.kit.packages.unpack import Limits, TooLarge, kind_of_archive
from lantai.kit.packages.unpack.expanding import expand

# what is a package by itself: a catalogue, or an envelope of DA/T 48
_SINGLE = frozenset({".xlsx", ".xls", ".ods", ".csv", ".xml", ".eep"})


def prepare(path: Path, out: Path) -> Path:
    """The folder to read: ``path`` itself, or one made in ``out``; what was sent is never written to.

    Raises what unpacking raises. A file that is a package by itself is read as a folder with this one file.
    """
    if path.is_dir():
        return _copied(path, out) if _embeds(path) else path
    if path.suffix.lower() not in _SINGLE:
        with path.open("rb") as stream:
            kind_of_archive(stream)
        unpack_into(str(path), str(out), {})
        return out / PACKAGE
    folder = out / PACKAGE
    folder.mkdir()
    shutil.copyfile(path, folder / path.name, follow_symlinks=False)
    expand(folder, Limits(), spent_bytes=path.stat().st_size)
    return folder


def _embeds(folder: Path) -> bool:
    """Whether the layout in there embeds content, which must be laid out beside it."""
    try:
        return find_package(folder).kind is PackageKind.EEP
    except UnknownPackage:
        return False


def _copied(folder: Path, out: Path) -> Path:
    copy = out / PACKAGE
    shutil.copytree(folder, copy, symlinks=True)
    size = sum(
        Path(parent, name).lstat().st_size for parent, _folders, names in os.walk(copy) for name in names
    )
    most = Limits()
    if size > most.total_bytes:
        raise TooLarge(most=most.total_bytes, path=folder.name)
    expand(copy, most, spent_bytes=size)
    return copy
