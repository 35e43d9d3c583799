"""Doing a run: one worker at a time, wherever it was left, until it ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import OperationalError, connection
from django.db.models import F
from django.utils import timezone

from lantai.kit.errors import N_, LantaiError, plain
from lantai.platform.accounts import services as accounts
from lantai.platform.context import Channel, Ctx, new_request_id, system_ctx
from lantai.platform.jobs import registry
from lantai.platform.jobs.models import Run, RunLine
from lantai.platform.jobs.running import Running
from lantai.platform.jobs.types import Cancelled, RunState

logger = logging.getLogger("lantai.jobs")
LOCK_SPACE = 0x4C54  # "LT": our half of the two-part advisory lock key
MOST_ATTEMPTS = 5


@contextmanager
def held(run_id: int) -> Iterator[bool]:
    """Hold the run's session lock; it falls with the connection, so a killed worker lets go at once."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, run_id % 2**31])
        (got,) = cursor.fetchone()
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [LOCK_SPACE, run_id % 2**31])


def execute(run_id: int) -> None:
    """Do the run, unless it has ended or another worker holds it."""
    with held(run_id) as mine:
        if not mine:
            return
        open_run = Run.objects.filter(pk=run_id, state__in=(RunState.QUEUED, RunState.RUNNING))
        if open_run.update(state=RunState.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1):
            _do(Run.objects.select_related("user__org", "org").get(pk=run_id))


def _do(row: Run) -> None:
    incident = new_request_id()
    try:
        _handle(row, incident)
    except Cancelled as stopped:
        _end(row, RunState.CANCELLED, stopped.message)
    except LantaiError as refusal:
        _end(row, RunState.FAILED, refusal.message, refusal.params)
    except OperationalError:
        if row.attempts >= MOST_ATTEMPTS:
            _fail(row, incident)
        raise  # the database went away: the run stays open and is taken up again
    except Exception:  # boundary: a handler's own fault ends its run, never the worker
        _fail(row, incident)
    else:
        _end(row, RunState.SUCCEEDED, "")


def _fail(row: Run, incident: str) -> None:
    logger.exception("run %s (%s) failed, incident %s", row.pk, row.kind, incident)
    Run.objects.filter(pk=row.pk).update(incident=incident)
    _end(
        row,
        RunState.FAILED,
        N_("程序出错，事件编号 %(incident)s。已完成的部分保留；排除原因后可重新运行。"),
        {"incident": incident},
    )


def _handle(row: Run, incident: str) -> None:
    kind = registry.kind_named(row.kind)
    if kind is None:
        raise LantaiError(N_("这一类任务已不再提供。"))
    kind.handler(Running(row, _ctx(row, incident)), kind.args(**row.args))


def _ctx(row: Run, request_id: str) -> Ctx:
    """Rights are read anew, so a right that was withdrawn stops what it had started."""
    if row.user is None:
        return system_ctx()
    return accounts.context_for(row.user, channel=Channel.JOB, request_id=request_id)


def _end(row: Run, state: RunState, message: str, params: Mapping[str, object] | None = None) -> None:
    if message:
        RunLine.objects.create(run=row, text=message, params=plain(params or {}))
    Run.objects.filter(pk=row.pk).update(state=state, message=message, finished_at=timezone.now())
