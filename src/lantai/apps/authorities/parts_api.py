"""The parts of a record for machines: names, relations, sources, versions, its file; what looks alike."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from lantai.apps.authorities import queries, services
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.schemas import NameIn, NameOut
from lantai.apps.authorities.types import Alike
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.schemas import Id, Text

router = Router(tags=["authorities"])
MOST_PAGES = 10_000


class SourceIn(Schema):
    """Where something in a record is from, and what was found there."""

    model_config = ConfigDict(extra="forbid")

    citation: Text = Field(min_length=1, max_length=400)
    found: Text = Field("", max_length=20_000)


class CitedOut(Schema):
    """A source of a record."""

    id: int
    citation: str
    found: str


class HeldNameOut(NameOut):
    """A name by its id."""

    id: int


class EditOut(Schema):
    """The record as it stood after one edit."""

    revision: int
    editor_name: str
    changed_at: str
    body: dict[str, object]


class RestoreTo(Schema):
    """The revision at hand, and the one to come back to."""

    revision: int = Field(ge=1, le=2**31 - 1)
    to: int = Field(ge=1, le=2**31 - 1)


class AlikeOut(Schema):
    """Two records that may be of one thing, and why."""

    first: int
    first_name: str
    second: int
    second_name: str
    likeness: str
    agrees_in_dates: bool


class DifferentIn(Schema):
    """Two records that are of two things."""

    first: Id
    second: Id


class MergePlanOut(Schema):
    """What a merge would do: whom it takes in, which names come along, how much is pointed anew."""

    survivor: int
    merged: list[int]
    names: list[str]
    relations: int
    held: dict[str, int]


@router.get("/records/{int:authority_id}/names", response=list[HeldNameOut])
@needs(P.AUTHORITY_READ)
def list_names(request: HttpRequest, authority_id: int) -> list[HeldNameOut]:
    """The names of a record with those of the records merged into it."""
    row = queries.get(ctx_of(request), authority_id)
    return [HeldNameOut.from_orm(name) for name in queries.names_in(queries.cluster_of(row.pk))]


@router.put("/names/{int:name_id}", response=HeldNameOut)
@needs(P.AUTHORITY_MANAGE)
def revise_name(request: HttpRequest, name_id: int, body: NameIn) -> HeldNameOut:
    """Correct a name; the preferred one stays preferred."""
    return HeldNameOut.from_orm(services.revise_name(ctx_of(request), name_id=name_id, **body.dict()))


@router.delete("/names/{int:name_id}", response={204: None})
@needs(P.AUTHORITY_MANAGE)
def drop_name(request: HttpRequest, name_id: int) -> Status[None]:
    """Take a name away."""
    services.drop_name(ctx_of(request), name_id=name_id)
    return Status(204, None)


@router.delete("/records/{int:authority_id}/relations/{int:relation_id}", response={204: None})
@needs(P.AUTHORITY_MANAGE)
def drop_relation(request: HttpRequest, authority_id: int, relation_id: int) -> Status[None]:
    """Take away a relation at either of whose ends the record stands."""
    services.drop_relation(ctx_of(request), relation_id=relation_id, authority_id=authority_id)
    return Status(204, None)


@router.get("/records/{int:authority_id}/sources", response=list[CitedOut])
@needs(P.AUTHORITY_READ)
def list_cited(request: HttpRequest, authority_id: int) -> list[CitedOut]:
    """Where a record has its facts from."""
    row = queries.get(ctx_of(request), authority_id)
    return [CitedOut.from_orm(one) for one in queries.sources_of(queries.cluster_of(row.pk))]


@router.post("/records/{int:authority_id}/sources", response={201: CitedOut})
@needs(P.AUTHORITY_MANAGE)
def add_cited(request: HttpRequest, authority_id: int, body: SourceIn) -> Status[CitedOut]:
    """Say where something is from."""
    row = services.add_source(ctx_of(request), authority_id=authority_id, **body.dict())
    return Status(201, CitedOut.from_orm(row))


@router.delete("/sources/{int:citation_id}", response={204: None})
@needs(P.AUTHORITY_MANAGE)
def drop_cited(request: HttpRequest, citation_id: int) -> Status[None]:
    """Take a source away."""
    services.drop_source(ctx_of(request), source_id=citation_id)
    return Status(204, None)


@router.get("/records/{int:authority_id}/versions", response=list[EditOut])
@needs(P.AUTHORITY_READ)
def list_edits(request: HttpRequest, authority_id: int) -> list[EditOut]:
    """The record as it stood after each edit, newest first."""
    rows = queries.versions_of(queries.get(ctx_of(request), authority_id))[:500]
    return [
        EditOut(
            revision=one.revision, editor_name=one.editor_name, changed_at=one.changed_at.isoformat(),
            body=one.body,
        )
        for one in rows
    ]  # fmt: skip


@router.post("/records/{int:authority_id}/restore", response={204: None})
@needs(P.AUTHORITY_MANAGE)
def restore_authority(request: HttpRequest, authority_id: int, body: RestoreTo) -> Status[None]:
    """Bring back the record as it stood after an earlier edit; 409 when another saved meanwhile."""
    services.restore(ctx_of(request), authority_id=authority_id, **body.dict())
    return Status(204, None)


@router.get("/records/{int:authority_id}/eac", response={200: None})
@needs(P.AUTHORITY_READ)
def get_eac(request: HttpRequest, authority_id: int) -> HttpResponse:
    """The record as EAC-CPF; bodies, persons and families only."""
    made = queries.eac_of(queries.get(ctx_of(request), authority_id))
    return HttpResponse(made, content_type="application/xml")


@router.get("/records/{int:authority_id}/alike", response=list[AlikeOut])
@needs(P.AUTHORITY_READ)
def list_alike_to(request: HttpRequest, authority_id: int) -> list[AlikeOut]:
    """Records that may be of the same thing as this one."""
    ctx = ctx_of(request)
    return [_alike(one) for one in queries.may_be_same(ctx, queries.get(ctx, authority_id))]


@router.get("/alike", response=list[AlikeOut])
@needs(P.AUTHORITY_MERGE)
def list_alike(request: HttpRequest, page: Annotated[int, Field(ge=0, le=MOST_PAGES)] = 0) -> list[AlikeOut]:
    """Pairs of records that may be of one thing, the likeliest first, 100 a page."""
    ctx = ctx_of(request)
    found, _more = queries.alike(ctx, sorted(ctx.actor.orgs_with(P.AUTHORITY_MERGE)), page=page)
    return [_alike(one) for one in found]


@router.post("/alike/different", response={204: None})
@needs(P.AUTHORITY_MERGE)
def tell_apart(request: HttpRequest, body: DifferentIn) -> Status[None]:
    """Two records that look alike are of two things: they are offered no more."""
    services.tell_apart(ctx_of(request), first_id=body.first, second_id=body.second)
    return Status(204, None)


@router.get("/merges/plan", response=MergePlanOut)
@needs(P.AUTHORITY_MERGE)
def plan_merge(request: HttpRequest, survivor: Id, other: Id) -> MergePlanOut:
    """What merging one record into another would do; nothing is done."""
    plan = queries.plan(ctx_of(request), survivor, [other])
    return MergePlanOut(
        survivor=plan.survivor_id,
        merged=[pk for pk, _name in plan.merged],
        names=list(plan.names),
        relations=plan.relation_count,
        held=dict(plan.held),
    )


def _alike(one: Alike) -> AlikeOut:
    return AlikeOut(
        first=one.first_id,
        first_name=one.first_name,
        second=one.second_id,
        second_name=one.second_name,
        likeness=one.likeness,
        agrees_in_dates=one.agrees_in_dates,
    )
