"""API of this app: for a monitor, and for whoever files reports."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from lantai.apps.backup import queries
from lantai.apps.backup.models import BackupSet
from lantai.apps.backup.permissions import P
from lantai.apps.backup.schemas import DrillOut, PlanOut, SetOut
from lantai.platform.context import Ctx
from lantai.platform.gates import needs

router = Router(tags=["backup"])
MOST = 200


@router.get("/plans", response=list[PlanOut], summary="备份方案及其状态")
@needs(P.PLAN_READ)
def plans(request: HttpRequest) -> list[PlanOut]:
    """Every plan with its colour: red when what is saved is older than promised."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    return [
        PlanOut(
            id=row.pk, title=row.title, light=standing.light.value, why=standing.why,
            covered_until=standing.covered_until, next_set_at=standing.next_set_at,
            next_drill_at=standing.next_drill_at, rpo_minutes=row.rpo_minutes, rto_minutes=row.rto_minutes,
        )
        for row in queries.visible(ctx)
        for standing in [queries.standing(row, ctx.now)]
    ]  # fmt: skip


@router.get("/sets", response=list[SetOut], summary="备份集")
@needs(P.PLAN_READ)
def sets(request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)) -> list[BackupSet]:
    """Sets in id order; pass the last id as ``after`` for the next page."""
    return list(queries.sets(request.ctx).filter(pk__gt=after).order_by("pk")[:limit])  # type: ignore[attr-defined]


@router.get("/drills", response=list[DrillOut], summary="恢复演练")
@needs(P.PLAN_READ)
def drills(request: HttpRequest, after: int = 0, limit: int = Query(20, ge=1, le=MOST)) -> list[DrillOut]:
    """Drills with their reports in id order."""
    rows = (
        queries.drills(request.ctx).filter(pk__gt=after).prefetch_related("findings").order_by("pk")[:limit]
    )  # type: ignore[attr-defined]
    return [
        DrillOut(
            id=row.pk, plan_id=row.plan_id, state=row.state, begun_at=row.begun_at, finished_at=row.finished_at,
            rto_seconds=row.rto_seconds, rpo_seconds=row.rpo_seconds, file_count=row.file_count,
            byte_count=row.byte_count, why=row.why, findings=list(row.findings.all()),
        )
        for row in rows
    ]  # fmt: skip
