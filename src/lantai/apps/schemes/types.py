"""Kinds, values and refusals of this app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Denied, Invalid, Refusal
from lantai.kit.fourprops.facts import Subject
from lantai.kit.fourprops.scheme import Level
from lantai.kit.fourprops.vocabulary import Stage as KitStage
from lantai.platform.context import Ctx

OBJECT = "schemes:scheme"
MOST_IMPORTED_BYTES = 512 * 1024
# Checks whose worksheets speak of the house: what is entered for one package holds for the next as well.
WEAKNESSES, STOREROOM = "4-8", "4-9"
OF_HOUSE = frozenset({WEAKNESSES, STOREROOM})


class SchemeState(models.TextChoices):
    """Where a version of an archives' own scheme stands."""

    DRAFT = "draft", _("起草中")
    SUBMITTED = "submitted", _("待发布")
    PUBLISHED = "published", _("已发布")
    SUPERSEDED = "superseded", _("已替代")
    DISCARDED = "discarded", _("已放弃")


class Stage(models.TextChoices):
    """Stages for which a version may be put into force (DA/T 70—2018)."""

    FILING = KitStage.FILING.value, _("归档")
    TRANSFER = KitStage.TRANSFER.value, _("移交与接收")
    PRESERVATION = KitStage.PRESERVATION.value, _("长期保存")


LEVEL_LABELS: Mapping[Level, str] = {Level.BLOCK: _("必检"), Level.ADVISE: _("提示"), Level.OFF: _("不检")}
CERTAINTY_LABELS: Mapping[str, str] = {
    "A": _("代码和名称见于多处实现"),
    "B": _("名称见于实现，代码为推断"),
    "C": _("凭记忆，未核对原文"),
    "D": _("本系统自定"),
}

# Words that parameters choose among.
WORD_LABELS: Mapping[str, str] = {
    "warn": _("提示"),
    "fail": _("不通过"),
    "pass": _("不理会"),
    "not_run": _("未检测"),
    "signature": _("电子签名"),
    "seal": _("电子印章"),
    "timestamp": _("时间戳"),
    "item": _("件"),
    "file": _("案卷"),
    "file_item": _("卷内件"),
}


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds for a kind of record at a stage; ``version_id`` is None while it is the shipped edition."""

    stage: str
    edition: str
    since: date | None
    version_id: int | None


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """A scheme with what holds at each stage, its draft, and whether a newer shipped edition waits."""

    slug: str
    title: str
    shipped_edition: str
    in_force: tuple[InForce, ...]
    draft_id: int | None
    draft_state: str
    behind_id: int | None  # version in force that was copied from an older shipped edition


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One difference between two schemes in the reader's language."""

    code: str
    name: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something real on which a draft can be tried."""

    id: str
    label: str


class SubjectSource(Protocol):
    """Where real packages come from; a higher app registers one (`services.register_subjects`)."""

    label: str

    def candidates(self, ctx: Ctx, slug: str) -> Sequence[Candidate]:
        """Newest first, only what the actor may see and what this scheme tests."""

    def subject(self, ctx: Ctx, subject_id: str, slug: str, stage: KitStage) -> Subject:
        """The facts as that stage would test them, those of this scheme only; raises ``Missing``."""


@dataclass(frozen=True, slots=True)
class PreviewScheme:
    """Run: test something real by a draft and by what is in force, and keep both reports."""

    preview_id: int


class UnknownScheme(Invalid):
    """Only schemes of kinds that the product knows are kept."""

    message = N_("没有“%(slug)s”这种检测方案，没有导入。请检查文件中的 slug。")


class DraftExists(Refusal):
    """One draft of a scheme at a time."""

    message = N_("“%(title)s”已有一版在起草或待发布，没有另建。请先办完那一版，或放弃后再起草。")


class NotADraft(Refusal):
    """Only a draft is edited."""

    message = N_("这一版不在起草中，没有改动。要修改，请另起草一版。")


class NothingChanged(Refusal):
    """A version that says the same as what is in force is not worth a number."""

    message = N_("这一版与现行方案没有差异，没有提交。请先修改，或放弃这一版。")


class EditorPublishes(Denied):
    """Publishing needs a second person."""

    message = N_("这一版由您修改，须由另一人发布。")


class BeforeToday(Invalid):
    """What was tested was tested by the scheme of its day."""

    message = N_("施行日期 %(day)s 早于今天。此前的检测已按当时的方案完成，请从今天或以后开始。")


class AnotherIsComing(Invalid):
    """Versions follow one another in time."""

    message = N_("“%(stage)s”环节已定于 %(day)s 起施行另一版。请选那一天以后的日期，或先停用那一版。")


class NoStages(Invalid):
    """A version holds somewhere."""

    message = N_("请至少选择一个施行的环节。")


class FileUnreadable(Invalid):
    """The uploaded file is no scheme."""

    message = N_("“%(name)s”无法作为检测方案读取，没有导入：%(reason)s")


class FileTooLarge(Invalid):
    """Schemes are small."""

    message = N_("“%(name)s”超过 %(most)d KB，不像检测方案，没有导入。")


class NotBehind(Refusal):
    """There is no newer shipped edition to follow."""

    message = N_("这一版已经以最新的出厂方案为底本，没有需要合并的内容。")


class PreviewNotReady(Refusal):
    """A preview is read when its run has ended."""

    message = N_("试检还没有完成，请稍后再看。")
