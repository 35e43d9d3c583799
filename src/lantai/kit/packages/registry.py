"""Which format a folder is in, by what lies in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lantai.kit.errors import N_, Invalid
from lantai.kit.packages.transfer import CATALOGUE_FILE, DESCRIPTION_FILE


class PackageKind(StrEnum):
    """The formats that can be taken in."""

    TRANSFER = "transfer"  # DA/T 93-2022
    BAGIT = "bagit"
    OCFL_OBJECT = "ocfl_object"


class UnknownPackage(Invalid):
    """None of the marks of a known format."""

    message = N_(
        "“%(name)s”不是能识别的档案包：没有找到“说明文件.TXT”和“目录文件.XML”（DA/T 93）、"
        "bagit.txt（BagIt）或 0=ocfl_object_1.x（OCFL）。请检查打包时是否多套或少套了一层文件夹。"
    )


@dataclass(frozen=True, slots=True)
class FoundPackage:
    """A package and the folder in which it really lies."""

    kind: PackageKind
    folder: Path


def _is_ocfl(names: frozenset[str]) -> bool:
    return any(name.startswith("0=ocfl_object_") for name in names)


def _is_bag(names: frozenset[str]) -> bool:
    return "bagit.txt" in names


def _is_transfer(names: frozenset[str]) -> bool:
    return DESCRIPTION_FILE.casefold() in names or CATALOGUE_FILE.casefold() in names


_MARKS: tuple[tuple[PackageKind, Callable[[frozenset[str]], bool]], ...] = (
    (PackageKind.OCFL_OBJECT, _is_ocfl),
    (PackageKind.BAGIT, _is_bag),
    (PackageKind.TRANSFER, _is_transfer),
)


def find_package(folder: Path) -> FoundPackage:
    """The package in ``folder``, or in the only folder inside it; raises `UnknownPackage`.

    A BagIt bag may carry a transfer package as its payload: the outermost format is answered.
    """
    kind = _kind_of(folder)
    if kind is not None:
        return FoundPackage(kind, folder)
    inside = [path for path in folder.iterdir() if not _left_by_a_system(path)] if folder.is_dir() else []
    if len(inside) == 1 and inside[0].is_dir() and not inside[0].is_symlink():
        kind = _kind_of(inside[0])
        if kind is not None:
            return FoundPackage(kind, inside[0])
    raise UnknownPackage(name=folder.name)


def _left_by_a_system(path: Path) -> bool:
    return path.name in ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


def _kind_of(folder: Path) -> PackageKind | None:
    if not folder.is_dir():
        return None
    names = frozenset(path.name.casefold() for path in folder.iterdir() if path.is_file())
    return next((kind for kind, holds in _MARKS if holds(names)), None)
