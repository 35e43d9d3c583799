"""API of this app."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Status

from lantai.apps.holdings import queries as holdings
from lantai.apps.printing import by_kind, dossier, queries, rendering, services
from lantai.apps.printing.models import Box
from lantai.apps.printing.permissions import P
from lantai.apps.printing.schemas import BoxNoteIn, BoxOut, FillIn, GroupOut, KindOfFondsOut, PaperOut
from lantai.apps.printing.types import OF_ONE_FILE, Chosen, Layout, Spine, SpineUnknown
from lantai.kit.errors import Missing
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of

router = Router(tags=["printing"])
MOST = 500
Volume = Annotated[int, Field(ge=1, le=99_999)]
Year = Annotated[int, Field(ge=1, le=9999)]


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


@router.get("/boxes/{int:box_id}", response=BoxOut)
@needs(P.BOX_READ)
def get_box(request: HttpRequest, box_id: int) -> Box:
    """One box."""
    return queries.get_box(ctx_of(request), box_id)


@router.put("/boxes/{int:box_id}", response=BoxOut)
@needs(P.BOX_MANAGE)
def describe_box(request: HttpRequest, box_id: int, body: BoxNoteIn) -> Box:
    """Write the note of a box, its spine and where it stands."""
    if body.spine_mm not in Spine.values:
        raise SpineUnknown(field="spine_mm")
    return services.describe_box(ctx_of(request), box_id=box_id, **body.dict())


@router.delete("/boxes/{int:box_id}", response={204: None})
@needs(P.BOX_MANAGE)
def empty_box(request: HttpRequest, box_id: int) -> Status[None]:
    """Take back the last box of its group."""
    services.empty_box(ctx_of(request), box_id=box_id)
    return Status(204, None)


@router.get("/boxes/{int:box_id}/note.pdf", response={200: None})
@needs(P.BOX_READ)
def print_box_note(request: HttpRequest, box_id: int) -> HttpResponse:
    """备考表 of a box as PDF/A."""
    ctx = ctx_of(request)
    return _pdf(rendering.box_note_pdf(ctx, queries.get_box(ctx, box_id)))


@router.get("/boxes/{int:box_id}/label.pdf", response={200: None})
@needs(P.BOX_READ)
def print_label(request: HttpRequest, box_id: int) -> HttpResponse:
    """Spine and front label of a box with its code, as PDF/A."""
    ctx = ctx_of(request)
    return _pdf(rendering.labels_pdf(ctx, [queries.get_box(ctx, box_id)]))


@router.get("/fonds/{int:fonds_id}/groups", response=list[GroupOut])
@needs(P.PAPER_PRINT)
def list_groups(request: HttpRequest, fonds_id: int) -> list[GroupOut]:
    """What a fonds holds by year, retention and class, and how much of it lies in boxes."""
    ctx = ctx_of(request)
    return [GroupOut.from_orm(one) for one in queries.groups(ctx, holdings.get_fonds(ctx, fonds_id).pk)]


@router.get("/fonds/{int:fonds_id}/kinds", response=list[KindOfFondsOut])
@needs(P.PAPER_PRINT)
def list_kinds_of_fonds(request: HttpRequest, fonds_id: int) -> list[KindOfFondsOut]:
    """The kinds of the items in a fonds, the most first."""
    ctx = ctx_of(request)
    found = by_kind.kinds_in(ctx, holdings.get_fonds(ctx, fonds_id).pk)
    return [KindOfFondsOut.from_orm(one) for one in found]


@router.get("/fonds/{int:fonds_id}/lists/{layout}.pdf", response={200: None})
@needs(P.PAPER_PRINT)
def print_list(
    request: HttpRequest,
    fonds_id: int,
    layout: str,
    year: Year | None = None,
    retention: str = "",
    class_code: str = "",
    volume: Volume = 1,
) -> HttpResponse:
    """归档文件目录 (`items`), 案卷目录 (`files`) or the list of a kind (its code), as PDF/A."""
    ctx = ctx_of(request)
    fonds = holdings.get_fonds(ctx, fonds_id)
    kept = (retention.replace("\x00", "")[:8], class_code.replace("\x00", "")[:40])
    chosen = Chosen(fonds_id=fonds.pk, year=year, retention=kept[0], class_code=kept[1])
    if layout in set(Layout) - OF_ONE_FILE:
        return _pdf(rendering.list_pdf(ctx, fonds, Layout(layout), chosen, volume))
    return _pdf(by_kind.list_pdf(ctx, fonds, layout.replace("\x00", ""), chosen, volume))


@router.get("/fonds/{int:fonds_id}/dossier.pdf", response={200: None})
@needs(P.PAPER_PRINT)
def print_dossier(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """全宗卷 as PDF/A."""
    ctx = ctx_of(request)
    return _pdf(rendering.dossier_pdf(ctx, holdings.get_fonds(ctx, fonds_id)))


@router.get("/files/{int:item_id}/{layout}.pdf", response={200: None})
@needs(P.PAPER_PRINT)
def print_file(request: HttpRequest, item_id: int, layout: str) -> HttpResponse:
    """Cover (`cover`), list of contents (`contents`) or note (`note`) of a file as PDF/A."""
    ctx = ctx_of(request)
    row = queries.get_file(ctx, item_id)
    if layout not in OF_ONE_FILE:
        raise Missing
    return _pdf(rendering.file_pdf(ctx, row, Layout(layout)))


def _pdf(made: bytes) -> HttpResponse:
    return HttpResponse(made, content_type="application/pdf")
