"""Versions of the fields of a kind; what was published never changes, since rows name it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantai.apps.kinds.types import KindField, VersionState
from lantai.kit.metadata import kinds as kit


class DesignedKind(models.Model):
    """A kind that an archives made itself: nobody else describes by it."""

    kind = models.OneToOneField("holdings.RecordKind", models.PROTECT, related_name="designed")
    archives = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("档案馆"))

    class Meta:
        verbose_name = _("自定档案种类")


class KindVersion(models.Model):
    """One version of the fields; ``archives`` is None for those that come with the product."""

    kind = models.ForeignKey(
        "holdings.RecordKind", models.PROTECT, related_name="versions", verbose_name=_("档案种类")
    )
    archives = models.ForeignKey(
        "orgs.Org", models.PROTECT, null=True, related_name="+", verbose_name=_("档案馆")
    )
    number = models.PositiveIntegerField(_("版次"))
    state = models.CharField(_("状态"), max_length=12, choices=VersionState, default=VersionState.DRAFT)
    note = models.TextField(_("修改说明"), blank=True)
    body = models.JSONField(_("内容"))
    editor_id = models.BigIntegerField(null=True, editable=False)
    editor_name = models.CharField(_("修改人"), max_length=64, blank=True)
    drafted_at = models.DateTimeField(_("起草时间"))
    published_at = models.DateTimeField(_("发布时间"), null=True)

    class Meta:
        verbose_name = _("档案种类版本")
        ordering = ("kind", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "archives", "number"), nulls_distinct=False, name="kinds_number_once"
            ),
            models.UniqueConstraint(
                fields=("kind", "archives"),
                condition=Q(state__in=("draft", "submitted")),
                nulls_distinct=False,
                name="kinds_one_under_way",
            ),
            models.UniqueConstraint(
                fields=("kind", "archives"),
                condition=Q(state="published"),
                nulls_distinct=False,
                name="kinds_one_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind.name} {self.number}"

    def get_absolute_url(self) -> str:
        """The page of this version."""
        return reverse("kinds:version", args=[self.pk])

    def fields(self) -> tuple[KindField, ...]:
        """The fields; raises ``KindMalformed`` where this release cannot read them."""
        return kit.from_data(self.body)
