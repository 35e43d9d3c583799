"""What the API takes and gives."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from ninja import Schema
from pydantic import Field

Id = Annotated[int, Field(ge=1, lt=2**63)]
Year = Annotated[int, Field(ge=1, le=9999)]


class ItemFileOut(Schema):
    """A file of an item with the digests taken when it was sealed."""

    id: int
    name: str
    role: str
    size_bytes: int
    puid: str
    mime: str
    page_count: int | None
    sha256: str
    sha512: str
    sm3: str
    is_intact: bool


class ItemOut(Schema):
    """A description as a line of a list."""

    id: int
    level: str
    reference_code: str
    title: str
    author: str
    document_number: str
    dated_on: date | None
    year: int | None
    retention: str
    class_code: str
    kind: str
    fonds: str
    custodian: str
    classification: str
    openness: str
    page_count: int | None
    revision: int


class ItemWhole(ItemOut):
    """A description with everything that the asker may see; names of persons only to its keepers."""

    parent_id: int | None
    persons: list[str]
    metadata: dict[str, object]
    note: str
    files: list[ItemFileOut]


class ItemsOut(Schema):
    """A page of a list; ask again with ``after`` until ``next`` is empty."""

    items: list[ItemOut]
    next: str


class FacetValue(Schema):
    """A value and how many rows have it."""

    value: str
    label: str
    count: int


class SuggestedText(Schema):
    """Another text that finds something."""

    text: str
    total: int


class PageOut(Schema):
    """Where the words stand best in the files of an item, with the text around them."""

    item_id: int
    file_id: int
    page: int
    snippet: str


class FoundOut(Schema):
    """A page of a search; ``conditions`` say how the text was understood, ``pending`` changes are not yet
    in the index."""

    total: int
    items: list[ItemOut]
    pages: list[PageOut]
    facets: dict[str, list[FacetValue]]
    conditions: list[str]
    suggestions: list[SuggestedText]
    next: str
    is_ready: bool
    pending: int


class Changes(Schema):
    """Elements to change; what is left out stays."""

    title: str | None = None
    author: str | None = None
    document_number: str | None = None
    dated_on: date | None = None
    persons: list[str] | None = None
    page_count: int | None = None
    note: str | None = None
