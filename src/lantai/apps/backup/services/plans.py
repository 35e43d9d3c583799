"""Plans, and what a person may start by hand."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction

from lantai.apps.backup.models import BackupPlan, BackupSet, RestoreDrill
from lantai.apps.backup.permissions import P
from lantai.apps.backup.services.making import new_set_id
from lantai.apps.backup.types import (
    DRILL,
    PLAN,
    SET,
    DrillState,
    NothingToRestore,
    RunDrill,
    SetState,
    SetUnderWay,
    SlugTaken,
    TakeBackup,
    VerifySet,
)
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger
from lantai.platform.places.models import Place

_CHANGEABLE = frozenset({
    "title", "is_active", "includes_store", "full_every_hours", "increment_every_minutes", "drill_every_days",
    "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly", "rpo_minutes", "rto_minutes",
})  # fmt: skip


@transaction.atomic
def draw_up_plan(
    ctx: Ctx, *, org_id: int, title: str, place: Place, second_place: Place | None = None, **said: object
) -> BackupPlan:
    """Draw up a plan; its places stay as they are, others need a plan of their own. Raises ``SlugTaken``."""
    policy.require(ctx, P.PLAN_MANAGE, org_id)
    wanted = {name: value for name, value in said.items() if name in _CHANGEABLE}
    row = BackupPlan(
        org_id=org_id, title=title, place=place, second_place=second_place, vault=secrets.token_hex(8),
        created_at=ctx.now, **wanted,
    )  # fmt: skip
    _save(row)
    _record(ctx, "drawn_up", row, {"place": place.slug})
    return row


@transaction.atomic
def change_plan(ctx: Ctx, *, plan_id: int, **said: object) -> BackupPlan:
    """Change when and how long; takes effect with the next run."""
    row = BackupPlan.objects.select_for_update().get(pk=plan_id)
    policy.require(ctx, P.PLAN_MANAGE, row.org_id)
    changed = {n: v for n, v in said.items() if n in _CHANGEABLE and getattr(row, n) != v}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        _save(row)
        _record(ctx, "changed", row, {name: str(value) for name, value in changed.items()})
    return row


def _save(row: BackupPlan) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as why:
        raise SlugTaken(title=row.title, field="title") from why


def _record(ctx: Ctx, past: str, row: BackupPlan, detail: dict[str, str]) -> None:
    ledger.record(
        ctx, f"backup:plan:{past}", object_type=PLAN, object_id=row.pk, object_name=row.title, detail=detail
    )


@transaction.atomic
def order_backup(ctx: Ctx, *, plan_id: int) -> BackupSet:
    """Have a full set made now; raises ``SetUnderWay``."""
    plan = BackupPlan.objects.get(pk=plan_id)
    policy.require(ctx, P.PLAN_MANAGE, plan.org_id)
    return begin_set(ctx, plan)


@transaction.atomic
def begin_set(ctx: Ctx, plan: BackupPlan, *, is_now: bool = False) -> BackupSet:
    """Enter a set and (unless the caller makes it now) queue the job that makes it."""
    set_id = new_set_id(ctx.now)
    try:
        with transaction.atomic():
            row = BackupSet.objects.create(plan=plan, vault=plan.vault, set_id=set_id, begun_at=ctx.now)
    except IntegrityError as why:
        raise SetUnderWay(title=plan.title) from why
    ledger.record(
        ctx, "backup:set:begun", object_type=SET, object_id=row.pk, object_name=set_id,
        detail={"plan": plan.title},
    )  # fmt: skip
    if not is_now:
        jobs.start(ctx, TakeBackup(row.pk), label=plan.title, org_id=plan.org_id, about=(SET, row.pk))
    return row


@transaction.atomic
def order_drill(ctx: Ctx, *, plan_id: int) -> RestoreDrill:
    """Have the newest set restored beside the live system and compared."""
    plan = BackupPlan.objects.get(pk=plan_id)
    policy.require(ctx, P.PLAN_MANAGE, plan.org_id)
    if not BackupSet.objects.filter(plan=plan, vault=plan.vault, state=SetState.GOOD).exists():
        raise NothingToRestore(title=plan.title)
    return begin_drill(ctx, plan)


@transaction.atomic
def begin_drill(ctx: Ctx, plan: BackupPlan, *, is_now: bool = False) -> RestoreDrill:
    """Enter a drill; one that is running already is not joined by another."""
    running = RestoreDrill.objects.filter(plan=plan, state=DrillState.RUNNING).first()
    if running is not None:
        return running
    row = RestoreDrill.objects.create(plan=plan, begun_at=ctx.now)
    ledger.record(ctx, "backup:drill:begun", object_type=DRILL, object_id=row.pk, object_name=plan.title)
    if not is_now:
        jobs.start(ctx, RunDrill(row.pk), label=plan.title, org_id=plan.org_id, about=(DRILL, row.pk))
    return row


@transaction.atomic
def order_reading(ctx: Ctx, *, set_id: int) -> BackupSet:
    """Have every stored byte of a set read."""
    row = BackupSet.objects.select_related("plan").get(pk=set_id)
    policy.require(ctx, P.PLAN_MANAGE, row.plan.org_id)
    ledger.record(
        ctx, "backup:set:reading_ordered", object_type=SET, object_id=row.pk, object_name=row.set_id
    )
    jobs.start(ctx, VerifySet(row.pk), label=row.set_id, org_id=row.plan.org_id, about=(SET, row.pk))
    return row
