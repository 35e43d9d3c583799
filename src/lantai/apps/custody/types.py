"""Kinds and refusals of this app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Refusal


class FileRole(models.TextChoices):
    """What a file is within its item (稿本, DA/T 46)."""

    MAIN = "main", _("正文")
    ATTACHMENT = "attachment", _("附件")
    HANDLING = "handling", _("处理单")
    METADATA = "metadata", _("元数据")
    OTHER = "other", _("其他")


class FileState(models.TextChoices):
    """What opening a file has shown (``kit.formats``)."""

    OK = "ok", _("可读")
    EMPTY = "empty", _("空文件")
    TRUNCATED = "truncated", _("不完整")
    ENCRYPTED = "encrypted", _("已加密")
    BROKEN = "broken", _("已损坏")
    UNSUPPORTED = "unsupported", _("不支持的格式")
    ACTIVE = "active", _("含活动内容")


class FaultKind(models.TextChoices):
    """How a copy differs from what was sealed."""

    MISSING = "missing", _("文件不见")
    CHANGED = "changed", _("内容改变")
    UNREADABLE = "unreadable", _("无法读取")


class Stage(models.TextChoices):
    """Stages of the four-property test (DA/T 70-2018)."""

    FILING = "filing", _("归档")
    TRANSFER = "transfer", _("移交与接收")
    PRESERVATION = "preservation", _("长期保存")


class Conclusion(models.TextChoices):
    """What a four-property test came to."""

    PASSED = "passed", _("通过")
    FAILED = "failed", _("未通过")
    NEEDS_PERSON = "needs_person", _("待人工检测")


class NothingToSeal(Refusal):
    """A package without files says nothing."""

    message = N_("没有可封存的文件。")
