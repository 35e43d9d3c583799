"""What the API of this app answers."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema

from lantai.platform.witness.models import Anchor


class CheckpointOut(Schema):
    """A checkpoint of our log."""

    id: int
    size: int
    signed_at: datetime
    is_witnessed: bool
    cosignature_count: int
    stamp_count: int
    note: str


class AnchorOut(Schema):
    """A checkpoint of our log on a chain; `record` is the file that proves it, once it was confirmed."""

    id: int
    size: int
    chain: str
    state: str
    transaction: str
    block_number: int | None
    block_hash: str
    block_at: datetime | None
    confirmed_at: datetime | None
    record: str

    @staticmethod
    def resolve_chain(row: Anchor) -> str:
        """Its name in the settings."""
        return row.chain.name


class PollOut(Schema):
    """A poll that we called; contents that are not as the others have them are `bad_count`."""

    id: int
    called_at: datetime
    until: datetime
    closed_at: datetime | None
    item_count: int
    ballot_count: int
    vote_count: int
    bad_count: int
    mended_count: int


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
