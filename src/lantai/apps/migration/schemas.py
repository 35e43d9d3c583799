"""What the API of this app answers."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class HeldFormatOut(Schema):
    """One format of one fonds, as it was counted."""

    id: int
    org_id: int
    fonds_id: int
    puid: str
    family: str
    file_count: int
    migrated_count: int
    byte_count: int
    risk: str
    reason: str
    source: str
    certainty: str
    target: str
    counted_at: datetime


class MigrationPlanOut(Schema):
    """One plan."""

    id: int
    number: str
    title: str
    state: str
    org_id: int
    fonds_id: int | None
    puid: str
    converter: str
    file_count: int
    byte_count: int
    added_count: int
    failed_count: int
    estimated_bytes: int | None
    estimated_seconds: int | None
    drafted_at: datetime
    finished_at: datetime | None
    undo_until: datetime | None


class PlanItemOut(Schema):
    """One file of a plan."""

    id: int
    package_id: int
    logical_path: str
    original_name: str
    size_bytes: int
    is_sample: bool
    state: str
    message: str
    made_bytes: int | None
    lost: list[str]
    seconds: float | None
