"""Drafting and approving retention schedules (Order 8 art. 12): two organisations, two people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max

from lantai.apps.holdings import queries
from lantai.apps.holdings.models import RetentionRule, RetentionSchedule
from lantai.apps.holdings.permissions import P
from lantai.apps.holdings.states import SCHEDULE
from lantai.apps.holdings.types import (
    DrafterApproves,
    LineNumberTaken,
    ScheduleLine,
    ScheduleNotDraft,
    ScheduleState,
    ScheduleWithoutLines,
)
from lantai.kit.numbering import Retention
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs.models import Org
from lantai.platform.workflow import services as workflow


@transaction.atomic
def draft_schedule(ctx: Ctx, *, org_id: int, title: str, lines: Iterable[ScheduleLine]) -> RetentionSchedule:
    """Draft the next version of an agency's schedule; raises ``LineNumberTaken``, ``LegacyRetention`` …"""
    policy.require(ctx, P.SCHEDULE_DRAFT, org_id)
    Org.objects.select_for_update(no_key=True).get(pk=org_id)  # versions are counted one at a time
    last = RetentionSchedule.objects.filter(org_id=org_id).aggregate(last=Max("version"))["last"]
    schedule = RetentionSchedule.objects.create(
        org_id=org_id,
        version=(last or 0) + 1,
        title=title,
        drafter_id=ctx.actor.id,
        drafted_at=ctx.now,
    )
    count = _write_lines(schedule, lines)
    _record(ctx, "holdings:schedule:drafted", schedule, count)
    return schedule


@transaction.atomic
def revise_schedule(
    ctx: Ctx, *, schedule_id: int, title: str, lines: Iterable[ScheduleLine]
) -> RetentionSchedule:
    """Replace what a draft says; raises ``ScheduleNotDraft`` once it was submitted."""
    schedule = _locked(ctx, schedule_id)
    policy.require(ctx, P.SCHEDULE_DRAFT, schedule.org_id)
    if schedule.state != ScheduleState.DRAFT:
        raise ScheduleNotDraft(version=schedule.version)
    RetentionSchedule.objects.filter(pk=schedule.pk).update(title=title, drafter_id=ctx.actor.id)
    schedule.title, schedule.drafter_id = title, ctx.actor.id
    RetentionRule.objects.filter(schedule=schedule).delete()
    count = _write_lines(schedule, lines)
    _record(ctx, "holdings:schedule:revised", schedule, count)
    return schedule


@transaction.atomic
def submit_schedule(ctx: Ctx, *, schedule_id: int) -> RetentionSchedule:
    """Send a draft to the archival authority; raises ``ScheduleWithoutLines``."""
    schedule = _locked(ctx, schedule_id)
    if not schedule.rules.exists():
        raise ScheduleWithoutLines
    workflow.move(ctx, schedule, SCHEDULE, "submit")
    return schedule


@transaction.atomic
def approve_schedule(
    ctx: Ctx, *, schedule_id: int, valid_from: date, approved_by: str, citation: str
) -> RetentionSchedule:
    """Put a submitted version into force; the one before it is superseded in the same transaction.

    Raises ``DrafterApproves`` and ``SamePerson``: who drafted or submitted it does not approve it.
    """
    schedule = _locked(ctx, schedule_id)
    if ctx.actor.id is not None and schedule.drafter_id == ctx.actor.id:
        raise DrafterApproves
    policy.require(ctx, P.SCHEDULE_APPROVE, schedule.org_id)
    before = RetentionSchedule.objects.select_for_update().filter(
        org_id=schedule.org_id, state=ScheduleState.APPROVED
    )
    for old in before:
        workflow.move(ctx, old, SCHEDULE, "supersede", detail={"by_version": schedule.version})
    workflow.move(ctx, schedule, SCHEDULE, "approve", detail={"version": schedule.version})
    said = {"valid_from": valid_from, "approved_by": approved_by, "citation": citation}
    RetentionSchedule.objects.filter(pk=schedule.pk).update(**said)
    schedule.refresh_from_db()
    return schedule


@transaction.atomic
def send_back_schedule(ctx: Ctx, *, schedule_id: int, reason: str) -> RetentionSchedule:
    """Return a submitted version to its agency with the reason."""
    schedule = _locked(ctx, schedule_id)
    workflow.move(ctx, schedule, SCHEDULE, "send_back", reason=reason)
    return schedule


def _locked(ctx: Ctx, schedule_id: int) -> RetentionSchedule:
    visible = queries.get_schedule(ctx, schedule_id)
    return RetentionSchedule.objects.select_for_update().get(pk=visible.pk)


def _write_lines(schedule: RetentionSchedule, lines: Iterable[ScheduleLine]) -> int:
    rows = [
        RetentionRule(
            schedule=schedule,
            number=line.number,
            scope=line.scope,
            retention=Retention.parse(line.retention).code,
        )
        for line in lines
    ]
    seen: set[str] = set()
    for row in rows:
        if row.number in seen:
            raise LineNumberTaken(number=row.number, field="lines")
        seen.add(row.number)
    return len(RetentionRule.objects.bulk_create(rows))


def _record(ctx: Ctx, act: str, schedule: RetentionSchedule, line_count: int) -> None:
    ledger.record(
        ctx,
        act,
        object_type="holdings:schedule",
        object_id=schedule.pk,
        object_name=schedule.title,
        detail={"version": schedule.version, "lines": line_count},
    )
