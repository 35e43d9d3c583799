"""Reads: timelines, possible moves, clocks, the inbox over all tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from lantai.kit import workdays
from lantai.platform.accounts import queries as accounts
from lantai.platform.context import Ctx
from lantai.platform.workflow import registry
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move
from lantai.platform.workflow.models import Clock, Transition
from lantai.platform.workflow.registry import Registered
from lantai.platform.workflow.types import Step, Waiting

MOST_SHOWN = 100
_NAMED = 3


def timeline(object_type: str, object_id: object) -> list[Step]:
    """Every move of a row, oldest first."""
    machine = registry.of_type(object_type).machine
    rows = Transition.objects.filter(object_type=object_type, object_id=str(object_id))
    return [_step(row, machine) for row in rows]


def _step(row: Transition, machine: Machine) -> Step:
    move = machine.by_name.get(row.move)
    return Step(
        row.at,
        row.actor_name,
        row.org_name,
        str(move.label) if move else row.move,
        machine.label_of(row.target),
        machine.tone_of(row.target),
        row.reason,
        row.entry_id,
    )


def org_of(row: Any, move: Move) -> int | None:
    """Id of the organisation at which the move's permission is tested."""
    found = row
    for name in move.org_path.split("__"):
        found = getattr(found, name)
    return found  # type: ignore[no-any-return]


def earlier_actors(object_type: str, object_id: object, moves: Iterable[str]) -> set[int | None]:
    """Who made the newest of each of these moves on the row."""
    rows = Transition.objects.filter(object_type=object_type, object_id=str(object_id), move__in=tuple(moves))
    return {row.actor_id for row in {row.move: row for row in rows}.values()}


def possible_moves(ctx: Ctx, row: Any, machine: Machine) -> list[Move]:
    """The moves that the actor may make from where the row is; guards are asked when it is made."""
    state = getattr(row, machine.field)
    return [
        move
        for move in machine.moves
        if state in move.source
        and move.permission != AUTOMATIC
        and org_of(row, move) in ctx.actor.orgs_with(move.permission)
    ]


def awaited(ctx: Ctx, row: Any, object_type: str) -> str:
    """For whom the row waits and to do what, in a sentence; "" where the actor can go on himself or nothing waits."""
    machine = registry.of_type(object_type).machine
    state = getattr(row, machine.field)
    moves = [
        one for one in machine.moves if state in one.source and one.waits and one.permission != AUTOMATIC
    ]
    if not moves or any(org_of(row, one) in ctx.actor.orgs_with(one.permission) for one in moves):
        return ""
    move = next((one for one in moves if one.is_primary), moves[0])
    on, org_id = timezone.localdate(ctx.now), org_of(row, move)
    ids = set(accounts.holders(move.permission, org_id, on)) if org_id else set()
    ids -= earlier_actors(object_type, row.pk, move.by_someone_else_than)
    names = accounts.names_of(sorted(ids)[:_NAMED])
    said = {"move": gettext(move.label), "who": "、".join(names)}
    if not names:
        return gettext("没有人可以%(move)s：请安全管理员授权。") % said
    return gettext("等待办理：%(move)s（%(who)s）") % said


def clock_of(object_type: str, object_id: object) -> Clock | None:
    """The clock that runs for a row, nearest first."""
    rows = Clock.objects.filter(object_type=object_type, object_id=str(object_id), stopped_on__isnull=True)
    return rows.order_by("due_on", "pk").first()


def calendar_until(day: date) -> workdays.Holidays:
    """The announced calendar; beyond what is announced, weeks as they usually are."""
    return workdays.Holidays.china().assuming_weeks_until(day)


def days_left(due_on: date, today: date) -> int:
    """Working days until ``due_on``; negative when it has passed."""
    return workdays.working_days_between(today, due_on, holidays=calendar_until(max(due_on, today)))


def waiting_rows(ctx: Ctx, registered: Registered) -> QuerySet[Any] | None:
    """Rows of one table that wait for the actor; None where no move is his: every page's header asks for all."""
    wanted = [
        Q(**{f"{registered.machine.field}__in": tuple(move.source), f"{move.org_path}__in": orgs})
        for move in registered.machine.moves
        if move.waits and (orgs := tuple(ctx.actor.orgs_with(move.permission)))
    ]
    if not wanted:
        return None
    return apps.get_model(registered.model)._default_manager.filter(reduce(or_, wanted))


def inbox(ctx: Ctx) -> list[Waiting]:
    """What waits for the actor, over all tables: overdue first, then by due date, then oldest."""
    found = [line for registered in registry.machines() for line in _waiting(ctx, registered)]
    return sorted(found, key=lambda w: (w.due_on or date.max, w.since or ctx.now))


def count_inbox(ctx: Ctx) -> int:
    """How many rows wait for the actor."""
    if ctx.actor.id is None:
        return 0
    found = (waiting_rows(ctx, registered) for registered in registry.machines())
    return sum(rows.count() for rows in found if rows is not None)


def _waiting(ctx: Ctx, registered: Registered) -> list[Waiting]:
    found = waiting_rows(ctx, registered)
    rows = [] if found is None else list(found.order_by("pk")[:MOST_SHOWN])
    if not rows:
        return []
    ids = [str(row.pk) for row in rows]
    mine = {"object_type": registered.object_type, "object_id__in": ids}
    since = dict(Transition.objects.filter(**mine).values_list("object_id").annotate(Max("at")))
    clocks = Clock.objects.filter(**mine, stopped_on__isnull=True).order_by("-due_on")
    due = dict(clocks.values_list("object_id", "due_on"))
    today = timezone.localdate(ctx.now)
    machine = registered.machine
    return [
        Waiting(
            noun=str(registered.noun),
            title=registered.title(row),
            url=registered.url(row),
            state_label=machine.label_of(getattr(row, machine.field)),
            tone=machine.tone_of(getattr(row, machine.field)),
            moves=tuple(str(m.label) for m in possible_moves(ctx, row, machine) if m.waits),
            since=since.get(str(row.pk)),
            due_on=due.get(str(row.pk)),
            days_left=days_left(due[str(row.pk)], today) if str(row.pk) in due else None,
        )
        for row in rows
    ]
