"""Datestamps of our rows, and what we hold of other archives' catalogues."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Stamp(models.Model):
    """When a row of the catalogue last changed for those who harvest it; it stays when the row is gone.

    Ids and codes instead of references: a harvester must still hear years later that a record is no more.
    """

    row_id = models.BigIntegerField(primary_key=True)
    stamped_at = models.DateTimeField()
    archives_code = models.CharField(max_length=32)
    fonds_id = models.BigIntegerField()
    kind_id = models.BigIntegerField()
    custodian_id = models.BigIntegerField(null=True)  # nobody any more: the row is gone
    holders = ArrayField(models.BigIntegerField(), default=list)  # custodians now and formerly
    is_public = models.BooleanField()
    was_public = models.BooleanField()

    class Meta:
        verbose_name = _("采集时间戳")
        indexes = (
            models.Index(fields=("stamped_at", "row_id"), name="interop_stamp_all"),
            models.Index(
                fields=("stamped_at", "row_id"), condition=Q(was_public=True), name="interop_stamp_public"
            ),
            models.Index(fields=("archives_code", "stamped_at", "row_id"), name="interop_stamp_archives"),
            models.Index(fields=("fonds_id", "stamped_at", "row_id"), name="interop_stamp_fonds"),
            models.Index(fields=("kind_id", "stamped_at", "row_id"), name="interop_stamp_kind"),
        )


class Walk(models.Model):
    """How far the rows that were there before anybody followed the changes have got their first datestamp."""

    name = models.CharField(max_length=40, unique=True)
    last_id = models.BigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("首次盖时间戳")
