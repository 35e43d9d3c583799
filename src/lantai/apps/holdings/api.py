"""Fonds, schemes, schedules and rules for machines."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from lantai.apps.holdings import queries
from lantai.apps.holdings.models import Fonds, RecordKind, RuleSet
from lantai.apps.holdings.permissions import P
from lantai.apps.holdings.schemas import ClassOut, FondsOut, KindOut, RuleOut, ScheduleLineOut, ScheduleOut
from lantai.kit.errors import Missing
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of

router = Router(tags=["holdings"])


@router.get("/fonds", response=list[FondsOut])
@needs(P.FONDS_READ)
def list_fonds(request: HttpRequest, code: str = "", after: int = 0) -> list[FondsOut]:
    """Fonds in the order of their ids, 200 at a time; ask again with `after` = the last id."""
    rows = queries.visible_fonds(ctx_of(request))
    found, _following = page_of(rows.filter(code=code) if code else rows, after=after)
    return [_fonds(row) for row in found]


@router.get("/fonds/{fonds_id}", response=FondsOut)
@needs(P.FONDS_READ)
def get_fonds(request: HttpRequest, fonds_id: int) -> FondsOut:
    """One fonds."""
    return _fonds(queries.get_fonds(ctx_of(request), fonds_id))


@router.get("/fonds/{fonds_id}/classes", response=list[ClassOut])
@needs(P.FONDS_READ)
def list_classes(request: HttpRequest, fonds_id: int) -> list[queries.ClassRow]:
    """The classification scheme as a tree in reading order."""
    return queries.class_rows(queries.get_fonds(ctx_of(request), fonds_id).pk)


@router.get("/fonds/{fonds_id}/schedule", response=ScheduleOut)
@needs(P.FONDS_READ)
def schedule_in_force(request: HttpRequest, fonds_id: int) -> ScheduleOut:
    """The approved retention schedule of the creator; 404 where there is none."""
    creator_id = queries.get_fonds(ctx_of(request), fonds_id).creator_id
    row = queries.schedule_in_force(creator_id) if creator_id else None
    if row is None:
        raise Missing
    lines = [
        ScheduleLineOut(number=x.number, scope=x.scope, retention=x.retention)
        for x in queries.lines_of(row.pk)
    ]
    return ScheduleOut(
        id=row.pk,
        version=row.version,
        title=row.title,
        valid_from=row.valid_from,
        approved_by=row.approved_by,
        citation=row.citation,
        lines=lines,
    )


@router.get("/kinds", response=list[KindOut])
@needs(P.FONDS_READ)
def list_kinds(request: HttpRequest) -> list[RecordKind]:
    """The kinds of record."""
    return list(queries.kinds())


@router.get("/rules/{slug}", response=RuleOut)
@needs(P.FONDS_READ)
def rule_in_force(request: HttpRequest, slug: str, on: date | None = Query(None)) -> RuleSet:  # noqa: B008
    """The version of a rule that holds on a day (today)."""
    return queries.rule(slug, on or timezone.localdate(ctx_of(request).now))


def _fonds(row: Fonds) -> FondsOut:
    return FondsOut(
        id=row.pk,
        code=row.code,
        name=row.name,
        kind=row.kind,
        archives=row.archives.name,
        creator=row.creator.name if row.creator else None,
        started_year=row.started_year,
        ended_year=row.ended_year,
    )
