"""Carriers, and what each look at them has shown."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.carriers.types import CarrierKind, CarrierState, CopyRole


class Carrier(models.Model):
    """An offline carrier (载体) that an organisation keeps or has received."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    number = models.CharField(_("载体编号"), max_length=64)
    label = models.CharField(_("标签"), max_length=200)
    kind = models.CharField(_("载体类型"), max_length=12, choices=CarrierKind)
    state = models.CharField(_("状态"), max_length=12, choices=CarrierState, default=CarrierState.KEPT)
    capacity_bytes = models.BigIntegerField(_("容量"), null=True)
    normal_bytes_per_s = models.BigIntegerField(_("标称读取速度"), null=True)
    content = models.TextField(_("内容"), blank=True)
    came_from = models.CharField(_("来源"), max_length=200, blank=True)
    received_on = models.DateField(_("入库日期"))
    place = models.CharField(_("存放位置"), max_length=200)
    role = models.CharField(_("套别"), max_length=12, choices=CopyRole, default=CopyRole.RECEIVED)
    copy_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="copies", verbose_name=_("复制自")
    )
    inspect_by = models.DateField(_("下次检查"))
    reminded_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("载体")
        ordering = ("org", "number")
        constraints = (
            models.UniqueConstraint(fields=("org", "number"), name="carriers_number_once"),
            models.CheckConstraint(
                condition=Q(copy_of__isnull=True) | ~Q(copy_of=F("id")), name="carriers_no_copy_of_itself"
            ),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.org.natural_key(), self.number)

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    def get_absolute_url(self) -> str:
        """The page of this carrier."""
        return reverse("carriers:carrier", args=[self.pk])


class Inspection(models.Model):
    """One look at a carrier: surface and label by eye, speed and discs by instruments."""

    carrier = models.ForeignKey(Carrier, models.CASCADE, related_name="inspections")
    inspected_on = models.DateField(_("检查日期"))
    inspector = models.CharField(_("检查人"), max_length=64)
    looks_good = models.BooleanField(_("外观和标签完好"))
    read_bytes_per_s = models.BigIntegerField(_("读取速度"), null=True)
    unreadable_count = models.PositiveIntegerField(_("读不出的文件"), default=0)
    disc_is_within_limits = models.BooleanField(_("光盘参数合格"), null=True)
    note = models.TextField(_("检查记录"), blank=True)

    class Meta:
        verbose_name = _("载体检查")
        ordering = ("carrier", "-inspected_on", "-id")

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.carrier.natural_key(), self.pk)

    def __str__(self) -> str:
        return f"{self.inspected_on}"

    @property
    def read_mb_per_s(self) -> float | None:
        """The measured speed in MB (10⁶ bytes) a second, as makers of carriers state it."""
        return None if self.read_bytes_per_s is None else round(self.read_bytes_per_s / 1_000_000, 1)
