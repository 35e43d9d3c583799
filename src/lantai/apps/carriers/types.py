"""Kinds and refusals of the register (DA/T 38-2021, DA/T 74-2019, DA/T 75-2019, DA/T 83-2019)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid

OBJECT = "carriers:carrier"


class CarrierKind(models.TextChoices):
    """What the content is written on."""

    CD = "cd", _("档案级光盘 CD-R")
    DVD = "dvd", _("档案级光盘 DVD±R")
    BLU_RAY = "blu_ray", _("可录类蓝光光盘 BD-R")
    HARD_DISK = "hard_disk", _("硬磁盘")
    TAPE = "tape", _("LTO 磁带")
    FLASH = "flash", _("固态盘或闪存盘")
    AUDIO_TAPE = "audio_tape", _("录音带")
    VIDEO_TAPE = "video_tape", _("录像带")
    OTHER = "other", _("其他载体")


OPTICAL = frozenset({CarrierKind.CD, CarrierKind.DVD, CarrierKind.BLU_RAY})
# Sample readings: magnetic carriers every two years, optical ones every four (the rule of 2002 that local
# rules still follow). Flash loses charge on the shelf; it is read as often as a magnetic carrier.
OPTICAL_YEARS, OTHER_YEARS = 4, 2


class CopyRole(models.TextChoices):
    """Which of the copies of one content: sealed, in service, elsewhere."""

    RECEIVED = "received", _("来件（未制作副本）")
    SEALED = "sealed", _("A 套 封存保管")
    SERVICE = "service", _("B 套 查阅利用")
    REMOTE = "remote", _("C 套 异地保存")


class CarrierState(models.TextChoices):
    """Where a carrier stands."""

    KEPT = "kept", _("在库")
    LENT = "lent", _("借出")
    FAULTY = "faulty", _("待处理")
    RETIRED = "retired", _("已注销")


class NumberTaken(Invalid):
    """Numbers are unique within an archives."""

    message = N_("载体编号“%(number)s”已经登记，没有另建。请核对编号。")


class CopyOfItself(Invalid):
    """A copy has another carrier as its original."""

    message = N_("载体不能是自身的复制件。")


class Retired(Invalid):
    """A retired carrier is no longer read."""

    message = N_("载体“%(number)s”已注销，不再登记检查。")


class InspectedInFuture(Invalid):
    """An inspection is entered after it took place."""

    message = N_("检查日期 %(day)s 晚于今天，请核对。")


class NothingMeasured(Invalid):
    """Unreadable files without a reading say nothing."""

    message = N_("填写了读不出的文件数，请同时填写读取速度。")
