"""Kinds and refusals of this app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Refusal


class Mode(models.TextChoices):
    """By which way a transfer comes."""

    ONLINE = "online", _("在线移交")
    PACKAGE = "package", _("移交信息包")
    FOLDER = "folder", _("离线载体")


class ItemVerdict(models.TextChoices):
    """What the archives says of one item of a transfer."""

    PENDING = "pending", _("待检测")
    PASSED = "passed", _("合格")
    FAILED = "failed", _("不合格")
    ACCEPTED = "accepted", _("已接收")
    RETURNED = "returned", _("已退回")


class NotAPackage(Refusal):
    """What was sent is of no known layout."""

    message = N_("没有认出移交信息包的格式：%(why)s。没有收录任何内容，请按 DA/T 93 的目录结构重新打包。")


class NothingToTransfer(Refusal):
    """The batch is not sealed, or was transferred before."""

    message = N_("批次“%(title)s”不能移交：%(why)s。")


class CannotAccept(Refusal):
    """A transfer with items that fail a blocking check is returned, not accepted."""

    message = N_("移交批次“%(number)s”有 %(failed)s 件不合格，不能接收。请退回并附不合格清单。")
