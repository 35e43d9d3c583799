"""Described units and their former wordings."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.models.permanent import NewNumber
from lantai.apps.catalogue.tree import Inherited
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings.types import Classification, Openness

# Triggers of the database check once a statement that what is named is there, and let nothing go that is named:
# a foreign key would check every row of an import eight times. Where there is no index another one begins alike.
HELD = {"db_constraint": False}


class Description(models.Model):
    """A described unit: an agency's own record and an archives' holding are the same row.

    A row without ``parent`` lies directly under its fonds; the row that describes a fonds is made when it is
    first needed. ``inherits`` names what the row has from above: the columns hold what is in force, so that
    permission, search and lists read one column. A row that was merged away stays to lead to the other.
    ``permanent`` is what printed codes, citations and harvesters know it by; ``id`` may be another after a rebuild.
    """

    level = models.CharField(_("著录层级"), max_length=12, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", **HELD, db_index=False
    )
    fonds = models.ForeignKey(
        "holdings.Fonds",
        models.PROTECT,
        related_name="descriptions",
        verbose_name=_("全宗"),
        **HELD,
        db_index=False,
    )
    custodian = models.ForeignKey(
        "orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"), **HELD, db_index=False
    )
    creator = models.ForeignKey(
        "orgs.Org",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("立档单位"),
        **HELD,
        db_index=False,
    )
    kind = models.ForeignKey(
        "holdings.RecordKind", models.PROTECT, related_name="+", verbose_name=_("档案种类"), **HELD
    )
    kind_version = models.ForeignKey(
        "kinds.KindVersion", models.PROTECT, null=True, blank=True, related_name="+", **HELD, db_index=False
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
    package = models.ForeignKey(
        "custody.Package", models.PROTECT, null=True, blank=True, related_name="+", **HELD, db_index=False
    )
    item_key = models.CharField(max_length=120, blank=True)
    inherits = ArrayField(
        models.CharField(max_length=12, choices=Inherited),
        default=list,
        blank=True,
        verbose_name=_("承自上级"),
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", **HELD, db_index=False
    )
    permanent = models.BigIntegerField(_("永久标识"), db_default=NewNumber(), editable=False)
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
            models.UniqueConstraint(fields=("permanent",), name="catalogue_permanent_once"),
        )
        indexes = (
            models.Index(fields=("custodian", "reference_code", "id"), name="catalogue_by_code"),
            models.Index(
                fields=("reference_code", "id"),
                condition=Q(openness=Openness.OPEN, classification=Classification.PUBLIC),
                name="catalogue_open_by_code",
            ),
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
    bulk = models.ForeignKey(
        "catalogue.BulkChange", models.PROTECT, null=True, related_name="versions", db_index=False
    )

    class Meta:
        verbose_name = _("著录变更")
        ordering = ("-revision",)
        constraints = (
            models.UniqueConstraint(fields=("description", "revision"), name="catalogue_revision_once"),
        )
        indexes = (
            models.Index(
                fields=("bulk",), condition=Q(bulk__isnull=False), name="catalogue_versions_of_bulk"
            ),
        )

    def natural_key(self) -> tuple[object, ...]:
        """What tells it from all others, in any database."""
        return (*self.description.natural_key(), self.revision)
