"""What the API takes and gives."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Field, Schema

from lantai.apps.readingroom.types import IdKind, Purpose, Relation, TopicKind


class ApplicationIn(Schema):
    """An application; the same ``submit_key`` sent again makes no second request."""

    submit_key: str = Field(min_length=16, max_length=40)
    archives_code: str = Field(max_length=32)
    topic: TopicKind
    relation: Relation
    purpose: Purpose
    persons: list[str] = Field(min_length=1, max_length=8)
    years: str = Field("", max_length=40)
    place: str = Field("", max_length=120)
    clue: str = Field("", max_length=2000)
    applicant_name: str = Field(min_length=1, max_length=64)
    id_kind: IdKind = IdKind.RESIDENT
    id_number: str = Field(max_length=32)
    phone: str = Field(max_length=20)


class ApplicationOut(Schema):
    """The number under which the request is followed."""

    number: str
    state: str
    submitted_at: datetime


class StepOut(Schema):
    """One line of the progress."""

    at: datetime
    what: str
    reason: str


class StatusOut(Schema):
    """How a request stands; ``certificate`` is the number of the certificate once there is one."""

    number: str
    state: str
    state_label: str
    steps: list[StepOut]
    certificate: str


class LookedOut(Schema):
    """One thing that was looked at."""

    ok: bool
    message: str


class VerificationOut(Schema):
    """``standing`` is valid, revoked, altered or unknown."""

    standing: str
    looked: list[LookedOut]
    number: str
    archives: str
    records: list[str]
    issued_on: date | None
    revoked_on: date | None
    reason: str
    sha256: str
