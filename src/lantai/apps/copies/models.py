"""Policies, copies, readings, damage, moves and orphans. No row a file: a row only for what is wrong."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.copies.types import (
    DEFAULT_CYCLE_DAYS,
    DEFAULT_RATE_MB_S,
    ClearanceState,
    CopyState,
    DamageKind,
    MoveState,
    OrphanKind,
    ReadingKind,
    Settlement,
)


class CopyPolicy(models.Model):
    """How many copies of which packages, how far apart, how often read; the narrowest scope counts."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    title = models.CharField(_("名称"), max_length=120)
    fonds = models.ForeignKey(
        "holdings.Fonds", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("全宗")
    )
    source_type = models.CharField(_("包类"), max_length=48, blank=True)
    copy_count = models.PositiveSmallIntegerField(_("副本数"), default=1)
    site_count = models.PositiveSmallIntegerField(_("至少地点数"), default=1)
    medium_count = models.PositiveSmallIntegerField(_("至少介质数"), default=1)
    cycle_days = models.PositiveSmallIntegerField(_("校验周期"), default=DEFAULT_CYCLE_DAYS)
    rate_mb_s = models.PositiveIntegerField(_("读取速率上限"), default=DEFAULT_RATE_MB_S)
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("副本策略")
        ordering = ("org", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("org", "fonds", "source_type"), name="copies_policy_of_scope", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(copy_count__gte=1) & Q(cycle_days__gte=1), name="copies_policy_keeps_and_reads"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this policy."""
        return reverse("copies:policy", args=[self.pk])


class PolicyPlace(models.Model):
    """A place of a policy, in order; of those listed the first that satisfy it are chosen."""

    policy = models.ForeignKey(CopyPolicy, models.CASCADE, related_name="places")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()
    is_chosen = models.BooleanField(default=False)

    class Meta:
        ordering = ("policy", "order")
        constraints = (models.UniqueConstraint(fields=("policy", "place"), name="copies_place_once"),)


class Copy(models.Model):
    """One package in one place: one OCFL object there."""

    package = models.ForeignKey(
        "custody.Package", models.PROTECT, related_name="copies", verbose_name=_("信息包")
    )
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="copies", verbose_name=_("存储位置")
    )
    state = models.CharField(_("状态"), max_length=12, choices=CopyState, default=CopyState.WANTED)
    version = models.PositiveIntegerField(_("版本"), default=0)
    inventory_sha512 = models.CharField(max_length=128, blank=True)
    byte_count = models.BigIntegerField(_("数据量"), default=0)
    file_count = models.PositiveIntegerField(_("文件数"), default=0)
    verified_at = models.DateTimeField(_("最近校验"), null=True)
    is_wanted = models.BooleanField(_("策略要求"), default=True)
    is_due = models.BooleanField(default=True)  # something is still to be written
    tries = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_try_at = models.DateTimeField(_("下次尝试"), null=True)
    why = models.TextField(_("说明"), blank=True)
    surveyed_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(_("撤除时间"), null=True)

    class Meta:
        verbose_name = _("副本")
        ordering = ("package", "place")
        constraints = (models.UniqueConstraint(fields=("package", "place"), name="copies_one_a_place"),)
        indexes = (
            models.Index(fields=("place", "id"), name="copies_to_write", condition=Q(is_due=True)),
            models.Index(fields=("place", "verified_at"), name="copies_by_age"),
            models.Index(fields=("id",), name="copies_bad", condition=Q(state__in=("damaged", "missing"))),
        )

    def get_absolute_url(self) -> str:
        """The copies of the same package."""
        return reverse("copies:package", args=[self.package_id])


class Reading(models.Model):
    """One round of reading: which copies, how far it came, what it found."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    kind = models.CharField(_("缘由"), max_length=8, choices=ReadingKind, default=ReadingKind.DEMAND)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("存储位置")
    )
    fonds = models.ForeignKey(
        "holdings.Fonds", models.PROTECT, null=True, related_name="+", verbose_name=_("全宗")
    )
    package = models.ForeignKey("custody.Package", models.PROTECT, null=True, related_name="+")
    due_before = models.DateTimeField(null=True)  # cycle: copies verified before this moment
    sample_count = models.PositiveIntegerField(_("抽样数"), null=True)
    seed = models.PositiveIntegerField(default=0)
    rate_mb_s = models.PositiveIntegerField(_("速率上限"), default=0)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    copy_count = models.PositiveIntegerField(_("已读副本"), default=0)
    file_count = models.PositiveIntegerField(_("已读文件"), default=0)
    byte_count = models.BigIntegerField(_("已读字节"), default=0)
    damage_count = models.PositiveIntegerField(_("异常"), default=0)
    repaired_count = models.PositiveIntegerField(_("已修复"), default=0)
    away_count = models.PositiveIntegerField(_("未读到"), default=0)
    run = models.ForeignKey("jobs.Run", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("校验轮次")
        ordering = ("-id",)

    def get_absolute_url(self) -> str:
        """The page of this round."""
        return reverse("copies:reading", args=[self.pk])


class Damage(models.Model):
    """One file of one copy that is not what was sealed."""

    copy = models.ForeignKey(Copy, models.CASCADE, related_name="damages", verbose_name=_("副本"))
    reading = models.ForeignKey(Reading, models.SET_NULL, null=True, related_name="damages")
    path = models.TextField(_("文件"))  # relative to the object
    kind = models.CharField(_("异常"), max_length=12, choices=DamageKind)
    expected_sha512 = models.CharField(max_length=128, blank=True)
    found_sha512 = models.CharField(max_length=128, blank=True)
    found_at = models.DateTimeField(_("发现时间"))
    repaired_at = models.DateTimeField(_("修复时间"), null=True)
    repaired_from = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("修复来源")
    )
    lying_place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("答错的位置")
    )
    is_lost = models.BooleanField(_("无可信副本"), default=False)
    kept_as = models.CharField(_("隔离件"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("副本异常")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("copy", "path"), condition=Q(repaired_at=None), name="copies_damage_once"
            ),
        )


