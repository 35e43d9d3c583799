"""Moving copies between places, and giving a place up: nothing goes before another copy was read back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from lantai.apps.copies import queries
from lantai.apps.copies.events import CopyCleared
from lantai.apps.copies.models import Copy, CopyPolicy, Move, PolicyPlace
from lantai.apps.copies.permissions import P
from lantai.apps.copies.services.policies import is_satisfied_without
from lantai.apps.copies.services.shelf import Shelf
from lantai.apps.copies.services.syncing import sync_all
from lantai.apps.copies.types import (
    MOVE,
    PACKAGE,
    CopyState,
    MoveCopies,
    MoveGoesOn,
    MoveState,
    PlaceNotForCopies,
    PlaceStillNamed,
    SamePlace,
)
from lantai.kit.errors import LantaiError
from lantai.kit.packages.ocfl.inventory import INVENTORY, SIDECAR
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger
from lantai.platform.places import services as place_services
from lantai.platform.places.models import Place
from lantai.platform.places.types import PlaceState


@transaction.atomic
def start_move(ctx: Ctx, *, source_id: int, goal_id: int, reason: str) -> Move:
    """Bring all copies from one place to another; policies that named the one name the other from now on."""
    source, goal = queries.get_place(ctx, source_id), queries.get_place(ctx, goal_id)
    policy.require(ctx, P.COPY_MOVE, source.custodian_id or ctx.org_id)
    if source.pk == goal.pk:
        raise SamePlace(field="goal")
    if source.is_primary or goal.is_primary:
        raise PlaceNotForCopies(field="source")
    row = _open(ctx, source, goal, reason)
    for one in PolicyPlace.objects.filter(place=source).select_related("policy"):
        if one.policy.places.filter(place=goal).exists():
            one.delete()
        else:
            PolicyPlace.objects.filter(pk=one.pk).update(place=goal)
    sync_all(ctx)
    return row


@transaction.atomic
def retire_place(ctx: Ctx, *, place_id: int, reason: str) -> Move:
    """Give a place up: its copies go when every package has what its policy asks for elsewhere.

    Raises ``PlaceNotForCopies``, ``MoveGoesOn``, and ``PlaceStillNamed`` where a policy could not do without it.
    """
    source = queries.get_place(ctx, place_id)
    if source.is_primary:
        raise PlaceNotForCopies
    policy.require(ctx, P.PLACE_RETIRE, source.custodian_id)
    for row in CopyPolicy.objects.filter(places__place=source, places__is_chosen=True):
        if not is_satisfied_without(row, source.pk):
            raise PlaceStillNamed(policy=row.title, place=source.title)
    move = _open(ctx, source, None, reason)
    place_services.mark(place_id=source.pk, state=PlaceState.RETIRING)
    sync_all(ctx)
    return move


def _open(ctx: Ctx, source: Place, goal: Place | None, reason: str) -> Move:
    if Move.objects.filter(source=source, state=MoveState.OPEN).exists():
        raise MoveGoesOn(place=source.title)
    row = Move.objects.create(
        org_id=source.custodian_id,
        source=source,
        goal=goal,
        reason=reason,
        asked_by=ctx.actor.name,
        started_at=ctx.now,
        waiting_count=_left(source.pk).count(),
    )
    _say(ctx, row, "started")
    _queue(ctx, row)
    return row


def _queue(ctx: Ctx, row: Move) -> None:
    run = jobs.start(ctx, MoveCopies(row.pk), org_id=row.org_id, about=(MOVE, row.pk), is_quiet=True)
    Move.objects.filter(pk=row.pk).update(run=run)


@transaction.atomic
def stop_move(ctx: Ctx, *, move_id: int, reason: str) -> Move:
    """Leave what is not moved yet where it is; a place that was retiring takes copies again."""
    row = policy.one(queries.visible_moves(ctx).select_for_update(of=("self",)), pk=move_id)
    policy.require(ctx, P.PLACE_RETIRE if row.is_retirement else P.COPY_MOVE, row.org_id)
    if Move.objects.filter(pk=row.pk, state=MoveState.OPEN).update(
        state=MoveState.STOPPED, finished_at=ctx.now
    ):
        if row.is_retirement:
            place_services.mark(place_id=row.source_id, state=PlaceState.ACTIVE)
        _say(ctx, row, "stopped", reason=reason)
        sync_all(ctx)
    return Move.objects.get(pk=row.pk)


def continue_moves(ctx: Ctx) -> int:
    """Queue a run for every open move that has none: what had to wait may go on now."""
    idle = [
        row for row in Move.objects.filter(state=MoveState.OPEN) if not runs.is_under_way(MoveCopies(row.pk))
    ]
    for row in idle:
        _queue(ctx, row)
    return len(idle)


def _left(place_id: int) -> QuerySet[Copy]:
    return Copy.objects.filter(place_id=place_id, cleared_at=None).exclude(version=0, state=CopyState.WANTED)


def may_go(row: Move) -> QuerySet[Copy]:
    """Copies of the source of which every wanted copy elsewhere is whole, newest and read back.

    Those that a killed run was removing come as well.
    """
    elsewhere = Copy.objects.filter(package_id=OuterRef("package_id")).exclude(place_id=row.source_id)
    lacking = elsewhere.filter(is_wanted=True).exclude(
        state=CopyState.WHOLE, is_due=False, inventory_sha512=OuterRef("package__inventory_sha512")
    )
    good = elsewhere.filter(
        state=CopyState.WHOLE,
        inventory_sha512=OuterRef("package__inventory_sha512"),
        verified_at__isnull=False,
    )
    if row.goal_id is not None:
        good = good.filter(place_id=row.goal_id)
    rows = _left(row.source_id).filter(is_wanted=False)
    return rows.filter(~Exists(lacking), Exists(good)).select_related("package", "place").order_by("pk")


def clear(ctx: Ctx, copy: Copy) -> bool:
    """Remove a copy that may go; False, with the reason kept, where its place does not let it go now."""
    with transaction.atomic():
        list(Copy.objects.select_for_update().filter(package_id=copy.package_id).order_by("pk"))
        Copy.objects.filter(pk=copy.pk).update(state=CopyState.RETIRED, is_due=False, is_wanted=False)
    try:
        _remove_files(Shelf(copy.place, copy.package.object_id))
    except LantaiError as why:
        Copy.objects.filter(pk=copy.pk).update(why=str(why)[:500])
        return False
    with transaction.atomic():
        Copy.objects.filter(pk=copy.pk).update(cleared_at=ctx.now, version=0, inventory_sha512="", why="")
        copy.damages.filter(repaired_at=None).update(repaired_at=ctx.now)
        ledger.record(
            ctx,
            "copies:copy:cleared",
            object_type=PACKAGE,
            object_id=copy.package_id,
            object_name=copy.package.title,
            detail={"place": copy.place.slug},
        )
        events.publish(ctx, CopyCleared(copy.pk, copy.package_id))
    return True


def _remove_files(shelf: Shelf) -> None:
    """The newest inventory first: what is left of a removal that was cut short is no object any more."""
    held = shelf.held()
    for path in (INVENTORY, SIDECAR):
        shelf.remove(path)
    for path in sorted(held.keys() - {INVENTORY, SIDECAR}, reverse=True):
        shelf.remove(path)


@transaction.atomic
def note_moved(ctx: Ctx, row: Move, *, moved: int) -> Move:
    """Count on; with nothing left the move is done, and a place that retires has retired."""
    left = _left(row.source_id).count()
    Move.objects.filter(pk=row.pk).update(moved_count=F("moved_count") + moved, waiting_count=left)
    if not left and Move.objects.filter(pk=row.pk, state=MoveState.OPEN).update(
        state=MoveState.DONE, finished_at=ctx.now
    ):
        if row.is_retirement:
            PolicyPlace.objects.filter(place_id=row.source_id).delete()
            place_services.mark(place_id=row.source_id, state=PlaceState.RETIRED)
        _say(ctx, row, "finished")
    return Move.objects.get(pk=row.pk)


def _say(ctx: Ctx, row: Move, past: str, **more: str) -> None:
    ledger.record(
        ctx,
        f"copies:move:{past}",
        object_type=MOVE,
        object_id=row.pk,
        object_name=row.source.title,
        detail={
            "from": row.source.slug,
            "to": row.goal.slug if row.goal else "",
            "reason": row.reason,
            **more,
        },
    )
