"""Kinds and refusals of this app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import Invalid, N_, Refusal


class FondsKind(models.TextChoices):
    """How the records of a fonds came together (GB/T 9705 vocabulary, DA/T 58)."""

    CREATOR = "creator", _("独立全宗")
    COMBINED = "combined", _("联合全宗")
    COLLECTED = "collected", _("汇集全宗")


class ScheduleState(models.TextChoices):
    """Where a retention schedule stands; approval is the archival authority's (Order 8)."""

    DRAFT = "draft", _("草拟")
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


class ScheduleNotDraft(Refusal):
    """An approved schedule is never edited; a new version is drafted."""

    message = N_("保管期限表第 %(version)s 版已批准，不能修改。请起草新的一版。")


class NoRuleInForce(Refusal):
    """No rule set of that name holds on that day."""

    message = N_("“%(slug)s”在 %(on)s 没有有效的规则。请由业务管理员先录入规则。")
