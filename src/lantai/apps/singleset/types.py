"""Kinds, values and refusals of this app (DA/T 92-2022; the criteria themselves are a rule set)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid, Refusal

OBJECT = "singleset:assessment"
RULE = "single-set"


class AssessmentState(models.TextChoices):
    """Where an assessment stands."""

    DRAFT = "draft", _("自评中")
    SUBMITTED = "submitted", _("待审核")
    REVIEWED = "reviewed", _("待批准")
    APPROVED = "approved", _("已批准")
    SUSPENDED = "suspended", _("已暂停")
    ENDED = "ended", _("已终止")


class Level(models.TextChoices):
    """How far a criterion is met."""

    MET = "met", _("符合")
    PARTLY = "partly", _("部分符合")
    UNMET = "unmet", _("不符合")


SHARE = {Level.MET: 1.0, Level.PARTLY: 0.5, Level.UNMET: 0.0}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the assessment; ``weight`` is its share of the score."""

    code: str
    dimension: str
    text: str
    weight: int
    is_required: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rule set says: criteria, the score that is enough, and the stricter checks."""

    version: int
    citation: str
    is_confirmed: bool
    criteria: tuple[Criterion, ...]
    enough_percent: int
    recheck_days: int
    remind_days: int
    stricter: Mapping[str, str]  # code of a check → level


@dataclass(frozen=True, slots=True)
class Score:
    """Percent of the weights; ``lacking`` are the required criteria that are not met."""

    percent: float | None
    answered: int
    total: int
    lacking: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A dimension of the assessment as one side fills it in; ``done`` counts the criteria that have a level."""

    dimension: str
    criteria: tuple[Criterion, ...]
    done: int

    @property
    def is_complete(self) -> bool:
        """Whether every criterion of it has its level."""
        return self.done == len(self.criteria)

    @property
    def label(self) -> str:
        """Name and progress."""
        return f"{self.dimension} {self.done}/{len(self.criteria)}"


class AlreadyUnderWay(Refusal):
    """One round at a time."""

    message = N_("本单位已有一次评估在进行中，没有另建。请先办完那一次，或放弃后再开始。")


class NotInDraft(Refusal):
    """Only a self-assessment in progress is filled in."""

    message = N_("这次评估已经报送，不能再改。请等待审核，或由审核单位退回后修改。")


class NotUnderReview(Refusal):
    """Opinions are given while the assessment is being reviewed."""

    message = N_("这次评估不在审核中，没有记录审核意见。")


class CriteriaOpen(Refusal):
    """Every criterion has its answer before the assessment moves on."""

    message = N_("还有 %(open)d 条没有填写，填完后再报送。第一条是：%(first)s。")


class OpinionsOpen(Refusal):
    """Every criterion has the reviewer's opinion before it goes to approval."""

    message = N_("还有 %(open)d 条没有审核意见，填完后再提交批准。第一条是：%(first)s。")


class NotReady(Refusal):
    """Approval is refused while the reviewed assessment is not good enough."""

    message = N_(
        "审核得分 %(percent)s，未达到 %(enough)d%%，或必备条件“%(lacking)s”不符合，不能批准。请退回整改。"
    )


class NoKinds(Invalid):
    """An approval without kinds of records would say nothing."""

    message = N_("请至少选择一类实行单套管理的电子档案。")


class UnknownCriterion(Invalid):
    """The answer names no criterion of this assessment."""

    message = N_("评估标准中没有“%(code)s”这一条。")


class NotAfterToday(Invalid):
    """Approval begins today or later: what was filed before was filed in two sets."""

    message = N_("单套管理的起始日期 %(day)s 早于今天。此前的文件已按双套归档，请从今天或以后开始。")


class EvidenceTooLarge(Invalid):
    """Evidence is papers, not holdings."""

    message = N_("“%(name)s”超过 %(most)d MB，没有收录。请压缩或拆分后再上传。")


class EvidenceNotTaken(Invalid):
    """Evidence is shown to reviewers in the browser."""

    message = N_("“%(name)s”不是 PDF、OFD、图片、Word、Excel 或文本文件，没有收录。")
