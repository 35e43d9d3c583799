"""API of this app: reading; destroying takes people, one after the other, at a page."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from lantai.apps.disposal import queries
from lantai.apps.disposal.models import DisposalLine, DisposalList, LegalHold
from lantai.apps.disposal.permissions import P
from lantai.apps.disposal.schemas import DisposalLineOut, DisposalListOut, LegalHoldOut
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of

router = Router(tags=["disposal"])
MOST = 500


@router.get("/lists", response=list[DisposalListOut], summary="销毁清册")
@needs(P.LIST_READ)
def disposal_lists(
    request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)
) -> list[DisposalList]:
    """Lists in id order; pass the last id as ``after`` for the next page."""
    return list(queries.visible(ctx_of(request)).filter(pk__gt=after).order_by("pk")[:limit])


@router.get("/lists/{disposal_list_id}/lines", response=list[DisposalLineOut], summary="清册条目")
@needs(P.LIST_READ)
def disposal_lines(
    request: HttpRequest, disposal_list_id: int, after: int = 0, limit: int = Query(100, ge=1, le=MOST)
) -> list[DisposalLine]:
    """The items of one list, in id order."""
    ctx = ctx_of(request)
    row = queries.get(ctx, disposal_list_id)
    return list(queries.lines(ctx, row.pk).filter(pk__gt=after).order_by("pk")[:limit])


@router.get("/holds", response=list[LegalHoldOut], summary="法律保全")
@needs(P.HOLD_READ)
def legal_holds(
    request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)
) -> list[LegalHold]:
    """Legal holds in id order."""
    return list(queries.visible_holds(ctx_of(request)).filter(pk__gt=after).order_by("pk")[:limit])
