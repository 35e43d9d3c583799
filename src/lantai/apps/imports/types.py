"""Kinds, rows and refusals of importing and exporting."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid, Refusal

BATCH, ATTACHMENT = "imports:batch", "imports:attachment"
LONGEST_PATH = 1_024  # of a file within an upload


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


class AttachmentState(models.TextChoices):
    """Where an upload of files for records stands."""

    OPEN = "open", _("待上传")
    READING = "reading", _("检查中")
    REFUSED = "refused", _("不能读取")
    TESTED = "tested", _("待挂接")
    SEALING = "sealing", _("封存中")
    SEALED = "sealed", _("已挂接")
    CANCELLED = "cancelled", _("已放弃")


class Verdict(models.TextChoices):
    """What was found of a file; only those that match go in, and have gone in then."""

    WAITING = "waiting", _("待检查")
    MATCHED = "matched", _("可挂接")
    ATTACHED = "attached", _("已挂接")
    NO_RECORD = "no_record", _("没有这个档号的条目")
    BROKEN = "broken", _("打不开或不完整")
    UNFIT = "unfit", _("不是图像、PDF 或 OFD")
    INFECTED = "infected", _("有病毒")
    DOUBLE = "double", _("内容重复")
    CONFLICT = "conflict", _("同一序号有几个文件")
    HELD_BACK = "held_back", _("同一件有文件有问题")
    TAKEN = "taken", _("条目已有原文")
    SAME = "same", _("已经挂接过")


STOPPING = (Verdict.BROKEN, Verdict.UNFIT, Verdict.INFECTED, Verdict.CONFLICT)  # hold their whole item back


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
class ReadAttachment:
    """Unpack, match and open the files of an upload."""

    attachment_id: int


@dataclass(frozen=True, slots=True)
class SealAttachment:
    """Seal the files that match, and give the records their content."""

    attachment_id: int


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


class NothingUploaded(Invalid):
    """No file came."""

    message = N_("没有收到文件。请选择压缩包，或一个文件夹里的文件。")


class TooManyFiles(Invalid):
    """More than one batch may have."""

    message = N_("一批最多 %(most)d 个文件，这次有 %(count)d 个。请分批上传。")


class NameUnsafe(Invalid):
    """A name by which a file could harm or deceive."""

    message = N_("文件名“%(name)s”%(why)s，整批没有接收。请改名后重新上传。")


class PathTwice(Invalid):
    """Two files of one upload have one name."""

    message = N_("有两个文件都叫“%(name)s”，整批没有接收。请改名后重新上传。")


class NothingToAttach(Refusal):
    """No file can go in."""

    message = N_("没有可挂接的文件。请按清单改正文件名或文件，再上传一批。")


class RecordsChanged(Refusal):
    """What was found has meanwhile another content, or is gone."""

    message = N_(
        "有 %(count)d 个条目在检查之后已有原文、改了档号或不在了（例如“%(code)s”），没有挂接。请重新检查。"
    )


class LevelUnknown(Invalid):
    """Not one of the levels that a sheet's rows can have."""

    message = N_("不能按“%(level)s”导入。可选：%(known)s。")
