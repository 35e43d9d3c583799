"""The queue itself: one procrastinate task does every run."""

from __future__ import annotations

from procrastinate import App

from lantai.kit.errors import Fault
from lantai.platform.jobs import execution
from lantai.platform.jobs.models import Run

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
    app().configure_task(TASK, queue=run.queue).defer(run_id=run.pk)
