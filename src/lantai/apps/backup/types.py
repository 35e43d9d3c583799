"""What a backup can be, and what can go wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Fault, Invalid, Refusal

PLAN, SET, DRILL = "backup:plan", "backup:set", "backup:drill"


class SetState(models.TextChoices):
    """Where a set stands."""

    MAKING = "making", _("制作中")
    GOOD = "good", _("可用")
    FAILED = "failed", _("未完成")
    DAMAGED = "damaged", _("有损坏")
    EXPIRED = "expired", _("已到期清除")


class DrillState(models.TextChoices):
    """How a drill ended."""

    RUNNING = "running", _("演练中")
    PASSED = "passed", _("通过")
    FAILED = "failed", _("未通过")


class Outcome(models.TextChoices):
    """What one comparison of a drill found."""

    PASS = "pass", _("通过")
    FAIL = "fail", _("不通过")


class Cause(models.TextChoices):
    """Why somebody is alarmed; one alarm for each, until it is mended."""

    STALE = "stale", _("备份过期未做")
    SET_FAILED = "set_failed", _("备份未完成")
    DAMAGED = "damaged", _("备份有损坏")
    DRILL_FAILED = "drill_failed", _("恢复演练未通过")
    DRILL_DUE = "drill_due", _("恢复演练逾期未做")
    WAL_LOST = "wal_lost", _("数据库日志不连续")


class Light(models.TextChoices):
    """The state of a plan in one colour."""

    GREEN = "green", _("正常")
    YELLOW = "yellow", _("注意")
    RED = "red", _("告警")


@dataclass(frozen=True, slots=True)
class TakeBackup:
    """Arguments of the job that makes a full set."""

    set_id: int


@dataclass(frozen=True, slots=True)
class AddIncrement:
    """Arguments of the job that saves what was committed since."""

    plan_id: int


@dataclass(frozen=True, slots=True)
class VerifySet:
    """Arguments of the job that reads every stored byte of a set."""

    set_id: int


@dataclass(frozen=True, slots=True)
class RunDrill:
    """Arguments of the job that restores a set beside the live system and compares."""

    drill_id: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a drill's report."""

    code: str
    subject: str
    outcome: Outcome
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plan stands: its colour with the reason, and what is due next."""

    light: Light
    why: str
    covered_until: datetime | None
    next_set_at: datetime
    next_drill_at: datetime | None


class DatabaseUnfit(Refusal):
    """The server cannot be saved as it is."""

    message = N_("数据库现在不能备份：%(why)s。")


class BaseBackupFailed(Fault):
    """The programs of PostgreSQL did not copy the data folder."""

    message = N_("数据库基础备份没有完成：%(why)s")


class WalNotReceived(Fault):
    """The log could not be fetched."""

    message = N_("没有取到数据库日志：%(why)s")


class WalGap(Fault):
    """Segments are missing: the set ends before the gap, a new one must be made."""

    message = N_("数据库日志不连续：%(after)s 之后是 %(found)s。将重新制作完整备份。")


class ScratchFailed(Fault):
    """The server over a restored folder did not come up."""

    message = N_("恢复出的数据库没有启动：%(why)s")


class MomentNotReached(Invalid):
    """The set does not reach so far."""

    message = N_("备份中没有这个时间点的数据，没有恢复。请选择备份覆盖范围内的时间。")


class MomentOutside(Invalid):
    """The moment is not between the beginning and the end of the set."""

    message = N_("备份集“%(set)s”可恢复到 %(first)s 至 %(last)s 之间，没有恢复。请改时间或另选备份集。")


class ProgramsTooOld(Refusal):
    """A data folder is read only by programs of its own version."""

    message = N_(
        "备份来自 PostgreSQL %(wanted)d，这里的程序是 %(found)d。请用设置 LANTAI_PG_PROGRAMS 指定同一版本的程序。"
    )


class SlugTaken(Invalid):
    """Plans have names of their own."""

    message = N_("备份方案“%(title)s”已经有了，请换一个名称。")


class SetUnderWay(Refusal):
    """One at a time."""

    message = N_("备份方案“%(title)s”正在制作备份，请等它结束。")


class NothingToRestore(Refusal):
    """There is no good set yet."""

    message = N_("备份方案“%(title)s”还没有可用的备份，不能演练。请先制作备份。")


class NoRoom(Refusal):
    """A drill needs as much room as the set is large."""

    message = N_("恢复演练需要约 %(needed_mb)d MB 空间，“%(path)s”只有 %(free_mb)d MB。")


class SetStillNeeded(Refusal):
    """The last good set is never removed."""

    message = N_("这是最后一个可用的备份，不能清除。")
