"""Datestamps of our rows, and what we hold of other archives' catalogues."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.interop.types import Way


class Stamp(models.Model):
    """When a row of the catalogue last changed for those who harvest it; it stays when the row is gone.

    Ids and codes instead of references: a harvester must still hear years later that a record is no more.
    """

    row_id = models.BigIntegerField(primary_key=True)
    permanent = models.BigIntegerField()
    stamped_at = models.DateTimeField()
    archives_code = models.CharField(max_length=32)
    fonds_id = models.BigIntegerField()
    kind_id = models.BigIntegerField()
    custodian_id = models.BigIntegerField(null=True)  # nobody any more: the row is gone
    holders = ArrayField(models.BigIntegerField(), default=list)  # custodians now and formerly
    is_public = models.BooleanField()
    was_public = models.BooleanField()

    class Meta:
        verbose_name = _("采集时间戳")
        constraints = (models.UniqueConstraint(fields=("permanent",), name="interop_stamp_permanent_once"),)
        indexes = (
            models.Index(fields=("stamped_at", "row_id"), name="interop_stamp_all"),
            models.Index(
                fields=("stamped_at", "row_id"), condition=Q(was_public=True), name="interop_stamp_public"
            ),
            models.Index(fields=("archives_code", "stamped_at", "row_id"), name="interop_stamp_archives"),
            models.Index(fields=("fonds_id", "stamped_at", "row_id"), name="interop_stamp_fonds"),
            models.Index(fields=("kind_id", "stamped_at", "row_id"), name="interop_stamp_kind"),
        )


class Walk(models.Model):
    """How far the rows that were there before anybody followed the changes have got their first datestamp."""

    name = models.CharField(max_length=40, unique=True)
    last_id = models.BigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("首次盖时间戳")


class Source(models.Model):
    """他馆目录来源: another archives whose catalogue we harvest, or which reports it to us."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("汇集单位"))
    name = models.CharField(_("名称"), max_length=120)
    way = models.CharField(_("方式"), max_length=8, choices=Way, default=Way.HARVEST)
    address = models.CharField(_("OAI-PMH 基础地址"), max_length=500, blank=True)
    prefix = models.CharField(_("元数据格式"), max_length=40, default="oai_dc", blank=True)
    spec = models.CharField(_("集合"), max_length=200, blank=True)
    every_hours = models.PositiveIntegerField(_("间隔（小时）"), default=24)
    reporter = models.ForeignKey(
        "orgs.Org", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("报送单位")
    )
    is_enabled = models.BooleanField(_("启用"), default=True)
    harvested_until = models.CharField(
        _("已采集到"), max_length=30, blank=True
    )  # as the other side writes times
    next_at = models.DateTimeField(_("下次采集"), null=True)
    last_error = models.TextField(_("最近差错"), blank=True)
    last_error_params = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("他馆目录来源")
        ordering = ("org", "name")
        constraints = (models.UniqueConstraint(fields=("org", "name"), name="interop_source_name_once"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of this source."""
        return reverse("interop:source", args=[self.pk])


class Foreign(models.Model):
    """A record of another archives; never mixed with our own holdings."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("汇集单位"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="records", verbose_name=_("来源"))
    identifier = models.CharField(_("标识"), max_length=500)
    datestamp = models.CharField(_("对方时间戳"), max_length=30, blank=True)
    title = models.TextField(_("题名"), blank=True)
    author = models.CharField(_("责任者"), max_length=300, blank=True)
    reference_code = models.CharField(_("档号"), max_length=200, blank=True)
    dated = models.CharField(_("日期"), max_length=40, blank=True)
    fonds = models.CharField(_("全宗"), max_length=200, blank=True)
    archives = models.CharField(_("保管机构"), max_length=200, blank=True)
    address = models.CharField(_("网址"), max_length=500, blank=True)
    note = models.TextField(_("附注"), blank=True)
    sets = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    body = models.TextField(blank=True)
    is_deleted = models.BooleanField(_("已撤回"), default=False)
    conflict = models.CharField(_("冲突"), max_length=300, blank=True)
    came_at = models.DateTimeField(_("首次收到"))
    changed_at = models.DateTimeField(_("最近变化"))

    class Meta:
        verbose_name = _("他馆目录")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("source", "identifier"), name="interop_foreign_identifier_once"),
        )
        indexes = (
            models.Index(fields=("org", "identifier"), name="interop_foreign_by_identifier"),
            models.Index(fields=("org", "-id"), name="interop_foreign_newest"),
        )

    def __str__(self) -> str:
        return self.title or self.identifier

    def get_absolute_url(self) -> str:
        """The page of this record."""
        return reverse("interop:foreign", args=[self.pk])


