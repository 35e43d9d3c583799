"""What a place is to those who keep copies in it: one protocol, its answers and its refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Fault, Invalid, Refusal
from lantai.kit.packages.journal import FOLDER as JOURNAL

OBJECT = "places:place"
PRIMARY = "primary"
SLUG = re.compile(r"[a-z][a-z0-9_]{0,31}")
_NAME_BYTES = 1000  # what S3 takes is 1024, with a prefix before it


class PlaceState(models.TextChoices):
    """How far a place may be used."""

    ACTIVE = "active", _("在用")
    READ_ONLY = "read_only", _("只读")
    RETIRING = "retiring", _("退出中")
    RETIRED = "retired", _("已退出")


class Medium(models.TextChoices):
    """What the copies lie on; copies on different media do not die of the same cause."""

    DISK = "disk", _("磁盘")
    OBJECT = "object", _("对象存储")
    TAPE = "tape", _("磁带")
    OPTICAL = "optical", _("光盘")


class VolumeState(models.TextChoices):
    """What one tape, disc or disk of an offline place is good for."""

    OPEN = "open", _("可写入")
    CLOSED = "closed", _("已封存")
    LOST = "lost", _("遗失或损坏")
    RETIRED = "retired", _("已注销")


@dataclass(frozen=True, slots=True)
class Held:
    """One file in a place."""

    name: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """How large a place is and how much of it is free."""

    total_bytes: int
    free_bytes: int

    @property
    def used_percent(self) -> int:
        """How full it is, rounded down, so that 98 means at least 98."""
        return 100 - -(-100 * self.free_bytes // self.total_bytes) if self.total_bytes else 100


@dataclass(frozen=True, slots=True)
class Site:
    """What a store is made of: where it is, what opens it, where it may put temporary files."""

    slug: str
    title: str
    address: str
    scratch: Path
    secrets: Mapping[str, str] = field(default_factory=dict)


class PlaceStore(Protocol):
    """Keeps files by name in one place. Names are paths relative to the OCFL storage root."""

    def put(self, name: str, source: Path, *, size: int) -> None:
        """Keep the file at `source` under `name`, durable before return, whole or not at all.

        The same bytes there already: done. Other bytes: `NameTaken`, and what lies there is not touched.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """The content, seekable and streamed; raises `NothingThere`, `PlaceAway` (also while reading)."""
        ...

    def size(self, name: str) -> int | None:
        """Length in bytes of the content, or None where there is none."""
        ...

    def remove(self, name: str) -> None:
        """Remove the file; absent is done. Raises `Locked` where the place forbids it."""
        ...

    def held(self, prefix: str = "", after: str = "") -> Iterator[Held]:
        """Every file whose name begins with `prefix` and comes after `after`, in order of name."""
        ...

    def room(self) -> Room | None:
        """How much room there is, where the place can tell."""
        ...


class NothingThere(Fault):
    """The place answers that it has no such file."""

    status = 404
    message = N_("存储位置“%(place)s”中没有文件“%(name)s”。")


class PlaceAway(Fault):
    """The place did not answer, or not what was asked: the next copy is read instead."""

    status = 503
    message = N_("存储位置“%(place)s”没有正常应答：%(why)s")


class VolumeWanted(PlaceAway):
    """What is wanted lies on a medium that somebody has to bring."""

    message = N_("存储位置“%(place)s”需要介质“%(number)s”（存放于%(shelf)s）：请取出并接入后再试。")


class VolumeNumberTaken(Invalid):
    """Numbers are unique within a place."""

    message = N_("介质编号“%(number)s”已经登记，请核对。")


class VolumeNotEmpty(Refusal):
    """A medium that holds other things is not written to."""

    message = N_("接入的“%(number)s”不是空介质，也没有本系统的标识，没有使用。请换空白介质。")


class NotOffline(Invalid):
    """Media are entered for offline places only."""

    message = N_("存储位置“%(place)s”不是离线介质，没有介质目录。")


class NearlyFull(Refusal):
    """Nothing more is taken in, so that what is here can still be kept, read and repaired."""

    status = 507
    message = N_("主存储已使用 %(percent)d%%，暂停接收新内容；查询、利用和修复照常。请管理员扩充空间。")


class NameTaken(Refusal):
    """Content is never overwritten."""

    message = N_("存储位置“%(place)s”中“%(name)s”已有不同的内容，没有改写。请核对这份副本。")


class Locked(Refusal):
    """The place keeps what it was given until its retention ends (WORM)."""

    status = 423
    message = N_("存储位置“%(place)s”启用了防删改保护，“%(name)s”在保护期内，没有删除也没有改写。")


class PlaceFull(Refusal):
    """No room is left."""

    status = 507
    message = N_("存储位置“%(place)s”空间不足，“%(name)s”没有写入，原有内容不受影响。")


class PlaceReadOnly(Refusal):
    """Nothing is written to a place that is read-only, retiring or retired, or mounted so."""

    message = N_("存储位置“%(place)s”当前不接受写入。请选择其他存储位置，或由管理员恢复其写入。")


class NotAName(Invalid):
    """Such a name would leave the place."""

    message = N_("“%(name)s”不能作为存储位置中的文件名。")


class NotAnAddress(Invalid):
    """The address cannot be that of a place of this kind."""

    message = N_("存储位置的地址不能使用：%(why)s")


class SlugTaken(Invalid):
    """Another place has that short name."""

    message = N_("存储位置代号“%(slug)s”已经使用，请换一个。")


class NotASlug(Invalid):
    """Short names stand in settings and keys."""

    message = N_(
        "存储位置代号“%(slug)s”不能使用：只能用小写字母、数字和下划线，以字母开头，不超过 32 个字符。"
    )


class KindUnknown(Invalid):
    """No such kind is registered."""

    message = N_("没有“%(kind)s”这一类存储位置。")


class KeyMissing(Fault):
    """The key of an encrypted place is not where it should be."""

    message = N_("加密存储位置的密钥文件“%(path)s”缺失或不可用。请由份额保管人用 lantai keys join 恢复密钥。")


class KeyThere(Refusal):
    """A key is never overwritten."""

    message = N_("存储位置“%(place)s”已有密钥文件，没有覆盖。")


class NotSealed(Refusal):
    """Only an encrypted place has a key."""

    message = N_("存储位置“%(place)s”没有加密，没有密钥。")


class SealedOffline(Invalid):
    """The ring of keys of a place lies in it, and a shelf cannot be asked for it."""

    message = N_("离线介质不在本系统内加密：请使用介质或驱动器自身的加密，并单独保管其密钥。")


class PrimaryStays(Refusal):
    """The storage root is where everything is written first."""

    message = N_("主存储不能退出使用。请先迁移存储根，再停用原磁盘。")


def checked_name(name: str) -> str:
    """`name`, if it is a plain relative path that stays inside the place; raises `NotAName`."""
    parts = name.split("/")
    is_plain = all(part and part not in {".", ".."} for part in parts)
    if not is_plain or "\0" in name or len(name.encode("utf-8", "surrogateescape")) > _NAME_BYTES:
        raise NotAName(name=name[:200])
    return name


def is_of_root(name: str) -> bool:
    """Whether the file belongs to the OCFL root itself, which each place makes for itself; the journal does not."""
    return name.startswith(("0=", "ocfl_", "extensions/")) and not name.startswith(f"{JOURNAL.as_posix()}/")
