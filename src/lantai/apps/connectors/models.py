"""Connectors of agencies and what came through them."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.connectors.types import Content, DeliveryState, Outcome, Way
from lantai.apps.custody.types import FileRole


class Connector(models.Model):
    """系统接入: one business system of one agency, by one way, with its own machine account."""

    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("立档单位"))
    code = models.CharField(_("代号"), max_length=40)
    name = models.CharField(_("名称"), max_length=120)
    source_system = models.CharField(_("来源系统"), max_length=200)
    way = models.CharField(_("接入方式"), max_length=8, choices=Way)
    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    kind = models.ForeignKey(
        "holdings.RecordKind", models.PROTECT, related_name="+", verbose_name=_("档案种类")
    )
    account = models.OneToOneField(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("机器账号")
    )
    mapping = models.JSONField(_("字段对应"), default=dict, blank=True)
    source_name = models.CharField(_("来源名称"), max_length=40, blank=True)
    prefix = models.CharField(_("前缀"), max_length=300, blank=True)
    settle_s = models.PositiveIntegerField(_("静置秒数"), default=60)
    poll_s = models.PositiveIntegerField(_("轮询间隔（秒）"), default=60)
    rate_per_minute = models.PositiveIntegerField(_("每分钟递送上限"), default=60)
    most_mb = models.PositiveIntegerField(_("每次递送上限（MB）"), default=2048)
    most_documents = models.PositiveIntegerField(_("每次文件份数上限"), default=200)
    silent_after_hours = models.PositiveIntegerField(_("静默告警（小时）"), null=True, blank=True)
    is_enabled = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(_("登记时间"))
    last_seen_at = models.DateTimeField(_("最近联系"), null=True)
    last_delivery_at = models.DateTimeField(_("最近递送"), null=True)
    turned_away = models.PositiveIntegerField(_("未收下次数"), default=0)
    last_error = models.TextField(_("最近差错"), blank=True)
    last_error_params = models.JSONField(default=dict, blank=True)
    last_error_at = models.DateTimeField(_("最近差错时间"), null=True)
    silent_since = models.DateTimeField(_("静默告警时间"), null=True)

    class Meta:
        verbose_name = _("系统接入")
        ordering = ("agency", "code")
        constraints = (models.UniqueConstraint(fields=("agency", "code"), name="connectors_code_once"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of this connector."""
        return reverse("connectors:connector", args=[self.pk])


class Delivery(models.Model):
    """递送: what a system handed over in one act; acknowledged once it is kept."""

    agency = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("立档单位"))
    connector = models.ForeignKey(
        Connector, models.PROTECT, related_name="deliveries", verbose_name=_("系统接入")
    )
    key = models.CharField(_("流水号"), max_length=120)
    request_sha256 = models.CharField(max_length=64)
    content = models.CharField(_("内容"), max_length=12, choices=Content, default=Content.DOCUMENTS)
    state = models.CharField(_("状态"), max_length=12, choices=DeliveryState, default=DeliveryState.RECEIVED)
    place = models.CharField(_("来源位置"), max_length=500, blank=True)
    item_count = models.PositiveIntegerField(_("份数"), default=0)
    byte_count = models.BigIntegerField(_("大小"), default=0)
    receipt = models.JSONField(default=dict)
    submission = models.ForeignKey(
        "intake.Submission", models.PROTECT, null=True, related_name="+", verbose_name=_("移交批次")
    )
    attempts = models.PositiveIntegerField(_("处理次数"), default=0)
    received_at = models.DateTimeField(_("收到时间"))
    ended_at = models.DateTimeField(_("处理完成时间"), null=True)
    answered_at = models.DateTimeField(_("回写时间"), null=True)

    class Meta:
        verbose_name = _("递送")
        verbose_name_plural = _("递送")
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("connector", "key"), name="connectors_key_once"),)
        indexes = (
            models.Index(fields=("agency", "state", "-id"), name="connectors_delivery_desk"),
            models.Index(fields=("connector", "-received_at"), name="connectors_delivery_rate"),
        )

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        """The page of this delivery."""
        return reverse("connectors:delivery", args=[self.pk])


class DeliveryItem(models.Model):
    """One document of a delivery as its sender describes it, and what became of it."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="items")
    order = models.PositiveIntegerField()
    external_key = models.CharField(_("流水号"), max_length=120)
    title = models.TextField(_("题名"))
    said = models.JSONField(default=dict)
    outcome = models.CharField(_("结果"), max_length=8, choices=Outcome, default=Outcome.WAITING)
    message = models.TextField(_("原因"), blank=True)
    params = models.JSONField(default=dict, blank=True)
    document = models.ForeignKey(
        "filing.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("文件")
    )

    class Meta:
        verbose_name = _("递送的文件")
        ordering = ("delivery", "order")
        constraints = (
            models.UniqueConstraint(fields=("delivery", "order"), name="connectors_item_order_once"),
            models.UniqueConstraint(fields=("delivery", "external_key"), name="connectors_item_key_once"),
        )

    def __str__(self) -> str:
        return self.title


class DeliveryFile(models.Model):
    """One file of a delivery; ours until it is taken onto the desk or the delivery is dismissed."""

    item = models.ForeignKey(DeliveryItem, models.CASCADE, related_name="files")
    order = models.PositiveIntegerField()
    name = models.CharField(_("文件名"), max_length=255)
    role = models.CharField(_("稿本"), max_length=12, choices=FileRole, default=FileRole.MAIN)
    blob_key = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    sm3 = models.CharField(max_length=64)
    is_here = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("递送的电子文件")
        ordering = ("item", "order")
        constraints = (models.UniqueConstraint(fields=("item", "order"), name="connectors_file_order_once"),)
        indexes = (
            models.Index(fields=("blob_key",), name="connectors_file_blob", condition=models.Q(is_here=True)),
        )

    def __str__(self) -> str:
        return self.name
