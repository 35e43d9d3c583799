"""What a person arranged for themselves: tables and views. Nothing archival lives here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Density(models.TextChoices):
    """How tall a row is."""

    DENSE = "dense", _("紧凑")
    ROOMY = "roomy", _("宽松")


class TablePreference(models.Model):
    """Columns and density of one table, as one person likes it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    table = models.CharField(max_length=80)
    columns = models.JSONField(default=list)
    density = models.CharField(max_length=8, choices=Density.choices, default=Density.DENSE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "table"], name="one_preference_a_table")]

    def __str__(self) -> str:
        return self.table


class SavedView(models.Model):
    """A query that somebody named; shared ones are seen by everybody of the same organisation."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    org_id = models.BigIntegerField(null=True)  # whom it is shared with; an id only, a view is not a record
    table = models.CharField(max_length=80)
    name = models.CharField(_("名称"), max_length=60)
    path = models.CharField(max_length=200)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(_("本单位共用"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "table", "name"], name="one_view_of_a_name"),
        ]
        indexes = [models.Index(fields=["table", "org_id"], name="views_of_a_table")]

    def __str__(self) -> str:
        return self.name
