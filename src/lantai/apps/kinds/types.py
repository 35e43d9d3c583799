"""Kinds, values and refusals of this app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Denied, Invalid, Refusal
from lantai.kit.metadata.fields import (
    FieldType,
    KindField,
    KindScheme,
    Problem,
    Value,
    ValueUnreadable,
    parse,
    problems,
    shown,
)
from lantai.kit.metadata.kinds import KindMalformed
from lantai.kit.metadata.reading import is_masked, masked_number

__all__ = [
    "FIELD_TYPE_LABELS",
    "OBJECT",
    "DraftExists",
    "EditorPublishes",
    "FieldHasValues",
    "FieldNameTaken",
    "FieldType",
    "FieldUnknown",
    "KindField",
    "KindMalformed",
    "KindScheme",
    "NotADraft",
    "NothingChanged",
    "Problem",
    "TypeHasValues",
    "Value",
    "ValueUnreadable",
    "VersionState",
    "is_masked",
    "masked_number",
    "parse",
    "problems",
    "shown",
]

OBJECT = "kinds:version"


class VersionState(models.TextChoices):
    """Where a version of a kind stands."""

    DRAFT = "draft", _("起草中")
    SUBMITTED = "submitted", _("待发布")
    PUBLISHED = "published", _("已发布")
    SUPERSEDED = "superseded", _("已替代")
    DISCARDED = "discarded", _("已放弃")


FIELD_TYPE_LABELS: Mapping[FieldType, str] = {
    FieldType.TEXT: _("文字（一行）"),
    FieldType.LONG_TEXT: _("文字（多行）"),
    FieldType.NUMBER: _("数字"),
    FieldType.DATE: _("日期"),
    FieldType.CHOICE: _("从列表选一项"),
    FieldType.PERSON: _("人名"),
    FieldType.IDENTITY_NUMBER: _("证件号（加密保存）"),
    FieldType.PHONE: _("电话"),
    FieldType.PLACE: _("地名"),
    FieldType.YES_NO: _("是或否"),
    FieldType.VOCABULARY: _("词表"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """A kind with what holds for an archives."""

    kind_id: int
    slug: str
    name: str
    category_code: str
    is_personal: bool
    is_designed: bool
    field_count: int
    version: int
    version_id: int
    is_own_version: bool
    draft_id: int | None
    draft_state: str


class DraftExists(Refusal):
    """One draft of a kind at a time."""

    message = N_("“%(name)s”已有一版在起草或待发布，没有另建。请先办完那一版，或放弃后再起草。")


class NotADraft(Refusal):
    """Only a draft is edited."""

    message = N_("这一版不在起草中，没有改动。要修改，请另起草一版。")


class NothingChanged(Refusal):
    """A version that says the same as what is in force is not worth a number."""

    message = N_("这一版与现行版没有差异，没有提交。请先修改，或放弃这一版。")


class EditorPublishes(Denied):
    """Publishing needs a second person."""

    message = N_("这一版由您修改，须由另一人发布。")


class FieldNameTaken(Invalid):
    """Fields of a kind are told apart by their name."""

    message = N_("字段代码“%(name)s”已用于“%(label)s”，请换一个代码。")


class FieldUnknown(Invalid):
    """There is no such field in this version."""

    message = N_("这一版没有字段“%(name)s”。")


class FieldHasValues(Refusal):
    """What was written must remain readable."""

    message = N_("已有 %(n)d 条著录填写了“%(label)s”，不能删除。可以把它停用：不再填写，已有的值照常显示。")


class TypeHasValues(Refusal):
    """Values that were written as one thing can't become another by themselves."""

    message = N_("已有 %(n)d 条著录填写了“%(label)s”，不能改它的类型。请停用它，另加一个字段。")
