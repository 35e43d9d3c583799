"""The folder into which an archive is unpacked; every name and every byte passes here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lantai.kit.digests import Digests, Hasher, tee
from lantai.kit.errors import N_
from lantai.kit.packages import names
from lantai.kit.packages.durable import refusing_when_full
from lantai.kit.packages.problems import Findings
from lantai.kit.packages.unpack.limits import (
    Limits,
    NamesCollide,
    RatioTooHigh,
    TooDeep,
    TooLarge,
    TooManyEntries,
    UnsafeName,
)

MESSAGES = {
    "nested": N_("“%(found)s”本身是压缩包，没有继续解开。"),
    "gb18030": N_("“%(found)s”的名称按 GB18030 解读，原始字节已保留。"),
    "look-alike": N_("“%(found)s”与“%(other)s”只有全半角之别，容易混淆。"),
    "system-file": N_("“%(found)s”是操作系统留下的文件，不像档案内容。"),
}

_NESTED_MAGIC = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\0")
_NESTED_SUFFIXES = frozenset({".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".iso", ".cab"})
# formats that are zip files by design
_ZIP_FORMATS = frozenset(
    {
        *(".ofd", ".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".pptm", ".odt", ".ods", ".odp", ".odg"),
        *(".epub", ".siard", ".wps", ".et", ".dps", ".vsdx", ".3mf", ".kmz", ".xps", ".oxps"),
    }
)


@dataclass(frozen=True, slots=True)
class UnpackedFile:
    """One file as it lies in the quarantine; ``raw_name`` is its name in the archive, byte for byte."""

    path: str
    raw_name: bytes
    size_bytes: int
    digests: Digests

    @property
    def raw_name_hex(self) -> str:
        """``raw_name`` in hexadecimal where it is not ``path`` in UTF-8; empty where it is."""
        return "" if self.raw_name.removeprefix(b"./") == self.path.encode() else self.raw_name.hex()


class Quarantine:
    """Writes entries below ``folder``, which must be new, and refuses what breaks a limit.

    ``packed_bytes`` is the real size of the archive: nothing in it can lie about that.
    """

    def __init__(self, folder: Path, limits: Limits, packed_bytes: int) -> None:
        self._folder = folder
        self._limits = limits
        self._packed_bytes = packed_bytes
        self._spent_bytes = 0
        self._paths: dict[str, str] = {}  # key of every file and folder → its path
        self._look_alikes: dict[str, str] = {}
        self._is_file: set[str] = set()
        self._entries = 0
        self.files: list[UnpackedFile] = []
        self.notes = Findings(MESSAGES)

    def count_entry(self) -> None:
        """Raise `TooManyEntries` when there is one entry too many."""
        self._entries += 1
        if self._entries > self._limits.entries:
            raise TooManyEntries(most=self._limits.entries)

    def folder(self, path: str) -> None:
        """Make a folder; the name is checked as that of a file is."""
        self._check(path)
        self._claim_folders(path, above_only=False)
        (self._folder / path).mkdir(parents=True, exist_ok=True)

    def file(self, path: str, raw_name: bytes, content: Iterable[bytes], *, packed_bytes: int = 0) -> None:
        """Write one file; ``packed_bytes`` is what it takes in the archive, where that is known."""
        self._check(path)
        self._claim_folders(path, above_only=True)
        self._claim(path, is_file=True)
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        hasher = Hasher()
        head = b""
        with refusing_when_full(), target.open("xb") as out:
            for data in tee(content, hasher):
                head = head or data[:16]
                self._spend(path, len(data), hasher.size_bytes, packed_bytes)
                out.write(data)
        self.files.append(UnpackedFile(path, raw_name, hasher.size_bytes, hasher.digests()))
        self._note(path, head)

    def spend_unseen(self, byte_count: int) -> None:
        """Count unpacked bytes that belong to no file (padding, headers)."""
        self._spent_bytes += byte_count
        self._check_total("…")

    def _check(self, path: str) -> None:
        reason = names.trouble_with(path)
        if reason:
            raise UnsafeName(path=names.shown(path), reason=reason)
        if path.count("/") >= self._limits.depth or len(path.encode()) > self._limits.path_bytes:
            raise TooDeep(path=f"{path[:60]}…")

    def _claim_folders(self, path: str, *, above_only: bool) -> None:
        parts = path.split("/")
        for depth in range(1, len(parts) if above_only else len(parts) + 1):
            self._claim("/".join(parts[:depth]), is_file=False)

    def _claim(self, path: str, *, is_file: bool) -> None:
        """Folders may come again under the same spelling, files never."""
        key = names.key_of(path)
        other = self._paths.get(key)
        if other is not None and (is_file or other != path or path in self._is_file):
            raise NamesCollide(path=names.shown(path), other=names.shown(other))
        self._paths[key] = path
        if is_file:
            self._is_file.add(path)

    def _spend(self, path: str, added: int, size_bytes: int, packed_bytes: int) -> None:
        limits = self._limits
        if size_bytes > limits.file_bytes:
            raise TooLarge(path=path, most=limits.file_bytes)
        if packed_bytes and size_bytes > max(limits.ratio_from_bytes, limits.ratio * packed_bytes):
            raise RatioTooHigh(path=path, ratio=limits.ratio)
        self._spent_bytes += added
        self._check_total(path)

    def _check_total(self, path: str) -> None:
        limits = self._limits
        if self._spent_bytes > limits.total_bytes:
            raise TooLarge(path=path, most=limits.total_bytes)
        if self._spent_bytes > max(limits.ratio_from_bytes, limits.ratio * self._packed_bytes):
            raise RatioTooHigh(path=path, ratio=limits.ratio)

    def _note(self, path: str, head: bytes) -> None:
        suffix = Path(path).suffix.casefold()
        if suffix in _NESTED_SUFFIXES or (head.startswith(_NESTED_MAGIC) and suffix not in _ZIP_FORMATS):
            self.notes.warning("nested", path, found=path)
        if names.is_system_file(path):
            self.notes.warning("system-file", path, found=path)
        other = self._look_alikes.setdefault(names.look_alike_key(path), path)
        if other != path:
            self.notes.warning("look-alike", path, found=path, other=other)
