"""Tables of the ledger; a trigger (migration 0002) keeps the evidence among them append-only."""

from __future__ import annotations

from datetime import UTC

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

_TOLD = (
    "at",
    "actor_id",
    "actor_name",
    "org_id",
    "org_name",
    "channel",
    "request_id",
    "act",
    "object_type",
    "object_id",
    "object_name",
    "detail",
    "nonce",
)


class Entry(models.Model):
    """One act, with ids and names as they were; no foreign keys, so it outlives what it speaks of."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.TextField()
    org_id = models.BigIntegerField(null=True)
    org_name = models.TextField(blank=True)
    channel = models.CharField(max_length=16)
    request_id = models.CharField(max_length=64)
    act = models.CharField(max_length=120)
    object_type = models.CharField(max_length=80)
    object_id = models.TextField()
    object_name = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    nonce = models.CharField(max_length=32)
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="ledger_entry_object"),
            models.Index(fields=["org_id", "id"], name="ledger_entry_org"),
            models.Index(fields=["actor_id", "id"], name="ledger_entry_actor"),
            BrinIndex(fields=["at"], name="ledger_entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.object_type} {self.object_id}"

    @property
    def form(self) -> dict[str, object]:
        """What the digests are made of, in canonical JSON: everything but the id and the digests."""
        told = {name: getattr(self, name) for name in _TOLD}
        return told | {"at": self.at.astimezone(UTC).isoformat(timespec="microseconds")}


class Pending(models.Model):
    """An entry that no leaf stands for yet; no foreign key, for the sake of the hot path."""

    entry_id = models.BigIntegerField(primary_key=True)


class Leaf(models.Model):
    """One leaf of the log: what is hashed (no names in it) and its RFC 6962 hash."""

    index = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    data = models.BinaryField()
    hash = models.BinaryField()


class Tile(models.Model):
    """One tile of C2SP tlog-tiles as wide as it is by now; its narrower widths are prefixes of it."""

    algorithm = models.CharField(max_length=8, default="sha256")  # of its tree: sha256 or sm3
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    width = models.SmallIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["algorithm", "level", "index"], name="ledger_tile_place"),
            models.CheckConstraint(
                condition=models.Q(width__gte=1, width__lte=256), name="ledger_tile_width_fits"
            ),
        ]


class Checkpoint(models.Model):
    """One signed tree head, as it was published."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()


class LogCheck(models.Model):
    """One reading of the whole log: how long it was, and what was not as it was signed."""

    checked_at = models.DateTimeField()
    size = models.BigIntegerField()
    fault_count = models.PositiveIntegerField()
    first_fault = models.TextField(blank=True)

    @property
    def is_intact(self) -> bool:
        """Whether nothing was wrong."""
        return not self.fault_count


class KeyStatement(models.Model):
    """One signed statement of the log about its keys (kit/evidence/keyhistory.py)."""

    origin = models.TextField()
    number = models.PositiveIntegerField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["origin", "number"], name="ledger_keystatement_place")]
