"""Reading ZIP files that a stranger made: what counts is what comes out, never the sizes it claims."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from lantai.kit.errors import N_, Refusal

_CHUNK = 1 << 16


class ZipBroken(Refusal):
    """The archive or one of its parts cannot be read."""

    message = N_("压缩结构已损坏或不完整：%(reason)s。请核对原文件后重新提交。")


class ZipBomb(Refusal):
    """Unpacking yields more than any honest file of this kind."""

    message = N_(
        "部件“%(name)s”展开后超过 %(limit_mb)s MB 的上限，没有继续读取。文件已原样保留，请人工检查。"
    )


class ZipEncrypted(Refusal):
    """A part is locked with a password."""

    message = N_("部件“%(name)s”已加密，不能读取。请提交未加密的文件。")


class CappedZip:
    """A ZIP whose parts are found by normalised name and read within a budget of ``total_mb`` MiB.

    Raises ``ZipBroken``, ``ZipBomb`` and ``ZipEncrypted``.
    """

    def __init__(self, source: Path | BinaryIO, *, total_mb: int = 512, max_entries: int = 200_000) -> None:
        self._left = total_mb << 20
        self._total_mb = total_mb
        try:
            self._zip = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError, UnicodeDecodeError, NotImplementedError) as broken:
            raise ZipBroken(reason=str(broken)) from broken
        infos = self._zip.infolist()
        if len(infos) > max_entries:
            self._zip.close()
            raise ZipBomb(name=getattr(source, "name", ""), limit_mb=total_mb)
        self._parts: dict[str, zipfile.ZipInfo] = {}
        self._folded: dict[str, str] = {}
        self.duplicates: list[str] = []
        for info in infos:
            name = normal_name(info.filename)
            if name in self._parts:
                self.duplicates.append(name)
            self._parts[name] = info
            self._folded.setdefault(name.casefold(), name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """Normalised names of the parts, in the order of the directory."""
        return list(self._parts)

    def renew(self) -> None:
        """Allow the whole budget again, to another who reads the same file."""
        self._left = self._total_mb << 20

    def find(self, name: str) -> str | None:
        """The part called ``name``, letter case aside (producers on Windows mix it); None when absent."""
        wanted = normal_name(name)
        return wanted if wanted in self._parts else self._folded.get(wanted.casefold())

    def is_folder(self, name: str) -> bool:
        """Whether the entry only marks a folder."""
        return self._parts[name].is_dir()

    def is_encrypted(self, name: str) -> bool:
        """Whether the part is locked with a password."""
        return bool(self._parts[name].flag_bits & 1)

    def stated_bytes(self, name: str) -> int:
        """How long the part is by the directory; never more than this comes out of it."""
        return self._parts[name].file_size

    def read(self, name: str, *, limit_mb: int = 64, first_bytes: int | None = None) -> bytes:
        """All bytes of a part, or its ``first_bytes``; the budget counts what really came out."""
        wanted = limit_mb << 20 if first_bytes is None else first_bytes
        if self.stated_bytes(name) <= wanted:  # more does not come out of it
            return b"".join(self.pieces(name, wanted))
        data = bytearray()
        for piece in self.pieces(name):
            data += piece
            if len(data) > wanted:
                break
        if first_bytes is not None:
            return bytes(data[:first_bytes])
        if len(data) > wanted:
            raise ZipBomb(name=name, limit_mb=limit_mb)
        return bytes(data)

    def pieces(self, name: str, piece_bytes: int = _CHUNK) -> Iterator[bytes]:
        """The bytes of a part, one piece after the other; the budget counts what really came out."""
        info = self._parts[name]
        if info.flag_bits & 1:
            raise ZipEncrypted(name=name)
        try:
            with self._zip.open(info) as part:
                while piece := part.read(piece_bytes):
                    self._spend(len(piece), name)
                    yield piece
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            NotImplementedError,
            RuntimeError,
            UnicodeDecodeError,  # a name in the local header that is not what its flag says
            struct.error,
        ) as broken:
            raise ZipBroken(reason=f"{name}: {broken}") from broken

    def _spend(self, count: int, name: str) -> None:
        self._left -= count
        if self._left < 0:
            raise ZipBomb(name=name, limit_mb=self._total_mb)


class KeptZip(ExitStack):
    """What was opened to identify a file, for its examination to go on with; closes it at the end."""

    archive: CappedZip | None = None

    def keep(self, archive: CappedZip, closing: ExitStack) -> None:
        """Take over the open ``archive`` with all that ``closing`` would have closed."""
        self.archive = archive
        self.enter_context(closing)


def normal_name(name: str) -> str:
    """A part's name with forward slashes, without leading slash, ``.`` and inner ``..`` steps."""
    steps: list[str] = []
    for step in name.replace("\\", "/").split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)
