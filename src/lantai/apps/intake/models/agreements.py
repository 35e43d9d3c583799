"""What an agency and an archives have agreed, what is due when, and what has been announced."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.intake.types import AgreementState, AnnouncementState, CountsFrom, Mode, Reminder


class Agreement(models.Model):
    """移交协议: one version of what an agency and its archives have settled about transfers."""

    number = models.CharField(_("协议编号"), max_length=60)
    version = models.PositiveSmallIntegerField(_("版次"), default=1)
    title = models.CharField(_("协议名称"), max_length=200)
    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("移交单位"))
    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    state = models.CharField(_("状态"), max_length=12, choices=AgreementState, default=AgreementState.DRAFT)
    layouts = ArrayField(models.CharField(max_length=16), verbose_name=_("接受的信息包结构"), default=list)
    formats = ArrayField(models.CharField(max_length=16), verbose_name=_("接受的文件格式"), default=list)
    most_bytes = models.BigIntegerField(_("每批最大数据量（字节）"), null=True)
    most_files = models.PositiveIntegerField(_("每批最多文件数"), null=True)
    most_items = models.PositiveIntegerField(_("每批最多件数"), null=True)
    needs_two_people = models.BooleanField(_("交接双人"), default=True)
    due_within_years = models.PositiveSmallIntegerField(_("移交期限（年）"), default=5)
    counts_from = models.CharField(_("期限起算"), max_length=8, choices=CountsFrom, default=CountsFrom.FILED)
    agency_signer = models.CharField(_("移交单位签署人"), max_length=64, blank=True)
    archives_signer = models.CharField(_("接收单位签署人"), max_length=64, blank=True)
    valid_from = models.DateField(_("施行日期"))
    valid_until = models.DateField(_("终止日期"), null=True)
    note = models.TextField(_("其他约定"), blank=True)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    drafter_name = models.CharField(_("起草人"), max_length=64, blank=True)
    drafted_at = models.DateTimeField(_("起草时间"))
    agency_signed_by = models.CharField(_("移交单位确认人"), max_length=64, blank=True)
    agency_signed_at = models.DateTimeField(_("移交单位确认时间"), null=True)
    archives_signed_by = models.CharField(_("接收单位确认人"), max_length=64, blank=True)
    archives_signed_at = models.DateTimeField(_("接收单位确认时间"), null=True)

    class Meta:
        verbose_name = _("移交协议")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("number", "version"), name="intake_agreement_version_once"),
            models.UniqueConstraint(
                fields=("agency", "archives"),
                condition=Q(state="in_force"),
                name="intake_one_agreement_in_force",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this version."""
        return reverse("intake:agreement", args=[self.pk])


class AgreedKind(models.Model):
    """A kind of record that an agreement covers, and the test scheme that its items are held against."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="kinds")
    kind = models.ForeignKey(
        "holdings.RecordKind", models.PROTECT, related_name="+", verbose_name=_("档案种类")
    )
    scheme = models.CharField(_("检测方案"), max_length=60)

    class Meta:
        verbose_name = _("约定的档案种类")
        ordering = ("agreement", "kind")
        constraints = (models.UniqueConstraint(fields=("agreement", "kind"), name="intake_agreed_kind_once"),)


class Due(models.Model):
    """应移交: the records of one kind and year that an agency has to hand over by a day."""

    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("移交单位"))
    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    kind = models.ForeignKey(
        "holdings.RecordKind", models.PROTECT, related_name="+", verbose_name=_("档案种类")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    due_on = models.DateField(_("应移交日期"))
    extended_to = models.DateField(_("延期至"), null=True)
    extension_basis = models.CharField(_("延期依据"), max_length=300, blank=True)
    waived_at = models.DateTimeField(_("免予移交时间"), null=True)
    waived_reason = models.CharField(_("免予移交理由"), max_length=300, blank=True)
    settled_at = models.DateTimeField(_("完成时间"), null=True)
    settled_by = models.ForeignKey(
        "intake.Submission", models.PROTECT, null=True, related_name="+", verbose_name=_("完成的批次")
    )
    reminded = models.CharField(max_length=8, choices=Reminder, blank=True)
    reminded_on = models.DateField(_("最近提醒"), null=True)

    class Meta:
        verbose_name = _("应移交")
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(fields=("agency", "archives", "kind", "year"), name="intake_due_once"),
        )
        indexes = (models.Index(fields=("archives", "due_on"), name="intake_due_calendar"),)

    def __str__(self) -> str:
        return str(_("%(year)d 年%(kind)s") % {"year": self.year, "kind": _(self.kind.name)})

    def get_absolute_url(self) -> str:
        """The page of this line of the calendar."""
        return reverse("intake:due", args=[self.pk])


class Announcement(models.Model):
    """移交预告: what is coming, how much, when and by which way."""

    number = models.CharField(_("预告编号"), max_length=60, unique=True)
    title = models.CharField(_("交接工作名称"), max_length=200)
    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("移交单位"))
    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("接收单位"))
    due = models.ForeignKey(
        Due, models.PROTECT, null=True, related_name="announcements", verbose_name=_("应移交")
    )
    kind = models.ForeignKey(
        "holdings.RecordKind", models.PROTECT, related_name="+", verbose_name=_("档案种类")
    )
    mode = models.CharField(_("移交方式"), max_length=8, choices=Mode)
    item_count = models.PositiveIntegerField(_("预计件数"))
    byte_count = models.BigIntegerField(_("预计数据量"), default=0)
    carrier = models.CharField(_("载体类型和数量"), max_length=200, blank=True)
    planned_on = models.DateField(_("计划移交日期"))
    proposed_on = models.DateField(_("档案馆建议日期"), null=True)
    note = models.TextField(_("内容描述"), blank=True)
    state = models.CharField(
        _("状态"), max_length=12, choices=AnnouncementState, default=AnnouncementState.SENT
    )
    announcer_name = models.CharField(_("预告人"), max_length=64, blank=True)
    announced_at = models.DateTimeField(_("预告时间"))

    class Meta:
        verbose_name = _("移交预告")
        ordering = ("-id",)
        indexes = (models.Index(fields=("archives", "state", "planned_on"), name="intake_announced"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this announcement."""
        return reverse("intake:announcement", args=[self.pk])
