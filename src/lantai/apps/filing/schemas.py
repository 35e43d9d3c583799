"""What the API takes and gives."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema
from pydantic import ConfigDict, Field

from lantai.apps.custody.types import FileRole
from lantai.apps.filing.types import Arrival, DeclaredFile
from lantai.apps.holdings.types import Classification


class FileIn(Schema):
    """A file that comes with the request: its name, and what the sender says of it.

    `part` is the part of the record that the file is (a voucher's `invoice`), `elements` what is noted of it.
    """

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=255)
    role: FileRole = FileRole.MAIN
    size: int | None = Field(None, ge=0)
    sha256: str = Field("", pattern=r"^([0-9A-Fa-f]{64})?$")
    sha512: str = Field("", pattern=r"^([0-9A-Fa-f]{128})?$")
    sm3: str = Field("", pattern=r"^([0-9A-Fa-f]{64})?$")
    part: str = Field("", max_length=40)
    elements: dict[str, str] = Field(default_factory=dict, max_length=40)


class CaptureIn(Schema):
    """A document as a system hands it over; `elements` holds further elements of its kind's scheme."""

    model_config = ConfigDict(extra="forbid")

    external_key: str = Field("", max_length=100)
    fonds_code: str = Field(max_length=16)
    kind: str = "document"
    title: str = Field(min_length=1, max_length=2000)
    author: str = Field("", max_length=300)
    document_number: str = Field("", max_length=120)
    dated_on: date | None = None
    year: int | None = Field(None, ge=1000, le=2999)
    class_code: str = Field("", max_length=16)
    retention: str = Field("", max_length=8)
    classification: Classification = Classification.PUBLIC
    persons: list[str] = Field(default_factory=list, max_length=500)
    elements: dict[str, str] = Field(default_factory=dict)
    files: list[FileIn] = Field(min_length=1, max_length=2000)

    def arrival(self, external_key: str) -> Arrival:
        """The input as the service takes it."""
        values = self.model_dump(exclude={"external_key", "files", "elements", "persons", "classification"})
        return Arrival(
            **values,
            external_key=external_key,
            classification=self.classification.value,
            persons=tuple(self.persons),
            metadata=self.elements,
            files=tuple(
                DeclaredFile(
                    name=one.name,
                    role=one.role.value,
                    size=one.size,
                    digests={"sha256": one.sha256, "sha512": one.sha512, "sm3": one.sm3},
                    part=one.part,
                    elements=one.elements,
                )
                for one in self.files
            ),
        )


class DocumentFileOut(Schema):
    """A file of a document; `state` is empty until it has been opened."""

    id: int
    order: int
    name: str
    role: str
    size_bytes: int
    sha256: str
    sha512: str
    sm3: str
    puid: str
    mime: str
    state: str
    page_count: int | None
    part: str
    elements: dict[str, str]


class DocumentOut(Schema):
    """A document as a line of a list."""

    id: int
    external_key: str
    state: str
    title: str
    author: str
    document_number: str
    dated_on: date | None
    year: int | None
    class_code: str
    retention: str
    classification: str
    kind: str
    fonds: str
    reference_code: str
    batch_id: int | None
    captured_at: datetime


class DocumentWhole(DocumentOut):
    """A document with its persons, elements and files."""

    persons: list[str]
    elements: dict[str, str]
    files: list[DocumentFileOut]


class DocumentsOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    documents: list[DocumentOut]
    next: int | None


class FilingBatchOut(Schema):
    """A batch."""

    id: int
    code: str
    title: str
    state: str
    fonds: str
    item_count: int
    package_id: int | None
    created_at: datetime
    sealed_at: datetime | None
