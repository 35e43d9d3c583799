"""Kinds of fault, the job, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Refusal

OBJECT = "quality:snapshot"
RULE = "quality"


class Fault(models.TextChoices):
    """What is wrong with a value; the codes are those of the check against the fields of the kind."""

    MISSING = "missing", _("必填未填")
    ILLEGAL = "illegal", _("不在值表")
    UNREADABLE = "unreadable", _("格式不对")
    TOO_LONG = "too_long", _("超长")
    CHECKSUM = "checksum", _("校验位不符")
    IN_FUTURE = "in_future", _("晚于今天")
    DUPLICATE = "duplicate", _("疑似重复")


ILLEGAL = frozenset(
    {
        Fault.ILLEGAL.value,
        Fault.UNREADABLE.value,
        Fault.TOO_LONG.value,
        Fault.CHECKSUM.value,
        Fault.IN_FUTURE.value,
    }
)


class Lacking(models.TextChoices):
    """What an item may lack beside values."""

    CONTENT = "content", _("没有挂接原文")
    TEXT = "text", _("原文没有全文")
    PAGES = "pages", _("数字化页数不足")


@dataclass(frozen=True)
class CountQuality:
    """Look at every description of a fonds."""

    snapshot_id: int


@dataclass(frozen=True, slots=True)
class Weights:
    """How the score is made up, in points that add up to 100, and from where it is good or fair."""

    complete: int
    legal: int
    unique: int
    linked: int
    digitised: int
    fulltext: int
    good_from: int
    fair_from: int
    every_days: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a fonds with the list behind it; ``percent`` is None where there is nothing to divide by.

    What is good is counted, but what is lacking is listed: ``lacking`` names that list, ``lacking_count`` its length.
    """

    label: str
    count: int
    total: int
    percent: float | None
    url: str
    lacking: str = ""
    lacking_count: int | None = None


@dataclass(frozen=True, slots=True)
class FieldLine:
    """How often one fault occurs in one field."""

    fault: str
    label: str
    count: int
    url: str


class CountingAlready(Refusal):
    """A fonds is counted once at a time."""

    message = N_("全宗“%(fonds)s”正在检查，请等它结束。进度在“任务”里。")
