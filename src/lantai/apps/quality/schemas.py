"""What the API gives."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class SnapshotOut(Schema):
    """The newest look at a fonds; ``score`` is in points, null for a fonds without descriptions."""

    id: int
    fonds: int
    fonds_code: str
    fonds_name: str
    began_at: datetime
    finished_at: datetime | None
    score: float | None
    rows: int
    items: int
    faulty: int
    missing: int
    illegal: int
    duplicate: int
    linked: int
    fulltext: int
    pages: int
    digitised_pages: int


class SnapshotsOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    snapshots: list[SnapshotOut]
    next: int | None


class FaultOut(Schema):
    """One fault of one description."""

    id: int
    item: int
    reference_code: str
    field: str
    label: str
    fault: str


class FigureOut(Schema):
    """A figure of a fonds: how many of how many."""

    label: str
    count: int
    total: int
    percent: float | None


class FaultCountOut(Schema):
    """How often one fault occurs in one field."""

    fault: str
    label: str
    count: int


class FondsQualityOut(Schema):
    """The newest look at a fonds, its figures, its faults by field, and the scores of the looks before it."""

    latest: SnapshotOut | None
    figures: list[FigureOut]
    faults: list[FaultCountOut]
    trend: dict[str, float]


class LackingOut(Schema):
    """An item that lacks something."""

    id: int
    reference_code: str
    title: str
    page_count: int | None


class LackingListOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    items: list[LackingOut]
    next: int | None


class FindingsOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    findings: list[FaultOut]
    next: int | None


class BegunOut(Schema):
    """A look that has begun; its progress is a run in the desk."""

    snapshot: int
