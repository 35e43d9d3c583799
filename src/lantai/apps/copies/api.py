"""API of this app."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from lantai.apps.copies import queries, services
from lantai.apps.copies.models import Copy, Damage, Reading
from lantai.apps.copies.permissions import P
from lantai.apps.copies.schemas import CopyOut, DamageOut, ReadingIn, ReadingOut
from lantai.apps.copies.types import ReadingKind
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of

router = Router(tags=["copies"])
MOST = 500


@router.get("/copies", response=list[CopyOut], summary="副本")
@needs(P.COPY_READ)
def copies(
    request: HttpRequest,
    package_id: int | None = None,
    after: int = 0,
    limit: int = Query(100, ge=1, le=MOST),
) -> list[Copy]:
    """Copies in id order; pass the last id as ``after`` for the next page."""
    rows = queries.visible_copies(ctx_of(request)).filter(pk__gt=after)
    if package_id is not None:
        rows = rows.filter(package_id=package_id)
    return list(rows.order_by("pk")[:limit])


@router.get("/damages", response=list[DamageOut], summary="副本异常")
@needs(P.COPY_READ)
def damages(request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)) -> list[Damage]:
    """What was found wrong, in id order."""
    return list(queries.visible_damages(ctx_of(request)).filter(pk__gt=after).order_by("pk")[:limit])


@router.get("/readings", response=list[ReadingOut], summary="校验轮次")
@needs(P.COPY_READ)
def readings(request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)) -> list[Reading]:
    """Rounds in id order."""
    return list(queries.visible_readings(ctx_of(request)).filter(pk__gt=after).order_by("pk")[:limit])


@router.post("/readings", response={201: ReadingOut})
@needs(P.COPY_VERIFY)
def start_reading(request: HttpRequest, asked: ReadingIn) -> tuple[int, Reading]:
    """Begin a round of the organisation acted for."""
    ctx = ctx_of(request)
    kind = ReadingKind.SAMPLE if asked.sample_count else ReadingKind.DEMAND
    rate = services.rate_of(ctx.org_id or 0)
    row = services.start_reading(ctx, org_id=ctx.org_id, kind=kind, rate_mb_s=rate, **asked.dict())
    return 201, row
