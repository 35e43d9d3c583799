"""Plans, what was saved by them, what drills have shown, and what alarms."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.backup.types import Cause, DrillState, Outcome, SetState


class BackupPlan(models.Model):
    """What is saved to where, how often, how long it is kept, and what is promised."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("管理单位"))
    title = models.CharField(_("方案名称"), max_length=120, unique=True)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("存储位置"))
    second_place = models.ForeignKey(
        "places.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("第二存储位置"),
    )
    includes_store = models.BooleanField(_("包括档案内容"), default=True)
    is_active = models.BooleanField(_("启用"), default=True)
    full_every_hours = models.PositiveIntegerField(_("完整备份间隔（小时）"), default=24)
    increment_every_minutes = models.PositiveIntegerField(_("增量间隔（分钟）"), default=5)
    drill_every_days = models.PositiveIntegerField(_("恢复演练间隔（天）"), default=7)
    keep_daily = models.PositiveIntegerField(_("保留日备份"), default=7)
    keep_weekly = models.PositiveIntegerField(_("保留周备份"), default=5)
    keep_monthly = models.PositiveIntegerField(_("保留月备份"), default=12)
    keep_yearly = models.PositiveIntegerField(_("保留年备份"), default=3)
    rpo_minutes = models.PositiveIntegerField(_("可容忍丢失（分钟）"), default=15)
    rto_minutes = models.PositiveIntegerField(_("恢复时限（分钟）"), default=240)
    vault = models.CharField(_("备份目录"), max_length=16, unique=True, editable=False)
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("备份方案")
        ordering = ("title",)
        constraints = (
            models.CheckConstraint(
                condition=Q(keep_daily__gte=1) & Q(full_every_hours__gte=1),
                name="backup_plan_keeps_something",
            ),
            models.CheckConstraint(
                condition=Q(second_place__isnull=True) | ~Q(second_place=models.F("place")),
                name="backup_plan_two_places",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this plan."""
        return reverse("backup:plan", args=[self.pk])

    @property
    def slot(self) -> str:
        """The replication slot that keeps the log of the database for this plan."""
        return f"lantai_backup_{self.vault}"


class BackupSet(models.Model):
    """One full backup with the increments after it; in the place it is never changed, only added to."""

    plan = models.ForeignKey(BackupPlan, models.PROTECT, related_name="sets", verbose_name=_("备份方案"))
    set_id = models.CharField(_("备份集编号"), max_length=40, unique=True)
    vault = models.CharField(_("备份目录"), max_length=16)
    state = models.CharField(_("状态"), max_length=12, choices=SetState, default=SetState.MAKING)
    begun_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    covered_from = models.DateTimeField(_("可恢复自"), null=True)
    covered_until = models.DateTimeField(_("可恢复至"), null=True)
    last_segment = models.CharField(max_length=24, blank=True)
    increments = models.PositiveIntegerField(_("增量次数"), default=0)
    file_count = models.BigIntegerField(_("文件数"), default=0)
    byte_count = models.BigIntegerField(_("内容大小"), default=0)
    new_bytes = models.BigIntegerField(_("新增占用"), default=0)
    log_size = models.BigIntegerField(_("存证日志条数"), null=True)
    verified_at = models.DateTimeField(_("通读校验时间"), null=True)
    why = models.TextField(_("说明"), blank=True)
    is_cleared = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("备份集")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=SetState.GOOD) | Q(covered_until__isnull=False),
                name="backup_good_is_whole",
            ),
            models.UniqueConstraint(
                fields=("plan",), condition=Q(state=SetState.MAKING), name="backup_one_under_way"
            ),
        )

    def __str__(self) -> str:
        return self.set_id

    def get_absolute_url(self) -> str:
        """The page of this set."""
        return reverse("backup:set", args=[self.pk])

    @property
    def took(self) -> timedelta | None:
        """How long making it took."""
        return None if self.finished_at is None else self.finished_at - self.begun_at


class Pack(models.Model):
    """One stored file of a plan's vault, with contents of one or many files in it."""

    vault = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    size_bytes = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("vault", "name"), name="backup_pack_once"),)

    def __str__(self) -> str:
        return self.name


class PackUse(models.Model):
    """A set needs a pack; a pack that no kept set needs is removed."""

    backup_set = models.ForeignKey(BackupSet, models.CASCADE, related_name="uses")
    pack = models.ForeignKey(Pack, models.CASCADE, related_name="uses")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("backup_set", "pack"), name="backup_use_once"),)


class Content(models.Model):
    """Where the bytes of one content lie, so that they are stored once."""

    vault = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64)
    pack = models.ForeignKey(Pack, models.CASCADE, related_name="contents")
    at = models.BigIntegerField()
    stored_bytes = models.BigIntegerField()
    is_compressed = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("vault", "sha256"), name="backup_content_once"),)


class RestoreDrill(models.Model):
    """A set restored beside the live system, and compared with what it must be."""

    plan = models.ForeignKey(BackupPlan, models.PROTECT, related_name="drills", verbose_name=_("备份方案"))
    backup_set = models.ForeignKey(
        BackupSet, models.PROTECT, null=True, related_name="drills", verbose_name=_("备份集")
    )
    state = models.CharField(_("结论"), max_length=12, choices=DrillState, default=DrillState.RUNNING)
    begun_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    rto_seconds = models.PositiveIntegerField(_("恢复用时（秒）"), null=True)
    rpo_seconds = models.PositiveIntegerField(_("可能丢失（秒）"), null=True)
    file_count = models.BigIntegerField(_("恢复文件数"), default=0)
    byte_count = models.BigIntegerField(_("恢复大小"), default=0)
    why = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = _("恢复演练")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.plan} {self.begun_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """The report."""
        return reverse("backup:drill", args=[self.pk])


class DrillFinding(models.Model):
    """One comparison of a drill."""

    drill = models.ForeignKey(RestoreDrill, models.CASCADE, related_name="findings")
    code = models.CharField(max_length=32)
    subject = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome)
    expected = models.CharField(max_length=300, blank=True)
    found = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)


class Alarm(models.Model):
    """Something about a plan that somebody must mend; told once, open until it is mended."""

    plan = models.ForeignKey(BackupPlan, models.CASCADE, related_name="alarms")
    cause = models.CharField(_("原因"), max_length=16, choices=Cause)
    why = models.TextField(_("说明"), blank=True)
    since = models.DateTimeField(_("开始时间"))
    mended_at = models.DateTimeField(_("消除时间"), null=True)

    class Meta:
        verbose_name = _("备份告警")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "cause"), condition=Q(mended_at__isnull=True), name="backup_alarm_once"
            ),
        )
