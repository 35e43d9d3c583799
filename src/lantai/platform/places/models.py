"""Where copies are kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.platform.places.types import PRIMARY, Medium, PlaceState, VolumeState


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


class Volume(models.Model):
    """One tape, disc or disk of an offline place: what is written on it, and where it lies."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="volumes")
    number = models.CharField(_("介质编号"), max_length=32)
    label = models.CharField(_("标签"), max_length=200, blank=True)
    shelf = models.CharField(_("存放位置"), max_length=200)
    state = models.CharField(_("状态"), max_length=12, choices=VolumeState, default=VolumeState.OPEN)
    capacity_bytes = models.BigIntegerField(_("容量"), null=True, blank=True)
    added_at = models.DateTimeField(_("登记时间"))
    seen_at = models.DateTimeField(_("最近接入"), null=True)

    class Meta:
        verbose_name = _("离线介质")
        ordering = ("place", "number")
        constraints = (models.UniqueConstraint(fields=("place", "number"), name="places_volume_once"),)

    def __str__(self) -> str:
        return f"{self.number} {self.label}".strip()


class VolumeFile(models.Model):
    """One file on a medium: the manifest by which an offline place knows what it holds."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    volume = models.ForeignKey(Volume, models.PROTECT, related_name="files")
    name = models.CharField(max_length=1000, db_collation="C")
    size_bytes = models.BigIntegerField()
    put_at = models.DateTimeField()

    class Meta:
        verbose_name = _("介质上的文件")
        constraints = (models.UniqueConstraint(fields=("place", "name"), name="places_volume_file_once"),)

    def __str__(self) -> str:
        return self.name
