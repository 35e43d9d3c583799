"""Assessments of readiness, criterion by criterion, with their evidence."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.singleset.types import AssessmentState, Level


class Assessment(models.Model):
    """单套管理可行性评估: one round of an agency; at most one is in force and one under way."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("立档单位"))
    number = models.PositiveIntegerField(_("次数"))
    state = models.CharField(_("状态"), max_length=12, choices=AssessmentState, default=AssessmentState.DRAFT)
    kinds = models.ManyToManyField("holdings.RecordKind", related_name="+", verbose_name=_("档案种类"))
    rule = models.ForeignKey("holdings.RuleSet", models.PROTECT, related_name="+", verbose_name=_("评估标准"))
    systems = models.CharField(_("业务系统和档案系统"), max_length=300)
    drafted_at = models.DateTimeField(_("开始时间"))
    self_score = models.DecimalField(_("自评得分"), max_digits=4, decimal_places=1, null=True)
    review_score = models.DecimalField(_("审核得分"), max_digits=4, decimal_places=1, null=True)
    valid_from = models.DateField(_("单套起始日期"), null=True)
    recheck_on = models.DateField(_("复查日期"), null=True)
    reminded_on = models.DateField(null=True, editable=False)
    approved_by = models.CharField(_("批准机关"), max_length=120, blank=True)
    citation = models.CharField(_("批复文号"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("单套管理评估")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("org", "number"), name="singleset_number_once"),
            models.UniqueConstraint(
                fields=("org",),
                condition=Q(state__in=("draft", "submitted", "reviewed")),
                name="singleset_one_under_way",
            ),
            models.UniqueConstraint(
                fields=("org",),
                condition=Q(state__in=("approved", "suspended")),
                name="singleset_one_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.org.name} {self.number}"

    def get_absolute_url(self) -> str:
        """The page of this assessment."""
        return reverse("singleset:assessment", args=[self.pk])


class Answer(models.Model):
    """What the agency and then the reviewer say of one criterion."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="answers")
    code = models.CharField(_("序号"), max_length=16)
    level = models.CharField(_("自评"), max_length=8, choices=Level, blank=True)
    statement = models.TextField(_("情况说明"), blank=True)
    review_level = models.CharField(_("审核"), max_length=8, choices=Level, blank=True)
    review_note = models.TextField(_("审核意见"), blank=True)

    class Meta:
        verbose_name = _("评估条目")
        ordering = ("assessment", "id")
        constraints = (models.UniqueConstraint(fields=("assessment", "code"), name="singleset_answer_once"),)


class Evidence(models.Model):
    """A paper that supports an answer."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="evidence")
    name = models.CharField(_("文件名"), max_length=255)
    blob_key = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("佐证材料")
        ordering = ("answer", "id")
