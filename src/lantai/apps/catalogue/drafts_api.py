"""What somebody has written and not yet saved, for machines that bring a form of their own."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.services.drafts import draft_of, drafts_of, forget_draft, keep_draft
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of

router = Router(tags=["catalogue"])


class DraftLine(Schema):
    """A draft of mine; `item` is null for that of a new description."""

    item: int | None
    reference_code: str
    title: str
    saved_at: datetime


class DraftIn(Schema):
    """What stands in a form, by field name, and the revision of the description that it was begun with."""

    revision: int = Field(0, ge=0, lt=10**9)
    values: dict[str, str]


class DraftOut(DraftIn):
    """A draft as it was kept."""

    saved_at: datetime


class SavedOut(Schema):
    """When a draft was kept."""

    saved_at: datetime


@router.get("/drafts", response=list[DraftLine])
@needs(P.ITEM_DESCRIBE)
def list_drafts(request: HttpRequest) -> list[DraftLine]:
    """My drafts, the latest first; nobody sees another's."""
    return [
        DraftLine(
            item=one.description_id,
            reference_code=one.description.reference_code if one.description else "",
            title=one.description.title if one.description else "",
            saved_at=one.saved_at,
        )
        for one in drafts_of(ctx_of(request))
    ]


@router.get("/drafts/new", response=DraftOut)
@needs(P.ITEM_DESCRIBE)
def get_new_draft(request: HttpRequest, response: HttpResponse) -> DraftOut:
    """My draft of a new description."""
    return _draft(ctx_of(request), response, None)


@router.put("/drafts/new", response=SavedOut)
@needs(P.ITEM_DESCRIBE)
def keep_new_draft(request: HttpRequest, given: DraftIn) -> SavedOut:
    """Keep what I have written of a new description, instead of what was kept before."""
    return _keep(ctx_of(request), None, given)


@router.delete("/drafts/new", response={204: None})
@needs(P.ITEM_DESCRIBE)
def forget_new_draft(request: HttpRequest) -> tuple[int, None]:
    """Throw away my draft of a new description."""
    forget_draft(ctx_of(request), description_id=None)
    return 204, None


@router.get("/items/{item_id}/draft", response=DraftOut)
@needs(P.ITEM_DESCRIBE)
def get_draft(request: HttpRequest, response: HttpResponse, item_id: int) -> DraftOut:
    """My draft of a change; numbers of persons stand in it as I wrote them."""
    return _draft(ctx_of(request), response, _mine(ctx_of(request), item_id))


@router.put("/items/{item_id}/draft", response=SavedOut)
@needs(P.ITEM_DESCRIBE)
def set_draft(request: HttpRequest, item_id: int, given: DraftIn) -> SavedOut:
    """Keep what I have written of a change, encrypted; the description itself stays as it is."""
    return _keep(ctx_of(request), _mine(ctx_of(request), item_id), given)


@router.delete("/items/{item_id}/draft", response={204: None})
@needs(P.ITEM_DESCRIBE)
def drop_draft(request: HttpRequest, item_id: int) -> tuple[int, None]:
    """Throw away my draft of a change."""
    ctx = ctx_of(request)
    forget_draft(ctx, description_id=_mine(ctx, item_id))
    return 204, None


def _mine(ctx: Ctx, item_id: int) -> int:
    row = queries.get(ctx, item_id)
    if not queries.may_describe(ctx, row):
        raise Missing
    return row.pk


def _draft(ctx: Ctx, response: HttpResponse, description_id: int | None) -> DraftOut:
    found = draft_of(ctx, description_id)
    if found is None:
        raise Missing
    response["Cache-Control"] = "no-store"
    return DraftOut(revision=found.revision, values=dict(found.values), saved_at=found.saved_at)


def _keep(ctx: Ctx, description_id: int | None, given: DraftIn) -> SavedOut:
    at = keep_draft(ctx, description_id=description_id, revision=given.revision, values=given.values)
    return SavedOut(saved_at=at)
