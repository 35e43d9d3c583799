"""Documents on an agency's desk, and the batches they are sealed in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.custody.types import FileRole, FileState
from lantai.apps.filing.types import Source
from lantai.apps.holdings.types import Classification


class Batch(models.Model):
    """归档批次: what is tested and sealed together; one OCFL object once sealed."""

    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("立档单位"))
    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    code = models.CharField(_("批次号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    state = models.CharField(_("状态"), max_length=12, default="draft")
    item_count = models.PositiveIntegerField(_("件数"), default=0)
    revision = models.PositiveIntegerField(default=1)  # rises when a document in it is corrected
    tested_revision = models.PositiveIntegerField(default=0)  # the one that the newest test has seen
    package = models.OneToOneField("custody.Package", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("组批时间"))
    sealed_at = models.DateTimeField(_("封存时间"), null=True)

    class Meta:
        verbose_name = _("归档批次")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this batch."""
        return reverse("filing:batch", args=[self.pk])


class Document(models.Model):
    """An electronic document (电子文件) until it is sealed."""

    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("立档单位"))
    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    kind = models.ForeignKey(
        "holdings.RecordKind", models.PROTECT, related_name="+", verbose_name=_("档案种类")
    )
    source = models.CharField(_("来源"), max_length=8, choices=Source)
    external_key = models.CharField(_("流水号"), max_length=120)
    request_sha256 = models.CharField(max_length=64)
    state = models.CharField(_("状态"), max_length=12, default="captured")
    title = models.TextField(_("题名"))
    author = models.CharField(_("责任者"), max_length=300, blank=True)
    document_number = models.CharField(_("文号"), max_length=120, blank=True)
    dated_on = models.DateField(_("日期"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("年度"), null=True, blank=True)
    scheme_class = models.ForeignKey(
        "holdings.SchemeClass",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("机构或问题"),
    )
    retention = models.CharField(_("保管期限"), max_length=8, blank=True)
    classification = models.CharField(
        _("密级"), max_length=12, choices=Classification, default=Classification.PUBLIC
    )
    persons = ArrayField(models.CharField(max_length=64), default=list, blank=True, verbose_name=_("人名"))
    metadata = models.JSONField(_("元数据"), default=dict, blank=True)
    reference_code = models.CharField(_("档号"), max_length=120, blank=True)
    page_count = models.PositiveIntegerField(_("页数"), null=True, blank=True)
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("批次")
    )
    captured_at = models.DateTimeField(_("收录时间"))

    class Meta:
        verbose_name = _("文件")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("agency", "external_key"), name="filing_document_key_once"),
            models.UniqueConstraint(
                fields=("fonds", "reference_code"),
                condition=~Q(reference_code=""),
                name="filing_document_code_once",
            ),
        )
        indexes = (models.Index(fields=("agency", "state", "-id"), name="filing_document_desk"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this document."""
        return reverse("filing:document", args=[self.pk])


class DocumentFile(models.Model):
    """One file of a document; its bytes lie in the blob store until sealed."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="files")
    order = models.PositiveIntegerField()
    role = models.CharField(_("稿本"), max_length=12, choices=FileRole, default=FileRole.MAIN)
    name = models.CharField(_("文件名"), max_length=255)
    blob_key = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    sm3 = models.CharField(max_length=64)
    puid = models.CharField(_("格式标识"), max_length=24, blank=True)
    mime = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("可读性"), max_length=12, choices=FileState, blank=True)
    extension_ok = models.BooleanField(default=True)
    page_count = models.PositiveIntegerField(_("页数"), null=True)
    text = models.TextField(blank=True)
    part = models.CharField(_("组成部分"), max_length=40, blank=True)  # empty: as name and content tell
    elements = models.JSONField(default=dict, blank=True)  # what is noted of this file as that part
    examination = models.JSONField(null=True)  # problems, facts, signatures, second opinion
    scan = models.JSONField(null=True)  # what the virus scanner said

    class Meta:
        verbose_name = _("电子文件")
        ordering = ("document", "order")
        constraints = (models.UniqueConstraint(fields=("document", "order"), name="filing_file_order_once"),)
        indexes = (
            models.Index(fields=("blob_key",), name="filing_file_blob"),
            models.Index(fields=("id",), name="filing_file_unread", condition=Q(state="")),
            models.Index(KT("examination__facts__invoice_number"), name="filing_file_invoice"),
            models.Index(KT("elements__number"), name="filing_file_number"),
        )

    def __str__(self) -> str:
        return self.name


class CodeCounter(models.Model):
    """The last item number given out under a prefix of reference codes; locked while numbers are given."""

    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=120, db_collation="C")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("fonds", "prefix"), name="filing_counter_once"),)

    def __str__(self) -> str:
        return self.prefix
