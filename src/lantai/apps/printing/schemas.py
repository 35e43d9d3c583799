"""What the API of this app answers."""

from __future__ import annotations

from datetime import date

from ninja import Field, Schema
from pydantic import ConfigDict

from lantai.platform.ui.schemas import Text


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


class BoxNoteIn(Schema):
    """What is written about a box."""

    model_config = ConfigDict(extra="forbid")

    spine_mm: int = 30
    place: Text = Field("", max_length=120)
    situation: Text = Field("", max_length=4_000)
    arranged_by: Text = Field("", max_length=60)
    arranged_on: date | None = None
    checked_by: Text = Field("", max_length=60)
    checked_on: date | None = None


class GroupOut(Schema):
    """Items that are listed and boxed together."""

    year: int
    retention: str
    class_code: str
    item_count: int
    page_count: int
    boxed_count: int
    loose_count: int


class KindOfFondsOut(Schema):
    """A kind of which a fonds holds items; its code names its list."""

    slug: str
    name: str
    count: int


class PaperOut(Schema):
    """One paper of the file about a fonds."""

    chapter: str
    on: date | None
    title: str
    number: str
    url: str
