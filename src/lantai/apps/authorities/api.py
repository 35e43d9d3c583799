"""Authorities for machines."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Status

from lantai.apps.authorities import queries, services
from lantai.apps.authorities.models import Authority
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.schemas import (
    AuthoritiesOut,
    AuthorityIn,
    AuthorityLine,
    AuthorityOut,
    MergeAuthoritiesIn,
    MergeOut,
    NameIn,
    NameOut,
    RelationIn,
    RelationOut,
    SaidIn,
    SuggestedOut,
    TermOut,
)
from lantai.apps.authorities.types import Said
from lantai.apps.authorities.vocabularies_api import router
from lantai.kit.errors import N_, Invalid
from lantai.kit.text.figures import is_number
from lantai.platform.accounts import policy
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of


class RevisionMissing(Invalid):
    """A change names the state of the record that it was made against."""

    status = 428
    message = N_('请在 If-Match 中给出读取时的版次，例如 "3"。')


@router.get("/records", response=AuthoritiesOut)
@needs(P.AUTHORITY_READ)
def list_authorities(request: HttpRequest, after: int = 0, kind: str = "") -> AuthoritiesOut:
    """Records in the order of their ids, 200 at a time; of a merged one `merged_into` tells where it went."""
    rows = queries.visible(ctx_of(request))
    if kind:
        rows = rows.filter(kind=kind.replace("\x00", ""))
    found, following = page_of(rows, after=after)
    return AuthoritiesOut(authorities=[_line(row) for row in found], next=following)


@router.get("/suggest", response=list[SuggestedOut])
@needs(P.AUTHORITY_READ)
def suggest(request: HttpRequest, text: str, kind: str = "", limit: int = 10) -> list[SuggestedOut]:
    """Records any of whose names begins so, by characters, pinyin or initials."""
    most = min(max(limit, 1), 50)
    found = queries.suggest(ctx_of(request), kind=kind.replace("\x00", ""), text=text[:200], limit=most)
    return [SuggestedOut(id=one.id, name=one.name, hint=one.hint) for one in found]


@router.post("/records", response={201: AuthorityOut})
@needs(P.AUTHORITY_MANAGE)
def enter(request: HttpRequest, body: AuthorityIn) -> Status[AuthorityOut]:
    """Enter a record."""
    ctx = ctx_of(request)
    org = policy.one(queries.orgs_to_manage(ctx), code=body.org)
    row = services.enter(ctx, org_id=org.pk, said=Said(**body.dict(exclude={"org"})))
    return Status(201, _whole(row))


@router.get("/records/{int:authority_id}", response=AuthorityOut)
@needs(P.AUTHORITY_READ)
def get_authority(request: HttpRequest, response: HttpResponse, authority_id: int) -> AuthorityOut:
    """One record with its names and relations; its `ETag` is the revision that a change must name."""
    row = queries.get(ctx_of(request), authority_id)
    response["ETag"] = f'"{row.revision}"'
    return _whole(row)


@router.put("/records/{int:authority_id}", response=AuthorityOut)
@needs(P.AUTHORITY_MANAGE)
def revise(request: HttpRequest, authority_id: int, body: SaidIn) -> AuthorityOut:
    """Change a record; `If-Match` names the revision that was read, 409 when another saved meanwhile."""
    ctx = ctx_of(request)
    row = queries.get(ctx, authority_id)
    given = request.headers.get("If-Match", "").removeprefix("W/").strip('"')
    if not is_number(given, 9):
        raise RevisionMissing(field="If-Match")
    said = Said(**body.dict(), kind=row.kind, unit_id=row.unit_id)
    return _whole(services.revise(ctx, authority_id=row.pk, revision=int(given), said=said))


@router.post("/records/{int:authority_id}/names", response={201: AuthorityOut})
@needs(P.AUTHORITY_MANAGE)
def add_name(request: HttpRequest, authority_id: int, body: NameIn) -> Status[AuthorityOut]:
    """Add a name."""
    ctx = ctx_of(request)
    services.add_name(ctx, authority_id=authority_id, **body.dict())
    return Status(201, _whole(queries.get(ctx, authority_id)))


@router.post("/records/{int:authority_id}/relations", response={201: AuthorityOut})
@needs(P.AUTHORITY_MANAGE)
def relate(request: HttpRequest, authority_id: int, body: RelationIn) -> Status[AuthorityOut]:
    """Say how the record stands to another."""
    ctx = ctx_of(request)
    values = body.dict()
    services.relate(ctx, source_id=authority_id, target_id=values.pop("other"), **values)
    return Status(201, _whole(queries.get(ctx, authority_id)))


@router.post("/merges", response={201: MergeOut})
@needs(P.AUTHORITY_MERGE)
def merge(request: HttpRequest, body: MergeAuthoritiesIn) -> Status[MergeOut]:
    """Merge records of one thing; references follow."""
    row = services.merge(ctx_of(request), survivor_id=body.survivor, ids=body.ids, reason=body.reason)
    return Status(201, MergeOut(id=row.pk, survivor=row.survivor_id, moved=row.moved_count))


@router.post("/merges/{int:merge_id}/undo", response=MergeOut)
@needs(P.AUTHORITY_MERGE)
def undo_merge(request: HttpRequest, merge_id: int) -> MergeOut:
    """Take a merge back."""
    row = services.undo_merge(ctx_of(request), merge_id=merge_id)
    return MergeOut(id=row.pk, survivor=row.survivor_id, moved=row.moved_count)


@router.get("/vocabularies/{slug}/terms", response=list[TermOut])
@needs(P.AUTHORITY_READ)
def suggest_terms(request: HttpRequest, slug: str, text: str = "") -> list[TermOut]:
    """Words of a vocabulary that begin so."""
    terms = queries.suggest_terms(ctx_of(request), slug=slug.replace("\x00", ""), text=text[:120])
    return [TermOut(label=term.label, code=term.code) for term in terms]


def _line(row: Authority) -> AuthorityLine:
    return AuthorityLine(
        id=row.pk, kind=row.kind, name=row.name, began=row.began, ended=row.ended, code=row.code,
        org=row.org.code, merged_into=row.merged_into_id, revision=row.revision, updated_at=row.updated_at,
    )  # fmt: skip


def _whole(row: Authority) -> AuthorityOut:
    cluster = queries.cluster_of(row.pk)
    names = queries.names_in(cluster)
    fields = ("text", "kind", "began_year", "ended_year", "code")
    texts = ("history", "functions", "mandate", "structure", "context", "note", "maturity")
    return AuthorityOut(
        **_line(row).dict(),
        **{text: getattr(row, text) for text in texts},
        names=[NameOut(**{field: getattr(name, field) for field in fields}) for name in names],
        relations=[
            RelationOut(
                id=one.id, kind=one.kind, label=one.label, is_target=one.is_target, other=one.other_id,
                other_name=one.other_name, began_year=one.began_year, ended_year=one.ended_year,
            )
            for one in queries.relations_of(cluster)
        ],
    )  # fmt: skip
