"""What the API of this app answers."""

from __future__ import annotations

from datetime import datetime

from ninja import Field, Schema

MOST_SAMPLED = 1_000_000  # copies of one round


class CopyOut(Schema):
    """One package in one place."""

    id: int
    package_id: int
    place_id: int
    state: str
    version: int
    inventory_sha512: str
    file_count: int
    byte_count: int
    verified_at: datetime | None
    is_wanted: bool
    is_due: bool
    why: str


class DamageOut(Schema):
    """One file of one copy that was not what was sealed."""

    id: int
    copy_id: int
    path: str
    kind: str
    expected_sha512: str
    found_sha512: str
    found_at: datetime
    repaired_at: datetime | None
    repaired_from_id: int | None
    lying_place_id: int | None
    is_lost: bool


class ReadingOut(Schema):
    """One round of reading."""

    id: int
    kind: str
    place_id: int | None
    started_at: datetime
    finished_at: datetime | None
    copy_count: int
    file_count: int
    byte_count: int
    damage_count: int
    repaired_count: int
    away_count: int


class ReadingIn(Schema):
    """What is to be read; without filters everything of the organisation acted for."""

    place_id: int | None = None
    fonds_id: int | None = None
    package_id: int | None = None
    sample_count: int | None = Field(None, ge=1, le=MOST_SAMPLED)
