"""Sealed content, and what testing it has shown."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.custody.types import Conclusion, ContentRole, FileState, Occasion, Stage
from lantai.kit.fourprops.scheme import scheme_for, slugs


class Package(models.Model):
    """One accession or filed batch: exactly one OCFL object."""

    object_id = models.CharField(_("对象标识"), max_length=120, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    custodian = models.ForeignKey(
        "orgs.Org", models.PROTECT, related_name="packages", verbose_name=_("保管单位")
    )
    origin = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("形成单位"))
    fonds = models.ForeignKey(
        "holdings.Fonds", models.PROTECT, related_name="packages", verbose_name=_("全宗")
    )
    version = models.PositiveIntegerField(_("版本"), default=1)
    item_count = models.PositiveIntegerField(_("件数"))
    file_count = models.PositiveIntegerField(_("文件数"))
    byte_count = models.BigIntegerField(_("字节数"))
    inventory_sha512 = models.CharField(_("清单摘要"), max_length=128)
    source_type = models.CharField(max_length=48)
    source_id = models.CharField(max_length=48)
    stored_at = models.DateTimeField(_("封存时间"))
    checked_at = models.DateTimeField(_("最近校验"), null=True)  # all files in the storage root were read

    class Meta:
        verbose_name = _("信息包")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("source_type", "source_id"), name="custody_package_of_source"),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (self.object_id,)

    def __str__(self) -> str:
        return self.title


class ContentFile(models.Model):
    """One logical file of a package, with all digests taken when it was sealed."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="files")
    item_key = models.CharField(max_length=120, blank=True)
    order = models.PositiveIntegerField(default=0)
    logical_path = models.TextField()
    original_name = models.CharField(_("文件名"), max_length=255)
    role = models.CharField(_("稿本"), max_length=12, choices=ContentRole, default=ContentRole.MAIN)
    size_bytes = models.BigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128, db_index=True)
    sm3 = models.CharField(max_length=64)
    puid = models.CharField(_("格式标识"), max_length=24, blank=True)
    mime = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("可读性"), max_length=12, choices=FileState, default=FileState.OK)
    page_count = models.PositiveIntegerField(_("页数"), null=True)
    text = models.TextField(blank=True)
    extension_ok = models.BooleanField(default=True)
    examination = models.JSONField(null=True)  # problems, facts, signatures, second opinion
    scan = models.JSONField(null=True)  # what the virus scanner said
    checked_at = models.DateTimeField(
        null=True
    )  # read back when it was sealed; since then its package is read
    is_intact = models.BooleanField(_("完好"), default=True)

    class Meta:
        verbose_name = _("文件")
        ordering = ("package", "item_key", "order")
        constraints = (
            models.UniqueConstraint(fields=("package", "logical_path"), name="custody_file_path_once"),
        )
        indexes = (
            models.Index(fields=("package", "item_key"), name="custody_file_of_item"),
            models.Index(fields=("id",), name="custody_file_damaged", condition=Q(is_intact=False)),
        )

    @property
    def read_at(self) -> datetime | None:
        """When it was last read from the storage root and compared; its package must be at hand."""
        return self.package.checked_at or self.checked_at

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (self.package.object_id, self.logical_path)


class CheckRun(models.Model):
    """One four-property test of one subject, with its whole report."""

    stage = models.CharField(_("环节"), max_length=16, choices=Stage)
    occasion = models.CharField(_("时机"), max_length=12, choices=Occasion)
    scheme = models.CharField(_("检测方案"), max_length=48)
    scheme_version = models.CharField(max_length=16)
    subject_type = models.CharField(max_length=48)
    subject_id = models.CharField(max_length=48)
    subject_name = models.CharField(_("检测对象"), max_length=200)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("检测单位"))
    subject_org = models.ForeignKey(
        "orgs.Org", models.PROTECT, related_name="+", verbose_name=_("被检测单位")
    )
    operator_name = models.CharField(_("检测人"), max_length=64)
    conclusion = models.CharField(_("结论"), max_length=16, choices=Conclusion)
    item_count = models.PositiveIntegerField(_("件数"))
    failed_item_count = models.PositiveIntegerField(_("不合格件数"))
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("结束时间"))

    class Meta:
        verbose_name = _("四性检测")
        ordering = ("-id",)
        indexes = (models.Index(fields=("subject_type", "subject_id", "-id"), name="custody_check_of"),)

    def get_absolute_url(self) -> str:
        """The page of the report."""
        return reverse("custody:check", args=[self.pk])

    @property
    def scheme_title(self) -> str:
        """The scheme by its name; one that no longer comes with the product by its slug."""
        return scheme_for(self.scheme).title if self.scheme in slugs() else self.scheme


