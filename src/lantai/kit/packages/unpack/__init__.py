"""Unpacking zip, tar and tar.gz from outside into a quarantine folder."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lantai.kit.digests import chunks
from lantai.kit.errors import N_
from lantai.kit.packages.building import TargetExists
from lantai.kit.packages.problems import Problem
from lantai.kit.packages.unpack.alone import name_alone
from lantai.kit.packages.unpack.limits import (
    ArchiveDamaged,
    ArchiveEncrypted,
    EntriesOverlap,
    HeaderLies,
    Limits,
    MethodUnsupported,
    NamesCollide,
    NotAFile,
    RatioTooHigh,
    TooDeep,
    TooLarge,
    TooManyEntries,
    UnknownArchive,
    UnpackRefused,
    UnsafeName,
)
from lantai.kit.packages.unpack.quarantine import Quarantine, UnpackedFile
from lantai.kit.packages.unpack.tars import BLOCK, looks_like_tar, unpack_tar
from lantai.kit.packages.unpack.zips import unpack_zip

__all__ = [
    "ArchiveDamaged",
    "ArchiveEncrypted",
    "EntriesOverlap",
    "HeaderLies",
    "Limits",
    "MethodUnsupported",
    "NamesCollide",
    "NotAFile",
    "RatioTooHigh",
    "TooDeep",
    "TooLarge",
    "TooManyEntries",
    "UnknownArchive",
    "UnpackRefused",
    "Unpacked",
    "UnpackedFile",
    "UnsafeName",
    "kind_of_archive",
    "unpack",
    "unpack_any",
    "unpack_open",
]

_OTHERS = {
    b"Rar!\x1a\x07": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What lies in ``folder`` now; ``notes`` are worth telling, and no reason to refuse."""

    folder: Path
    kind: str
    files: tuple[UnpackedFile, ...]
    notes: tuple[Problem, ...]

    @property
    def byte_count(self) -> int:
        """Bytes of all files together."""
        return sum(file.size_bytes for file in self.files)


def unpack(path: Path, target: Path, limits: Limits | None = None) -> Unpacked:
    """Unpack the archive ``path`` into the new folder ``target``, hashing while writing.

    Raises an `UnpackRefused` that names the reason, `TargetExists` or `StoreFull`; ``target`` is
    gone then. Memory is bounded by the number of entries, not by their size.
    """
    if target.exists() or target.is_symlink():
        raise TargetExists(name=target.name)
    with os.fdopen(_opened(path), "rb") as archive:
        return unpack_open(archive, target, limits)


def unpack_open(archive: BinaryIO, target: Path, limits: Limits | None = None) -> Unpacked:
    """`unpack` of an archive that somebody else has opened."""
    if target.exists() or target.is_symlink():
        raise TargetExists(name=target.name)
    limits, kind = limits or Limits(), kind_of_archive(archive)
    return _into_new(target, lambda: _unpack(archive, kind, target, limits))


def unpack_any(source: BinaryIO, target: Path, limits: Limits | None = None) -> Unpacked:
    """`unpack_open`, or the single document that ``source`` is where it is one that says what it holds."""
    name = name_alone(source)
    if not name:
        return unpack_open(source, target, limits)
    limits = limits or Limits()
    return _into_new(target, lambda: _alone(source, name, target, limits))


def _alone(source: BinaryIO, name: str, target: Path, limits: Limits) -> Unpacked:
    quarantine = Quarantine(target, limits, os.fstat(source.fileno()).st_size)
    quarantine.file(name, name.encode(), chunks(source))
    return Unpacked(target, "alone", tuple(quarantine.files), quarantine.notes.as_tuple())


def _into_new(target: Path, fill: Callable[[], Unpacked]) -> Unpacked:
    """``fill`` the new folder ``target``, which is gone again where that is refused."""
    if target.exists() or target.is_symlink():
        raise TargetExists(name=target.name)
    target.mkdir(mode=0o700)
    try:
        return fill()
    except BaseException:  # boundary: whatever happens, nothing half is left
        shutil.rmtree(target, ignore_errors=True)
        raise


def _unpack(archive: BinaryIO, kind: str, target: Path, limits: Limits) -> Unpacked:
    size_bytes = os.fstat(archive.fileno()).st_size
    quarantine = Quarantine(target, limits, size_bytes)
    if kind == "zip":
        unpack_zip(archive, size_bytes, quarantine, limits)
    else:
        unpack_tar(archive, quarantine, is_gzip=kind == "tar.gz")
    return Unpacked(target, kind, tuple(quarantine.files), quarantine.notes.as_tuple())


def kind_of_archive(archive: BinaryIO) -> str:
    """`zip`, `tar` or `tar.gz` by content; raises `UnknownArchive` saying what was found instead."""
    archive.seek(0)
    head = archive.read(BLOCK)
    archive.seek(0)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"\x1f\x8b"):
        return "tar.gz"
    if looks_like_tar(head):
        return "tar"
    found = next((name for magic, name in _OTHERS.items() if head.startswith(magic)), N_("其他内容"))
    raise UnknownArchive(found=found)


def _opened(path: Path) -> int:
    """A descriptor of the regular file itself, never of what a link points to."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnknownArchive(found=N_("符号链接")) from error
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise UnknownArchive(found=N_("不是普通文件"))
    return fd
