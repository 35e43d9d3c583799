"""The beats: what is due is started as a job, what is late is told, what is old is thinned."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction

from lantai.kit.errors import N_
from lantai.platform.context import Ctx, system_ctx
from lantai.platform.jobs import queries as jobs_queries
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.registry import kind_of
from lantai.platform.ledger import queries as ledger
from lantai.platform.witness import queries
from lantai.platform.witness.services import anchoring, polling, stamping, voting
from lantai.platform.witness.services.alarms import end_alarms, raise_alarm
from lantai.platform.witness.services.asking import watch_witnesses
from lantai.platform.witness.services.stamping import watch_stamps
from lantai.platform.witness.types import (
    AlarmKind,
    AnchorCheckpoint,
    AskWitnesses,
    CastVotes,
    ChainAsk,
    CheckLog,
    HoldPoll,
    StampCheckpoint,
)

_KEPT_WHOLE_DAYS = 30

# Of what we witnessed long ago, the last checkpoint of each day is enough to hold a log to.
_THIN = """
    DELETE FROM witness_seencheckpoint s USING (
        SELECT origin, date(seen_at AT TIME ZONE 'UTC') AS day, max(size) AS last
        FROM witness_seencheckpoint WHERE seen_at < %(before)s GROUP BY 1, 2) kept
    WHERE s.origin = kept.origin AND date(s.seen_at AT TIME ZONE 'UTC') = kept.day
      AND s.size < kept.last AND s.seen_at < %(before)s
"""


@transaction.atomic
def attend() -> None:
    """Start the jobs that ask witnesses, time-stamping services and chains, each once; raise and end alarms."""
    ctx = system_ctx()
    newest = ledger.newest_checkpoint()
    if newest is not None:
        if queries.askable(size=newest.size, now=ctx.now).exists():
            _start(AskWitnesses())
        if stamping.due(ctx.now):
            _start(StampCheckpoint())
        if polling.is_due(ctx.now):
            _start(HoldPoll())
        if voting.has_work(ctx.now):
            _start(CastVotes())
    watch_witnesses(ctx)
    watch_stamps(ctx)
    _attend_chains(ctx)


def check_log_daily() -> None:
    """Start the reading of the whole log where the last is a day old."""
    now, last = system_ctx().now, ledger.last_check()
    is_due = last is None or now - last.checked_at >= timedelta(days=1)
    if is_due and ledger.newest_checkpoint() is not None:
        _start(CheckLog())


def _attend_chains(ctx: Ctx) -> None:
    """A setting that says nonsense is told of; witnesses and stamps go on."""
    try:
        if anchoring.due(ctx.now):
            _start(AnchorCheckpoint())
        anchoring.watch_anchors(ctx)
    except ChainAsk as error:
        text = N_("链上登记的设置有误：%(why)s")
        told = {"why": str(error.params["why"])}
        raise_alarm(ctx, AlarmKind.UNANCHORED, subject="settings", text=text, params=told)
    else:
        end_alarms(ctx, AlarmKind.UNANCHORED, subject="settings")


def _start(
    args: AskWitnesses | StampCheckpoint | CheckLog | AnchorCheckpoint | HoldPoll | CastVotes,
) -> None:
    if not jobs_queries.is_under_way(args):
        jobs.start(system_ctx(), args, is_quiet=True)


def tidy() -> None:
    """Forget the runs of yesterday, and all but one a day of the checkpoints that we witnessed long ago."""
    for args in (
        AskWitnesses(),
        StampCheckpoint(),
        CheckLog(),
        AnchorCheckpoint(),
        HoldPoll(),
        CastVotes(),
    ):
        jobs.forget_ended(days=1, kind=kind_of(args).name)
    before = system_ctx().now - timedelta(days=_KEPT_WHOLE_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_THIN, {"before": before})
