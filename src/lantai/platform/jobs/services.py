"""Writes: start, stop and repeat runs; take up what a killed worker left."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from lantai.platform.accounts import policy
from lantai.platform.context import Ctx, new_request_id
from lantai.platform.jobs import execution, queries, queue, registry
from lantai.platform.jobs.models import BeatFault, Run
from lantai.platform.jobs.permissions import P
from lantai.platform.jobs.types import ENDED, RunGoesOn, RunHasEnded, RunState
from lantai.platform.ledger import services as ledger

_QUIET_MINUTES = 10  # after which a fault is over


def start(
    ctx: Ctx,
    args: object,
    *,
    label: str = "",
    total: int | None = None,
    org_id: int | None = None,
    about: tuple[str, object] = ("", ""),
    is_quiet: bool = False,
) -> Run:
    """Queue a run in the caller's transaction: it exists if and only if that commits."""
    row = _new(ctx, args, label=label, total=total, org_id=org_id, about=about, is_quiet=is_quiet)
    queue.enqueue(row)
    return row


def run_now(ctx: Ctx, args: object, *, label: str = "", about: tuple[str, object] = ("", "")) -> Run:
    """Do a run here and now, with the same row, cursor and end as in a worker."""
    row = _new(ctx, args, label=label, total=None, org_id=None, about=about, is_quiet=False)
    execution.execute(row.pk)
    row.refresh_from_db()
    return row


def _new(
    ctx: Ctx,
    args: object,
    *,
    label: str,
    total: int | None,
    org_id: int | None,
    about: tuple[str, object],
    is_quiet: bool,
) -> Run:
    kind = registry.kind_of(args)
    return Run.objects.create(
        kind=kind.name,
        label=label or str(kind.label),
        args=asdict(args),
        queue=kind.queue,
        total=total,  # type: ignore[call-overload]
        org_id=org_id or ctx.org_id,
        user_id=ctx.actor.id,
        about_type=about[0],
        about_id=str(about[1]),
        is_quiet=is_quiet,
    )


@transaction.atomic
def stop(ctx: Ctx, *, run_id: int) -> Run:
    """Ask a run to stop at its next step; raises ``RunHasEnded``."""
    row = policy.one(queries.visible(ctx), pk=run_id)
    _may_manage(ctx, row)
    if not Run.objects.filter(pk=row.pk).exclude(state__in=ENDED).update(is_stop_asked=True):
        raise RunHasEnded(label=row.label)
    ledger.record(ctx, "jobs:run:stopped", object_type="jobs:run", object_id=row.pk, object_name=row.label)
    return row


@transaction.atomic
def repeat(ctx: Ctx, *, run_id: int) -> Run:
    """Go on with a run that failed or was stopped, from its cursor; raises ``RunGoesOn``."""
    row = policy.one(queries.visible(ctx), pk=run_id)
    _may_manage(ctx, row)
    ended = Run.objects.filter(pk=row.pk, state__in=(RunState.FAILED, RunState.CANCELLED))
    if not ended.update(
        state=RunState.QUEUED, is_stop_asked=False, finished_at=None, message="", incident=""
    ):
        raise RunGoesOn(label=row.label)
    queue.enqueue(row)
    ledger.record(ctx, "jobs:run:repeated", object_type="jobs:run", object_id=row.pk, object_name=row.label)
    return row


def _may_manage(ctx: Ctx, row: Run) -> None:
    if row.user_id is None or row.user_id != ctx.actor.id:
        policy.require(ctx, P.RUN_MANAGE, row.org_id)


@transaction.atomic
def take_up() -> int:
    """Queue again every open run that no living worker holds; returns how many.

    Two copies of one run in the queue do no harm: the second finds the lock held, or the run ended.
    """
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs where status = 'doing' and worker_id is null")
        cursor.execute(_ABANDONED, {"space": execution.LOCK_SPACE})
        left = [pk for (pk,) in cursor.fetchall()]
    for row in Run.objects.filter(pk__in=left):
        queue.enqueue(row)
    Run.objects.filter(pk__in=left).update(state=RunState.QUEUED)
    return len(left)


_ABANDONED = """
    select r.id from jobs_run r
    where r.state = 'running' and not exists (
        select 1 from pg_locks l
        where l.locktype = 'advisory' and l.classid = %(space)s and l.objid = r.id %% 2147483648 and l.objsubid = 2
          and l.database = (select oid from pg_database where datname = current_database()))
    or r.state = 'queued' and not exists (
        select 1 from procrastinate_jobs j
        where j.status = 'todo' and j.task_name = 'lantai.run' and (j.args->>'run_id')::bigint = r.id)
"""


def forget_ended(days: int = 90, *, kind: str = "") -> int:
    """Delete quiet runs that succeeded more than ``days`` ago, all or of one kind; the ledger keeps what they did."""
    old = timezone.now() - timedelta(days=days)
    ended = Run.objects.filter(is_quiet=True, state=RunState.SUCCEEDED, finished_at__lt=old)
    return (ended.filter(kind=kind) if kind else ended).delete()[0]


@transaction.atomic
def beat_failed(name: str, error: str) -> BeatFault:
    """Note that a beat failed; ``count`` is 1 where that is news, also because it fails in another way now."""
    begun = {"error": error, "incident": new_request_id(), "since": timezone.now()}
    fault, is_new = BeatFault.objects.select_for_update().get_or_create(name=name, defaults=begun)
    if not is_new:
        fault.count = fault.count + 1 if fault.error == error else 1
        fault.error, fault.ended_at = error, None
        fault.save(update_fields=["count", "error", "ended_at"])
    return fault


def beat_went_well(name: str) -> None:
    """Note the end of a fault, if there was one."""
    BeatFault.objects.filter(name=name, ended_at=None).update(ended_at=timezone.now())


@transaction.atomic
def beat_faults_to_tell(now: datetime) -> list[BeatFault]:
    """Faults that are news, and those that were told of and are over: for a while, so that nobody is told in turns."""
    is_over = Q(ended_at__lt=now - timedelta(minutes=_QUIET_MINUTES))
    found = list(
        BeatFault.objects.select_for_update().filter(is_over | Q(is_told=False, ended_at=None)).order_by("pk")
    )
    BeatFault.objects.filter(pk__in=[one.pk for one in found if one.ended_at]).delete()
    BeatFault.objects.filter(pk__in=[one.pk for one in found]).update(is_told=True)
    return [one for one in found if one.is_told or not one.ended_at]
