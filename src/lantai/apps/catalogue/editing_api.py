"""Editing descriptions for machines: by the fields of their kind, one or many, with history and numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.editing import FieldEdit
from lantai.apps.catalogue.models import BulkChange, Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import bulk as reading
from lantai.apps.catalogue.queries.wording import scheme_of_row, values_of
from lantai.apps.catalogue.services.bulk_changing import start_bulk
from lantai.apps.catalogue.services.writing import Frame, write_description
from lantai.apps.catalogue.types import RevisionMissing
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing
from lantai.kit.text.figures import is_number
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of

router = Router(tags=["catalogue"])
MOST_AT_ONCE = 5_000


class Described(Schema):
    """What a description says by the fields of its kind; persons' numbers are masked."""

    id: int
    kind: str
    kind_version: int
    revision: int
    values: dict[str, Any]


class NewItem(Schema):
    """A description of a record that has no package."""

    fonds: int
    kind: str
    level: str = "item"
    reference_code: str = Field(min_length=1, max_length=120)
    parent_code: str = ""
    year: int | None = Field(None, ge=1, le=9999)
    retention: str = ""
    class_code: str = ""
    values: dict[str, Any]


class ValuesIn(Schema):
    """Values by field name; what is left out stays."""

    values: dict[str, Any]
    adopts: bool = False


class OneChange(Schema):
    """A change of one description as it was read at a revision."""

    id: int
    revision: int
    values: dict[str, Any]


class ManyChanges(Schema):
    """Changes of many descriptions as one act."""

    summary: str = Field("", max_length=300)
    changes: list[OneChange] = Field(max_length=MOST_AT_ONCE)


class SkippedOut(Schema):
    """A row that was left, and why."""

    id: int
    reason: str


class ManyOut(Schema):
    """What came of many changes; ``bulk_id`` takes them back."""

    bulk_id: int
    changed: int
    same: int
    skipped_count: int
    skipped: list[SkippedOut]


class EditedOut(Schema):
    """One edit of a description."""

    revision: int
    editor_name: str
    changed_at: datetime
    before: dict[str, Any]
    after: dict[str, Any]


class RestoreIn(Schema):
    """Take back the edit that made a revision and those after it, of one field where it is named."""

    undone: int
    only: str = ""


class RevealIn(Schema):
    """Why a person's number is looked at."""

    reason: str = Field(max_length=500)


class NumberOut(Schema):
    """A person's number."""

    number: str


class BulkIn(Schema):
    """One change of one field for rows named by their ids."""

    ids: list[int] = Field(min_length=1, max_length=MOST_AT_ONCE)
    field: str
    act: str
    value: str = ""
    find: str = ""
    reason: str = ""


class BulkOut(Schema):
    """A bulk change and where it stands."""

    id: int
    state: str
    summary: str
    row_count: int
    changed_count: int
    skipped_count: int


@router.post("/descriptions", response={201: Described})
@needs(P.ITEM_DESCRIBE)
def write_item(request: HttpRequest, given: NewItem) -> tuple[int, Described]:
    """Describe a record without a package; numbers of persons are sealed as they come."""
    frame = Frame(
        fonds_id=given.fonds,
        kind_id=holdings.kind(given.kind).pk,
        level=given.level,
        reference_code=given.reference_code,
        parent_code=given.parent_code,
        year=given.year,
        retention=given.retention,
        class_code=given.class_code,
    )
    return 201, _described(write_description(ctx_of(request), frame=frame, values=given.values))


@router.get("/items/{item_id}/fields", response=Described)
@needs(P.ITEM_DESCRIBE)
def get_fields(request: HttpRequest, response: HttpResponse, item_id: int) -> Described:
    """What a description says by the fields of its kind, for those who may edit it."""
    row = _mine(request, item_id)
    response["ETag"] = f'"{row.revision}"'
    return _described(row)


@router.patch("/items/{item_id}/fields", response=Described)
@needs(P.ITEM_DESCRIBE)
def set_fields(request: HttpRequest, response: HttpResponse, item_id: int, given: ValuesIn) -> Described:
    """Change fields; `If-Match` names the revision that was read, 409 when another saved meanwhile."""
    revision = _revision(request)
    row = services.describe(
        ctx_of(request), description_id=item_id, revision=revision, changes=given.values, adopts=given.adopts
    )
    response["ETag"] = f'"{row.revision}"'
    return _described(row)


