"""Trying a version on something real, beside what is in force."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantai.apps.schemes import queries, subjects
from lantai.apps.schemes.models import Preview
from lantai.apps.schemes.permissions import P
from lantai.apps.schemes.types import OBJECT, PreviewScheme, Stage
from lantai.kit.errors import Missing
from lantai.kit.fourprops.engine import run as run_checks
from lantai.kit.fourprops.scheme import Scheme
from lantai.kit.fourprops.vocabulary import Stage as KitStage
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger


@transaction.atomic
def start_preview(ctx: Ctx, *, version_id: int, subject_type: str, subject_id: str, stage: str) -> Preview:
    """Begin the trial of a version on a package the actor may see; nothing there changes."""
    row = queries.get(ctx, version_id)
    policy.require(ctx, P.SCHEME_READ, row.archives_id)
    offered = subjects.source_of(subject_type).candidates(ctx, row.slug)
    chosen = next((one for one in offered if one.id == subject_id), None)
    if chosen is None:
        raise Missing
    preview = Preview.objects.create(
        version=row,
        stage=Stage(stage),
        subject_type=subject_type,
        subject_id=subject_id,
        subject_name=chosen.label[:200],
        asked_by=ctx.actor.name,
        asked_at=ctx.now,
    )
    preview.run = jobs.start(
        ctx,
        PreviewScheme(preview.pk),
        label=_("试检：%(name)s") % {"name": str(row)},
        org_id=row.archives_id,
        about=(OBJECT, row.pk),
    )
    preview.save(update_fields=["run"])
    ledger.record(
        ctx,
        "schemes:scheme:preview_started",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=str(row),
        detail={"subject": f"{subject_type} {subject_id}", "stage": stage},
    )
    return preview


def test_both(ctx: Ctx, preview: Preview) -> dict[str, str]:
    """Both reports of a trial as fields of its row; reads the facts twice, since a subject streams by once."""
    stage, row = KitStage(preview.stage), preview.version
    tried = row.scheme()
    holding = queries.in_force_beside(row, stage, timezone.localdate(preview.asked_at))
    return {
        "edition_tried": tried.edition,
        "edition_in_force": holding.edition,
        "report_in_force": _report(ctx, preview, holding, stage),
        "report_tried": _report(ctx, preview, tried, stage),
    }


def _report(ctx: Ctx, preview: Preview, scheme: Scheme, stage: KitStage) -> str:
    source = subjects.source_of(preview.subject_type)
    subject = source.subject(ctx, preview.subject_id, preview.version.slug, stage)
    return run_checks(subject, scheme.going_on()).to_json()


@transaction.atomic
def keep_preview(ctx: Ctx, *, preview_id: int, found: dict[str, str]) -> None:
    """Keep both reports; in the run's own step, the same again when it is repeated."""
    Preview.objects.filter(pk=preview_id).update(finished_at=ctx.now, **found)
