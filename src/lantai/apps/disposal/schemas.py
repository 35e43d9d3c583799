"""What the API of this app answers."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema


class DisposalListOut(Schema):
    """One destruction list."""

    id: int
    number: str
    title: str
    reason: str
    state: str
    org_id: int
    line_count: int
    drafted_at: datetime
    destroyed_at: datetime | None


class DisposalLineOut(Schema):
    """One item of a list."""

    id: int
    reference_code: str
    title: str
    retention: str
    expired_on: date
    verdict: str
    file_count: int
    byte_count: int
    destroyed_at: datetime | None


class LegalHoldOut(Schema):
    """One legal hold."""

    id: int
    scope: str
    target_name: str
    reason: str
    basis: str
    org_id: int
    placed_at: datetime
    ends_on: date | None
    lifted_at: datetime | None
