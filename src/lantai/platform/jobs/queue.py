"""The queue itself: one procrastinate task does every run, and organisations take turns.

Every waiting run has a turn: one later than the last of its own organisation, and never earlier than the turn
that is served now. Two hundred runs of one organisation wait for turns 1 to 200; the first run of another gets
the turn being served and is taken up next (start-time fair queueing). Nobody is passed over for ever: a turn,
once given, is never undercut.
"""

from __future__ import annotations

from django.db.models import Max, Min
from procrastinate import App

from lantai.kit.errors import Fault
from lantai.platform.jobs import execution, registry
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState

TASK = "lantai.run"
_apps: list[App] = []


def on_app_ready(app: App) -> None:
    """Called by procrastinate's Django app once: declares the one task."""
    _apps[:] = [app]
    app.task(execution.execute, name=TASK, pass_context=False)


def app() -> App:
    """The procrastinate app of this process."""
    if not _apps:
        raise Fault("任务队列还没有就绪。")
    return _apps[0]


def enqueue(run: Run) -> None:
    """Put a run into its queue, in the caller's transaction."""
    turn = _turn_of(run)
    Run.objects.filter(pk=run.pk).update(turn=turn)
    task = app().configure_task(TASK, queue=run.queue, priority=-turn, lock=_lock_of(run))
    task.defer(run_id=run.pk)


def _turn_of(run: Run) -> int:
    """The turn of a run that begins to wait; two transactions at once may give the same, which does no harm."""
    waiting = Run.objects.filter(state=RunState.QUEUED).exclude(pk=run.pk)
    served = waiting.aggregate(turn=Min("turn"))["turn"] or 0
    last = waiting.filter(org_id=run.org_id).aggregate(turn=Max("turn"))["turn"]
    return served if last is None else max(served, last + 1)


def _lock_of(run: Run) -> str | None:
    """What keeps an organisation's runs of kinds that are done alone behind each other: one slot for all."""
    kind = registry.kind_named(run.kind)
    return f"alone/{run.org_id}" if kind is not None and kind.is_alone else None
