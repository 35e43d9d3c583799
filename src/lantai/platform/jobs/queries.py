"""Reads over runs."""

from __future__ import annotations

from dataclasses import asdict

from django.db.models import QuerySet

from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import registry
from lantai.platform.jobs.models import Run, RunLine
from lantai.platform.jobs.permissions import P
from lantai.platform.jobs.types import ENDED, RunState

MAY_READ = policy.Owned("user_id") | policy.Granted(P.RUN_READ)


def visible(ctx: Ctx) -> QuerySet[Run]:
    """One's own runs, and those of organisations where the actor may see runs."""
    return policy.visible(Run.objects.select_related("user", "org"), MAY_READ, ctx.actor)


def get(ctx: Ctx, run_id: int) -> Run:
    """One run, or ``Missing``."""
    return policy.one(visible(ctx), pk=run_id)


def lines(run: Run, limit: int = 200) -> list[RunLine]:
    """The newest lines of a run's log, oldest first."""
    return list(run.lines.order_by("-id")[:limit])[::-1]


def count_open(ctx: Ctx) -> int:
    """How many of the actor's own runs go on."""
    if ctx.actor.id is None:
        return 0
    going = (RunState.QUEUED, RunState.RUNNING)
    return Run.objects.filter(user_id=ctx.actor.id, state__in=going, is_quiet=False).count()


def latest_about(about_type: str, about_id: object) -> Run | None:
    """The newest run that concerns an object."""
    return Run.objects.filter(about_type=about_type, about_id=str(about_id)).order_by("-id").first()


def is_under_way(args: object) -> bool:
    """Whether a run with exactly these arguments waits or goes on."""
    kind = registry.kind_of(args).name
    same = Run.objects.filter(kind=kind, args=asdict(args))  # type: ignore[call-overload]
    return same.exclude(state__in=ENDED).exists()
