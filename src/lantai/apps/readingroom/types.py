"""Kinds and refusals of this app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import Invalid, N_, Refusal


class Relation(models.TextChoices):
    """Whose record the applicant asks for (standards §11.5)."""

    SELF = "self", _("本人")
    KIN = "kin", _("近亲属")
    AGENT = "agent", _("代理人")
    LAWYER = "lawyer", _("律师")
    UNIT = "unit", _("单位经办")


class IdKind(models.TextChoices):
    """Documents that prove identity (standards §11.5)."""

    RESIDENT = "resident", _("居民身份证")
    PASSPORT = "passport", _("护照")
    HKMO = "hkmo", _("港澳居民来往内地通行证")
    TW = "tw", _("台湾居民来往大陆通行证")
    OTHER = "other", _("其他证件")


class Purpose(models.TextChoices):
    """Why archives are used, as the annual statistics count it."""

    PERSONAL = "personal", _("个人取证")
    WORK = "work", _("工作查考")
    RESEARCH = "research", _("学术研究")
    OTHER = "other", _("其他")


class TopicKind(models.TextChoices):
    """The livelihood shortcuts of the portal."""

    MARRIAGE = "marriage", _("婚姻登记")
    ZHIQING = "zhiqing", _("知青")
    DOCUMENT = "document", _("文件资料")
    OTHER = "other", _("其他")


class IdNumberWrong(Invalid):
    """The identity number fails the check digit of GB 11643."""

    message = N_("证件号码不正确，请核对后重填。")


class TooManyRequests(Refusal):
    """The same door was tried too often."""

    status = 429
    message = N_("尝试次数过多，请 %(minutes)s 分钟后再试。")


class NothingFound(Refusal):
    """A certificate needs a record."""

    message = N_("还没有关联档案，不能出具证明。请先检索并关联，或答复“未查到”。")
