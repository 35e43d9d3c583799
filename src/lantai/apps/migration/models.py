"""Formats that are held, how an archives judges them, plans of migration and their files."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.migration.types import ItemState, PlanState, RiskLevel


class FormatRisk(models.Model):
    """What an archives itself says of a format, in place of what is shipped."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    puid = models.CharField(_("格式标识"), max_length=24)
    risk = models.CharField(_("风险"), max_length=8, choices=RiskLevel)
    reason = models.CharField(_("理由"), max_length=300)
    target = models.CharField(_("建议转换方式"), max_length=24, blank=True)
    judged_by = models.CharField(_("判断人"), max_length=64)
    judged_at = models.DateTimeField(_("判断时间"))

    class Meta:
        verbose_name = _("格式风险判断")
        ordering = ("org", "puid")
        constraints = (models.UniqueConstraint(fields=("org", "puid"), name="migration_risk_once"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.org.natural_key(), self.puid)


class HeldFormat(models.Model):
    """One format in one fonds as it was counted, with what was said of its risk then."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    puid = models.CharField(_("格式标识"), max_length=24, blank=True)
    family = models.CharField(_("格式"), max_length=120, blank=True)
    file_count = models.PositiveIntegerField(_("文件数"))
    byte_count = models.BigIntegerField(_("字节数"))
    package_count = models.PositiveIntegerField(_("信息包数"))
    migrated_count = models.PositiveIntegerField(_("已迁移文件数"), default=0)
    risk = models.CharField(_("风险"), max_length=8, choices=RiskLevel)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    certainty = models.CharField(_("把握"), max_length=12, blank=True)
    target = models.CharField(_("建议转换方式"), max_length=24, blank=True)
    counted_at = models.DateTimeField(_("统计时间"))

    class Meta:
        verbose_name = _("馆藏格式")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("org", "fonds", "puid"), name="migration_format_once"),
        )

    def __str__(self) -> str:
        return self.puid or str(_("未识别"))

    def get_absolute_url(self) -> str:
        """The page of this format."""
        return reverse("migration:format", args=[self.pk])


class MigrationPlan(models.Model):
    """迁移方案: which files, to what, how; what a sample came to; who approved; until when it can be undone."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    fonds = models.ForeignKey(
        "holdings.Fonds", models.PROTECT, null=True, related_name="+", verbose_name=_("全宗")
    )
    number = models.CharField(_("方案编号"), max_length=40)
    title = models.CharField(_("名称"), max_length=200)
    reason = models.TextField(_("理由"))
    puid = models.CharField(_("源格式"), max_length=24)
    converter = models.CharField(_("转换方式"), max_length=24)
    sample_size = models.PositiveSmallIntegerField(_("抽样文件数"), default=3)
    state = models.CharField(_("状态"), max_length=12, choices=PlanState, default=PlanState.DRAFT)
    file_count = models.PositiveIntegerField(_("文件数"))
    byte_count = models.BigIntegerField(_("字节数"))
    package_count = models.PositiveIntegerField(_("信息包数"))
    drafter = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("提出人")
    )
    drafter_name = models.CharField(_("提出人"), max_length=64)
    drafted_at = models.DateTimeField(_("提出时间"))
    estimated_bytes = models.BigIntegerField(_("预计新增字节"), null=True)
    estimated_seconds = models.PositiveIntegerField(_("预计用时（秒）"), null=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    undo_until = models.DateTimeField(_("可撤销到"), null=True)
    run = models.ForeignKey("jobs.Run", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("迁移方案")
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("org", "number"), name="migration_number_once"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.org.natural_key(), self.number)

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The page of this plan."""
        return reverse("migration:plan", args=[self.pk])


class PlanPackage(models.Model):
    """One package of a plan: the version that brought what was made, how it was tested, the one that took it back."""

    plan = models.ForeignKey(MigrationPlan, models.CASCADE, related_name="packages")
    package = models.ForeignKey("custody.Package", models.PROTECT, related_name="+", verbose_name=_("信息包"))
    version = models.PositiveIntegerField(_("版本"), null=True)
    conclusion = models.CharField(_("四性检测"), max_length=16, blank=True)
    is_tested = models.BooleanField(default=False)
    undone_version = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("plan", "package")
        constraints = (models.UniqueConstraint(fields=("plan", "package"), name="migration_package_once"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.plan.natural_key(), *self.package.natural_key())


class PlanItem(models.Model):
    """One file of a plan, as it was when the plan was drawn up, and what was made of it."""

    plan = models.ForeignKey(MigrationPlan, models.CASCADE, related_name="items")
    package = models.ForeignKey("custody.Package", models.PROTECT, related_name="+", verbose_name=_("信息包"))
    file = models.ForeignKey("custody.ContentFile", models.SET_NULL, null=True, related_name="+")
    logical_path = models.TextField()
    original_name = models.CharField(_("文件名"), max_length=255)
    size_bytes = models.BigIntegerField(_("原大小"))
    is_sample = models.BooleanField(_("抽样"), default=False)
    state = models.CharField(_("状态"), max_length=8, choices=ItemState, default=ItemState.WAITING)
    message = models.TextField(_("原因"), blank=True)
    params = models.JSONField(default=dict)
    made = models.JSONField(default=list)  # files that were made: key, name, path, size, digests, format
    made_bytes = models.BigIntegerField(_("新大小"), null=True)
    lost = models.JSONField(default=list)
    proof = models.JSONField(default=dict)
    seconds = models.FloatField(_("用时"), null=True)

    class Meta:
        verbose_name = _("方案文件")
        ordering = ("plan", "package", "id")
        constraints = (
            models.UniqueConstraint(fields=("plan", "package", "logical_path"), name="migration_item_once"),
        )
        indexes = (
            models.Index(fields=("plan", "package", "state"), name="migration_item_of"),
            models.Index(fields=("id",), name="migration_item_staged", condition=Q(state="made")),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.plan.natural_key(), *self.package.natural_key(), self.logical_path)

    def __str__(self) -> str:
        return self.original_name

    def get_absolute_url(self) -> str:
        """The page of this file."""
        return reverse("migration:item", args=[self.pk])
