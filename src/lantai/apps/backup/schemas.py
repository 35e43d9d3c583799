"""What the API of this app answers."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class PlanOut(Schema):
    """A plan and how it stands."""

    id: int
    title: str
    light: str
    why: str
    covered_until: datetime | None
    next_set_at: datetime
    next_drill_at: datetime | None
    rpo_minutes: int
    rto_minutes: int


class SetOut(Schema):
    """A set."""

    id: int
    set_id: str
    plan_id: int
    state: str
    begun_at: datetime
    finished_at: datetime | None
    covered_from: datetime | None
    covered_until: datetime | None
    increments: int
    file_count: int
    byte_count: int
    new_bytes: int
    verified_at: datetime | None


class ReportLineOut(Schema):
    """One line of a report."""

    code: str
    subject: str
    outcome: str
    expected: str
    found: str


class DrillOut(Schema):
    """A drill with its report."""

    id: int
    plan_id: int
    state: str
    begun_at: datetime
    finished_at: datetime | None
    rto_seconds: int | None
    rpo_seconds: int | None
    file_count: int
    byte_count: int
    why: str
    findings: list[ReportLineOut]
