"""A run as the page's progress bar and state word."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from lantai.platform.context import Ctx
from lantai.platform.jobs import queries as jobs
from lantai.platform.jobs.models import Run, RunLine
from lantai.platform.jobs.types import ENDED, RunState
from lantai.platform.ui.types import Progress, State, Text, Tone

STATES = {
    RunState.QUEUED.value: State(RunState.QUEUED.label, Tone.PLAIN),
    RunState.RUNNING.value: State(RunState.RUNNING.label, Tone.BUSY),
    RunState.SUCCEEDED.value: State(RunState.SUCCEEDED.label, Tone.GOOD),
    RunState.FAILED.value: State(RunState.FAILED.label, Tone.BAD),
    RunState.CANCELLED.value: State(RunState.CANCELLED.label, Tone.WARN),
}


def progress_of(run: Run) -> Progress:
    """The bar of a run with its rate, the time left and the newest lines of its log."""
    rate = _per_second(run, timezone.now())
    return Progress(
        poll_url=reverse("desk:run_progress", args=[run.pk]),
        label=gettext_lazy(run.label),
        done=run.done,
        total=run.total,
        state=STATES[run.state],
        is_finished=run.state in ENDED,
        rate=_("每秒 %(n).1f") % {"n": rate} if rate else "",
        time_left=_time_left(run, rate),
        log=[said(line) for line in jobs.lines(run)],
        cancel_url="" if run.state in ENDED else reverse("desk:stop_run", args=[run.pk]),
    )


def going_on(ctx: Ctx, run_id: int | None) -> Progress | None:
    """The bar of a run that goes on or failed, for the page of what it works on."""
    if run_id is None:
        return None
    run = (
        jobs.visible(ctx)
        .exclude(state__in=(RunState.SUCCEEDED, RunState.CANCELLED))
        .filter(pk=run_id)
        .first()
    )
    return progress_of(run) if run else None


def going_on_about(ctx: Ctx, about_type: str, about_id: object) -> Progress | None:
    """The bar of the newest run about an object, while it goes on or where it failed."""
    run = jobs.latest_about(about_type, about_id)
    return going_on(ctx, run.pk) if run else None


def said(line: RunLine) -> str:
    """A line of the log in the reader's language."""
    text = gettext(line.text)
    return text % line.params if line.params else text


def _per_second(run: Run, now: datetime) -> float:
    if run.started_at is None or not run.done:
        return 0.0
    seconds = ((run.finished_at or now) - run.started_at).total_seconds()
    return run.done / seconds if seconds > 0 else 0.0


def _time_left(run: Run, rate: float) -> Text:
    if not rate or not run.total or run.state in ENDED:
        return ""
    seconds = int((run.total - run.done) / rate)
    if seconds < 60:
        return _("约 %(n)d 秒") % {"n": max(seconds, 1)}
    return _("约 %(n)d 分钟") % {"n": -(-seconds // 60)}
