"""Kinds and refusals of this app."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Denied, Invalid, Refusal


class FondsKind(models.TextChoices):
    """How the records of a fonds came together (GB/T 9705 vocabulary, DA/T 58)."""

    CREATOR = "creator", _("独立全宗")
    COMBINED = "combined", _("联合全宗")
    COLLECTED = "collected", _("汇集全宗")
    GROUP = "group", _("全宗群")


class ScheduleState(models.TextChoices):
    """Where a retention schedule stands; approval is the archival authority's (Order 8)."""

    DRAFT = "draft", _("草拟")
    SUBMITTED = "submitted", _("待审批")
    APPROVED = "approved", _("已批准")
    SUPERSEDED = "superseded", _("已被替代")


class Classification(models.TextChoices):
    """密级, with the values of DA/T 46 for records that carry none."""

    PUBLIC = "public", _("公开")
    INTERNAL = "internal", _("内部")
    SECRET = "secret", _("秘密")


class Openness(models.TextChoices):
    """开放标识: what the opening review has said of a record."""

    UNREVIEWED = "unreviewed", _("未审核")
    OPEN = "open", _("开放")
    DELAYED = "delayed", _("延期开放")
    CONTROLLED = "controlled", _("控制使用")


class FondsCodeTaken(Invalid):
    """The archives uses that fonds number already."""

    message = N_("全宗号“%(code)s”已由“%(name)s”使用，请换一个全宗号。")


class KindTaken(Invalid):
    """Kinds are told apart by their code."""

    message = N_("代码“%(slug)s”已用于“%(name)s”，请换一个代码。")


class ScheduleNotDraft(Refusal):
    """An approved schedule is never edited; a new version is drafted."""

    message = N_("保管期限表第 %(version)s 版已批准，不能修改。请起草新的一版。")


class NoRuleInForce(Refusal):
    """No rule set of that name holds on that day."""

    message = N_("“%(slug)s”在 %(on)s 没有有效的规则。请由业务管理员先录入规则。")


class CreatorNotServed(Invalid):
    """The creator transfers to another archives."""

    message = N_("“%(creator)s”的档案由“%(archives)s”接收，不能在本馆为它设立全宗。")


class YearsNotInOrder(Invalid):
    """A fonds cannot end before it starts."""

    message = N_("终止年度 %(ended)s 早于起始年度 %(started)s，请核对。")


class ClassCodeTaken(Invalid):
    """The scheme has a class with that code."""

    message = N_("类目代码“%(code)s”已用于“%(name)s”，请换一个代码。")


class ScheduleWithoutLines(Invalid):
    """A schedule that says nothing can't be submitted."""

    message = N_("保管期限表还没有条款，请至少写一条。")


class LineNumberTaken(Invalid):
    """Two lines of a schedule have the same number."""

    message = N_("序号“%(number)s”出现了两次，每条的序号须不同。")


class DrafterApproves(Denied):
    """Approval needs a second person."""

    message = N_("这一版保管期限表由您起草，须由另一人批准。")


class RuleNotLater(Invalid):
    """A new version begins after the one it replaces."""

    message = N_("新版规则须从 %(after)s 之后施行，因为现行版从那天起施行。")


class RuleBodyUnlike(Invalid):
    """The values do not have the shape that the rule's readers rely on."""

    message = N_("规则内容的“%(key)s”缺失、多余或类型与现行版不同。请照现行版的格式填写。")


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One line of a schedule as it is handed in; ``retention`` is a code (D30) or a label (30年)."""

    number: str
    scope: str
    retention: str
