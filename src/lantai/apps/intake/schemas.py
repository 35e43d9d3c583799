"""What the API of this app takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Field, Schema

from lantai.apps.intake.types import Mode

_STORABLE = "^[^\\x00]*$"  # PostgreSQL keeps no NUL
Said = Annotated[str, Field(max_length=200, pattern=_STORABLE)]


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


class AgreementOut(Schema):
    """One version of an agreement; ``kinds`` maps slugs of record kinds to test schemes."""

    id: int
    number: str
    version: int
    title: str
    agency: str
    archives: str
    state: str
    kinds: dict[str, str]
    layouts: list[str]
    formats: list[str]
    most_bytes: int | None
    most_files: int | None
    most_items: int | None
    needs_two_people: bool
    due_within_years: int
    counts_from: str
    valid_from: date
    valid_until: date | None


class AgreementsOut(Schema):
    """One page of agreements; ``next`` is the ``after`` of the page that follows."""

    agreements: list[AgreementOut]
    next: int | None


class DueOut(Schema):
    """A line of the calendar; ``status`` is as of today, ``settled_by`` the number of a transfer."""

    id: int
    agency: str
    archives: str
    kind: str
    year: int
    due_on: date
    extended_to: date | None
    status: str
    settled_by: str | None


class DuesOut(Schema):
    """One page of the calendar; ``next`` is the ``after`` of the page that follows."""

    dues: list[DueOut]
    next: int | None


class AnnouncementOut(Schema):
    """What is coming; ``submissions`` are numbers of transfers that answered it."""

    id: int
    number: str
    title: str
    agency: str
    archives: str
    kind: str
    mode: str
    state: str
    item_count: int
    byte_count: int
    planned_on: date
    proposed_on: date | None
    due: int | None
    submissions: list[str]


class AnnouncementsOut(Schema):
    """One page of announcements; ``next`` is the ``after`` of the page that follows."""

    announcements: list[AnnouncementOut]
    next: int | None


class AnnounceIn(Schema):
    """A transfer that is to come; ``agency`` and ``kind`` by code and slug."""

    agency: Said
    kind: Said
    title: str = Field(min_length=1, max_length=200, pattern=_STORABLE)
    mode: Mode
    item_count: int = Field(ge=1, le=2**31 - 1)
    planned_on: date
    byte_count: int = Field(0, ge=0, le=2**63 - 1)
    carrier: Said = ""
    note: str = Field("", max_length=2_000, pattern=_STORABLE)
    due: int | None = None


class ReturnedOut(Schema):
    """One item that went back; ``answered_by`` is the transfer that brought it again."""

    id: int
    item_key: str
    reference_code: str
    title: str
    reasons: list[str]
    remedies: list[str]
    answered_by: str | None
    dropped_reason: str


class ReturnListOut(Schema):
    """The list of a transfer that was accepted in part."""

    number: str
    submission: str
    state: str
    made_at: datetime
    entries: list[ReturnedOut]


class DropIn(Schema):
    """Why an item will not come again."""

    reason: str = Field(min_length=1, max_length=300, pattern=_STORABLE)


class SubmittedItemOut(Schema):
    """One item with its verdict."""

    item_key: str
    reference_code: str
    title: str
    verdict: str
    reasons: list[str]


class TestFindingOut(Schema):
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
    failed_items: list[SubmittedItemOut]
    checks: list[TestFindingOut]
    findings: list[TestFindingOut]
    next: int | None


class ReturnIn(Schema):
    """Why a transfer goes back; ``items`` maps item keys to words."""

    reason: str
    items: dict[str, str] = {}


class OnlineIn(Schema):
    """Which sealed package is transferred."""

    package_id: int
    note: str = ""
