"""Searches of which somebody is told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


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
