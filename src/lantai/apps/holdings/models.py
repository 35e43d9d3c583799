"""What everything else is arranged by."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings.types import FondsKind, ScheduleState


class Fonds(models.Model):
    """全宗: the records of one creator, numbered within its archives."""

    code = models.CharField(_("全宗号"), max_length=16)
    name = models.CharField(_("全宗名称"), max_length=120)
    archives = models.ForeignKey(
        "orgs.Org", models.PROTECT, related_name="kept_fonds", verbose_name=_("档案馆")
    )
    creator = models.ForeignKey(
        "orgs.Org",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="created_fonds",
        verbose_name=_("立档单位"),
    )
    kind = models.CharField(_("全宗类型"), max_length=12, choices=FondsKind, default=FondsKind.CREATOR)
    started_year = models.PositiveSmallIntegerField(_("起始年度"), null=True, blank=True)
    ended_year = models.PositiveSmallIntegerField(_("终止年度"), null=True, blank=True)
    note = models.TextField(_("全宗说明"), blank=True)

    class Meta:
        verbose_name = _("全宗")
        ordering = ("archives", "code")
        constraints = (
            models.UniqueConstraint(fields=("archives", "code"), name="holdings_fonds_code_once"),
            models.CheckConstraint(
                condition=Q(ended_year__isnull=True) | Q(ended_year__gte=F("started_year")),
                name="holdings_fonds_years_in_order",
            ),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (self.archives.code, self.code)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        """The page of this fonds."""
        return reverse("holdings:fonds", args=[self.pk])


class SchemeClass(models.Model):
    """类目: one 机构 or 问题 of a fonds' classification scheme (DA/T 22-2015)."""

    fonds = models.ForeignKey(Fonds, models.PROTECT, related_name="classes", verbose_name=_("全宗"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(_("代码"), max_length=16)
    name = models.CharField(_("名称"), max_length=60)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("类目")
        ordering = ("fonds", "code")
        constraints = (models.UniqueConstraint(fields=("fonds", "code"), name="holdings_class_code_once"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.fonds.natural_key(), self.code)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class RetentionSchedule(models.Model):
    """保管期限表: one version of an agency's schedule; approved versions are never edited."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="schedules", verbose_name=_("立档单位"))
    version = models.PositiveIntegerField(_("版次"))
    title = models.CharField(_("名称"), max_length=120)
    state = models.CharField(_("状态"), max_length=12, choices=ScheduleState, default=ScheduleState.DRAFT)
    valid_from = models.DateField(_("施行日期"), null=True, blank=True)
    approved_by = models.CharField(_("批准机关"), max_length=120, blank=True)
    citation = models.CharField(_("批复文号"), max_length=120, blank=True)
    drafter_id = models.BigIntegerField(null=True, editable=False)
    drafted_at = models.DateTimeField(_("起草时间"))

    class Meta:
        verbose_name = _("保管期限表")
        ordering = ("org", "-version")
        constraints = (
            models.UniqueConstraint(fields=("org", "version"), name="holdings_schedule_version_once"),
            models.UniqueConstraint(
                fields=("org",), condition=Q(state="approved"), name="holdings_schedule_one_in_force"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this version."""
        return reverse("holdings:schedule", args=[self.pk])


class RetentionRule(models.Model):
    """One line of a schedule: what falls under it and how long it is kept (Y, D30, D10)."""

    schedule = models.ForeignKey(RetentionSchedule, models.CASCADE, related_name="rules")
    number = models.CharField(_("序号"), max_length=16)
    scope = models.CharField(_("归档范围"), max_length=300)
    retention = models.CharField(_("保管期限"), max_length=8)

    class Meta:
        verbose_name = _("保管期限条款")
        ordering = ("schedule", "number")
        constraints = (
            models.UniqueConstraint(fields=("schedule", "number"), name="holdings_rule_number_once"),
        )


class RecordKind(models.Model):
    """A kind of record: its category code, element scheme and test scheme, as data."""

    slug = models.SlugField(max_length=32, unique=True)
    name = models.CharField(_("档案种类"), max_length=40)
    category_code = models.CharField(_("门类代码"), max_length=8)
    element_scheme = models.CharField(_("元数据方案"), max_length=40)
    test_scheme = models.CharField(_("检测方案"), max_length=40)
    is_personal = models.BooleanField(_("涉及个人信息"), default=False)

    class Meta:
        verbose_name = _("档案种类")
        ordering = ("slug",)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (self.slug,)

    def __str__(self) -> str:
        return str(_(self.name))  # the shipped ones have their English


class RuleSet(models.Model):
    """A rule that may change: its values, its validity, where it comes from and how sure that is."""

    slug = models.SlugField(_("规则"), max_length=48)
    version = models.PositiveIntegerField(_("版次"))
    title = models.CharField(_("名称"), max_length=120)
    body = models.JSONField(_("内容"))
    valid_from = models.DateField(_("施行日期"))
    valid_to = models.DateField(_("废止日期"), null=True, blank=True)
    citation = models.CharField(_("依据"), max_length=200)
    is_confirmed = models.BooleanField(_("已核对原文"), default=False)

    class Meta:
        verbose_name = _("规则")
        ordering = ("slug", "-version")
        constraints = (
            models.UniqueConstraint(fields=("slug", "version"), name="holdings_ruleset_version_once"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this version."""
        return reverse("holdings:rule", args=[self.pk])
