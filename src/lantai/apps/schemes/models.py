"""Versions of an archives' own schemes, where each holds from when to when, and trials of drafts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.schemes.types import SchemeState, Stage
from lantai.kit.fourprops.scheme import Scheme, from_data


class SchemeVersion(models.Model):
    """One version of a scheme; what was published never changes, since reports name it."""

    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("档案馆"))
    slug = models.SlugField(_("检测方案"), max_length=40)
    number = models.PositiveIntegerField(_("版次"))
    title = models.CharField(_("名称"), max_length=120)
    state = models.CharField(_("状态"), max_length=12, choices=SchemeState, default=SchemeState.DRAFT)
    note = models.TextField(_("修改说明"), blank=True)
    body = models.JSONField(_("内容"))
    base = models.JSONField(_("所依据的出厂方案"))
    editor_id = models.BigIntegerField(null=True, editable=False)
    editor_name = models.CharField(_("修改人"), max_length=64, blank=True)
    drafted_at = models.DateTimeField(_("起草时间"))
    published_at = models.DateTimeField(_("发布时间"), null=True)
    told_edition = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("检测方案")
        ordering = ("slug", "-number")
        constraints = (
            models.UniqueConstraint(fields=("archives", "slug", "number"), name="schemes_number_once"),
            models.UniqueConstraint(
                fields=("archives", "slug"),
                condition=Q(state__in=("draft", "submitted")),
                name="schemes_one_under_way",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.edition}"

    def get_absolute_url(self) -> str:
        """The page of this version."""
        return reverse("schemes:version", args=[self.pk])

    @property
    def edition(self) -> str:
        """As reports name it."""
        return str(self.body.get("edition", self.number))

    def scheme(self) -> Scheme:
        """The scheme itself; raises ``SchemeMalformed`` where this release cannot read it."""
        return from_data(self.body)

    def base_scheme(self) -> Scheme:
        """The shipped edition from which it was copied."""
        return from_data(self.base)


class Adoption(models.Model):
    """A version in force at one stage, from ``valid_from`` until the day before ``valid_to``."""

    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="adoptions")
    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("档案馆"))
    slug = models.SlugField(_("检测方案"), max_length=40)
    stage = models.CharField(_("环节"), max_length=16, choices=Stage)
    valid_from = models.DateField(_("施行日期"))
    valid_to = models.DateField(_("停用日期"), null=True)

    class Meta:
        verbose_name = _("施行")
        ordering = ("archives", "slug", "stage", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                fields=("archives", "slug", "stage"),
                condition=Q(valid_to__isnull=True),
                name="schemes_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="schemes_days_in_order",
            ),
        )


class HouseFinding(models.Model):
    """What a person entered on a worksheet that holds for all tests of the organisation, not for one package."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("检测单位"))
    code = models.CharField(_("检测项"), max_length=16)
    is_good = models.BooleanField(_("通过"))
    answers = models.JSONField(default=dict)
    found_by = models.CharField(_("检测人"), max_length=64)
    found_at = models.DateTimeField(_("检测时间"))

    class Meta:
        verbose_name = _("机构检测情况")
        ordering = ("-id",)
        indexes = (models.Index(fields=("org", "code", "-id"), name="schemes_house_newest"),)


class Preview(models.Model):
    """A version tried on something real, beside what is in force; nothing follows from it."""

    version = models.ForeignKey(SchemeVersion, models.CASCADE, related_name="previews")
    stage = models.CharField(_("环节"), max_length=16, choices=Stage)
    subject_type = models.CharField(max_length=48)
    subject_id = models.CharField(max_length=48)
    subject_name = models.CharField(_("试检对象"), max_length=200)
    edition_in_force = models.CharField(_("现行方案"), max_length=32, blank=True)
    edition_tried = models.CharField(_("试用方案"), max_length=32, blank=True)
    report_in_force = models.TextField(blank=True)
    report_tried = models.TextField(blank=True)
    asked_by = models.CharField(_("试检人"), max_length=64)
    asked_at = models.DateTimeField(_("提出时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    run = models.ForeignKey("jobs.Run", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("试检")
        ordering = ("-id",)

    def get_absolute_url(self) -> str:
        """The page of both reports."""
        return reverse("schemes:preview", args=[self.pk])
