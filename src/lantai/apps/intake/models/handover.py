"""What follows a decision: the list of what goes back, the register that both sides confirm, the annex."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.intake.models.submissions import Submission, SubmissionItem
from lantai.apps.intake.types import RegisterState, ReturnListState


class ReturnList(models.Model):
    """退回清单 of a transfer that was accepted in part: open until every entry is answered or given up."""

    number = models.CharField(_("退回清单号"), max_length=64, unique=True)
    submission = models.OneToOneField(
        Submission, models.PROTECT, related_name="return_list", verbose_name=_("移交批次")
    )
    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("移交单位"))
    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    state = models.CharField(_("状态"), max_length=12, choices=ReturnListState, default=ReturnListState.OPEN)
    made_at = models.DateTimeField(_("退回时间"))

    class Meta:
        verbose_name = _("退回清单")
        ordering = ("-id",)
        indexes = (models.Index(fields=("agency", "state"), name="intake_return_list_open"),)

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The page of this list."""
        return reverse("intake:returns", args=[self.submission_id])


class ReturnEntry(models.Model):
    """One item that went back; its reasons stand with the item."""

    return_list = models.ForeignKey(ReturnList, models.CASCADE, related_name="entries")
    item = models.OneToOneField(SubmissionItem, models.PROTECT, related_name="return_entry")
    answered_by = models.ForeignKey(
        SubmissionItem, models.PROTECT, null=True, related_name="+", verbose_name=_("补正后的件")
    )
    dropped_at = models.DateTimeField(_("不再移交"), null=True)
    dropped_reason = models.CharField(_("不再移交的理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("退回的件")
        ordering = ("return_list", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(answered_by=None) | Q(dropped_at=None), name="intake_entry_answered_or_dropped"
            ),
        )


class Register(models.Model):
    """电子档案移交与接收登记表: what each side found, and each side's electronic confirmation."""

    submission = models.OneToOneField(
        Submission, models.PROTECT, related_name="register", verbose_name=_("移交批次")
    )
    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("移交单位"))
    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    state = models.CharField(_("状态"), max_length=12, choices=RegisterState, default=RegisterState.ISSUED)
    agency_checks = models.JSONField(default=dict)  # checked thing → what this side found, in words
    archives_checks = models.JSONField(default=dict)
    issued_at = models.DateTimeField(_("填制时间"))
    agency_confirmed_by = models.CharField(_("移交单位确认人"), max_length=64, blank=True)
    agency_confirmed_at = models.DateTimeField(_("移交单位确认时间"), null=True)
    agency_entry_id = models.BigIntegerField(null=True)
    archives_confirmed_by = models.CharField(_("接收单位确认人"), max_length=64, blank=True)
    archives_confirmed_at = models.DateTimeField(_("接收单位确认时间"), null=True)
    archives_entry_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("移交与接收登记表")
        ordering = ("-id",)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (self.submission.number,)

    def __str__(self) -> str:
        return self.submission.number

    def get_absolute_url(self) -> str:
        """The page of this register."""
        return reverse("intake:register", args=[self.submission_id])


class PreparedOpinion(models.Model):
    """到期开放意见、政府信息公开情况、密级变更情况 of an item of a sealed package, before it is transferred."""

    package = models.ForeignKey("custody.Package", models.CASCADE, related_name="+")
    item_key = models.CharField(max_length=120)
    opinion = models.JSONField(default=dict)
    editor_name = models.CharField(_("填写人"), max_length=64, blank=True)
    edited_at = models.DateTimeField(_("填写时间"))

    class Meta:
        verbose_name = _("移交附表")
        ordering = ("package", "item_key")
        constraints = (
            models.UniqueConstraint(fields=("package", "item_key"), name="intake_prepared_opinion_once"),
        )
