"""What editing speaks of: bulk changes, drafts, values that are refused."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.types import Segments
from lantai.kit.errors import N_, Invalid, Refusal


class BulkState(models.TextChoices):
    """Where a bulk change stands."""

    PREVIEWED = "previewed", _("待确认")
    RUNNING = "running", _("修改中")
    DONE = "done", _("已修改")
    UNDONE = "undone", _("已撤销")


class ValueRefused(Invalid):
    """What was written is no value of the field; the message says which one is."""


class DraftTooLong(Invalid):
    """A draft is what one form holds."""

    message = N_("内容太长，没有暂存。请先保存。")


class ReasonTooShort(Invalid):
    """Who looks at a person's number says why."""

    message = N_("请写明查看的理由，至少 %(least)d 个字。")


class BulkAct(models.TextChoices):
    """What a bulk change does with a field."""

    SET = "set", _("全部改为")
    REPLACE = "replace", _("把其中的文字替换")
    APPEND = "append", _("在后面加上")
    CLEAR = "clear", _("清空")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was not changed, and why."""

    id: int
    reason: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What came of many changes; at most the first thousand skipped rows are named."""

    bulk_id: int
    changed: int
    same: int
    skipped_count: int
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """One change of one field, for all rows chosen."""

    name: str
    act: str
    value: str = ""
    find: str = ""


@dataclass(frozen=True, slots=True)
class BulkSample:
    """One row as a bulk change would leave it."""

    id: int
    reference_code: str
    before: Segments
    after: Segments


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a bulk change would do: rows that change, rows that say so already, rows it cannot touch."""

    changed: int
    same: int
    untouched: int
    sample: tuple[BulkSample, ...]


@dataclass(frozen=True, slots=True)
class ApplyBulk:
    """Run: change the rows of a bulk change as previewed."""

    bulk_id: int


@dataclass(frozen=True, slots=True)
class UndoBulk:
    """Run: take a bulk change back wherever nobody has changed the row since."""

    bulk_id: int


class TooManyChosen(Refusal):
    """What is changed at once must be looked over."""

    message = N_("选中了 %(n)d 条，一次最多 %(most)d 条。请再加条件，分几次修改。")


class NothingChosen(Invalid):
    """No row that may be described was chosen."""

    message = N_("没有选中可以著录的条目。请先勾选，或换一个条件。")


class BulkNotThere(Refusal):
    """A bulk change is applied once and taken back once."""

    message = N_("这次批量修改现在是“%(state)s”，不能这样做。")


class ActUnfit(Invalid):
    """Not every act fits every field."""

    message = N_("“%(label)s”不能这样批量修改：%(why)s")
