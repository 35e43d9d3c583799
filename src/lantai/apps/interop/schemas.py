"""API input and output."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Field, Schema

Text = str  # how long one may be is said record by record: one long note must not keep the whole batch back


class ReportedIn(Schema):
    """One reported record; a withdrawn one has only its identifier and datestamp."""

    identifier: Annotated[str, Field(min_length=1, max_length=500)]
    datestamp: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")]
    is_deleted: bool = False
    title: Text = ""
    author: Text = ""
    reference_code: Text = ""
    dated_on: date | None = None
    year: int | None = None
    fonds_code: Text = ""
    fonds_name: Text = ""
    archives_name: Text = ""
    address: Text = ""
    note: Text = ""


class ReportIn(Schema):
    """One batch, under a key of the sender's own."""

    key: Annotated[str, Field(min_length=8, max_length=64)]
    records: Annotated[list[ReportedIn], Field(max_length=10_000)]


class ReportRefusedOut(Schema):
    """A record that was not taken, and why."""

    identifier: str
    reason: str


class ReportReceiptOut(Schema):
    """What became of a batch; the same whenever it is sent again."""

    key: str
    accepted: int
    refused: list[ReportRefusedOut]


class ForeignSourceOut(Schema):
    """Another archives whose catalogue we hold."""

    id: int
    name: str
    way: str
    address: str
    harvested_until: str
    is_enabled: bool


class ForeignOut(Schema):
    """A record of another archives."""

    id: int
    source_id: int
    identifier: str
    datestamp: str
    title: str
    author: str
    reference_code: str
    dated: str
    fonds: str
    archives: str
    address: str
    is_deleted: bool
    changed_at: datetime


class ReportChannelOut(Schema):
    """Where we report to, and how far."""

    id: int
    name: str
    address: str
    sent_until: datetime | None
    is_enabled: bool


class ReportDispatchOut(Schema):
    """A batch that was reported."""

    id: int
    channel_id: int
    began_at: datetime
    attempts: int
    sent_count: int
    withdrawn_count: int
    accepted_count: int
    refused: list[dict[str, str]]
    acknowledged_at: datetime | None
