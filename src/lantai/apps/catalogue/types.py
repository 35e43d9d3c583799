"""Kinds and refusals of this app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import Invalid, N_, Refusal


class Level(models.TextChoices):
    """著录层级 (DA/T 18-2022)."""

    FONDS = "fonds", _("全宗")
    FILE = "file", _("案卷")
    ITEM = "item", _("件")


class ReferenceCodeTaken(Invalid):
    """Another row of the fonds has that reference code."""

    message = N_("档号“%(code)s”已经用于“%(title)s”，不能重复。")


class EditedMeanwhile(Refusal):
    """Somebody else saved the row since it was opened."""

    message = N_("这条著录在您打开之后由别人改过，您的修改没有保存。请对照最新内容再改。")
