"""What the API takes and gives."""

from __future__ import annotations

from datetime import datetime

from ninja import Field, Schema


class NewBatch(Schema):
    """A sheet that was uploaded, and where its rows belong; ``upload`` is its `Location` or token."""

    upload: str = Field(max_length=400)
    fonds: int
    kind: str = Field(max_length=64)
    level: str = "item"
    checks_codes: bool = True
    takes_openness: bool = False


class MappingIn(Schema):
    """Heading → element; what is left out stays as it was guessed or remembered. Starts the dry run."""

    mapping: dict[str, str] = {}


class ColumnOut(Schema):
    """A column of a sheet and what it is taken for."""

    heading: str
    identifier: str


class ImportBatchOut(Schema):
    """A sheet on its way into the catalogue."""

    id: int
    file_name: str
    fonds: int
    kind: str
    state: str
    sha256: str
    row_count: int
    error_count: int
    warning_count: int
    new_count: int
    changed_count: int
    same_count: int
    made_at: datetime
    entered_at: datetime | None
    undone_at: datetime | None
    acts: list[str]


class BatchesOut(Schema):
    """Batches in the order of ids; ``next`` is the id to go on after."""

    batches: list[ImportBatchOut]
    next: int | None


class BatchWhole(ImportBatchOut):
    """A batch with its columns."""

    columns: list[ColumnOut]


class ProblemOut(Schema):
    """What is wrong, and where; ``column`` counts from 0, -1 where no cell is meant."""

    id: int
    severity: str
    sheet: int
    row: int
    column: int
    place: str
    code: str
    message: str


class ProblemsOut(Schema):
    """Problems in the order of ids; ``next`` is the id to go on after."""

    problems: list[ProblemOut]
    next: int | None


class NewAttachment(Schema):
    """A batch of files for records of a fonds; ``uploads`` are an archive, or files by `Location` or token."""

    fonds: int
    title: str = Field("", max_length=120)
    pattern: str = Field("", max_length=80)
    uploads: list[str] = Field(min_length=1, max_length=1_000)


class AttachmentOut(Schema):
    """Files on their way to their records."""

    id: int
    title: str
    fonds: int
    pattern: str
    state: str
    why: str
    file_count: int
    matched_count: int
    trouble_count: int
    item_count: int
    unfilled_count: int
    package: int | None
    made_at: datetime
    sealed_at: datetime | None
    acts: list[str]


class AttachmentsOut(Schema):
    """Batches of files in the order of ids; ``next`` is the id to go on after."""

    attachments: list[AttachmentOut]
    next: int | None


class AttachedFileOut(Schema):
    """A file and what was found of it."""

    id: int
    path: str
    verdict: str
    code: str
    order: int
    why: str
    size_bytes: int
    sha256: str


class AttachedFilesOut(Schema):
    """Files in the order of ids; ``next`` is the id to go on after."""

    files: list[AttachedFileOut]
    next: int | None
