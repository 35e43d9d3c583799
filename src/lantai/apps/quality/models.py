"""What each look at a fonds has found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.quality.types import Fault


class Snapshot(models.Model):
    """One look at all descriptions of a fonds that its archives keeps; ``score`` is in tenths of a point."""

    fonds = models.ForeignKey("holdings.Fonds", models.CASCADE, related_name="+", verbose_name=_("全宗"))
    began_at = models.DateTimeField(_("检查时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    is_latest = models.BooleanField(default=False)
    row_count = models.PositiveBigIntegerField(_("条目"), default=0)
    item_count = models.PositiveBigIntegerField(_("件"), default=0)
    faulty_count = models.PositiveBigIntegerField(_("有问题的条目"), default=0)
    missing_count = models.PositiveBigIntegerField(_("有必填未填的条目"), default=0)
    illegal_count = models.PositiveBigIntegerField(_("有值不合规的条目"), default=0)
    duplicate_count = models.PositiveBigIntegerField(_("疑似重复的条目"), default=0)
    linked_count = models.PositiveBigIntegerField(_("挂接原文的件"), default=0)
    fulltext_count = models.PositiveBigIntegerField(_("有全文的件"), default=0)
    page_count = models.PositiveBigIntegerField(_("著录的页数"), default=0)
    digitised_page_count = models.PositiveBigIntegerField(_("已数字化的页数"), default=0)
    score = models.PositiveSmallIntegerField(_("得分"), null=True, blank=True)

    class Meta:
        verbose_name = _("目录质量检查")
        ordering = ("-began_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("fonds",), condition=Q(is_latest=True), name="quality_one_latest"
            ),
            models.UniqueConstraint(
                fields=("fonds",), condition=Q(finished_at=None), name="quality_one_under_way"
            ),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.fonds.natural_key(), self.began_at)

    def __str__(self) -> str:
        return str(self.fonds)

    def get_absolute_url(self) -> str:
        """The page of the fonds that was looked at."""
        return reverse("quality:fonds", args=[self.fonds_id])


class Finding(models.Model):
    """One fault of one description; the value itself is not repeated here."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="findings")
    description = models.ForeignKey("catalogue.Description", models.CASCADE, related_name="+")
    field = models.CharField(max_length=64, blank=True)
    label = models.CharField(_("字段"), max_length=80, blank=True)
    fault = models.CharField(_("问题"), max_length=12, choices=Fault)

    class Meta:
        verbose_name = _("目录质量问题")
        ordering = ("id",)
        indexes = (
            models.Index(fields=("snapshot", "fault", "field", "id"), name="quality_by_fault"),
            models.Index(fields=("snapshot", "description"), name="quality_by_description"),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.snapshot.natural_key(), *self.description.natural_key(), self.field, self.fault)
