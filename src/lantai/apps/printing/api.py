"""API of this app."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from lantai.apps.holdings import queries as holdings
from lantai.apps.printing import dossier, queries, services
from lantai.apps.printing.models import Box
from lantai.apps.printing.permissions import P
from lantai.apps.printing.schemas import BoxOut, FillIn, PaperOut
from lantai.apps.printing.types import Chosen, Spine, SpineUnknown
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of

router = Router(tags=["printing"])
MOST = 500


@router.get("/boxes", response=list[BoxOut], summary="档案盒")
@needs(P.BOX_READ)
def box_list(request: HttpRequest, after: int = 0, limit: int = Query(100, ge=1, le=MOST)) -> list[Box]:
    """Boxes in id order; pass the last id as ``after`` for the next page."""
    rows = queries.visible_boxes(ctx_of(request)).filter(pk__gt=after)
    return list(rows.order_by("pk")[:limit])


@router.post("/boxes", response=list[BoxOut])
@needs(P.BOX_MANAGE)
def fill_boxes(request: HttpRequest, body: FillIn) -> list[Box]:
    """Box the loose items of one year, retention and class."""
    if body.spine_mm not in Spine.values:
        raise SpineUnknown(field="spine_mm")
    chosen = Chosen(
        fonds_id=body.fonds_id, year=body.year, retention=body.retention, class_code=body.class_code
    )
    return services.put_in_boxes(
        ctx_of(request), chosen=chosen, pages=max(body.pages, 1), spine_mm=body.spine_mm
    )


@router.get("/fonds/{fonds_id}/dossier", response=list[PaperOut], summary="全宗卷")
@needs(P.PAPER_PRINT)
def dossier_of(request: HttpRequest, fonds_id: int) -> list[PaperOut]:
    """The papers about a fonds, by chapter."""
    ctx = ctx_of(request)
    found = dossier.assembled(ctx, holdings.get_fonds(ctx, fonds_id))
    return [
        PaperOut(chapter=chapter, on=one.on, title=str(one.title), number=one.number, url=one.url)
        for chapter, papers in found
        for one in papers
    ]
