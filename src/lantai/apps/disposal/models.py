"""Destruction lists, what the group said of them, and legal holds."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.disposal.types import HoldScope, ListState, Verdict


class DisposalList(models.Model):
    """销毁清册: what is to be destroyed, why, who said so, and that it was done. Kept permanently."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    number = models.CharField(_("清册编号"), max_length=40)
    title = models.CharField(_("名称"), max_length=200)
    reason = models.TextField(_("销毁理由"))
    state = models.CharField(_("状态"), max_length=16, choices=ListState, default=ListState.DRAFTING)
    drafter_name = models.CharField(_("提出人"), max_length=64)
    drafted_at = models.DateTimeField(_("提出时间"))
    executor_name = models.CharField(_("执行人"), max_length=64, blank=True)
    method = models.CharField(_("销毁方式"), max_length=200, blank=True)
    place = models.CharField(_("销毁地点"), max_length=200, blank=True)
    destroyed_at = models.DateTimeField(_("销毁时间"), null=True)
    statement = models.JSONField(default=dict, editable=False)
    entry_id = models.BigIntegerField(null=True, editable=False)  # the line of the ledger that says so

    class Meta:
        verbose_name = _("销毁清册")
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("org", "number"), name="disposal_number_once"),)

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.org.natural_key(), self.number)

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The page of this list."""
        return reverse("disposal:list", args=[self.pk])


class DisposalLine(models.Model):
    """One item on a list, as it was described when it was entered: it outlives what it speaks of."""

    disposal_list = models.ForeignKey(DisposalList, models.CASCADE, related_name="lines")
    description = models.ForeignKey("catalogue.Description", models.PROTECT, related_name="+")
    package_id = models.BigIntegerField(db_index=True)
    item_key = models.CharField(max_length=120)
    reference_code = models.CharField(_("档号"), max_length=120, db_collation="C")
    title = models.TextField(_("题名"))
    author = models.CharField(_("责任者"), max_length=300, blank=True)
    dated_on = models.DateField(_("日期"), null=True)
    page_count = models.PositiveIntegerField(_("页数"), null=True)
    retention = models.CharField(_("原保管期限"), max_length=8)
    expired_on = models.DateField(_("期满日期"))
    verdict = models.CharField(_("鉴定结论"), max_length=8, choices=Verdict, default=Verdict.DESTROY)
    note = models.CharField(_("备注"), max_length=300, blank=True)
    file_count = models.PositiveIntegerField(_("文件数"), default=0)
    byte_count = models.BigIntegerField(_("字节数"), default=0)
    destroyed_at = models.DateTimeField(_("销毁时间"), null=True)
    version = models.PositiveIntegerField(null=True)  # of the object that has the content no more

    class Meta:
        verbose_name = _("清册条目")
        ordering = ("disposal_list", "reference_code", "id")
        constraints = (
            models.UniqueConstraint(fields=("disposal_list", "description"), name="disposal_line_once"),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.disposal_list.natural_key(), *self.description.natural_key())

    def __str__(self) -> str:
        return f"{self.reference_code} {self.title}"


class Opinion(models.Model):
    """What one member of the appraisal group said of a list."""

    disposal_list = models.ForeignKey(DisposalList, models.CASCADE, related_name="opinions")
    # without one where only the name came back with the storage root
    member = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    member_name = models.CharField(_("鉴定小组成员"), max_length=64)
    duty = models.CharField(_("身份"), max_length=64)
    text = models.TextField(_("意见"))
    given_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("鉴定意见")
        ordering = ("disposal_list", "given_at")
        constraints = (
            models.UniqueConstraint(fields=("disposal_list", "member"), name="disposal_opinion_once"),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.disposal_list.natural_key(), self.pk)


class Supervisor(models.Model):
    """Who watched the destruction."""

    disposal_list = models.ForeignKey(DisposalList, models.CASCADE, related_name="supervisors")
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("监销人"), max_length=64)
    confirmed_at = models.DateTimeField(_("确认监销时间"), null=True)

    class Meta:
        verbose_name = _("监销人")
        ordering = ("disposal_list", "id")
        constraints = (
            models.UniqueConstraint(fields=("disposal_list", "user"), name="disposal_supervisor_once"),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.disposal_list.natural_key(), self.pk)


class LegalHold(models.Model):
    """法律保全: while it lasts, nothing of what it covers is destroyed."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    scope = models.CharField(_("范围"), max_length=8, choices=HoldScope)
    fonds = models.ForeignKey(
        "holdings.Fonds", models.PROTECT, null=True, related_name="+", verbose_name=_("全宗")
    )
    package = models.ForeignKey(
        "custody.Package", models.PROTECT, null=True, related_name="+", verbose_name=_("信息包")
    )
    description = models.ForeignKey("catalogue.Description", models.PROTECT, null=True, related_name="+")
    target_name = models.CharField(_("对象"), max_length=300)
    reason = models.CharField(_("原因"), max_length=300)
    basis = models.CharField(_("依据文书"), max_length=200, blank=True)
    placed_by = models.CharField(_("登记人"), max_length=64)
    placed_at = models.DateTimeField(_("登记时间"))
    ends_on = models.DateField(_("到期日"), null=True)
    lifted_at = models.DateTimeField(_("解除时间"), null=True)
    lifted_why = models.CharField(_("解除原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("法律保全")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(scope="fonds", package=None, description=None)
                | Q(scope="package", fonds=None, description=None)
                | Q(scope="item", fonds=None, package=None),
                name="disposal_hold_covers_one",
            ),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.org.natural_key(), self.pk)

    def __str__(self) -> str:
        return self.target_name

    def get_absolute_url(self) -> str:
        """The page of this hold."""
        return reverse("disposal:hold", args=[self.pk])
