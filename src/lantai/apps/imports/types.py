"""Kinds, rows and refusals of importing and exporting."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid, Refusal

BATCH = "imports:batch"


class BatchState(models.TextChoices):
    """Where a batch stands."""

    RECEIVED = "received", _("读取表头")
    MAPPING = "mapping", _("待对应栏目")
    CHECKING = "checking", _("检查中")
    FAULTY = "faulty", _("有错误")
    READY = "ready", _("可以导入")
    ENTERING = "entering", _("导入中")
    ENTERED = "entered", _("已导入")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")
    CANCELLED = "cancelled", _("已放弃")


GOING = frozenset({BatchState.RECEIVED, BatchState.CHECKING, BatchState.ENTERING, BatchState.UNDOING})


class Standing(models.TextChoices):
    """What importing a row will do."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("更新")
    SAME = "same", _("没有变化")


class Severity(models.TextChoices):
    """Whether a problem keeps the batch out."""

    ERROR = "error", _("错误")
    WARNING = "warning", _("提醒")


class RowLevel(models.TextChoices):
    """What the rows of a file are where they do not say so themselves."""

    ITEM = "item", _("件（文件级）")
    FILE = "file", _("案卷")


@dataclass(frozen=True, slots=True)
class SurveyBatch:
    """Read the headings of a file."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class CheckBatch:
    """Try an import without entering anything."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class EnterBatch:
    """Enter a batch that was checked."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class UndoBatch:
    """Take a batch back."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class Target:
    """What a column can be mapped to."""

    identifier: str
    label: str
    is_own: bool = False


class FileTooLarge(Invalid):
    """More than is read at once."""

    message = N_("文件“%(name)s”超过 %(most)d MB，没有接收。请分成几个文件。")


class ColumnTwice(Invalid):
    """Two columns of one sheet were given the same meaning."""

    message = N_("“%(first)s”和“%(second)s”都对应到了“%(target)s”。一个著录项只能对应一列。")


class CodeColumnMissing(Invalid):
    """Without reference codes nothing can be told apart, without titles nothing is described."""

    message = N_("没有一列对应到“%(target)s”。请选择哪一列是“%(target)s”。")


class NothingToEnter(Refusal):
    """The catalogue says already what the file says."""

    message = N_("文件里的每一条都和目录一致，没有需要导入的。")


class NotYet(Refusal):
    """The batch is at another step."""

    message = N_("批次“%(title)s”现在是“%(state)s”，不能做这一步。请刷新页面看最新情况。")


class FormatUnknown(Invalid):
    """Not one of the formats of export."""

    message = N_("不能导出为“%(format)s”。可选：%(known)s。")


class TooMuchToExport(Refusal):
    """A search finds more than is handed out at once."""

    message = N_("结果超过 %(most)d 条，没有导出。请先增加筛选条件，或从目录列表按全宗导出。")
