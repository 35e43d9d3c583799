"""Acts on the tree, former codes, and further arrangements of the same records."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.models.descriptions import Description
from lantai.apps.catalogue.tree import Deed, PlacedBy


class Rearrangement(models.Model):
    """An act that moved, merged, split or numbered rows: what it did can be taken back while nothing else
    has happened to these rows."""

    deed = models.CharField(_("整理方式"), max_length=12, choices=Deed)
    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    custodian = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    summary = models.CharField(_("整理内容"), max_length=300)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    row_count = models.PositiveIntegerField(_("条数"), default=0)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("整理人"), max_length=64)
    done_at = models.DateTimeField(_("整理时间"))
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    undone_by = models.CharField(_("撤销人"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("整理记录")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.summary

    def get_absolute_url(self) -> str:
        """The page of this act."""
        return reverse("catalogue:rearrangement", args=[self.pk])


class RearrangedRow(models.Model):
    """A row as an act left it; what it was before stands in its version of that revision."""

    rearrangement = models.ForeignKey(Rearrangement, models.CASCADE, related_name="rows")
    description = models.ForeignKey(Description, models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    is_made = models.BooleanField(default=False)  # by the act: it goes when the act is taken back

    class Meta:
        verbose_name = _("整理过的著录")
        constraints = (
            models.UniqueConstraint(
                fields=("rearrangement", "description"), name="catalogue_rearranged_once"
            ),
        )


class FormerCode(models.Model):
    """A 档号 that a row had: it still leads to the row, and no other row gets it."""

    description = models.ForeignKey(Description, models.CASCADE, related_name="former_codes")
    code = models.CharField(_("曾用档号"), max_length=120, db_collation="C", db_index=True)
    until = models.DateTimeField(_("用至"))
    act = models.CharField(_("变更方式"), max_length=12, choices=Deed)
    rearrangement = models.ForeignKey(Rearrangement, models.SET_NULL, null=True, related_name="former_codes")

    class Meta:
        verbose_name = _("曾用档号")
        ordering = ("-until", "-id")

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.description.natural_key(), self.code, self.until.isoformat())


class Arrangement(models.Model):
    """A further order of the same records, beside the one that their reference codes follow."""

    fonds = models.ForeignKey("holdings.Fonds", models.PROTECT, related_name="+", verbose_name=_("全宗"))
    custodian = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    name = models.CharField(_("名称"), max_length=80)
    rule = ArrayField(
        models.CharField(max_length=12, choices=PlacedBy),
        default=list,
        blank=True,
        verbose_name=_("排列依据"),
    )
    made_by = models.CharField(_("建立人"), max_length=64)
    made_at = models.DateTimeField(_("建立时间"))
    filled_at = models.DateTimeField(_("排列时间"), null=True)

    class Meta:
        verbose_name = _("排列方式")
        ordering = ("fonds", "name")
        constraints = (
            models.UniqueConstraint(fields=("fonds", "custodian", "name"), name="catalogue_arrangement_once"),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of this arrangement."""
        return reverse("catalogue:arrangement", args=[self.pk])


class Placement(models.Model):
    """A heading of an arrangement, or a record placed under one."""

    arrangement = models.ForeignKey(Arrangement, models.CASCADE, related_name="placements", db_index=False)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    description = models.ForeignKey(Description, models.CASCADE, null=True, related_name="+")
    heading = models.CharField(_("标题"), max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_by_hand = models.BooleanField(default=False)  # stays when the rule is followed anew

    class Meta:
        verbose_name = _("排列位置")
        constraints = (
            models.UniqueConstraint(
                fields=("parent", "description"),
                condition=Q(description__isnull=False),
                name="catalogue_placed_once",
            ),
            models.UniqueConstraint(
                fields=("arrangement", "parent", "heading"),
                condition=Q(description__isnull=True),
                nulls_distinct=False,
                name="catalogue_heading_once",
            ),
            models.CheckConstraint(
                condition=Q(description__isnull=True, heading__gt="")
                | Q(description__isnull=False, heading="", parent__isnull=False),
                name="catalogue_heading_or_record",
            ),
        )
        indexes = (
            models.Index(fields=("arrangement", "parent", "position", "id"), name="catalogue_placements"),
        )
