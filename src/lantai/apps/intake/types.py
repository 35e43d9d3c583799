"""Kinds and refusals of this app."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid, Refusal

OBJECT = "intake:submission"
CLOCK = "decide"
DECIDE_WORKING_DAYS = 10  # where the rule set says nothing


class Mode(models.TextChoices):
    """By which way a transfer comes."""

    ONLINE = "online", _("在线移交")
    PACKAGE = "package", _("移交信息包")
    FOLDER = "folder", _("离线载体")


class SubmissionState(models.TextChoices):
    """Where a transfer stands."""

    SUBMITTED = "submitted", _("已提交")
    CHECKING = "checking", _("检测中")
    PASSED = "passed", _("检测合格")
    FAILED = "failed", _("检测不合格")
    ACCEPTING = "accepting", _("接收中")
    ACCEPTED = "accepted", _("已接收")
    RETURNED = "returned", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")


ENDED_WITHOUT = (SubmissionState.RETURNED, SubmissionState.WITHDRAWN)


class ItemVerdict(models.TextChoices):
    """What the archives says of one item of a transfer."""

    PENDING = "pending", _("待检测")
    PASSED = "passed", _("合格")
    FAILED = "failed", _("不合格")
    ACCEPTED = "accepted", _("已接收")
    RETURNED = "returned", _("已退回")


class NothingToTransfer(Refusal):
    """The batch is not sealed, or was transferred before."""

    message = N_("信息包“%(title)s”不能移交：%(why)s。")


class CannotAccept(Refusal):
    """A transfer with items that fail a blocking check is returned, not accepted."""

    message = N_("移交批次“%(number)s”检测不合格（不合格 %(failed)d 件），不能接收。请退回并附不合格清单。")


class NoFonds(Invalid):
    """Without a fonds at an archives there is nowhere to transfer to."""

    message = N_("“%(agency)s”还没有在档案馆设立全宗，不能移交。请与档案馆联系设立全宗。")


class NotReplaceable(Invalid):
    """Only what was returned or withdrawn is replaced by a new transfer."""

    message = N_("只有本单位已退回或已撤回的移交批次才能由新的批次替代。")


class NoSuchFolder(Invalid):
    """The path of an offline carrier leads to no folder."""

    message = N_("“%(name)s”不是文件夹，没有收录任何内容。请给出载体的根目录。")


class NothingUploaded(Invalid):
    """The form came without a file."""

    message = N_("没有收到文件。请选择移交信息包（zip、tar 或 tar.gz）后再提交。")


class NoReceiptYet(Refusal):
    """The receipt is made when the acceptance stands in the log."""

    message = N_("回执还没有生成：移交批次“%(number)s”尚未完成接收。请稍后再来下载。")


class NotYetSequenced(Refusal):
    """The log is busy; the run is repeated later."""

    message = N_("接收已完成，但存证日志暂时没有编入这条记录，回执尚未生成。请稍后重新运行本任务。")


@dataclass(frozen=True, slots=True)
class CheckSubmission:
    """Run: unpack, read, open every file and test a transfer."""

    submission_id: int


@dataclass(frozen=True, slots=True)
class AcceptSubmission:
    """Run: take a transfer into custody, with register and receipt."""

    submission_id: int


@dataclass(frozen=True, slots=True)
class PropertyBar:
    """One of the four properties with how its checks came out."""

    label: str
    passed: int
    warned: int
    failed: int
    open: int

    @property
    def total(self) -> int:
        """All checks that apply."""
        return self.passed + self.warned + self.failed + self.open
