"""Finding for machines, beside the search itself: saved searches, what is related, access points, hits in a tree."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from lantai.apps.authorities import queries as authorities
from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.types import AccessRole, IndexMissing, UnitWithHits
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.gates import needs, signed_in
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of
from lantai.platform.ui.schemas import Id, Text

router = Router(tags=["catalogue"])


class SearchToSave(Schema):
    """A search under a name; ``query`` as it stands behind the question mark of its address."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(min_length=1, max_length=80)
    query: Text = Field(min_length=1, max_length=4_000)
    is_shared: bool = False
    is_watched: bool = False


class SavedSearchOut(Schema):
    """A saved search; ``told_at`` is when it last told the account of something new."""

    id: int
    name: str
    url: str
    owner_name: str
    is_mine: bool
    is_shared: bool
    is_watched: bool
    told_at: datetime | None


class WatchIn(Schema):
    """Whether to be told of what is found anew."""

    is_watched: bool


class BriefOut(Schema):
    """A record in short."""

    id: int
    level: str
    reference_code: str
    title: str
    year: int | None


class PointOut(Schema):
    """What a record is by or about."""

    id: int
    role: str
    name: str
    kind: str


class PointIn(Schema):
    """An authority by its id, and what it is to the record."""

    model_config = ConfigDict(extra="forbid")

    authority: Id
    role: AccessRole


class AuthorityRecordsOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    items: list[BriefOut]
    next: int | None


class UnitHitsOut(Schema):
    """A unit, how many records that match lie in it, the first of them, and the units in it."""

    unit: BriefOut
    count: int
    hits: list[BriefOut]
    units: list[UnitHitsOut]


class TreeHitsOut(Schema):
    """A search within a fonds, told along its tree; ``outside`` lie in none of the units."""

    total: int
    outside: int
    hits: list[BriefOut]
    units: list[UnitHitsOut]


class DigestOut(Schema):
    """A file as it was sealed."""

    id: int
    name: str
    size_bytes: int
    sha256: str
    sm3: str


class RecordedActOut(Schema):
    """Something that was done to the record; its proof is had by ``entry``."""

    at: datetime
    who: str
    what: str
    entry: int


class EvidenceOut(Schema):
    """What an item's content can be checked by."""

    object_id: str
    files: list[DigestOut]
    acts: list[RecordedActOut]


@router.get("/searches", response=list[SavedSearchOut])
@signed_in
def list_searches(request: HttpRequest) -> list[SavedSearchOut]:
    """The account's saved searches and those shared in its organisation."""
    return [SavedSearchOut.from_orm(one) for one in queries.saved_searches(ctx_of(request))]


@router.post("/searches", response={201: SavedSearchOut})
@signed_in
def save_search(request: HttpRequest, given: SearchToSave) -> Status[SavedSearchOut]:
    """Save a search under a name, and be told of what it finds anew if asked for."""
    ctx = ctx_of(request)
    return Status(201, _saved(ctx, services.save_search(ctx, **given.dict()).pk))


@router.put("/searches/{int:view_id}/watch", response=SavedSearchOut)
@signed_in
def watch_search(request: HttpRequest, view_id: int, given: WatchIn) -> SavedSearchOut:
    """Begin or end being told of what a saved search finds anew."""
    ctx = ctx_of(request)
    (services.watch if given.is_watched else services.unwatch)(ctx, view_id=view_id)
    return _saved(ctx, view_id)


@router.delete("/searches/{int:view_id}", response={204: None})
@signed_in
def forget_search(request: HttpRequest, view_id: int) -> Status[None]:
    """Delete an own saved search."""
    services.forget_search(ctx_of(request), view_id=view_id)
    return Status(204, None)


@router.get("/items/{int:item_id}/related", response=list[BriefOut])
@signed_in
def list_related(request: HttpRequest, item_id: int) -> list[BriefOut]:
    """At most six records that have to do with this one, the nearest first."""
    ctx = ctx_of(request)
    return [_brief(one) for one in queries.related(ctx, queries.get(ctx, item_id))]


@router.get("/items/{int:item_id}/points", response=list[PointOut])
@signed_in
def list_points(request: HttpRequest, item_id: int) -> list[PointOut]:
    """What a record is by and about."""
    ctx = ctx_of(request)
    return [PointOut.from_orm(one) for one in queries.points_of(ctx, queries.get(ctx, item_id))]


