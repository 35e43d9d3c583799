"""Copies that no policy asks for any more are removed: asked by one, approved by another, the others read first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import transaction
from django.db.models import F, QuerySet

from lantai.apps.copies import queries
from lantai.apps.copies.models import Clearance, Copy, CopyPolicy
from lantai.apps.copies.permissions import P
from lantai.apps.copies.services.examining import read, slices_of
from lantai.apps.copies.services.moving import clear
from lantai.apps.copies.services.rounds import settle_slices, treat
from lantai.apps.copies.services.syncing import policy_of, sync
from lantai.apps.copies.states import BY_HAND, CLEARING
from lantai.apps.copies.types import CLEARANCE, ClearanceState, ClearSurplus, CopyState, NothingSurplus
from lantai.kit.digests.pairs import Pace
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs import services as jobs
from lantai.platform.places.models import Place
from lantai.platform.workflow import services as workflow


@transaction.atomic
def ask_clearance(ctx: Ctx, *, org_id: int, place_id: int | None = None, reason: str) -> Clearance:
    """Ask that surplus copies be removed, everywhere or from one place; nothing goes before another has approved.

    Raises ``NothingSurplus``, and ``Missing`` for a place that is not seen.
    """
    policy.require(ctx, P.COPY_MOVE, org_id)
    if place_id is not None:
        queries.get_place(ctx, place_id)
    found = queries.sum_of(queries.surplus(org_id, place_id))
    if not found.copies:
        raise NothingSurplus
    row = Clearance.objects.create(
        org_id=org_id,
        place_id=place_id,
        reason=reason,
        asked_by=ctx.actor.name,
        asked_at=ctx.now,
        copy_count=found.copies,
        byte_count=found.size_bytes,
    )
    detail = {"place": row.place.slug if row.place else "", "copies": found.copies, "bytes": found.size_bytes}
    workflow.move(ctx, row, CLEARING, "ask", detail=detail)
    return row


@transaction.atomic
def decide_clearance(ctx: Ctx, *, clearance_id: int, name: str, reason: str = "") -> Clearance:
    """Approve, refuse or withdraw; raises ``Missing`` for other moves and what the state table refuses."""
    if name not in BY_HAND:
        raise Missing
    row = policy.one(queries.visible_clearances(ctx).select_for_update(of=("self",)), pk=clearance_id)
    workflow.move(ctx, row, CLEARING, name, reason=reason)
    if name == "approve":
        row.approved_at = ctx.now
        _queue(ctx, row)
    else:
        row.finished_at = ctx.now
    row.save(update_fields=["approved_at", "finished_at"])
    return row


def _queue(ctx: Ctx, row: Clearance) -> None:
    run = jobs.start(ctx, ClearSurplus(row.pk), org_id=row.org_id, about=(CLEARANCE, row.pk), is_quiet=True)
    Clearance.objects.filter(pk=row.pk).update(run=run)


def continue_clearances(ctx: Ctx) -> int:
    """Queue a run for every approved clearance that has none: its run was killed or stopped."""
    rows = Clearance.objects.filter(state=ClearanceState.CLEARING)
    idle = [row for row in rows if not runs.is_under_way(ClearSurplus(row.pk))]
    for row in idle:
        _queue(ctx, row)
    return len(idle)


def clear_surplus(ctx: Ctx, row: Clearance, copy: Copy, pool: ThreadPoolExecutor, pace: Pace) -> bool:
    """Remove one copy after every copy that is asked for was read; False where it has to stay.

    What is wrong with the others is written down and repaired, and this copy, which may be the last true one, stays.
    """
    sync(ctx, package_id=copy.package_id)  # the policy of now counts, not that of the asking
    copy = Copy.objects.select_related("package", "place").get(pk=copy.pk)
    others = list(_others(copy).filter(is_wanted=True))
    if copy.is_wanted or any(other.is_due or not other.version for other in others):
        return False
    are_true = [_is_fresh(row, other) or _is_true(ctx, other, pool, pace) for other in others]
    return all(are_true) and is_kept_without(copy) and clear(ctx, copy)


def _is_fresh(row: Clearance, other: Copy) -> bool:
    """Whether a copy was read since the approval and found whole."""
    since, at = row.approved_at, other.verified_at
    return other.state == CopyState.WHOLE and since is not None and at is not None and at > since


def _others(copy: Copy) -> QuerySet[Copy]:
    rows = Copy.objects.filter(package_id=copy.package_id).exclude(pk=copy.pk)
    return rows.select_related("package", "place").order_by("place__is_offline", "place__read_order", "pk")


def is_kept_without(copy: Copy) -> bool:
    """Whether the other copies are as many as the policy asks for, each whole, newest and read back."""
    good = _others(copy).filter(
        state=CopyState.WHOLE,
        is_wanted=True,
        is_due=False,
        inventory_sha512=copy.package.inventory_sha512,
        verified_at__isnull=False,
    )
    found = CopyPolicy.objects.filter(pk=policy_of(copy.package_id)).first()
    enough = max(found.copy_count if found else 1, 1)
    return good.count() >= enough and good.count() == _others(copy).filter(is_wanted=True).count()


def _is_true(ctx: Ctx, other: Copy, pool: ThreadPoolExecutor, pace: Pace) -> bool:
    """Read all of a copy now; what is wrong is put right, and the copy is as true as the next reading finds it."""
    is_true = True
    for one in slices_of(other, 0):
        read([one], pool, pace)
        if one.is_away:
            return False
        if one.faults:
            treat(ctx, [one], None)
            is_true = False
        settle_slices(ctx, [one])
    return is_true


def count_cleared(row: Clearance, *, is_gone: bool) -> None:
    """Count on, in the step of the run."""
    name = "cleared_count" if is_gone else "kept_count"
    Clearance.objects.filter(pk=row.pk).update(**{name: F(name) + 1})


@transaction.atomic
def finish_clearance(ctx: Ctx, row: Clearance) -> Clearance:
    """Say that all of them were gone through; what had to stay may be asked for again."""
    row = Clearance.objects.select_related("org", "place").select_for_update(of=("self",)).get(pk=row.pk)
    if row.state == ClearanceState.CLEARING:
        detail = {"cleared": row.cleared_count, "kept": row.kept_count}
        workflow.move(ctx, row, CLEARING, "finish", detail=detail)
        Clearance.objects.filter(pk=row.pk).update(finished_at=ctx.now)
    return row


def places_of_clearance(row: Clearance) -> QuerySet[Place]:
    """Where a clearance may have left nothing but the journal."""
    rows = Place.objects.exclude(slug="primary").filter(custodian_id=row.org_id)
    return rows if row.place_id is None else rows.filter(pk=row.place_id)
