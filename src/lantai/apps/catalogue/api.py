"""The catalogue for machines; under ``/open`` for everybody."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import Query, Router

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.drafts_api import router as drafts
from lantai.apps.catalogue.editing_api import router as editing
from lantai.apps.catalogue.finding_api import router as finding
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.schemas import (
    Changes,
    FacetValue,
    FoundOut,
    Id,
    ItemFileOut,
    ItemOut,
    ItemsOut,
    ItemWhole,
    PageOut,
    SuggestedText,
    Year,
)
from lantai.apps.catalogue.tree_api import router as tree
from lantai.apps.catalogue.types import Asked, FindSort, RevisionMissing
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import needs, public, signed_in
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.downloads import saved
from lantai.platform.ui.keyset import page_of

router = Router(tags=["catalogue"])
router.add_router("", tree)
router.add_router("", editing)
router.add_router("", drafts)
router.add_router("", finding)


@router.get("/items", response=ItemsOut)
@needs(P.ITEM_READ)
def list_items(request: HttpRequest, after: int = 0, code: str = "", fonds: str = "") -> ItemsOut:
    """Descriptions in the order of their ids, 200 at a time; `code` asks for codes that begin so."""
    rows = queries.visible(ctx_of(request)).filter(reference_code__startswith=code)
    return _page(ctx_of(request), rows.filter(fonds__code=fonds) if fonds else rows, after)


@router.get("/items/{item_id}", response=ItemWhole)
@needs(P.ITEM_READ)
def get_item(request: HttpRequest, response: HttpResponse, item_id: int) -> ItemWhole:
    """One description with its files; its `ETag` is the revision that a change must name."""
    row = queries.get(ctx_of(request), item_id)
    response["ETag"] = f'"{row.revision}"'
    return _whole(ctx_of(request), row)


@router.patch("/items/{item_id}", response=ItemWhole)
@needs(P.ITEM_DESCRIBE)
def describe_item(request: HttpRequest, response: HttpResponse, item_id: int, changes: Changes) -> ItemWhole:
    """Change elements; `If-Match` names the revision that was read, 409 when another saved meanwhile."""
    given = request.headers.get("If-Match", "").removeprefix("W/").strip('"')
    if not is_number(given, 9):
        raise RevisionMissing(field="If-Match")
    row = services.describe(
        ctx_of(request),
        description_id=item_id,
        revision=int(given),
        changes={
            k: ("" if v is None and k in _TEXTS else v) for k, v in changes.dict(exclude_unset=True).items()
        },
    )
    response["ETag"] = f'"{row.revision}"'
    return _whole(ctx_of(request), row)


@router.get("/search", response=FoundOut)
@needs(P.ITEM_READ)
def search(
    request: HttpRequest,
    q: str = "",
    sort: FindSort = FindSort.RELEVANCE,
    after: str = "",
    kind: list[str] = Query([]),  # noqa: B008
    year: list[Year] = Query([]),  # noqa: B008
    retention: list[str] = Query([]),  # noqa: B008
    openness: list[str] = Query([]),  # noqa: B008
    level: list[str] = Query([]),  # noqa: B008
    format: list[str] = Query([]),  # noqa: B008
    place: list[str] = Query([]),  # noqa: B008
    topic: list[str] = Query([]),  # noqa: B008
    fonds: list[Id] = Query([]),  # noqa: B008
    file: list[Id] = Query([]),  # noqa: B008
) -> FoundOut:
    """Full-text search within what the account may see; `fonds` and `file` (the volume) are ids."""
    asked = Asked(
        text=q,
        sort=sort,
        after=after,
        kinds=frozenset(kind),
        years=frozenset(year),
        retentions=frozenset(retention),
        opennesses=frozenset(openness),
        levels=frozenset(level),
        formats=frozenset(format),
        places=frozenset(place),
        topics=frozenset(topic),
        fonds=frozenset(fonds),
        files=frozenset(file),
    )
    return _found(ctx_of(request), asked)


@router.get("/items/{item_id}/files/{file_id}")
@signed_in
def get_file(request: HttpRequest, item_id: int, file_id: int) -> FileResponse:
    """The original of a file; the download is recorded."""
    return _original(ctx_of(request), item_id, file_id)


@router.get("/open/items", response=ItemsOut, auth=None)
@public
def list_open_items(request: HttpRequest, after: int = 0, archives: str = "") -> ItemsOut:
    """Records open to everybody, in the order of their ids; `archives` is the code of a custodian."""
    rows = queries.opened()
    return _page(ctx_of(request), rows.filter(custodian__code=archives) if archives else rows, after)


@router.get("/open/items/{item_id}", response=ItemWhole, auth=None)
@public
def get_open_item(request: HttpRequest, item_id: int) -> ItemWhole:
    """One record that is open to everybody."""
    return _whole(ctx_of(request), queries.get_opened(item_id))


@router.get("/open/items/{item_id}/files/{file_id}", auth=None)
@public
def get_open_file(request: HttpRequest, item_id: int, file_id: int) -> FileResponse:
    """The original of a file of an open record."""
    return _original(ctx_of(request), queries.get_opened(item_id).pk, file_id)


_TEXTS = frozenset({"title", "author", "document_number", "note"})


def _page(ctx: Ctx, rows: QuerySet[Description], after: int) -> ItemsOut:
    found, following = page_of(rows, after=after)
    return ItemsOut(items=_lines(ctx, found), next=str(following or ""))


def _lines(ctx: Ctx, rows: Iterable[Description]) -> list[ItemOut]:
    schemes = queries.Schemes()
    return [ItemOut(**_values(queries.as_told(ctx, row, schemes))) for row in rows]


def _values(row: Description) -> dict[str, object]:
    same = ("level", "reference_code", "title", "author", "document_number", "dated_on", "year", "retention")
    more = ("class_code", "classification", "openness", "page_count", "revision")
    return {
        "id": row.pk,
        "kind": row.kind.slug,
        "fonds": row.fonds.code,
        "custodian": row.custodian.code,
        **{name: getattr(row, name) for name in (*same, *more)},
    }


def _whole(ctx: Ctx, row: Description) -> ItemWhole:
    told = queries.as_told(ctx, row)
    return ItemWhole(
        **_values(told),
        parent_id=row.parent_id,
        persons=list(told.persons),
        metadata=queries.own_values(ctx, row),
        note=told.note,
        files=[ItemFileOut.from_orm(file) for file in queries.files_told(ctx, row)],
    )


def _found(ctx: Ctx, asked: Asked) -> FoundOut:
    page = queries.find(ctx, asked)
    rows = {row.pk: row for row in queries.visible(ctx).filter(pk__in=[hit.id for hit in page.hits])}
    facets = {
        facet.name: [FacetValue(value=o.value, label=o.label, count=o.count) for o in facet.options]
        for facet in page.facets
    }
    return FoundOut(
        total=page.total,
        items=_lines(ctx, (rows[hit.id] for hit in page.hits if hit.id in rows)),
        pages=[
            PageOut(
                item_id=hit.id,
                file_id=hit.file_id,
                page=hit.page,
                snippet="".join(t for t, _hit in hit.snippet),
            )
            for hit in page.hits
            if hit.page and hit.id in rows
        ],
        facets=facets,
        conditions=[condition.label for condition in page.conditions],
        suggestions=[SuggestedText(text=one.text, total=one.total) for one in page.suggestions],
        next=page.after,
        is_ready=page.is_ready,
        pending=page.pending,
    )


def _original(ctx: Ctx, item_id: int, file_id: int) -> FileResponse:
    opened = services.open_content(ctx, description_id=item_id, file_id=file_id)
    return saved(opened.stream, name=opened.name, size_bytes=opened.size_bytes)
