"""Where copies are kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.platform.places.types import PRIMARY, Medium, PlaceState


class Place(models.Model):
    """One place: a folder, a bucket, a shelf of tapes. Its secrets stand in the settings, never here."""

    slug = models.CharField(_("代号"), max_length=32, unique=True)
    title = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类型"), max_length=16)
    address = models.CharField(_("地址"), max_length=500, blank=True)
    site = models.CharField(_("所在地"), max_length=120, blank=True)
    medium = models.CharField(_("介质"), max_length=12, choices=Medium, default=Medium.DISK)
    read_order = models.PositiveSmallIntegerField(_("读取顺序"), default=50)
    is_offline = models.BooleanField(_("离线"), default=False)
    is_sealed = models.BooleanField(_("加密"), default=False)
    capacity_bytes = models.BigIntegerField(_("容量"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=PlaceState, default=PlaceState.ACTIVE)
    custodian = models.ForeignKey(
        "orgs.Org", models.PROTECT, null=True, related_name="+", verbose_name=_("管理单位")
    )
    away_since = models.DateTimeField(_("失联时间"), null=True, editable=False)
    away_why = models.CharField(max_length=300, blank=True, editable=False)
    used_percent = models.PositiveSmallIntegerField(_("已用"), null=True, editable=False)
    looked_at = models.DateTimeField(_("最近查看"), null=True, editable=False)

    class Meta:
        verbose_name = _("存储位置")
        ordering = ("read_order", "slug")
        constraints = (
            models.CheckConstraint(
                condition=Q(custodian__isnull=False) | Q(slug=PRIMARY), name="places_has_custodian"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this place."""
        return reverse("desk:place", args=[self.pk])

    @property
    def is_primary(self) -> bool:
        """Whether this is the storage root itself."""
        return self.slug == PRIMARY

    @property
    def takes_writes(self) -> bool:
        """Whether new copies may be put here."""
        return self.state == PlaceState.ACTIVE