class Move(models.Model):
    """Bringing copies from one place to another; without a goal, out of a place that retires."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("管理单位"))
    source = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("来源位置"))
    goal = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("去向位置")
    )
    reason = models.TextField(_("理由"))
    state = models.CharField(_("状态"), max_length=8, choices=MoveState, default=MoveState.OPEN)
    asked_by = models.CharField(_("发起人"), max_length=64)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    moved_count = models.PositiveIntegerField(_("已搬副本"), default=0)
    waiting_count = models.PositiveIntegerField(_("等待中"), default=0)
    run = models.ForeignKey("jobs.Run", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("副本搬迁")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("source",), condition=Q(state="open"), name="copies_one_move_of_a_place"
            ),
        )

    @property
    def is_retirement(self) -> bool:
        """Whether the place itself is given up."""
        return self.goal_id is None

    def get_absolute_url(self) -> str:
        """The page of this move."""
        return reverse("copies:move", args=[self.pk])


class Clearance(models.Model):
    """Removing copies that no policy asks for any more: asked by one, approved by another, done by a run."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("存储位置")
    )
    reason = models.TextField(_("理由"))
    state = models.CharField(
        _("状态"), max_length=10, choices=ClearanceState, default=ClearanceState.DRAFT, db_index=True
    )
    asked_by = models.CharField(_("提出人"), max_length=64)
    asked_at = models.DateTimeField(_("提出时间"))
    approved_at = models.DateTimeField(_("批准时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    copy_count = models.PositiveIntegerField(_("提出时的多余副本"), default=0)
    byte_count = models.BigIntegerField(_("提出时的数据量"), default=0)
    cleared_count = models.PositiveIntegerField(_("已撤除"), default=0)
    kept_count = models.PositiveIntegerField(_("未撤除"), default=0)
    run = models.ForeignKey("jobs.Run", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("多余副本的撤除")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.org.name} · {self.place.title if self.place else _('全部位置')}"

    def get_absolute_url(self) -> str:
        """The page of this clearance."""
        return reverse("copies:clearance", args=[self.pk])


class JournalSegment(models.Model):
    """One segment of the journal beside the objects, as it was written: every copy is compared with this."""

    number = models.PositiveIntegerField(primary_key=True)
    end = models.BigIntegerField()  # the leaf of the log that comes next
    sha512 = models.CharField(max_length=128)  # what the next one names: of all but the last line
    file_sha512 = models.CharField(max_length=128)
    file_sm3 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()

    class Meta:
        verbose_name = _("保管日志段")
        ordering = ("number",)


class JournalCopy(models.Model):
    """The journal in one place: up to which segment all of it lies there and was read back."""

    place = models.OneToOneField(
        "places.Place", models.PROTECT, related_name="journal", verbose_name=_("存储位置")
    )
    segment_count = models.PositiveIntegerField(_("日志段"), default=0)
    byte_count = models.BigIntegerField(_("数据量"), default=0)
    is_wanted = models.BooleanField(_("策略要求"), default=True)
    verified_at = models.DateTimeField(_("最近校验"), null=True)
    tries = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    next_try_at = models.DateTimeField(_("下次尝试"), null=True)
    why = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = _("保管日志副本")
        ordering = ("place",)


class JournalDamage(models.Model):
    """One segment of one copy of the journal that is not what was written."""

    copy = models.ForeignKey(JournalCopy, models.CASCADE, related_name="damages")
    reading = models.ForeignKey(Reading, models.SET_NULL, null=True, related_name="journal_damages")
    number = models.PositiveIntegerField(_("日志段"))
    kind = models.CharField(_("异常"), max_length=12, choices=DamageKind)
    found_sha512 = models.CharField(max_length=128, blank=True)
    found_at = models.DateTimeField(_("发现时间"))
    repaired_at = models.DateTimeField(_("修复时间"), null=True)
    repaired_from = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("修复来源")
    )
    is_lost = models.BooleanField(_("无可信副本"), default=False)
    kept_as = models.CharField(_("隔离件"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("保管日志异常")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("copy", "number"), condition=Q(repaired_at=None), name="copies_journal_damage_once"
            ),
        )


class Orphan(models.Model):
    """Something in a place that is known to nobody, or something known that is not there."""

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", verbose_name=_("存储位置"))
    org = models.ForeignKey(
        "orgs.Org", models.PROTECT, null=True, related_name="+", verbose_name=_("保管单位")
    )
    kind = models.CharField(_("类别"), max_length=8, choices=OrphanKind)
    name = models.TextField(_("名称"))  # the folder of the object, or a stray file, relative to the place
    object_id = models.CharField(_("对象标识"), max_length=200, blank=True)
    copy = models.ForeignKey(Copy, models.CASCADE, null=True, related_name="+")
    file_count = models.PositiveIntegerField(_("文件数"), default=0)
    byte_count = models.BigIntegerField(_("数据量"), default=0)
    found_at = models.DateTimeField(_("发现时间"))
    seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(_("处理时间"), null=True)
    settled_by = models.CharField(_("处理人"), max_length=64, blank=True)
    settlement = models.CharField(_("处理办法"), max_length=8, choices=Settlement, blank=True)
    reason = models.TextField(_("理由"), blank=True)

    class Meta:
        verbose_name = _("两边不一致")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("place", "name", "kind"), condition=Q(settled_at=None), name="copies_orphan_once"
            ),
        )


class DayFigure(models.Model):
    """What one day came to in one place for one organisation: for the calendar, growth and forecast."""

    day = models.DateField(_("日期"))
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    held_bytes = models.BigIntegerField(_("存量"), default=0)
    held_copies = models.PositiveIntegerField(_("副本"), default=0)
    read_copies = models.PositiveIntegerField(_("已读副本"), default=0)
    read_files = models.PositiveIntegerField(_("已读文件"), default=0)
    read_bytes = models.BigIntegerField(_("已读字节"), default=0)
    damages = models.PositiveIntegerField(_("异常"), default=0)
    repaired = models.PositiveIntegerField(_("已修复"), default=0)

    class Meta:
        verbose_name = _("每日数字")
        ordering = ("-day", "place")
        constraints = (
            models.UniqueConstraint(fields=("day", "org", "place"), name="copies_one_figure_a_day"),
        )
