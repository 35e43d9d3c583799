"""Runs and their log lines."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.platform.jobs.types import RunState


class Run(models.Model):
    """One long act: what it is, for whom, how far it has come."""

    kind = models.CharField(max_length=80)
    label = models.CharField(_("任务"), max_length=200)
    args = models.JSONField(default=dict)
    queue = models.CharField(max_length=32, default="default")
    state = models.CharField(_("状态"), max_length=12, choices=RunState, default=RunState.QUEUED)
    cursor = models.TextField(default="", blank=True)
    done = models.BigIntegerField(_("已完成"), default=0)
    total = models.BigIntegerField(_("总数"), null=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, null=True, related_name="+", verbose_name=_("机构"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("发起人")
    )
    about_type = models.CharField(max_length=48, default="", blank=True)
    about_id = models.CharField(max_length=48, default="", blank=True)
    is_quiet = models.BooleanField(default=False)
    is_stop_asked = models.BooleanField(default=False)
    turn = models.BigIntegerField(default=0)
    attempts = models.IntegerField(_("次数"), default=0)
    message = models.TextField(_("说明"), default="", blank=True)
    incident = models.CharField(_("事件编号"), max_length=12, default="", blank=True)
    created_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    class Meta:
        verbose_name = _("任务")
        indexes = (
            models.Index(fields=("user", "-id"), name="jobs_run_by_user"),
            models.Index(fields=("about_type", "about_id"), name="jobs_run_about"),
            models.Index(
                fields=("state",), name="jobs_run_open", condition=models.Q(state__in=("queued", "running"))
            ),
            models.Index(fields=("turn",), name="jobs_run_turn", condition=models.Q(state="queued")),
            models.Index(
                fields=("org", "-turn"), name="jobs_run_turn_of_org", condition=models.Q(state="queued")
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def percent(self) -> int | None:
        """Whole percents done, or None where the total isn't known."""
        return min(100, self.done * 100 // self.total) if self.total else None


class BeatFault(models.Model):
    """A beat that fails, from its first failure until it has gone well again and that was told."""

    name = models.CharField(max_length=120, unique=True)
    incident = models.CharField(max_length=12)
    error = models.CharField(max_length=80)  # the kind alone: what it says may name persons
    since = models.DateTimeField()
    count = models.IntegerField(default=1)
    is_told = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("后台事务故障")

    def __str__(self) -> str:
        return self.name


class RunLine(models.Model):
    """One line of a run's log: a message id with its values."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="lines")
    at = models.DateTimeField(auto_now_add=True)
    text = models.TextField()
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
