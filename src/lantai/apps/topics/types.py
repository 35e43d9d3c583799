"""Kinds, refusals and job of topic databases."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Invalid

OBJECT = "topics:topic"
FACET_MARK = "专题·"  # before a title in the facet, so that it is told from a subject heading
FACET_KEY = (
    f"{FACET_MARK}\u2063"  # before the number of a topic that not everybody who finds its records may know
)


class TopicKind(models.TextChoices):
    """What a topic database is of."""

    LIVELIHOOD = "livelihood", _("民生专题")
    RED = "red", _("红色专题")
    ACTIVITY = "activity", _("重大活动")
    INCIDENT = "incident", _("重大事件")
    PERSON = "person", _("人物专题")
    PLACE = "place", _("地方专题")
    OTHER = "other", _("其他专题")


class Share(models.TextChoices):
    """Who may open the topic; of its records everybody sees only what they may see anyway."""

    OWN = "own", _("本馆")
    REGION = "region", _("本地区各馆")
    PUBLIC = "public", _("社会公众")


class Standing(models.TextChoices):
    """How a record came to be in a topic, or out of it."""

    RULE = "rule", _("按规则")
    PICKED = "picked", _("人工挑选")
    EXCLUDED = "excluded", _("人工排除")


class OwnFieldKind(models.TextChoices):
    """What an own field holds."""

    TEXT = "text", _("文字")
    NUMBER = "number", _("数字")
    DATE = "date", _("日期")


@dataclass(frozen=True)
class RefreshTopic:
    """Walk through all that a topic's rule finds."""

    topic_id: int
    round: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the front page: a value, how many records have it, and where they are listed."""

    label: str
    count: int
    url: str
    width: int


class TitleTaken(Invalid):
    """An archives has one topic of a title."""

    message = N_("本馆已有专题“%(title)s”，请换一个名称。")


class RuleEmpty(Invalid):
    """An address that says nothing would gather everything."""

    message = N_("这个地址里没有检索条件，规则没有改动。请直接写检索词，或在“检索”中选好条件再复制地址。")


class RuleOfTopics(Invalid):
    """A rule that asks for topics would change what it asks for."""

    message = N_("规则不能以专题库为条件，否则成员会没完没了地变化。请改用题名、主题词等条件。")


class NothingPicked(Invalid):
    """None of the codes is known."""

    message = N_("没有找到这些档号的档案，或者您没有查看的权限：%(codes)s")


class FieldTaken(Invalid):
    """Own fields are told apart by their labels."""

    message = N_("专题已有字段“%(label)s”。")


class ValueWrong(Invalid):
    """An own field holds what its kind says."""

    message = N_("“%(label)s”应填%(kind)s：“%(text)s”。")
