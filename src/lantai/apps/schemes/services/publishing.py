"""From draft to force, and out of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from lantai.apps.schemes import queries
from lantai.apps.schemes.models import Adoption, SchemeVersion
from lantai.apps.schemes.states import SCHEME
from lantai.apps.schemes.types import (
    AnotherIsComing,
    BeforeToday,
    EditorPublishes,
    NoStages,
    NothingChanged,
    SchemeState,
    Stage,
)
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.workflow import services as workflow

WITH_REASON = frozenset({"send_back", "discard", "retire"})


@transaction.atomic
def submit(ctx: Ctx, *, version_id: int) -> SchemeVersion:
    """Hand the draft to whoever publishes; raises ``NothingChanged``."""
    row = _locked(ctx, version_id)
    if not queries.differs_from_what_holds(row, timezone.localdate(ctx.now)):
        raise NothingChanged
    workflow.move(ctx, row, SCHEME, "submit", detail={"edition": row.edition})
    return row


@transaction.atomic
def publish(ctx: Ctx, *, version_id: int, stages: Collection[str], valid_from: date) -> SchemeVersion:
    """Put the version into force at ``stages`` from a day on; what held there ends on that day.

    Raises ``EditorPublishes``, ``SamePerson``, ``NoStages``, ``BeforeToday`` and ``AnotherIsComing``.
    """
    row = _locked(ctx, version_id)
    _refuse(ctx, row, stages, valid_from)
    detail = {
        "edition": row.edition,
        "stages": ",".join(sorted(stages)),
        "valid_from": valid_from.isoformat(),
    }
    workflow.move(ctx, row, SCHEME, "publish", detail=detail)
    row.published_at = ctx.now
    row.save(update_fields=["published_at"])
    held = Adoption.objects.filter(
        archives_id=row.archives_id, slug=row.slug, stage__in=stages, valid_to__isnull=True
    )
    held.update(valid_to=valid_from)
    Adoption.objects.bulk_create(
        Adoption(version=row, archives_id=row.archives_id, slug=row.slug, stage=stage, valid_from=valid_from)
        for stage in stages
    )
    supersede_ended(ctx, timezone.localdate(ctx.now))
    return row


def _refuse(ctx: Ctx, row: SchemeVersion, stages: Collection[str], valid_from: date) -> None:
    if row.editor_id is not None and row.editor_id == ctx.actor.id:
        raise EditorPublishes
    if not stages:
        raise NoStages(field="stages")
    if valid_from < timezone.localdate(ctx.now):
        raise BeforeToday(day=valid_from.isoformat(), field="valid_from")
    coming = Adoption.objects.filter(
        archives_id=row.archives_id,
        slug=row.slug,
        stage__in=stages,
        valid_to__isnull=True,
        valid_from__gt=valid_from,
    ).first()
    if coming:
        label = str(Stage(coming.stage).label)
        raise AnotherIsComing(stage=label, day=coming.valid_from.isoformat(), field="valid_from")


def supersede_ended(ctx: Ctx, today: date) -> int:
    """Mark the published versions that hold nowhere any more; how many."""
    holding = Adoption.objects.filter(valid_to__isnull=True) | Adoption.objects.filter(valid_to__gt=today)
    ended = SchemeVersion.objects.filter(state=SchemeState.PUBLISHED).exclude(
        pk__in=holding.values("version_id")
    )
    for row in ended:
        workflow.move(ctx, row, SCHEME, "supersede", detail={"edition": row.edition})
    return len(ended)


@transaction.atomic
def move(ctx: Ctx, *, version_id: int, name: str, reason: str) -> SchemeVersion:
    """Send back, discard or retire, each with its reason; raises ``Missing`` for other moves."""
    if name not in WITH_REASON:
        raise Missing
    row = _locked(ctx, version_id)
    workflow.move(ctx, row, SCHEME, name, reason=reason, detail={"edition": row.edition})
    if name == "retire":
        _end(row, timezone.localdate(ctx.now))
    return row


def _end(row: SchemeVersion, today: date) -> None:
    """The shipped edition holds again from today on; what was to come never does."""
    own = Adoption.objects.filter(version=row, valid_to__isnull=True)
    own.filter(valid_from__gt=today).delete()
    own.update(valid_to=today)


def _locked(ctx: Ctx, version_id: int) -> SchemeVersion:
    seen = queries.get(ctx, version_id)
    return SchemeVersion.objects.select_for_update(of=("self",)).select_related("archives").get(pk=seen.pk)
