"""Bulk changes, drafts, and persons' numbers that are kept encrypted."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.catalogue.editing import BulkState
from lantai.apps.catalogue.models.descriptions import Description


class BulkChange(models.Model):
    """One change of many descriptions at once, from its preview to its taking back."""

    custodian = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("保管单位"))
    state = models.CharField(_("状态"), max_length=12, choices=BulkState, default=BulkState.PREVIEWED)
    summary = models.CharField(_("修改内容"), max_length=300)
    changes = models.JSONField(default=list)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    row_count = models.PositiveIntegerField(_("选中条数"), default=0)
    changed_count = models.PositiveIntegerField(_("改动条数"), default=0)
    skipped_count = models.PositiveIntegerField(_("跳过条数"), default=0)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("修改人"), max_length=64)
    made_at = models.DateTimeField(_("提出时间"))
    done_at = models.DateTimeField(_("完成时间"), null=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    undone_by = models.CharField(_("撤销人"), max_length=64, blank=True)
    run = models.ForeignKey("jobs.Run", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("批量修改")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.summary

    def get_absolute_url(self) -> str:
        """The page of this change."""
        return reverse("catalogue:bulk_change", args=[self.pk])


class BulkRow(models.Model):
    """A row that a bulk change is to change, as it stood when it was chosen."""

    bulk = models.ForeignKey(BulkChange, models.CASCADE, related_name="rows", db_index=False)
    description = models.ForeignKey(Description, models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("批量修改的著录")
        constraints = (models.UniqueConstraint(fields=("bulk", "description"), name="catalogue_chosen_once"),)


class Draft(models.Model):
    """What somebody has written into a form and not yet saved; encrypted, since it may name persons' numbers."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    description = models.ForeignKey(Description, models.CASCADE, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField()
    key_number = models.PositiveIntegerField()
    saved_at = models.DateTimeField(_("暂存时间"))

    class Meta:
        verbose_name = _("著录草稿")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "description"), nulls_distinct=False, name="catalogue_draft_once"
            ),
        )


class Carrying(models.Model):
    """Which fields of the last description somebody takes over into the next one of that kind."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.ForeignKey("holdings.RecordKind", models.PROTECT, related_name="+")
    names = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    last = models.ForeignKey(Description, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("沿用设置")
        constraints = (models.UniqueConstraint(fields=("user", "kind"), name="catalogue_carrying_once"),)


class SealedNumber(models.Model):
    """A person's number as it stood since a revision: encrypted, with a keyed hash by which it is found.

    Rows and their versions hold the masked number only. ``sealed`` is empty where the number was taken out.
    """

    description = models.ForeignKey(Description, models.CASCADE, related_name="numbers")
    field = models.CharField(_("字段"), max_length=40)
    revision = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    key_number = models.PositiveIntegerField()
    sealed = models.BinaryField()
    tag = models.BinaryField()

    class Meta:
        verbose_name = _("加密证件号")
        constraints = (
            models.UniqueConstraint(
                fields=("description", "field", "revision"), name="catalogue_number_once"
            ),
        )
        indexes = (
            models.Index(fields=("tag",), condition=Q(is_current=True), name="catalogue_by_number"),
            models.Index(fields=("key_number",), name="catalogue_by_key"),
        )


class NumberRing(models.Model):
    """The keys of persons' numbers, wrapped in the key that lies in the key folder; the newest row holds."""

    document = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("证件号密钥环")
