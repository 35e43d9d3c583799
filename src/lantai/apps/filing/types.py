"""Kinds and refusals of this app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import Invalid, N_, Refusal


class Source(models.TextChoices):
    """How a document came to the agency's desk."""

    OA = "oa", _("办公系统推送")
    UPLOAD = "upload", _("网页上传")


class KeyUsedForOther(Refusal):
    """The idempotency key came before with other content."""

    message = N_("流水号“%(key)s”已用于另一份文件“%(title)s”，本次内容与之不同，没有收录。请换用新的流水号。")


class DigestNotAsSaid(Invalid):
    """A file's bytes do not have the digest that was sent with it."""

    message = N_("文件“%(name)s”的 %(algorithm)s 摘要与申报的不一致，本次提交没有收录任何内容。请重新发送。")


class NotArranged(Refusal):
    """A document can't be numbered before class, year and retention are known."""

    message = N_("“%(title)s”还缺%(missing)s，不能编号。请先补齐。")


class NothingArranged(Refusal):
    """There is nothing to put into the batch."""

    message = N_("没有已整理、未组批的文件。请先完成整理。")


class TestNotPassed(Refusal):
    """Only what has passed the filing-stage test is sealed (DA/T 70-2018)."""

    message = N_("批次“%(title)s”的归档检测未通过，有 %(failed)s 件不合格。请按检测报告改正后重新检测。")
