"""Logical paths: what a file is called inside an object (OCFL 1.1 §3.5.3.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from lantai.kit.errors import N_, Invalid, Refusal
from lantai.kit.packages.ocfl.inventory import SM3_MANIFEST


class LogicalPathInvalid(Invalid):
    """A path that OCFL, or any file system it is copied to, would not carry."""

    message = N_(
        "“%(path)s”不能作为包内路径：不能为空，不能以“/”开头或结尾，不能含“.”“..”空段或无法编码的字符。"
    )


class LogicalPathTaken(Refusal):
    """One name would be a file and a folder."""

    message = N_("包内路径“%(path)s”与已有的文件或文件夹同名，请改名后重试。")


def is_sound(path: str) -> bool:
    """Whether ``path`` may be a logical path."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or "\0" in part for part in parts) and _encodes(path)


def _encodes(path: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in path)


def folders_of(path: str) -> Iterator[str]:
    """Every folder above ``path``."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


class LogicalPaths:
    """The paths of one version, kept free of a name that is both a file and a folder."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._files: set[str] = set()
        self._folders: Counter[str] = Counter()
        for path in paths:
            self.add(path)

    def require_free(self, path: str) -> None:
        """Raise `LogicalPathInvalid` or `LogicalPathTaken` unless a file may be put there."""
        if not is_sound(path):
            raise LogicalPathInvalid(path=path, field="logical_path")
        above = any(folder in self._files for folder in folders_of(path))
        if path == SM3_MANIFEST or above or self._folders[path] > 0:
            raise LogicalPathTaken(path=path)

    def add(self, path: str) -> None:
        """Note a file; adding it twice counts once."""
        if path not in self._files:
            self._files.add(path)
            self._folders.update(folders_of(path))

    def remove(self, path: str) -> None:
        """Forget a file."""
        self._files.discard(path)
        self._folders.subtract(folders_of(path))
