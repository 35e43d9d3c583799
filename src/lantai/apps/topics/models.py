"""Topic databases, their sections and own fields, and which records are in them."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.topics.types import OwnFieldKind, Share, Standing, TopicKind


class Topic(models.Model):
    """A topic database (专题库) of an archives. ``rule`` is a search as it stands in an address."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("建立单位"))
    title = models.CharField(_("专题名称"), max_length=120)
    kind = models.CharField(_("专题类型"), max_length=12, choices=TopicKind)
    share = models.CharField(_("共享范围"), max_length=8, choices=Share, default=Share.OWN)
    introduction = models.TextField(_("专题介绍"), blank=True)
    cover = models.ForeignKey(
        "catalogue.Description",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("封面档案"),
    )
    rule = models.TextField(_("收录规则"), blank=True)
    round = models.PositiveIntegerField(default=0, editable=False)
    refreshed_at = models.DateTimeField(_("规则最近全部执行"), null=True, blank=True)
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("专题库")
        ordering = ("title", "id")
        constraints = (models.UniqueConstraint(fields=("org", "title"), name="topics_title_once"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.org.natural_key(), self.title)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The front page of this topic."""
        return reverse("topics:topic", args=[self.pk])


class Section(models.Model):
    """A part of the front page with its own records."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="sections")
    title = models.CharField(_("栏目名称"), max_length=120)
    text = models.TextField(_("栏目说明"), blank=True)
    position = models.PositiveIntegerField(_("次序"), default=1)

    class Meta:
        verbose_name = _("栏目")
        ordering = ("position", "id")

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.topic.natural_key(), self.title, self.pk)

    def __str__(self) -> str:
        return self.title


class OwnField(models.Model):
    """A field that the records of one topic have beside their description."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="own_fields")
    label = models.CharField(_("字段名称"), max_length=60)
    kind = models.CharField(_("字段类型"), max_length=8, choices=OwnFieldKind, default=OwnFieldKind.TEXT)
    is_open = models.BooleanField(_("向公众显示"), default=False)
    position = models.PositiveIntegerField(_("次序"), default=1)

    class Meta:
        verbose_name = _("专题字段")
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("topic", "label"), name="topics_field_once"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.topic.natural_key(), self.label)

    def __str__(self) -> str:
        return self.label


class Member(models.Model):
    """A record in a topic, or one that a person keeps out of it; ``own`` holds own fields by their ids."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="members")
    description = models.ForeignKey("catalogue.Description", models.CASCADE, related_name="+")
    standing = models.CharField(_("收录方式"), max_length=8, choices=Standing, default=Standing.RULE)
    section = models.ForeignKey(
        Section, models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("栏目")
    )
    own = models.JSONField(_("专题字段"), default=dict, blank=True)
    round = models.PositiveIntegerField(default=0, editable=False)
    added_at = models.DateTimeField(_("收录时间"))

    class Meta:
        verbose_name = _("专题成员")
        constraints = (models.UniqueConstraint(fields=("topic", "description"), name="topics_member_once"),)
        indexes = (models.Index(fields=("topic", "standing", "round", "id"), name="topics_by_standing"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.topic.natural_key(), *self.description.natural_key())
