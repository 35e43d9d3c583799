"""What agencies send, item by item, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lantai.apps.intake.types import ItemVerdict, Mode


class Submission(models.Model):
    """移交批次: one transfer from an agency to an archives."""

    number = models.CharField(_("移交批次号"), max_length=40, unique=True)
    title = models.CharField(_("交接工作名称"), max_length=200)
    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("移交单位"))
    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    mode = models.CharField(_("移交方式"), max_length=8, choices=Mode)
    state = models.CharField(_("状态"), max_length=12, default="submitted")
    package = models.ForeignKey(
        "custody.Package", models.PROTECT, null=True, related_name="+", verbose_name=_("信息包")
    )
    blob_key = models.CharField(max_length=200, blank=True)
    content_sha512 = models.CharField(_("数字摘要"), max_length=128)
    declared_item_count = models.PositiveIntegerField(_("申报件数"), null=True)
    item_count = models.PositiveIntegerField(_("件数"), default=0)
    byte_count = models.BigIntegerField(_("数据量"), default=0)
    check_run = models.ForeignKey("custody.CheckRun", models.PROTECT, null=True, related_name="+")
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("替代的批次")
    )
    note = models.TextField(_("说明"), blank=True)
    receipt_key = models.CharField(max_length=200, blank=True)
    register_key = models.CharField(max_length=200, blank=True)
    accepted_entry_id = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField(_("提交时间"))
    decided_at = models.DateTimeField(_("办结时间"), null=True)

    class Meta:
        verbose_name = _("移交批次")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("archives", "agency", "content_sha512"),
                condition=~Q(state__in=("returned", "withdrawn")),
                name="intake_same_content_once",
            ),
        )

    def __str__(self) -> str:
        return self.title


class SubmissionItem(models.Model):
    """One item of a transfer with the verdict and its reasons."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="items")
    item_key = models.CharField(max_length=120)
    reference_code = models.CharField(_("档号"), max_length=120, blank=True)
    title = models.TextField(_("题名"), blank=True)
    verdict = models.CharField(_("结论"), max_length=12, choices=ItemVerdict, default=ItemVerdict.PENDING)
    reasons = models.JSONField(_("理由"), default=list)
    metadata = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("移交条目")
        ordering = ("submission", "item_key")
        constraints = (models.UniqueConstraint(fields=("submission", "item_key"), name="intake_item_once"),)
