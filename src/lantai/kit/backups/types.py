"""What a backup set is made of, and why one cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from lantai.kit.errors import N_, Fault, Invalid, Missing

FORMAT = "lantai-backup/1"
SMALL_BYTES = 1 << 20  # up to here a file goes into a pack with others
PACK_BYTES = 16 << 20
PACK_FILES = 2_000
_PART = re.compile(r"[^/\0]+")


class Shelf(Protocol):
    """Where a set lies, as far as writing and reading one asks; a place of the platform is one."""

    def put(self, name: str, source: Path, *, size: int) -> None:
        """Keep a file whole or not at all."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Its content, seekable."""
        ...


@dataclass(frozen=True, slots=True)
class Located:
    """Where the bytes of a content lie: in which pack, from where, how many, and whether compressed."""

    pack: str
    at: int
    stored: int
    is_compressed: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a set (or, without `located`, one folder that must be there though nothing lies in it)."""

    path: str
    size: int = 0
    sha256: str = ""
    modified_ns: int = 0
    located: Located | None = None

    @property
    def order(self) -> str:
        """What lists are sorted by: a folder comes where its content would."""
        return self.path if self.located else f"{self.path}/"


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be saved under a path of the set."""

    path: str
    size: int
    modified_ns: int
    open: Callable[[], BinaryIO]
    is_compressed: bool = False
    is_folder: bool = False

    @property
    def order(self) -> str:
        """As of the entry it becomes."""
        return f"{self.path}/" if self.is_folder else self.path


@dataclass(frozen=True, slots=True)
class NewPack:
    """A pack that is about to be kept: its name, its file, and what lies in it by SHA-256."""

    name: str
    file: Path
    size: int
    contents: dict[str, Located] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PostgresFacts:
    """What a restore must know of the server that was saved."""

    version: int
    system_identifier: str
    database: str
    superuser: str
    start_lsn: str
    end_lsn: str


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list of entries that belongs to a manifest."""

    name: str
    sha256: str
    entries: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a set, or an increment of one, says of itself; signed as a note over its digest."""

    set_id: str
    number: int
    origin: str
    product: str
    made_at: datetime
    covered_until: datetime
    entries: ListFile
    postgres: PostgresFacts | None = None
    log_note: str = ""
    excluded: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Where the manifest lies below the folder of its backups."""
        return f"sets/{self.set_id}/{self.number:05d}.json"


class SetMissing(Missing):
    """No such set in this place."""

    message = N_("这个位置没有备份集“%(set)s”。请核对位置和备份集编号。")


class SetUnreadable(Invalid):
    """The manifest or a list of a set is not what it should be."""

    message = N_("备份集“%(set)s”的%(what)s无法读取或与摘要不符：%(why)s")


class ContentDamaged(Fault):
    """A stored content is not what the list says."""

    message = N_("备份中的“%(path)s”与清单的摘要不符（%(pack)s）。")


class NotEmpty(Invalid):
    """A restore never mixes with what is there."""

    message = N_("目标文件夹“%(path)s”不是空的，没有恢复任何内容。请给一个空文件夹。")


class PathUnsafe(Invalid):
    """Such a path would leave the folder."""

    message = N_("备份清单中的路径“%(path)s”越出了目标文件夹，没有恢复。")


def safe(path: str) -> str:
    """`path`, if it is a plain relative one; raises `PathUnsafe`."""
    parts = path.split("/")
    if not all(_PART.fullmatch(part) and part not in {".", ".."} for part in parts):
        raise PathUnsafe(path=path[:200])
    return path
