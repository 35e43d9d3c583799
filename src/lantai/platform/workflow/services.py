"""The one door through which a state changes, and the clocks beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lantai.kit import workdays
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.types import Line
from lantai.platform.workflow import queries, registry
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move
from lantai.platform.workflow.models import Clock, Transition
from lantai.platform.workflow.registry import Registered
from lantai.platform.workflow.types import (
    MovedMeanwhile,
    MoveNotPermitted,
    NotFromHere,
    ReasonMissing,
    SamePerson,
)


@transaction.atomic
def move(
    ctx: Ctx, row: Any, machine: Machine, name: str, *, reason: str = "", detail: dict[str, Any] | None = None
) -> Transition:
    """Move ``row`` along the table, with its transition row and ledger line, or refuse.

    Compare-and-swap: of two clicks one wins and the other is told (``MovedMeanwhile``). Raises ``NotFromHere``,
    ``MoveNotPermitted``, ``ReasonMissing``, ``SamePerson``, ``Missing`` for a move that the table does not know,
    or what the move's guard raises.
    """
    registered, step = registry.of(machine), machine.by_name.get(name)
    if step is None:
        raise Missing
    old = getattr(row, machine.field)
    _check(ctx, row, registered, step, reason.strip())
    rows = type(row)._default_manager.filter(pk=row.pk, **{machine.field: old})
    if not rows.update(**{machine.field: step.target}):
        raise MovedMeanwhile(title=registered.title(row))
    setattr(row, machine.field, step.target)
    app, _, kind = registered.object_type.partition(":")
    entry = ledger.record(
        ctx,
        f"{app}:{kind}:{step.past}",
        object_type=registered.object_type,
        object_id=row.pk,
        object_name=registered.title(row)[:200],
        detail=detail,
    )
    return Transition.objects.create(
        object_type=registered.object_type,
        object_id=str(row.pk),
        move=name,
        source=old,
        target=step.target,
        actor_id=ctx.actor.id,
        actor_name=ctx.actor.name,
        org_name=ctx.org_name,
        reason=reason.strip(),
        at=ctx.now,
        entry_id=entry.pk,
    )


@transaction.atomic
def move_many(
    ctx: Ctx,
    rows: QuerySet[Any],
    machine: Machine,
    name: str,
    *,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> int:
    """Move every one of ``rows`` that may be moved, by sets, each with its transition row and ledger line.

    Rows in other states, or of organisations where the actor lacks the permission, are left as they are;
    returns how many moved. For moves without guard and second person.
    """
    registered, step = registry.of(machine), machine.by_name[name]
    assert step.guard is None and not step.by_someone_else_than, f"{name} is made row by row"
    if step.needs_reason and not reason.strip():
        raise ReasonMissing(move=str(step.label), field="reason")
    wanted = rows.filter(**{f"{machine.field}__in": tuple(step.source)})
    if step.permission != AUTOMATIC:
        wanted = wanted.filter(**{f"{step.org_path}__in": tuple(ctx.actor.orgs_with(step.permission))})
    locked = list(wanted.select_for_update(of=("self",)).order_by("pk"))
    wanted.model._default_manager.filter(pk__in=[row.pk for row in locked]).update(
        **{machine.field: step.target}
    )
    app, _, kind = registered.object_type.partition(":")
    lines = (
        Line(registered.object_type, row.pk, registered.title(row)[:200], detail or {}) for row in locked
    )
    ledger.record_many(ctx, f"{app}:{kind}:{step.past}", lines)
    Transition.objects.bulk_create(
        (
            Transition(
                object_type=registered.object_type,
                object_id=str(row.pk),
                move=name,
                source=getattr(row, machine.field),
                target=step.target,
                actor_id=ctx.actor.id,
                actor_name=ctx.actor.name,
                org_name=ctx.org_name,
                reason=reason.strip(),
                at=ctx.now,
            )
            for row in locked
        ),
        batch_size=2_000,
    )
    return len(locked)


def _check(ctx: Ctx, row: Any, registered: Registered, step: Move, reason: str) -> None:
    machine, label = registered.machine, str(step.label)
    state = getattr(row, machine.field)
    if state not in step.source:
        raise NotFromHere(title=registered.title(row), state=machine.label_of(state), move=label)
    if step.permission != AUTOMATIC and queries.org_of(row, step) not in ctx.actor.orgs_with(step.permission):
        raise MoveNotPermitted(move=label)
    if step.needs_reason and not reason:
        raise ReasonMissing(move=label, field="reason")
    earlier = step.by_someone_else_than
    if earlier and ctx.actor.id in queries.earlier_actors(registered.object_type, row.pk, earlier):
        raise SamePerson(move=label)
    if step.guard:
        step.guard(row)


def start_clock(ctx: Ctx, object_type: str, object_id: object, kind: str, *, working_days: int) -> Clock:
    """Start a limit of so many working days from the day after today; a clock that runs already is kept."""
    today = timezone.localdate(ctx.now)
    holidays = queries.calendar_until(today + timedelta(days=3 * working_days + 30))
    due_on = workdays.due_on(today, working_days=working_days, holidays=holidays)
    clock, _made = Clock.objects.get_or_create(
        object_type=object_type,
        object_id=str(object_id),
        kind=kind,
        stopped_on=None,
        defaults={"started_on": today, "due_on": due_on, "working_days": working_days},
    )
    return clock


def stop_clock(ctx: Ctx, object_type: str, object_id: object, kind: str) -> None:
    """Stop a limit; stopping one that does not run changes nothing."""
    running = Clock.objects.filter(
        object_type=object_type, object_id=str(object_id), kind=kind, stopped_on=None
    )
    running.update(stopped_on=timezone.localdate(ctx.now))
