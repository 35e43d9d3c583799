"""Words, jobs and refusals of disposal: what is over its retention is appraised, approved twice, supervised."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid, Refusal

OBJECT, HOLD = "disposal:list", "disposal:hold"
FEWEST_OPINIONS = 2
SUPERVISORS = 2
APPRAISE = N_("销毁清册“%(number)s”（%(title)s）待鉴定，请鉴定小组成员逐件核对并发表意见。")
WATCH = N_("您被指定为销毁清册“%(number)s”的监销人，请到场监督，执行完毕后在清册页面确认监销。")
MOST_LINES = 100_000


class ListState(models.TextChoices):
    """How far a destruction list is."""

    DRAFTING = "drafting", _("起草")
    APPRAISING = "appraising", _("鉴定中")
    APPRAISED = "appraised", _("待审批")
    APPROVED_ONCE = "approved_once", _("待复审")
    APPROVED = "approved", _("已批准")
    DESTROYING = "destroying", _("销毁中")
    DESTROYED = "destroyed", _("已销毁")
    WITHDRAWN = "withdrawn", _("已撤回")


class Verdict(models.TextChoices):
    """What becomes of one line."""

    DESTROY = "destroy", _("销毁")
    KEEP = "keep", _("续存")


class HoldScope(models.TextChoices):
    """How much a legal hold covers."""

    FONDS = "fonds", _("全宗")
    PACKAGE = "package", _("信息包")
    ITEM = "item", _("件")


@dataclass(frozen=True, slots=True)
class DestroyList:
    """Job: destroy the content of an approved list, package after package."""

    list_id: int


class NothingDue(Refusal):
    """No item's retention is over."""

    message = N_("没有保管期限届满、可以列入清册的档案。")


class NotDue(Refusal):
    """An item whose retention is not over, that is permanent, or that stands on another list."""

    message = N_("“%(title)s”保管期限未满、为永久保管，或已在其他清册中，不能列入。")


class LegalHoldActive(Refusal):
    """What is under a legal hold is not destroyed."""

    message = N_(
        "%(count)d 件档案处于法律保全中（例如“%(title)s”，原因：%(why)s），不能销毁。请先解除保全或改为续存。"
    )


class TooFewOpinions(Refusal):
    """The appraisal group has not spoken."""

    message = N_("鉴定小组至少 %(fewest)d 名成员发表意见后才能结束鉴定，现有 %(have)d 名。")


class NothingToDestroy(Refusal):
    """All lines are kept."""

    message = N_("清册中没有要销毁的档案。")


class OpinionGiven(Refusal):
    """Each member speaks once."""

    message = N_("您已对这份清册发表过意见。")


class SupervisorsWrong(Invalid):
    """Two people who had no part in the list."""

    message = N_("监销人须为两名不同的人员，且不得是清册的提出人、审批人或执行人。")


class HoldNeedsTarget(Invalid):
    """A hold names exactly one thing."""

    message = N_("请指定被保全的全宗、信息包或件。")


class HoldEnded(Refusal):
    """It was lifted before."""

    message = N_("这项保全已经解除。")


class NotConcludedYet(Refusal):
    """The group may still change the list."""

    message = N_("清册还在鉴定中，结束鉴定、报请审批后才能打印。")


class UnderWay(Refusal):
    """A run of the destruction goes on."""

    message = N_("这份清册的销毁正在进行，不必重复开始。")


class NotDestroyedYet(Refusal):
    """The certificate speaks of what was done."""

    message = N_("清册尚未执行完毕，还没有销毁证明。")
