"""What the API of this app takes and answers."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class SubmissionOut(Schema):
    """A transfer."""

    id: int
    number: str
    title: str
    agency: str
    archives: str
    mode: str
    state: str
    item_count: int
    declared_item_count: int | None
    failed_item_count: int
    byte_count: int
    content_sha512: str
    object_id: str | None
    replaces: str | None
    submitted_at: datetime
    decided_at: datetime | None


class SubmissionsOut(Schema):
    """One page of transfers; ``next`` is the ``after`` of the page that follows."""

    submissions: list[SubmissionOut]
    next: int | None


class ItemOut(Schema):
    """One item with its verdict."""

    item_key: str
    reference_code: str
    title: str
    verdict: str
    reasons: list[str]


class FindingOut(Schema):
    """One line of a test."""

    code: str
    name: str
    outcome: str
    place: str
    text: str
    basis: str


class ReportOut(Schema):
    """The newest test of a transfer."""

    number: str
    state: str
    open_checks: int
    problems: list[str]
    failed_items: list[ItemOut]
    checks: list[FindingOut]
    findings: list[FindingOut]


class ReturnIn(Schema):
    """Why a transfer goes back; ``items`` maps item keys to words."""

    reason: str
    items: dict[str, str] = {}


class OnlineIn(Schema):
    """Which sealed package is transferred."""

    package_id: int
    note: str = ""
