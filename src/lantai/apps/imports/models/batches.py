"""Batches of an import: the file, what was understood of it, and what was entered by it."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.types import Level
from lantai.apps.imports.types import BatchState, RowLevel, Severity, Standing


class Batch(models.Model):
    """One file on its way into the catalogue."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    kind = models.ForeignKey(
        "holdings.RecordKind", models.PROTECT, related_name="+", verbose_name=_("档案种类")
    )
    level = models.CharField(_("每行是"), max_length=8, choices=RowLevel, default=RowLevel.ITEM)
    checks_codes = models.BooleanField(_("按标准检查档号"), default=True)
    takes_openness = models.BooleanField(_("采用表中的开放标识"), default=False)
    state = models.CharField(_("状态"), max_length=12, choices=BatchState, default=BatchState.RECEIVED)
    file_name = models.CharField(_("文件名"), max_length=255)
    blob_key = models.CharField(max_length=140)
    size_bytes = models.BigIntegerField(_("大小"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    sheets = models.JSONField(default=list)  # as surveyed
    mapping = models.JSONField(default=dict)  # heading → identifier, "" leaves the column out
    shape = models.CharField(max_length=64, blank=True)
    report_key = models.CharField(max_length=140, blank=True)
    row_count = models.PositiveIntegerField(_("行数"), default=0)
    error_count = models.PositiveIntegerField(_("错误"), default=0)
    warning_count = models.PositiveIntegerField(_("提醒"), default=0)
    new_count = models.PositiveIntegerField(_("新增"), default=0)
    changed_count = models.PositiveIntegerField(_("更新"), default=0)
    same_count = models.PositiveIntegerField(_("没有变化"), default=0)
    maker_id = models.BigIntegerField(null=True)
    maker_name = models.CharField(_("上传人"), max_length=64)
    made_at = models.DateTimeField(_("上传时间"))
    entered_at = models.DateTimeField(_("导入时间"), null=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("导入批次")
        ordering = ("-id",)
        indexes = (models.Index(fields=("org", "-id"), name="imports_by_org"),)

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_needless(self) -> bool:
        """Whether the catalogue says already all that the file says."""
        return self.state == BatchState.READY and not self.new_count and not self.changed_count

    def get_absolute_url(self) -> str:
        """The page of this batch."""
        return reverse("imports:batch", args=[self.pk])


class StagedRow(models.Model):
    """A record as it was understood, until its batch is entered or given up."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="staged", db_index=False)
    sheet = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(_("行号"))
    level = models.CharField(_("著录层级"), max_length=12, choices=Level)
    fonds_id = models.BigIntegerField()
    reference_code = models.CharField(_("档号"), max_length=120, db_collation="C")
    above = models.CharField(max_length=120, blank=True, db_collation="C")
    has_said_above = models.BooleanField(default=False)
    values = models.JSONField(default=dict)
    standing = models.CharField(_("处理"), max_length=8, choices=Standing, default=Standing.NEW)
    description_id = models.BigIntegerField(null=True)
    revision = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("待导入的行")
        ordering = ("batch", "sheet", "number")
        constraints = (models.UniqueConstraint(fields=("batch", "sheet", "number"), name="imports_row_once"),)
        indexes = (
            models.Index(fields=("batch", "fonds_id", "reference_code"), name="imports_staged_by_code"),
        )

    def __str__(self) -> str:
        return self.reference_code


class Problem(models.Model):
    """What is wrong with a cell, a row or the file; ``column`` counts from 0, -1 where no cell is meant."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="problems")
    severity = models.CharField(_("程度"), max_length=8, choices=Severity)
    sheet = models.PositiveSmallIntegerField(default=0)
    number = models.PositiveIntegerField(_("行号"), default=0)
    column = models.IntegerField(default=-1)
    place = models.CharField(_("位置"), max_length=300)
    code = models.CharField(_("问题"), max_length=40)
    message = models.TextField(_("说明"))
    params = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("导入问题")
        ordering = ("batch", "sheet", "number", "column", "id")
        indexes = (models.Index(fields=("batch", "sheet", "number"), name="imports_problem_by_row"),)

    def __str__(self) -> str:
        return self.place


class ImportedRow(models.Model):
    """A description that a batch entered or changed, with the revision it then had."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="imported", db_index=False)
    description = models.ForeignKey("catalogue.Description", models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    is_new = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("导入的条目")
        constraints = (
            models.UniqueConstraint(fields=("batch", "description"), name="imports_imported_once"),
        )


class SheetShape(models.Model):
    """How an organisation mapped the columns of sheets with these headings the last time."""

    org = models.ForeignKey("orgs.Org", models.CASCADE, related_name="+")
    kind = models.ForeignKey("holdings.RecordKind", models.CASCADE, related_name="+")
    shape = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        verbose_name = _("表头对应")
        constraints = (models.UniqueConstraint(fields=("org", "kind", "shape"), name="imports_shape_once"),)
