"""Files that find their records by reference code (挂接): the batch, and each file with what was found of it."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.imports.types import LONGEST_PATH, AttachmentState, Verdict


class Attachment(models.Model):
    """One upload of scanned files for records of a fonds; sealed as one package."""

    token = models.CharField(max_length=32, unique=True)  # names the package in the storage root for good
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    title = models.CharField(_("名称"), max_length=120)
    pattern = models.CharField(_("命名规则"), max_length=80, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=AttachmentState, default=AttachmentState.OPEN)
    archive_key = models.CharField(max_length=140, blank=True)
    archive_name = models.CharField(_("压缩包"), max_length=255, blank=True)
    why = models.TextField(blank=True)  # a message id: why nothing could be read or sealed
    why_params = models.JSONField(default=dict)
    file_count = models.PositiveIntegerField(_("文件数"), default=0)
    matched_count = models.PositiveIntegerField(_("符合的文件"), default=0)
    trouble_count = models.PositiveIntegerField(_("有问题的文件"), default=0)
    item_count = models.PositiveIntegerField(_("符合的条目"), default=0)
    scope = models.CharField(max_length=120, blank=True)  # how the codes of the batch begin
    unfilled_count = models.PositiveIntegerField(_("没有文件的条目"), default=0)
    package = models.ForeignKey(
        "custody.Package", models.PROTECT, null=True, related_name="+", verbose_name=_("信息包")
    )
    maker_id = models.BigIntegerField(null=True)
    maker_name = models.CharField(_("上传人"), max_length=64)
    made_at = models.DateTimeField(_("上传时间"))
    sealed_at = models.DateTimeField(_("挂接时间"), null=True)

    class Meta:
        verbose_name = _("挂接批次")
        ordering = ("-id",)
        indexes = (models.Index(fields=("org", "-id"), name="imports_attachments_by_org"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this batch of files."""
        return reverse("imports:attachment", args=[self.pk])


class AttachedFile(models.Model):
    """A file of an upload: its content, the record that it belongs to, and what opening it has shown."""

    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="files", db_index=False)
    path = models.CharField(_("文件"), max_length=LONGEST_PATH)
    blob_key = models.CharField(max_length=140, blank=True)
    size_bytes = models.BigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    sm3 = models.CharField(max_length=64)
    verdict = models.CharField(_("结果"), max_length=12, choices=Verdict, default=Verdict.WAITING)
    code = models.CharField(_("档号"), max_length=120, blank=True, db_collation="C")
    order = models.PositiveIntegerField(_("序号"), default=0)
    description_id = models.BigIntegerField(null=True)
    why = models.TextField(blank=True)
    why_params = models.JSONField(default=dict)
    puid = models.CharField(_("格式标识"), max_length=24, blank=True)
    mime = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, blank=True)
    page_count = models.PositiveIntegerField(_("页数"), null=True)
    text = models.TextField(blank=True)
    extension_ok = models.BooleanField(default=True)
    examination = models.JSONField(null=True)
    scan = models.JSONField(null=True)

    class Meta:
        verbose_name = _("挂接文件")
        ordering = ("attachment", "path")
        constraints = (models.UniqueConstraint(fields=("attachment", "path"), name="imports_path_once"),)
        indexes = (models.Index(fields=("attachment", "verdict", "code"), name="imports_files_by_verdict"),)

    def __str__(self) -> str:
        return self.path
