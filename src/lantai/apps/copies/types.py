"""Kinds, arguments of runs and refusals of this app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Fault, Invalid, Refusal

POLICY = "copies:policy"
READING = "copies:reading"
MOVE = "copies:move"
CLEARANCE = "copies:clearance"
PACKAGE = "custody:package"
DEFAULT_CYCLE_DAYS = 90
DEFAULT_RATE_MB_S = 50
LEAST_RETRY_S, MOST_RETRY_S = 60, 6 * 3600


class CopyState(models.TextChoices):
    """How one copy of one package stands."""

    WANTED = "wanted", _("待复制")
    COPYING = "copying", _("复制中")
    WHOLE = "whole", _("完好")
    DAMAGED = "damaged", _("有损坏")
    MISSING = "missing", _("不见")
    RETIRED = "retired", _("已撤除")


class ReadingKind(models.TextChoices):
    """Why copies are read."""

    CYCLE = "cycle", _("周期校验")
    DEMAND = "demand", _("人工发起")
    EVENT = "event", _("事件之后")
    SAMPLE = "sample", _("随机抽样")
    POLL = "poll", _("馆际比对")


class DamageKind(models.TextChoices):
    """How a file of a copy differs from what was sealed."""

    FLIPPED = "flipped", _("内容改变")
    MISSING = "missing", _("文件不见")
    EXTRA = "extra", _("多出文件")
    UNREADABLE = "unreadable", _("无法读取")
    SIZE = "size", _("大小不符")


class OrphanKind(models.TextChoices):
    """On which side something is missing."""

    UNKNOWN = "unknown", _("位置中有，系统不认识")
    ABSENT = "absent", _("系统有记录，位置中没有")


class Settlement(models.TextChoices):
    """What was done about an orphan."""

    ADOPTED = "adopted", _("纳入副本")
    REMOVED = "removed", _("移出到隔离区")
    COPIED = "copied", _("重新复制")
    LEFT = "left", _("保留不动")
    GONE = "gone", _("已自行消失")


class MoveState(models.TextChoices):
    """How far a move, or the retirement of a place, has come."""

    OPEN = "open", _("进行中")
    DONE = "done", _("已完成")
    STOPPED = "stopped", _("已停止")


class ClearanceState(models.TextChoices):
    """How far the removal of surplus copies has come."""

    DRAFT = "draft", _("草拟")
    ASKED = "asked", _("待批准")
    CLEARING = "clearing", _("撤除中")
    DONE = "done", _("已完成")
    REFUSED = "refused", _("未批准")
    WITHDRAWN = "withdrawn", _("已撤回")


class PolicyTaken(Invalid):
    """One policy a scope."""

    message = N_("这个范围（全宗和包类）已有副本策略“%(title)s”。请修改原有策略。")


class PlacesTooFew(Invalid):
    """The listed places cannot give what the policy asks for."""

    message = N_(
        "所列存储位置满足不了要求：需要 %(copies)d 份副本，分布在 %(sites)d 个地点、%(media)d 种介质。"
        "请增加存储位置或降低要求。"
    )


class PlaceNotForCopies(Invalid):
    """The storage root is the source; it is never moved from or retired as a place is."""

    message = N_("主存储是封存内容的所在，不能作为搬迁的来源，也不能退出。请选择其他存储位置。")


class SamePlace(Invalid):
    """A move needs two places."""

    message = N_("搬迁的来源和去处不能是同一个存储位置。")


class MoveGoesOn(Refusal):
    """One move of a place at a time."""

    message = N_("存储位置“%(place)s”已有一项搬迁或退出正在进行，请等它完成。")


class PlaceStillNamed(Refusal):
    """A place that a policy still counts on is not retired."""

    message = N_("副本策略“%(policy)s”没有“%(place)s”就满足不了要求。请先修改策略，再让它退出。")


class SourceNotVerified(Fault):
    """No copy anywhere has the bytes that were sealed."""

    message = N_("信息包“%(title)s”的文件“%(path)s”在各存储位置都没有可信的内容，没有改写任何副本。")


class SegmentNotVerified(Fault):
    """No copy of the journal has the segment as it was written."""

    message = N_("保管日志第 %(number)d 段在各存储位置都没有可信的内容，没有复制。")


class CopyNotTrue(Fault):
    """What was read back is not what was to be written."""

    message = N_("存储位置“%(place)s”中“%(path)s”读回的内容与封存时不一致，这份副本没有登记为完好。")


class OrphanSettled(Refusal):
    """Once."""

    message = N_("这一条已经处理过了。")


class OrphanActUnfit(Invalid):
    """Not every act fits either kind."""

    message = N_("这一条不能这样处理。请选择页面上列出的办法。")


class NothingSurplus(Refusal):
    """Every copy there is asked for."""

    message = N_("没有多余的副本：现有副本都是策略要求的。")


@dataclass(frozen=True, slots=True)
class SyncCopies:
    """Run: work out anew which copies are wanted, by all policies."""


@dataclass(frozen=True, slots=True)
class FillPlace:
    """Run: write the copies that a place still lacks."""

    place_id: int


@dataclass(frozen=True, slots=True)
class ReadCopies:
    """Run: read copies, compare every digest, repair what is wrong."""

    reading_id: int


@dataclass(frozen=True, slots=True)
class MoveCopies:
    """Run: bring copies from one place to another, or out of a place that retires."""

    move_id: int


@dataclass(frozen=True, slots=True)
class SurveyPlace:
    """Run: compare what lies in a place with what is known of it, both ways."""

    place_id: int


@dataclass(frozen=True, slots=True)
class SettleOrphan:
    """Run: move what nobody knows out of a place."""

    orphan_id: int


@dataclass(frozen=True, slots=True)
class ClearSurplus:
    """Run: remove the copies that no policy asks for, each after the others were read."""

    clearance_id: int


@dataclass(frozen=True, slots=True)
class CopyJournal:
    """Run: bring the segments of the journal that a place lacks."""

    place_id: int


@dataclass(frozen=True, slots=True)
class CopyOf:
    """Where a package lies, for other apps."""

    copy_id: int
    place_id: int
    place_title: str
    state: str
    version: int
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class Surplus:
    """How many copies no policy asks for, and how much they hold."""

    copies: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SurplusAt:
    """The same of one fonds in one place; ``ready`` of them can go now."""

    place_title: str
    fonds_name: str
    copies: int
    size_bytes: int
    ready: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the matrix of places and fonds."""

    place_id: int
    fonds_id: int
    copies: int
    whole: int
    damaged: int
    waiting: int
    size_bytes: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class JournalAt:
    """The journal in one place, for a page."""

    place_title: str
    segments: int
    of: int
    size_bytes: int
    verified_at: datetime | None
    is_wanted: bool
    bad: int
    why: str


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the calendar."""

    day: date
    copies: int
    size_bytes: int
    damages: int
    repaired: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a place will be full, if it goes on as recorded; ``full_on`` is None where that cannot be said."""

    place_title: str
    held_bytes: int
    bytes_a_day: int
    capacity_bytes: int | None
    full_on: date | None