@router.post("/items/{int:item_id}/points", response={201: list[PointOut]})
@needs(P.ITEM_DESCRIBE)
def add_point(request: HttpRequest, item_id: int, given: PointIn) -> Status[list[PointOut]]:
    """Say what a record is by or about."""
    ctx = ctx_of(request)
    row = _mine(ctx, item_id)
    services.link(ctx, description_id=row.pk, authority_id=given.authority, role=given.role.value)
    return Status(201, [PointOut.from_orm(one) for one in queries.points_of(ctx, row)])


@router.delete("/items/{int:item_id}/points/{int:point_id}", response={204: None})
@needs(P.ITEM_DESCRIBE)
def drop_point(request: HttpRequest, item_id: int, point_id: int) -> Status[None]:
    """Take an access point away."""
    ctx = ctx_of(request)
    services.unlink(ctx, description_id=_mine(ctx, item_id).pk, point_id=point_id)
    return Status(204, None)


@router.get("/authorities/{int:authority_id}/items", response=AuthorityRecordsOut)
@needs(P.ITEM_READ)
def list_records_of_authority(
    request: HttpRequest, authority_id: int, after: int = 0, role: AccessRole | None = None
) -> AuthorityRecordsOut:
    """The records by or about an authority that the account may be told of, 200 at a time."""
    ctx = ctx_of(request)
    row = authorities.get(ctx, authority_id)
    found, following = page_of(queries.records_of(ctx, row.pk, role.value if role else ""), after=after)
    return AuthorityRecordsOut(items=[_brief(one) for one in found], next=following)


@router.get("/tree/{int:fonds_id}/hits", response=TreeHitsOut)
@signed_in
def search_in_tree(
    request: HttpRequest, fonds_id: int, q: Annotated[Text, Field(max_length=1_000)]
) -> TreeHitsOut:
    """A search within a fonds, told along its tree."""
    ctx = ctx_of(request)
    found = queries.hits_in_tree(ctx, holdings.get_fonds(ctx, fonds_id).pk, q)
    if found is None:
        raise IndexMissing
    return TreeHitsOut(
        total=found.total,
        outside=found.outside,
        hits=[_brief(one) for one in found.hits],
        units=[_unit(one) for one in found.units],
    )


@router.get("/items/{int:item_id}/evidence", response=EvidenceOut)
@signed_in
def get_evidence(request: HttpRequest, item_id: int) -> EvidenceOut:
    """The digests of an item's files, the object they lie in, and what was done to the record."""
    ctx = ctx_of(request)
    row = queries.get(ctx, item_id)
    if row.package_id is None:
        raise Missing
    return EvidenceOut(
        object_id=row.package.object_id,
        files=[
            DigestOut(id=one.id, name=one.name, size_bytes=one.size_bytes, sha256=one.sha256, sm3=one.sm3)
            for one in queries.files_told(ctx, row)
        ],
        acts=[
            RecordedActOut(at=one.at, who=one.who, what=str(one.what), entry=one.entry_id)
            for one in queries.happenings(ctx, row)
        ],
    )


@router.get("/items/{int:item_id}/proofs/{int:entry_id}", response={200: None})
@signed_in
def get_proof(request: HttpRequest, item_id: int, entry_id: int) -> HttpResponse:
    """The proof that an act stands in the log, as a file that anybody can check."""
    ctx = ctx_of(request)
    proof = queries.proof_of(ctx, queries.get(ctx, item_id), entry_id)
    return HttpResponse(proof, content_type="text/plain; charset=utf-8")


def _saved(ctx: Ctx, view_id: int) -> SavedSearchOut:
    found = next((one for one in queries.saved_searches(ctx) if one.id == view_id), None)
    if found is None:
        raise Missing
    return SavedSearchOut.from_orm(found)


def _mine(ctx: Ctx, item_id: int) -> Description:
    row = queries.get(ctx, item_id)
    if not queries.may_describe(ctx, row):
        raise Missing
    return row


def _brief(row: Description) -> BriefOut:
    return BriefOut(
        id=row.pk, level=row.level, reference_code=row.reference_code, title=row.title, year=row.year
    )


def _unit(one: UnitWithHits) -> UnitHitsOut:
    return UnitHitsOut(
        unit=_brief(one.row),
        count=one.count,
        hits=[_brief(hit) for hit in one.hits],
        units=[_unit(below) for below in one.units],
    )
