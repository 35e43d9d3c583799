"""One tree of rows for everything described; ``custodian`` says whose each is."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.types import Deed, Inherited, Level, PlacedBy
from lantai.apps.holdings.types import Classification, Openness


class Description(models.Model):
    """A described unit: an agency's own record and an archives' holding are the same row.

    A row without ``parent`` lies directly under its fonds; the row that describes a fonds is made when it is
    first needed. ``inherits`` names what the row has from above: the columns hold what is in force, so that
    permission, search and lists read one column. A row that was merged away stays to lead to the other.
    """

    level = models.CharField(_("著录层级"), max_length=12, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    fonds = models.ForeignKey(
        "holdings.Fonds", models.PROTECT, related_name="descriptions", verbose_name=_("全宗")
    )
    custodian = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    creator = models.ForeignKey(
        "orgs.Org", models.PROTECT, null=True, related_name="+", verbose_name=_("立档单位")
    )
    kind = models.ForeignKey(
        "holdings.RecordKind", models.PROTECT, related_name="+", verbose_name=_("档案种类")
    )
    reference_code = models.CharField(_("档号"), max_length=120, db_collation="C")
    title = models.TextField(_("题名"))
    author = models.CharField(_("责任者"), max_length=300, blank=True)
    document_number = models.CharField(_("文号"), max_length=120, blank=True)
    dated_on = models.DateField(_("日期"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("年度"), null=True, blank=True)
    retention = models.CharField(_("保管期限"), max_length=8, blank=True)
    class_code = models.CharField(_("机构或问题"), max_length=40, blank=True)
    classification = models.CharField(
        _("密级"), max_length=12, choices=Classification, default=Classification.PUBLIC
    )
    openness = models.CharField(_("开放标识"), max_length=12, choices=Openness, default=Openness.UNREVIEWED)
    persons = ArrayField(models.CharField(max_length=64), default=list, blank=True, verbose_name=_("人名"))
    page_count = models.PositiveIntegerField(_("页数"), null=True, blank=True)
    note = models.TextField(_("附注"), blank=True)
    metadata = models.JSONField(_("元数据"), default=dict, blank=True)
    package = models.ForeignKey("custody.Package", models.PROTECT, null=True, blank=True, related_name="+")
    item_key = models.CharField(max_length=120, blank=True)
    inherits = ArrayField(
        models.CharField(max_length=12, choices=Inherited),
        default=list,
        blank=True,
        verbose_name=_("承自上级"),
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("著录时间"))
    updated_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("著录")
        ordering = ("reference_code", "id")
        constraints = (
            models.UniqueConstraint(fields=("fonds", "reference_code", "level"), name="catalogue_code_once"),
            models.UniqueConstraint(
                fields=("package", "item_key"),
                condition=Q(package__isnull=False),
                name="catalogue_item_of_package_once",
            ),
            models.UniqueConstraint(
                fields=("fonds",), condition=Q(level=Level.FONDS), name="catalogue_fonds_described_once"
            ),
        )
        indexes = (
            models.Index(fields=("custodian", "reference_code", "id"), name="catalogue_by_code"),
            models.Index(fields=("parent", "reference_code", "id"), name="catalogue_children"),
            models.Index(fields=("fonds", "level", "year"), name="catalogue_by_fonds"),
            models.Index(
                fields=("fonds", "reference_code", "id"),
                condition=Q(parent__isnull=True),
                name="catalogue_top",
            ),
            models.Index(
                fields=("merged_into",), condition=Q(merged_into__isnull=False), name="catalogue_merged"
            ),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.fonds.natural_key(), self.level, self.reference_code)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this description."""
        return reverse("catalogue:item", args=[self.pk])


class DescriptionVersion(models.Model):
    """What one edit changed, for comparing and restoring; personal data stays in this table."""

    description = models.ForeignKey(Description, models.CASCADE, related_name="versions")
    revision = models.PositiveIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    editor_id = models.BigIntegerField(null=True)
    editor_name = models.CharField(_("修改人"), max_length=64)
    changed_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("著录变更")
        ordering = ("-revision",)
        constraints = (
            models.UniqueConstraint(fields=("description", "revision"), name="catalogue_revision_once"),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.description.natural_key(), self.revision)


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
        return (*self.description.natural_key(), self.code)


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


class Watch(models.Model):
    """Somebody wants to be told of what a saved search finds anew."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    view = models.ForeignKey("ui.SavedView", models.CASCADE, related_name="+")
    began_at = models.DateTimeField(_("开始提醒时间"))
    told_at = models.DateTimeField(_("最近提醒时间"), null=True)

    class Meta:
        verbose_name = _("检索提醒")
        constraints = (models.UniqueConstraint(fields=("user", "view"), name="catalogue_watched_once"),)

    def __str__(self) -> str:
        return str(self.view)


class KnownMatch(models.Model):
    """What a watch has told, or found when it began: told once, whatever happens to the row afterwards."""

    watch = models.ForeignKey(Watch, models.CASCADE, related_name="known")
    row_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("已知命中")
        constraints = (models.UniqueConstraint(fields=("watch", "row_id"), name="catalogue_known_once"),)
