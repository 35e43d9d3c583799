"""Words, jobs and refusals of format migration."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.apps.custody.types import ContentRole
from lantai.kit.errors import N_, Denied, Invalid, Refusal

OBJECT, FORMAT = "migration:plan", "migration:format"
ROLE = ContentRole.MIGRATED.value
MOST_FILES = 500_000
MOST_SAMPLES = 20


class PlanState(models.TextChoices):
    """How far a plan is."""

    DRAFT = "draft", _("起草")
    PREVIEWING = "previewing", _("试转中")
    PREVIEWED = "previewed", _("待审批")
    APPROVED = "approved", _("已批准")
    RUNNING = "running", _("转换中")
    DONE = "done", _("已完成")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")
    WITHDRAWN = "withdrawn", _("已撤回")


class ItemState(models.TextChoices):
    """What became of one file of a plan."""

    WAITING = "waiting", _("等待")
    MADE = "made", _("已转换，待入包")
    ADDED = "added", _("已入包")
    FAILED = "failed", _("未转换")
    UNDONE = "undone", _("已撤下")


class RiskLevel(models.TextChoices):
    """How likely a format is to become unreadable (``kit.formats.risk``)."""

    LOW = "low", _("低")
    MEDIUM = "medium", _("中")
    HIGH = "high", _("高")
    SEVERE = "severe", _("很高")
    UNKNOWN = "unknown", _("未知")


@dataclass(frozen=True, slots=True)
class CountFormats:
    """Run: count what formats an organisation keeps."""

    org_id: int


@dataclass(frozen=True, slots=True)
class PreviewPlan:
    """Run: convert a few files of a plan."""

    plan_id: int


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Run: convert all files of an approved plan, package after package."""

    plan_id: int


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """Run: take what a plan has added out of the newest versions again."""

    plan_id: int


@dataclass(frozen=True, slots=True)
class Converted:
    """What a converter has left in its folder: names of files in order, what they lack, and the proof."""

    names: tuple[str, ...]
    lost: tuple[str, ...] = ()
    proof: dict[str, Any] = field(default_factory=dict)


class Converter(Protocol):
    """A way to make files of some formats anew; one class, one registration.

    ``losses`` are the codes of what the target never carries (``kit.formats.losses``). ``is_lossless`` promises that
    the proof compares content, not measures.
    """

    slug: str
    label: str
    sources: frozenset[str]
    is_lossless: bool
    losses: tuple[str, ...]

    def trouble(self) -> str:
        """Why it cannot work on this machine; empty when it can."""

    def convert(self, path: Path, puid: str, out: Path) -> Converted:
        """Make files in the empty folder ``out``; raises ``Refusal`` for a file that cannot be converted."""


class NothingToMigrate(Refusal):
    """No file of that format is left."""

    message = N_("所选范围内没有这种格式、且尚未迁移的文件。")


class ConverterUnfit(Invalid):
    """The converter does not read that format."""

    message = N_("转换方式“%(label)s”不能读 %(puid)s。请选择列出的转换方式。")


class ConverterAway(Refusal):
    """What the converter needs is not on this machine."""

    message = N_("这台服务器现在不能使用“%(label)s”：%(reason)s")


class DrafterApproves(Denied):
    """Somebody else approves."""

    message = N_("迁移方案由您提出，须由另一人审批。")


class UndoTooLate(Refusal):
    """The time for undoing is over."""

    message = N_("撤销期限已过（%(until)s）。如确需撤下，请另拟方案。")


class NothingFailed(Refusal):
    """There is nothing to try again."""

    message = N_("没有未转换的文件。")


class OriginalDamaged(Refusal):
    """The original is not what was sealed."""

    message = N_("原件校验未通过，没有转换；请先修复原件。")


class OriginalGone(Refusal):
    """The file is no longer in its package."""

    message = N_("原件已不在信息包中（可能已销毁），没有转换。")


class MadeUnreadable(Refusal):
    """What was made does not open."""

    message = N_("转换得到的文件打不开或格式不对（%(puid)s），没有采用；请人工处理。")


class NothingPreviewed(Refusal):
    """No sample could be converted."""

    message = N_("抽样文件全部没有转换成功，方案不能提交审批。请看各文件的原因。")
