"""The quality of the catalogue for machines."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from lantai.apps.quality import queries, services
from lantai.apps.quality.models import Snapshot
from lantai.apps.quality.permissions import P
from lantai.apps.quality.schemas import (
    BegunOut,
    FaultCountOut,
    FaultOut,
    FigureOut,
    FindingsOut,
    FondsQualityOut,
    LackingListOut,
    LackingOut,
    SnapshotOut,
    SnapshotsOut,
)
from lantai.apps.quality.types import Lacking
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of

router = Router(tags=["quality"])


@router.get("/fonds", response=SnapshotsOut)
@needs(P.QUALITY_READ)
def list_snapshots(request: HttpRequest, after: int = 0) -> SnapshotsOut:
    """The newest look at each fonds."""
    found, following = page_of(queries.latest(ctx_of(request)), after=after)
    return SnapshotsOut(snapshots=[_snapshot(row) for row in found], next=following)


@router.get("/fonds/{int:fonds_id}", response=FondsQualityOut)
@needs(P.QUALITY_READ)
def get_fonds_quality(request: HttpRequest, fonds_id: int) -> FondsQualityOut:
    """The figures of a fonds by its newest look, its faults by field, and how its score went."""
    fonds = queries.fonds_to_read(ctx_of(request), fonds_id)
    latest = queries.latest_of(fonds.pk)
    scored = [row for row in queries.trend_of(fonds.pk) if row.score is not None]
    return FondsQualityOut(
        latest=_snapshot(latest) if latest else None,
        figures=[FigureOut.from_orm(one) for one in queries.figures_of(latest)] if latest else [],
        faults=[FaultCountOut.from_orm(one) for one in queries.by_field(latest)] if latest else [],
        trend={row.began_at.isoformat(): row.score / 10 for row in scored},
    )


@router.get("/fonds/{int:fonds_id}/lacking/{what}", response=LackingListOut)
@needs(P.QUALITY_READ)
def list_lacking(request: HttpRequest, fonds_id: int, what: Lacking, after: int = 0) -> LackingListOut:
    """Items without content, without text, or with fewer pages than described, 200 at a time."""
    ctx = ctx_of(request)
    rows = queries.lacking(ctx, queries.fonds_to_read(ctx, fonds_id).pk, what)
    found, following = page_of(rows, after=after)
    return LackingListOut(items=[LackingOut.from_orm(one) for one in found], next=following)


@router.post("/fonds/{int:fonds_id}/count", response={202: BegunOut})
@needs(P.QUALITY_COUNT)
def count(request: HttpRequest, fonds_id: int) -> Status[BegunOut]:
    """Begin to look at a fonds."""
    return Status(202, BegunOut(snapshot=services.count(ctx_of(request), fonds_id=fonds_id).pk))


@router.get("/fonds/{int:fonds_id}/findings", response=FindingsOut)
@needs(P.QUALITY_READ)
def list_findings(request: HttpRequest, fonds_id: int, after: int = 0, fault: str = "") -> FindingsOut:
    """The faults that the newest look found, in rows the account may see."""
    ctx = ctx_of(request)
    rows = queries.findings_of(ctx, queries.fonds_to_read(ctx, fonds_id).pk)
    if fault:
        rows = rows.filter(fault=fault.replace("\x00", ""))
    found, following = page_of(rows, after=after)
    return FindingsOut(
        findings=[
            FaultOut(
                id=one.pk, item=one.description_id, reference_code=one.description.reference_code,
                field=one.field, label=one.label, fault=one.fault,
            )
            for one in found
        ],
        next=following,
    )  # fmt: skip


def _snapshot(row: Snapshot) -> SnapshotOut:
    return SnapshotOut(
        id=row.pk, fonds=row.fonds_id, fonds_code=row.fonds.code, fonds_name=row.fonds.name,
        began_at=row.began_at, finished_at=row.finished_at,
        score=None if row.score is None else row.score / 10,
        rows=row.row_count, items=row.item_count, faulty=row.faulty_count, missing=row.missing_count,
        illegal=row.illegal_count, duplicate=row.duplicate_count, linked=row.linked_count,
        fulltext=row.fulltext_count, pages=row.page_count, digitised_pages=row.digitised_page_count,
    )  # fmt: skip
