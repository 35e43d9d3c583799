"""Kinds and refusals of this app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings.types import Classification, Openness
from lantai.kit.errors import N_, Invalid, Refusal


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDescription:
    """An item as it is registered with its sealed content.

    ``item_key`` is the item's key in the package; ``kind_id`` a record kind; ``retention`` a code (Y, D30).
    ``file_title`` names the 案卷 to make where the reference code carries a file number that is not
    described yet. ``metadata`` holds the remaining elements by identifier.
    """

    item_key: str
    reference_code: str
    title: str
    kind_id: int
    creator_id: int | None = None
    author: str = ""
    document_number: str = ""
    dated_on: date | None = None
    year: int | None = None
    retention: str = ""
    class_code: str = ""
    classification: str = Classification.PUBLIC
    openness: str = Openness.UNREVIEWED
    persons: tuple[str, ...] = ()
    page_count: int | None = None
    note: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    file_title: str = ""
