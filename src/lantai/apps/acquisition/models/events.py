"""Major events and key projects, and what each unit is asked for."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition.types import EventKind, EventState


class ListedEvent(models.Model):
    """An event or project on the yearly list, with its plan for records (档案工作方案)."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("档案馆"))
    title = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("类别"), max_length=12, choices=EventKind)
    state = models.CharField(_("状态"), max_length=12, choices=EventState, default=EventState.LISTED)
    began_on = models.DateField(_("开始日期"))
    ended_on = models.DateField(_("结束日期"), null=True)
    place = models.CharField(_("地点"), max_length=200, blank=True)
    lead = models.ForeignKey(
        "orgs.Org", models.PROTECT, null=True, related_name="+", verbose_name=_("牵头单位")
    )
    plan = models.TextField(_("档案工作方案"), blank=True)

    class Meta:
        verbose_name = _("重大活动和重点项目")
        ordering = ("-began_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")),
                name="acquisition_event_days_in_order",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this event."""
        return reverse("acquisition:event", args=[self.pk])


class Requirement(models.Model):
    """What one unit hands over, how many, until when; the transfer that brought it is named by number."""

    event = models.ForeignKey(ListedEvent, models.CASCADE, related_name="requirements")
    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    title = models.CharField(_("应归档材料"), max_length=300)
    due_on = models.DateField(_("移交期限"))
    expected_count = models.PositiveIntegerField(_("应收件数"))
    received_count = models.PositiveIntegerField(_("已收件数"), default=0)
    submission_number = models.CharField(_("移交批次编号"), max_length=64, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    reminded_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("应归档材料")
        ordering = ("event", "due_on", "id")
