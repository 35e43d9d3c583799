"""One tree of rows for everything described; ``custodian`` says whose each is."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.types import Level
from lantai.apps.holdings.types import Classification, Openness


class Description(models.Model):
    """A described unit: an agency's own record and an archives' holding are the same row."""

    level = models.CharField(_("著录层级"), max_length=8, choices=Level)
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
        )
        indexes = (
            models.Index(fields=("custodian", "reference_code", "id"), name="catalogue_by_code"),
            models.Index(fields=("parent", "reference_code", "id"), name="catalogue_children"),
            models.Index(fields=("fonds", "level", "year"), name="catalogue_by_fonds"),
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
