"""What the API of this app answers."""

from __future__ import annotations

from datetime import date

from ninja import Schema


class BoxOut(Schema):
    """One box."""

    id: int
    fonds_id: int
    custodian_id: int
    year: int
    retention: str
    class_code: str
    number: int
    first_code: str
    last_code: str
    item_count: int
    page_count: int
    spine_mm: int
    place: str
    situation: str
    arranged_by: str
    arranged_on: date | None
    checked_by: str
    checked_on: date | None


class FillIn(Schema):
    """Which items are boxed, and how."""

    fonds_id: int
    year: int
    retention: str
    class_code: str = ""
    pages: int = 200
    spine_mm: int = 30


class PaperOut(Schema):
    """One paper of the file about a fonds."""

    chapter: str
    on: date | None
    title: str
    number: str
    url: str
