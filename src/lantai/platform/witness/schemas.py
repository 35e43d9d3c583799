"""What the API of this app answers."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class CheckpointOut(Schema):
    """A checkpoint of our log."""

    id: int
    size: int
    signed_at: datetime
    is_witnessed: bool
    cosignature_count: int
    stamp_count: int
    note: str


class PeerOut(Schema):
    """A peer, and how it fares."""

    id: int
    name: str
    role: str
    way: str
    state: str
    address: str
    log_origin: str
    group: str
    cosigned_size: int
    answered_at: datetime | None
    failures: int
    last_error: str


class AlarmOut(Schema):
    """An alarm; `proof` is the file that proves a fork."""

    id: int
    kind: str
    subject: str
    said: str
    found_at: datetime
    ended_at: datetime | None
    proof: str
