"""What is due: called every minute by one worker."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from lantai.apps.backup import queries
from lantai.apps.backup.models import Alarm, BackupPlan, BackupSet, RestoreDrill
from lantai.apps.backup.services import alarms, plans
from lantai.apps.backup.services.making import fail_set
from lantai.apps.backup.states import DRILL as DRILL_STATES
from lantai.apps.backup.types import (
    DRILL,
    PLAN,
    SET,
    AddIncrement,
    Cause,
    DrillState,
    Light,
    SetState,
)
from lantai.kit.errors import N_, LantaiError
from lantai.platform.context import Ctx, system_ctx
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.types import ENDED
from lantai.platform.workflow import services as workflow

_RETRY = timedelta(minutes=30)


def keep_plans() -> None:
    """Start what is due, say truly what died, raise and close alarms."""
    ctx = system_ctx()
    for row in BackupSet.objects.filter(state=SetState.MAKING).select_related(
        "plan__place", "plan__second_place"
    ):
        if _has_died(SET, row.pk):
            fail_set(ctx, row, LantaiError(N_("制作中断，没有完成。")))
    for drill in RestoreDrill.objects.filter(state=DrillState.RUNNING).select_related("plan"):
        if _has_died(DRILL, drill.pk):
            workflow.move(ctx, drill, DRILL_STATES, "fail")
            alarms.alarm(ctx, drill.plan, Cause.DRILL_FAILED)
    for plan in BackupPlan.objects.filter(is_active=True).select_related("place", "second_place"):
        keep_plan(ctx, plan)


def _has_died(object_type: str, object_id: int) -> bool:
    """Its run has ended, and it has not; what is made at the command line has no run and is judged by its lock."""
    run = runs.latest_about(object_type, object_id)
    return run is not None and run.state in ENDED


@transaction.atomic
def keep_plan(ctx: Ctx, plan: BackupPlan) -> None:
    """Start what is due of one plan, and look whether it stands as it should."""
    standing = queries.standing(plan, ctx.now)
    newest = plan.sets.order_by("-id").first()
    is_making = newest is not None and newest.state == SetState.MAKING
    has_gap = Alarm.objects.filter(plan=plan, cause=Cause.WAL_LOST, mended_at=None).exists()
    rested = newest is None or newest.state != SetState.FAILED or ctx.now - newest.begun_at > _RETRY
    if not is_making and rested and (standing.next_set_at <= ctx.now or has_gap):
        plans.begin_set(ctx, plan)
    elif not is_making and not has_gap:
        _add_if_due(ctx, plan)
    if standing.next_drill_at is not None and standing.next_drill_at <= ctx.now:
        plans.begin_drill(ctx, plan)
        if standing.next_drill_at + timedelta(days=plan.drill_every_days) < ctx.now:
            alarms.alarm(ctx, plan, Cause.DRILL_DUE)
    if standing.light == Light.RED:
        alarms.alarm(ctx, plan, Cause.STALE, standing.why)


def _add_if_due(ctx: Ctx, plan: BackupPlan) -> None:
    good = queries.newest_good(plan)
    if good is None or good.covered_until is None:
        return
    last = runs.latest_about(PLAN, plan.pk)
    is_open = last is not None and last.state not in ENDED
    due_at = max(good.covered_until, last.created_at if last else good.covered_until)
    if not is_open and due_at + timedelta(minutes=plan.increment_every_minutes) <= ctx.now:
        jobs.start(ctx, AddIncrement(plan.pk), org_id=plan.org_id, about=(PLAN, plan.pk), is_quiet=True)