@router.post("/changes", response=ManyOut)
@needs(P.ITEM_DESCRIBE)
def change_items(request: HttpRequest, given: ManyChanges) -> ManyOut:
    """Change many descriptions as one act that can be taken back whole; what cannot be changed is named."""
    changes = ((one.id, one.revision, one.values) for one in given.changes)
    result = services.describe_many(ctx_of(request), changes=changes, summary=given.summary)
    return ManyOut(
        bulk_id=result.bulk_id,
        changed=result.changed,
        same=result.same,
        skipped_count=result.skipped_count,
        skipped=[SkippedOut(id=one.id, reason=one.reason) for one in result.skipped],
    )


@router.get("/items/{item_id}/versions", response=list[EditedOut])
@needs(P.ITEM_DESCRIBE)
def list_versions(request: HttpRequest, item_id: int) -> list[EditedOut]:
    """Every edit of a description, newest first."""
    rows = queries.versions_of(_mine(request, item_id))[:500]
    return [EditedOut.from_orm(row) for row in rows]


@router.post("/items/{item_id}/restore", response=Described)
@needs(P.ITEM_DESCRIBE)
def restore_item(request: HttpRequest, item_id: int, given: RestoreIn) -> Described:
    """Take edits back; `If-Match` names the revision that was read."""
    row = services.restore(
        ctx_of(request),
        description_id=item_id,
        revision=_revision(request),
        undone=given.undone,
        only=given.only,
    )
    return _described(row)


@router.post("/items/{item_id}/numbers/{field}", response=NumberOut)
@needs(P.NUMBER_REVEAL)
def reveal(
    request: HttpRequest, response: HttpResponse, item_id: int, field: str, given: RevealIn
) -> NumberOut:
    """A person's number in full; the ledger keeps who looked and why."""
    response["Cache-Control"] = "no-store"
    ctx = ctx_of(request)
    number = services.reveal_number(ctx, description_id=item_id, field=field, reason=given.reason)
    return NumberOut(number=number)


@router.post("/bulk-changes", response={202: BulkOut})
@needs(P.ITEM_DESCRIBE)
def start_bulk_change(request: HttpRequest, given: BulkIn) -> tuple[int, BulkOut]:
    """Change one field of many rows as a run."""
    ctx = ctx_of(request)
    bulk = services.choose(ctx, rows=queries.visible(ctx).filter(pk__in=given.ids))
    edit = FieldEdit(given.field, given.act, given.value, given.find)
    return 202, _bulk(start_bulk(ctx, bulk_id=bulk.pk, edit=edit, reason=given.reason))


@router.get("/bulk-changes/{bulk_id}", response=BulkOut)
@needs(P.ITEM_DESCRIBE)
def get_bulk_change(request: HttpRequest, bulk_id: int) -> BulkOut:
    """Where a bulk change stands."""
    return _bulk(reading.get_bulk(ctx_of(request), bulk_id))


@router.post("/bulk-changes/{bulk_id}/undo", response={202: BulkOut})
@needs(P.ITEM_DESCRIBE)
def undo_bulk_change(request: HttpRequest, bulk_id: int) -> tuple[int, BulkOut]:
    """Take a bulk change back as a run."""
    return 202, _bulk(services.undo_bulk(ctx_of(request), bulk_id=bulk_id))


def _mine(request: HttpRequest, item_id: int) -> Description:
    ctx = ctx_of(request)
    row = queries.get(ctx, item_id)
    if not queries.may_describe(ctx, row):
        raise Missing
    return row


def _revision(request: HttpRequest) -> int:
    given = request.headers.get("If-Match", "").removeprefix("W/").strip('"')
    if not is_number(given, 9):
        raise RevisionMissing(field="If-Match")
    return int(given)


def _described(row: Description) -> Described:
    scheme = scheme_of_row(row)
    return Described(
        id=row.pk, kind=row.kind.slug, kind_version=scheme.version, revision=row.revision,
        values=values_of(row, scheme),
    )  # fmt: skip


def _bulk(row: BulkChange) -> BulkOut:
    return BulkOut.from_orm(row)