class CheckReport(models.Model):
    """The whole report as the engine wrote it: what a machine reads, compares and judges on."""

    check_run = models.OneToOneField(CheckRun, models.CASCADE, primary_key=True, related_name="report")
    body = models.TextField()


class CheckOverride(models.Model):
    """A failed run let count by a second person; what was found stays as it is."""

    check_run = models.ForeignKey(CheckRun, models.CASCADE, related_name="overrides")
    reason = models.TextField(_("理由"))
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(_("提出人"), max_length=64)
    asked_at = models.DateTimeField(_("提出时间"))
    is_granted = models.BooleanField(_("同意"), null=True)
    decided_by = models.CharField(_("决定人"), max_length=64, blank=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True)
    note = models.TextField(_("意见"), blank=True)

    class Meta:
        verbose_name = _("例外放行")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("check_run",), condition=~Q(is_granted=False), name="custody_one_override"
            ),
        )


class CheckResult(models.Model):
    """One line of a report; passing checks have one line for all items, failures one line an item."""

    check_run = models.ForeignKey(CheckRun, models.CASCADE, related_name="results")
    code = models.CharField(_("检测项"), max_length=16)
    property = models.CharField(_("四性"), max_length=16)
    name = models.CharField(_("名称"), max_length=80)
    outcome = models.CharField(_("结果"), max_length=16)
    item_key = models.CharField(_("对象"), max_length=160, blank=True)
    place = models.CharField(_("位置"), max_length=300, blank=True)
    element = models.CharField(max_length=80, blank=True)  # where typing can put it right
    message = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    remedy = models.TextField(blank=True)
    basis = models.CharField(_("依据"), max_length=120, blank=True)
    tested = models.PositiveIntegerField(_("检测数"), default=0)
    failed = models.PositiveIntegerField(_("不合格数"), default=0)
    left_out = models.PositiveIntegerField(default=0)
    is_summary = models.BooleanField(default=True)
    is_blocking = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)


class EvidenceBundle(models.Model):
    """A ZIP by which a stranger checks content offline; gone after its days, the line in the log stays."""

    package = models.ForeignKey(Package, models.PROTECT, related_name="bundles", verbose_name=_("信息包"))
    version = models.PositiveIntegerField(_("版本"))
    item_key = models.CharField(_("件"), max_length=120, blank=True)
    title = models.CharField(_("名称"), max_length=300)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    asked_by = models.CharField(_("制作人"), max_length=64)
    asked_at = models.DateTimeField(_("开始时间"))
    parts = models.JSONField(default=dict)  # our own documents while it is being made, by path
    statement = models.JSONField(default=dict)
    entry_id = models.BigIntegerField(null=True)
    file_count = models.PositiveIntegerField(_("文件数"), default=0)
    blob_key = models.CharField(max_length=200, blank=True)
    size_bytes = models.BigIntegerField(_("大小"), null=True)
    sha256 = models.CharField(_("SHA-256 摘要"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("做好时间"), null=True)
    expires_at = models.DateTimeField(_("保存到"))
    destroyed_at = models.DateTimeField(_("销毁时间"), null=True)  # with content that it held
    run = models.ForeignKey("jobs.Run", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("证据包")
        ordering = ("-id",)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.package.natural_key(), self.pk)

    def get_absolute_url(self) -> str:
        """The page of the bundle."""
        return reverse("custody:bundle", args=[self.pk])

    @property
    def is_kept(self) -> bool:
        """Whether it can be downloaded."""
        return bool(self.blob_key)

    @property
    def standing(self) -> str:
        """Being made, ready, no longer kept, or destroyed with content that it held."""
        if self.destroyed_at is not None:
            return "destroyed"
        if self.made_at is None:
            return "making"
        return "ready" if self.is_kept else "expired"
