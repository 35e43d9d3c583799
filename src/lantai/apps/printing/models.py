"""Boxes: what the spine labels and notes are printed from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.printing.types import Spine


class Box(models.Model):
    """A box of filed items in the order of their codes, from the first to the last."""

    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    custodian = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    year = models.PositiveSmallIntegerField(_("年度"))
    retention = models.CharField(_("保管期限"), max_length=8)
    class_code = models.CharField(_("机构或问题"), max_length=40, blank=True)
    number = models.PositiveIntegerField(_("盒号"))
    first_code = models.CharField(_("起始档号"), max_length=120, db_collation="C")
    last_code = models.CharField(_("终止档号"), max_length=120, db_collation="C")
    item_count = models.PositiveIntegerField(_("件数"))
    page_count = models.PositiveIntegerField(_("页数"))
    spine_mm = models.PositiveSmallIntegerField(_("盒脊厚度"), choices=Spine, default=Spine.MEDIUM)
    place = models.CharField(_("存放位置"), max_length=200, blank=True)
    situation = models.TextField(_("盒内文件情况说明"), blank=True)
    arranged_by = models.CharField(_("整理人"), max_length=64, blank=True)
    arranged_on = models.DateField(_("整理日期"), null=True, blank=True)
    checked_by = models.CharField(_("检查人"), max_length=64, blank=True)
    checked_on = models.DateField(_("检查日期"), null=True, blank=True)
    made_at = models.DateTimeField(_("装盒时间"))

    class Meta:
        verbose_name = _("档案盒")
        ordering = ("fonds", "year", "retention", "class_code", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("fonds", "year", "retention", "class_code", "number"), name="printing_box_number_once"
            ),
            models.CheckConstraint(
                condition=Q(last_code__gte=F("first_code")), name="printing_box_codes_in_order"
            ),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.fonds.natural_key(), self.year, self.retention, self.class_code, self.number)

    def __str__(self) -> str:
        return f"{self.first_code} — {self.last_code}"

    def get_absolute_url(self) -> str:
        """The page of this box."""
        return reverse("printing:box", args=[self.pk])
