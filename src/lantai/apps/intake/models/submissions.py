"""What agencies send, item by item and file by file, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.custody.types import FileRole
from lantai.apps.intake.types import ENDED_WITHOUT, ItemVerdict, Mode, SubmissionState


class Submission(models.Model):
    """移交批次: one transfer from an agency to an archives."""

    number = models.CharField(_("移交批次号"), max_length=60, unique=True)
    title = models.CharField(_("交接工作名称"), max_length=200)
    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("移交单位"))
    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    kind = models.ForeignKey(  # of all items of a package; online each item has its own
        "holdings.RecordKind", models.PROTECT, null=True, related_name="+", verbose_name=_("档案种类")
    )
    mode = models.CharField(_("移交方式"), max_length=8, choices=Mode)
    state = models.CharField(
        _("状态"), max_length=12, choices=SubmissionState, default=SubmissionState.SUBMITTED
    )
    package = models.ForeignKey(
        "custody.Package", models.PROTECT, null=True, related_name="+", verbose_name=_("信息包")
    )
    sent_package = models.ForeignKey(  # the agency's, where a part of it was sealed anew
        "custody.Package", models.PROTECT, null=True, related_name="+", verbose_name=_("移交的信息包")
    )
    carrier = models.ForeignKey(
        "carriers.Carrier", models.PROTECT, null=True, related_name="+", verbose_name=_("载体")
    )
    blob_key = models.CharField(max_length=200, blank=True)
    content_sha512 = models.CharField(_("数字摘要"), max_length=128)
    declared_item_count = models.PositiveIntegerField(_("申报件数"), null=True)
    item_count = models.PositiveIntegerField(_("件数"), default=0)
    failed_item_count = models.PositiveIntegerField(_("不合格件数"), default=0)
    byte_count = models.BigIntegerField(_("数据量"), default=0)
    accepted_item_count = models.PositiveIntegerField(_("接收件数"), default=0)
    returned_item_count = models.PositiveIntegerField(_("退回件数"), default=0)
    package_failures = models.JSONField(
        default=list
    )  # blocking checks that failed for the package as a whole
    announcement = models.ForeignKey(
        "intake.Announcement",
        models.PROTECT,
        null=True,
        related_name="submissions",
        verbose_name=_("移交预告"),
    )
    agreement = models.ForeignKey(
        "intake.Agreement", models.PROTECT, null=True, related_name="+", verbose_name=_("移交协议")
    )
    due = models.ForeignKey(
        "intake.Due", models.PROTECT, null=True, related_name="submissions", verbose_name=_("应移交")
    )
    decision = models.JSONField(default=dict)  # is_part, from (state), overruled (codes), said (words)
    check_run = models.ForeignKey("custody.CheckRun", models.PROTECT, null=True, related_name="+")
    findings = models.JSONField(default=dict)  # the package around the items, as the reader found it
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("替代的批次")
    )
    note = models.TextField(_("说明"), blank=True)
    statement = models.JSONField(null=True)  # what the receipt states, word for word
    receipt_key = models.CharField(max_length=200, blank=True)
    register_key = models.CharField(max_length=200, blank=True)
    accepted_entry_id = models.BigIntegerField(null=True)
    submitter_name = models.CharField(_("提交人"), max_length=64, blank=True)
    decider_name = models.CharField(_("办理人"), max_length=64, blank=True)
    confirmer_name = models.CharField(_("复核人"), max_length=64, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"))
    decided_at = models.DateTimeField(_("办结时间"), null=True)
    confirmed_at = models.DateTimeField(_("复核时间"), null=True)

    class Meta:
        verbose_name = _("移交批次")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("archives", "agency", "content_sha512"),
                condition=~Q(state__in=tuple(state.value for state in ENDED_WITHOUT)),
                name="intake_same_content_once",
            ),
        )
        indexes = (
            models.Index(fields=("archives", "state", "-id"), name="intake_submission_desk"),
            models.Index(fields=("agency", "-id"), name="intake_submission_of_agency"),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (self.number,)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this transfer."""
        return reverse("intake:submission", args=[self.pk])

    def get_state_label(self) -> str:
        """The word for where it stands."""
        return str(self.get_state_display())


class SubmissionItem(models.Model):
    """One item of a transfer with the verdict and its reasons."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="items")
    item_key = models.CharField(max_length=120)
    kind = models.ForeignKey(
        "holdings.RecordKind", models.PROTECT, related_name="+", verbose_name=_("档案种类")
    )
    reference_code = models.CharField(_("档号"), max_length=120, blank=True)
    title = models.TextField(_("题名"), blank=True)
    verdict = models.CharField(_("结论"), max_length=12, choices=ItemVerdict, default=ItemVerdict.PENDING)
    reasons = models.JSONField(_("理由"), default=list)
    metadata = models.JSONField(default=dict)  # elements as sent: name or identifier → value or values
    row = models.JSONField(default=dict)  # the item's line in the catalogue file, as sent
    events = models.JSONField(default=list)  # [action, ISO time, agent]
    carried = models.JSONField(null=True)  # signatures around the item and names of attachments, as sent
    opinion = models.JSONField(default=dict)  # as `lantai.kit.handover.opinions` writes it

    class Meta:
        verbose_name = _("移交条目")
        ordering = ("submission", "item_key")
        constraints = (models.UniqueConstraint(fields=("submission", "item_key"), name="intake_item_once"),)


class SubmissionFile(models.Model):
    """One file of a transfer: what was declared of it, and what reading it has shown."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="files")
    item = models.ForeignKey(SubmissionItem, models.CASCADE, null=True, related_name="files")
    order = models.PositiveIntegerField(default=0)
    path = models.TextField()
    raw_name_hex = models.TextField(blank=True)  # the path byte for byte, where it was not in UTF-8
    name = models.CharField(_("文件名"), max_length=255)
    role = models.CharField(_("稿本"), max_length=12, choices=FileRole, default=FileRole.MAIN)
    declared = models.JSONField(default=dict)  # name, size_bytes, format, digests by algorithm
    is_read = models.BooleanField(default=False)
    size_bytes = models.BigIntegerField(_("大小"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    sha512 = models.CharField(max_length=128, blank=True)
    sm3 = models.CharField(max_length=64, blank=True)
    puid = models.CharField(_("格式标识"), max_length=24, blank=True)
    mime = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("可读性"), max_length=12, blank=True)
    extension_ok = models.BooleanField(default=True)
    page_count = models.PositiveIntegerField(_("页数"), null=True)
    text = models.TextField(blank=True)
    examination = models.JSONField(null=True)  # problems, facts, signatures, second opinion
    scan = models.JSONField(null=True)  # what the virus scanner said

    class Meta:
        verbose_name = _("移交文件")
        ordering = ("submission", "item", "order", "id")
        constraints = (models.UniqueConstraint(fields=("submission", "path"), name="intake_file_once"),)


class NumberCounter(models.Model):
    """The last transfer number of an agency in a year; its lock also puts two clicks in a row."""

    agency = models.OneToOneField("orgs.Org", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)
