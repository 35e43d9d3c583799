"""What we witnessed for others, what we refused, and what went wrong."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from lantai.kit.errors import Missing
from lantai.platform.ledger.queries import newest_checkpoint
from lantai.platform.witness.models import Alarm, Refused, SeenCheckpoint, Stamp, WitnessedLog, Witnessing
from lantai.platform.witness.queries.peers import active_witnesses


def seen_rows() -> QuerySet[SeenCheckpoint]:
    """Checkpoints of other logs that we cosigned."""
    return SeenCheckpoint.objects.select_related("peer").defer("note")


def refused_rows() -> QuerySet[Refused]:
    """Requests that we did not cosign."""
    return Refused.objects.select_related("peer").defer("body")


def alarm_rows() -> QuerySet[Alarm]:
    """Alarms, newest first."""
    return Alarm.objects.all()


def count_open_alarms() -> int:
    """How many alarms are not ended."""
    return Alarm.objects.filter(ended_at__isnull=True).count()


def proof_file(alarm_id: int) -> str:
    """The proof of a fork; raises Missing where an alarm has none."""
    found = Alarm.objects.filter(pk=alarm_id).values_list("proof", flat=True).first()
    if not found:
        raise Missing
    return str(found)


def held_of(origin_sha256: str) -> str:
    """The checkpoint that we cosigned last of the log whose name has that digest; raises Missing."""
    for origin, note in WitnessedLog.objects.values_list("origin", "note"):
        if hashlib.sha256(origin.encode()).hexdigest() == origin_sha256:
            return str(note)
    raise Missing


@dataclass(frozen=True, slots=True)
class Following:
    """What a stranger is told of the log."""

    origin: str
    size: int
    signed_at: datetime | None
    witnessed_size: int
    met_at: datetime | None
    last_stamped_at: datetime | None
    witnesses: tuple[str, ...]
    open_alarms: int


def following() -> Following:
    """The log as it stands, for its public page."""
    newest = newest_checkpoint()
    met = Witnessing.objects.order_by("-size").first()
    stamp = Stamp.objects.order_by("-id").values_list("stamped_at", flat=True).first()
    return Following(
        origin=settings.LANTAI_LOG_ORIGIN,
        size=newest.size if newest else 0,
        signed_at=newest.signed_at if newest else None,
        witnessed_size=met.size if met else 0,
        met_at=met.met_at if met else None,
        last_stamped_at=stamp,
        witnesses=tuple(active_witnesses().values_list("name", flat=True)),
        open_alarms=count_open_alarms(),
    )
