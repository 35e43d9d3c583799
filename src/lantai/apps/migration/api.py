"""API of this app: reading; what changes content takes two people at a page."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from lantai.apps.migration import queries
from lantai.apps.migration.models import HeldFormat, MigrationPlan, PlanItem
from lantai.apps.migration.permissions import P
from lantai.apps.migration.schemas import HeldFormatOut, MigrationPlanOut, PlanItemOut
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of

router = Router(tags=["migration"])
MOST = 500


@router.get("/formats", response=list[HeldFormatOut], summary="馆藏格式")
@needs(P.FORMAT_READ)
def held_formats(
    request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)
) -> list[HeldFormat]:
    """Formats as they were counted, in id order; pass the last id as ``after`` for the next page."""
    return list(queries.visible_formats(ctx_of(request)).filter(pk__gt=after).order_by("pk")[:limit])


@router.get("/plans", response=list[MigrationPlanOut], summary="迁移方案")
@needs(P.PLAN_READ)
def migration_plans(
    request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)
) -> list[MigrationPlan]:
    """Plans in id order."""
    return list(queries.visible(ctx_of(request)).filter(pk__gt=after).order_by("pk")[:limit])


@router.get("/plans/{migration_plan_id}/files", response=list[PlanItemOut], summary="方案文件")
@needs(P.PLAN_READ)
def plan_items(
    request: HttpRequest, migration_plan_id: int, after: int = 0, limit: int = Query(100, ge=1, le=MOST)
) -> list[PlanItem]:
    """The files of one plan, in id order."""
    ctx = ctx_of(request)
    row = queries.get(ctx, migration_plan_id)
    return list(queries.items(ctx, row.pk).filter(pk__gt=after).order_by("pk")[:limit])
