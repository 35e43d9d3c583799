"""From draft to force."""

from __future__ import annotations

from django.db import transaction

from lantai.apps.kinds import queries
from lantai.apps.kinds.events import SearchedFieldsChanged
from lantai.apps.kinds.models import KindVersion
from lantai.apps.kinds.states import VERSION
from lantai.apps.kinds.types import EditorPublishes, NothingChanged, VersionState
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.workflow import services as workflow

WITH_REASON = frozenset({"send_back", "discard"})


@transaction.atomic
def submit(ctx: Ctx, *, version_id: int) -> KindVersion:
    """Hand the draft to whoever publishes; raises ``NothingChanged``."""
    row = _locked(ctx, version_id)
    held = queries.scheme_of(row.kind_id, row.archives_id)
    if held.fields == row.fields() and not (held.version_id == 0 and row.number == 1):
        raise NothingChanged
    workflow.move(ctx, row, VERSION, "submit", detail={"number": row.number})
    return row


@transaction.atomic
def publish(ctx: Ctx, *, version_id: int) -> KindVersion:
    """Describe by this version from now on at this archives; raises ``EditorPublishes``, ``SamePerson``."""
    row = _locked(ctx, version_id)
    if row.editor_id is not None and row.editor_id == ctx.actor.id:
        raise EditorPublishes
    before = queries.scheme_of(row.kind_id, row.archives_id)
    held = KindVersion.objects.filter(
        kind_id=row.kind_id, archives_id=row.archives_id, state=VersionState.PUBLISHED
    )
    for one in held.select_for_update(of=("self",)).select_related("kind"):
        workflow.move(ctx, one, VERSION, "supersede", detail={"number": one.number})
    workflow.move(ctx, row, VERSION, "publish", detail={"number": row.number})
    row.published_at = ctx.now
    row.save(update_fields=["published_at"])
    if queries.how_searched(before.fields) != queries.how_searched(row.fields()):
        events.publish(ctx, SearchedFieldsChanged(row.kind_id, row.archives_id))
    return row


@transaction.atomic
def move(ctx: Ctx, *, version_id: int, name: str, reason: str) -> KindVersion:
    """Send back or discard, each with its reason; raises ``Missing`` for other moves."""
    if name not in WITH_REASON:
        raise Missing
    row = _locked(ctx, version_id)
    workflow.move(ctx, row, VERSION, name, reason=reason, detail={"number": row.number})
    return row


def _locked(ctx: Ctx, version_id: int) -> KindVersion:
    seen = queries.get(ctx, version_id)
    rows = KindVersion.objects.select_for_update(of=("self",)).select_related("archives", "kind")
    return rows.get(pk=seen.pk)
