"""Merging records of one thing, and undoing that: only pointers move, so nothing is lost either way."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from lantai.apps.authorities import holders, queries
from lantai.apps.authorities.models import Authority, Different, Merge, MergeMember
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.types import MERGE, MergedFurther, MergeUndone
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger


@transaction.atomic
def merge(ctx: Ctx, *, survivor_id: int, ids: Sequence[int], reason: str = "") -> Merge:
    """Have ``survivor_id`` stand for all of ``ids``; every reference follows in one statement a holder.

    Raises ``NothingToMerge`` and ``MergeOfKinds``.
    """
    plan = queries.plan(ctx, survivor_id, ids)
    merged = [pk for pk, _name in plan.merged]
    rows = Authority.objects.select_for_update().filter(
        Q(pk__in=[survivor_id, *merged]) | Q(merged_into__in=merged)
    )
    by_id = {row.pk: row for row in rows.order_by("pk")}
    survivor = by_id.pop(survivor_id)
    policy.require(ctx, P.AUTHORITY_MERGE, survivor.org_id)
    row = Merge.objects.create(
        org_id=survivor.org_id,
        survivor=survivor,
        reason=reason[:300],
        merged_at=ctx.now,
        merger_name=ctx.actor.name,
    )
    MergeMember.objects.bulk_create(
        MergeMember(merge=row, authority=one, former_id=one.merged_into_id) for one in by_id.values()
    )
    Authority.objects.filter(pk__in=by_id).update(merged_into=survivor, updated_at=ctx.now)
    row.moved_count = holders.repoint(ctx, list(by_id))
    row.save(update_fields=["moved_count"])
    holders.renamed(ctx, [survivor.pk])
    _record(ctx, "merged", row, len(by_id))
    return row


@transaction.atomic
def undo_merge(ctx: Ctx, *, merge_id: int) -> Merge:
    """Put every pointer back; raises ``MergeUndone``, and ``MergedFurther`` while a later merge builds on it."""
    row = policy.one(queries.visible_merges(ctx).select_for_update(of=("self",)), pk=merge_id)
    policy.require(ctx, P.AUTHORITY_MERGE, row.org_id)
    if row.undone_at is not None:
        raise MergeUndone
    members = list(row.members.all())
    ids = [member.authority_id for member in members]
    later = Merge.objects.filter(pk__gt=row.pk, undone_at=None).filter(
        Q(members__authority__in=[*ids, row.survivor_id])
    )
    if built_on := later.select_related("survivor").first():
        raise MergedFurther(name=built_on.survivor.name)
    for member in members:
        Authority.objects.filter(pk=member.authority_id).update(
            merged_into=member.former_id, updated_at=ctx.now
        )
    row.undone_at = ctx.now
    row.save(update_fields=["undone_at"])
    holders.repoint(ctx, ids)
    holders.renamed(ctx, [row.survivor_id, *ids])
    _record(ctx, "undone", row, len(ids))
    return row


def _record(ctx: Ctx, past: str, row: Merge, count: int) -> None:
    ledger.record(
        ctx,
        f"{MERGE}:{past}",
        object_type=MERGE,
        object_id=row.pk,
        detail={"survivor": row.survivor_id, "merged": count, "moved": row.moved_count},
    )


@transaction.atomic
def tell_apart(ctx: Ctx, *, first_id: int, second_id: int) -> None:
    """Two records that look alike are of two things: they are offered no more."""
    first, second = sorted((first_id, second_id))
    one = policy.one(queries.standing(ctx), pk=first)
    policy.one(queries.standing(ctx), pk=second, org_id=one.org_id)
    policy.require(ctx, P.AUTHORITY_MERGE, one.org_id)
    _row, is_new = Different.objects.get_or_create(
        first_id=first,
        second_id=second,
        defaults={"org_id": one.org_id, "said_by": ctx.actor.name, "said_at": ctx.now},
    )
    if is_new:
        ledger.record(
            ctx,
            "authorities:authority:told_apart",
            object_type="authorities:authority",
            object_id=first,
            detail={"from": second},
        )
