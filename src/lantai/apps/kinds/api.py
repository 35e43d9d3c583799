"""Kinds of record for machines."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from lantai.apps.kinds import queries, services
from lantai.apps.kinds.models import KindVersion
from lantai.apps.kinds.permissions import P
from lantai.apps.kinds.schemas import (
    FieldData,
    KindFields,
    KindFieldsIn,
    KindFileIn,
    KindSummary,
    KindVersionOut,
    NewDraft,
    NewKind,
    VersionReasonIn,
)
from lantai.apps.kinds.types import KindField
from lantai.kit.metadata import kinds as kit
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of

router = Router(tags=["kinds"])


@router.get("", response=list[KindSummary])
@needs(P.KIND_READ)
def list_record_kinds(request: HttpRequest, archives: int | None = None) -> list[KindSummary]:
    """The kinds by which an archives describes (the asker's own, where none is named)."""
    rows = queries.rows_of(_archives_id(ctx_of(request), archives))
    return [KindSummary.from_orm(row) for row in rows]


@router.post("", response={201: KindVersionOut})
@needs(P.KIND_DESIGN)
def design_record_kind(request: HttpRequest, given: NewKind) -> tuple[int, KindVersionOut]:
    """Make a kind of an archives' own, its first draft with the fields of the kind `like`."""
    values = given.dict(exclude={"archives"})
    return 201, _out(services.design_kind(ctx_of(request), archives_id=given.archives, **values))


@router.post("/versions/file", response={201: KindVersionOut})
@needs(P.KIND_DESIGN)
def import_record_kind(request: HttpRequest, given: KindFileIn) -> tuple[int, KindVersionOut]:
    """Begin a draft with what the file of a kind says."""
    content = given.content.encode()
    return 201, _out(services.import_kind(ctx_of(request), archives_id=given.archives, content=content))


@router.get("/versions/{int:kind_version_id}/file", response={200: None})
@needs(P.KIND_READ)
def export_record_kind(request: HttpRequest, kind_version_id: int) -> HttpResponse:
    """One version as a file (TOML) that another archives can read."""
    ctx = ctx_of(request)
    made = services.export(ctx, version_id=queries.get(ctx, kind_version_id).pk)
    return HttpResponse(made, content_type="application/toml; charset=utf-8")


@router.get("/{slug}", response=KindFields)
@needs(P.KIND_READ)
def get_record_kind(request: HttpRequest, slug: str, archives: int | None = None) -> KindFields:
    """The fields of a kind that hold at an archives."""
    archives_id = _archives_id(ctx_of(request), archives)
    scheme = queries.scheme_of(queries.one_kind(archives_id, slug).pk, archives_id)
    return KindFields(
        slug=scheme.slug,
        name=scheme.name,
        version=scheme.version,
        version_id=scheme.version_id,
        fields=_fields(scheme.fields),
    )


@router.post("/{slug}/versions", response={201: KindVersionOut})
@needs(P.KIND_DESIGN)
def draft_record_kind(request: HttpRequest, slug: str, given: NewDraft) -> tuple[int, KindVersionOut]:
    """Begin a draft from what holds at the archives."""
    kind = queries.one_kind(given.archives, slug)
    return 201, _out(services.begin_draft(ctx_of(request), archives_id=given.archives, kind_id=kind.pk))


@router.get("/versions/{kind_version_id}", response=KindVersionOut)
@needs(P.KIND_READ)
def get_kind_version(request: HttpRequest, kind_version_id: int) -> KindVersionOut:
    """One version with its fields."""
    return _out(queries.get(ctx_of(request), kind_version_id))


@router.put("/versions/{kind_version_id}", response=KindVersionOut)
@needs(P.KIND_DESIGN)
def set_kind_fields(request: HttpRequest, kind_version_id: int, given: KindFieldsIn) -> KindVersionOut:
    """Say all fields of a draft anew; a field with values stays and keeps its type."""
    fields = kit.from_data([{**one.dict(), "choices": list(one.choices)} for one in given.fields])
    ctx = ctx_of(request)
    row = services.set_fields(ctx, version_id=kind_version_id, fields=fields, note=given.note)
    return _out(row)


@router.post("/versions/{kind_version_id}/submit", response=KindVersionOut)
@needs(P.KIND_DESIGN)
def submit_kind_version(request: HttpRequest, kind_version_id: int) -> KindVersionOut:
    """Hand a draft to whoever publishes."""
    return _out(services.submit(ctx_of(request), version_id=kind_version_id))


@router.post("/versions/{kind_version_id}/publish", response=KindVersionOut)
@needs(P.KIND_PUBLISH)
def publish_kind_version(request: HttpRequest, kind_version_id: int) -> KindVersionOut:
    """Describe by it from now on; by another person than the one who edited it."""
    return _out(services.publish(ctx_of(request), version_id=kind_version_id))


@router.post("/versions/{kind_version_id}/{move}", response=KindVersionOut)
@needs(P.KIND_READ)
def move_kind_version(
    request: HttpRequest, kind_version_id: int, move: Literal["send_back", "discard"], given: VersionReasonIn
) -> KindVersionOut:
    """Send a version back or discard it; the state table asks for the permission."""
    ctx = ctx_of(request)
    return _out(services.move(ctx, version_id=kind_version_id, name=move, reason=given.reason))


def _archives_id(ctx: Ctx, asked: int | None) -> int | None:
    row = queries.one_archives(ctx, asked)
    return row.pk if row else None


def _fields(fields: tuple[KindField, ...]) -> list[FieldData]:
    return [FieldData(**one) for one in kit.to_data(fields)]


def _out(row: KindVersion) -> KindVersionOut:
    return KindVersionOut(
        id=row.pk,
        kind=row.kind.slug,
        number=row.number,
        state=row.state,
        note=row.note,
        editor_name=row.editor_name,
        drafted_at=row.drafted_at,
        published_at=row.published_at,
        fields=_fields(row.fields()),
    )
