"""The feed of changes, and how far each machine's index has followed it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import BigIntegerField, Func, TextField
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """A row that search may show has changed; written in the transaction that changed it."""

    source = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())
    # the writing transaction: ids are given before the commit, so their order alone would skip late commits
    xid = models.BigIntegerField(
        db_default=Cast(Cast(Func(function="pg_current_xact_id"), TextField()), BigIntegerField())
    )

    class Meta:
        verbose_name = _("检索变更")
        indexes: ClassVar = [models.Index(fields=["xid", "id"])]

    def __str__(self) -> str:
        return f"{self.source} {self.row_id}"


class IndexState(models.Model):
    """One version of one machine's index: everything before the cursor is in it."""

    node = models.CharField(max_length=32)
    engine = models.CharField(max_length=20)
    version = models.CharField(max_length=40)
    cursor_xid = models.BigIntegerField()
    cursor_id = models.BigIntegerField()
    built_at = models.DateTimeField()
    followed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("检索库版本")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["node", "version"], name="search_one_state_a_version"),
        ]

    def __str__(self) -> str:
        return self.version


class Listener(models.Model):
    """Somebody else who hears of changes, once they can be found: everything before the cursor was heard."""

    name = models.CharField(max_length=60, unique=True)
    cursor_xid = models.BigIntegerField()
    cursor_id = models.BigIntegerField()
    heard_at = models.DateTimeField()

    class Meta:
        verbose_name = _("检索变更的听者")

    def __str__(self) -> str:
        return self.name
