"""What was measured of files, so that a manifest opens none of them again."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PageSizes(models.Model):
    """Width and height of every page of a content, by its digest; empty where it can not be shown."""

    sha512 = models.CharField(max_length=128, primary_key=True)
    sizes = models.JSONField(default=list)
    measured_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("页面尺寸")


class FormerNumbers(models.Model):
    """The last rows that pictures were ever named by, when they got names without numbers of rows.

    One row, made by the migration. A number above these was never given out, and in a database that was made again
    no number means anything: an address of old leads to the record that it named, or nowhere.
    """

    last_item = models.BigIntegerField(default=0)
    last_file = models.BigIntegerField(default=0)
    last_fonds = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("图像旧标识")