class Round(models.Model):
    """One harvest, or one batch that was reported to us: what it brought."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("汇集单位"))
    source = models.ForeignKey(Source, models.CASCADE, related_name="rounds", verbose_name=_("来源"))
    key = models.CharField(_("批次"), max_length=64)
    began_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    page_count = models.PositiveIntegerField(_("页数"), default=0)
    new_count = models.PositiveIntegerField(_("新增"), default=0)
    changed_count = models.PositiveIntegerField(_("更新"), default=0)
    deleted_count = models.PositiveIntegerField(_("撤回"), default=0)
    conflict_count = models.PositiveIntegerField(_("冲突"), default=0)
    refused = models.JSONField(default=list)  # identifier, reason
    since = models.CharField(_("起点"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("采集批次")
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("source", "key"), name="interop_round_once"),)


class Channel(models.Model):
    """目录报送: the superior to whom an archives reports its catalogue."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("报送单位"))
    name = models.CharField(_("名称"), max_length=120)
    address = models.CharField(_("上级平台地址"), max_length=500)
    key_name = models.CharField(_("密钥名称"), max_length=40)
    every_hours = models.PositiveIntegerField(_("间隔（小时）"), default=24)
    only_open = models.BooleanField(_("只报送开放目录"), default=False)
    is_enabled = models.BooleanField(_("启用"), default=True)
    has_told_all = models.BooleanField(
        default=False
    )  # also of what is not open, which must then be taken back
    sent_until = models.DateTimeField(_("已报送到"), null=True)
    sent_row = models.BigIntegerField(default=0)
    next_at = models.DateTimeField(_("下次报送"), null=True)
    last_error = models.TextField(_("最近差错"), blank=True)
    last_error_params = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("目录报送")
        ordering = ("org", "name")
        constraints = (models.UniqueConstraint(fields=("org", "name"), name="interop_channel_name_once"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of this channel."""
        return reverse("interop:channel", args=[self.pk])


class Dispatch(models.Model):
    """One batch that we report: sent again under the same key until it is acknowledged."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("报送单位"))
    channel = models.ForeignKey(
        Channel, models.CASCADE, related_name="dispatches", verbose_name=_("目录报送")
    )
    key = models.UUIDField(_("批次"), default=uuid.uuid4, unique=True)
    after_at = models.DateTimeField(null=True)
    after_row = models.BigIntegerField(default=0)
    until_at = models.DateTimeField()
    until_row = models.BigIntegerField()
    began_at = models.DateTimeField(_("首次发送"))
    attempts = models.PositiveIntegerField(_("发送次数"), default=0)
    sent_count = models.PositiveIntegerField(_("条数"), default=0)
    withdrawn_count = models.PositiveIntegerField(_("其中撤回"), default=0)
    accepted_count = models.PositiveIntegerField(_("已接收"), default=0)
    refused = models.JSONField(default=list)  # row, code, reason
    acknowledged_at = models.DateTimeField(_("回执时间"), null=True)

    class Meta:
        verbose_name = _("报送批次")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("channel",),
                condition=Q(acknowledged_at__isnull=True),
                name="interop_one_dispatch_open",
            ),
        )
