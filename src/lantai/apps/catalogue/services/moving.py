"""Moving, merging and splitting units of the tree, as previewed, with a way back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import planning
from lantai.apps.catalogue.queries.reading import visible
from lantai.apps.catalogue.services.rearranging import Done, carry_out, check, lock
from lantai.apps.catalogue.services.units import check_free
from lantai.apps.catalogue.tree import NothingChosen
from lantai.apps.catalogue.types import TitleMissing
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx


@transaction.atomic
def move(ctx: Ctx, *, ids: Iterable[int], to_id: int | None, reason: str = "", digest: str = "") -> Done:
    """Put rows under another unit of their fonds; items that are called after their file are renumbered.

    Raises what `planning.plan_move` refuses, ``CodeFrozen``, and ``PlanStale`` where ``digest`` (of the plan
    that was previewed) no longer is that of what would be done.
    """
    wanted = list(ids)
    first = locked(ctx, wanted)
    plan = planning.plan_move(ctx, ids=wanted, to_id=to_id)
    check(plan, digest, reason)
    return carry_out(ctx, plan, first=first, reason=reason)


@transaction.atomic
def merge(ctx: Ctx, *, ids: Iterable[int], into_id: int, reason: str = "", digest: str = "") -> Done:
    """Merge files into a file, or series into a series; raises as `move` does."""
    first = locked(ctx, [into_id])
    plan = planning.plan_merge(ctx, ids=ids, into_id=into_id)
    check(plan, digest, reason)
    return carry_out(ctx, plan, first=first, reason=reason)


@transaction.atomic
def split(
    ctx: Ctx,
    *,
    unit_id: int,
    ids: Iterable[int],
    title: str,
    code: str = "",
    reason: str = "",
    digest: str = "",
) -> Done:
    """Take some of a file or series into a new one beside it; raises as `move` does."""
    unit = locked(ctx, [unit_id])
    plan = planning.plan_split(ctx, unit_id=unit_id, ids=ids, code=code)
    check(plan, digest, reason)
    if not title.strip():
        raise TitleMissing(field="title")
    made = _beside(ctx, unit, code.strip() or planning.next_code(unit), title.strip())
    placed = replace(plan, lines=tuple(replace(line, new_parent_id=made.pk) for line in plan.lines))
    return carry_out(ctx, placed, first=unit, reason=reason, made=[made.pk])


def locked(ctx: Ctx, ids: list[int]) -> Description:
    """The first of the rows, with nobody else at work on the tree of its fonds."""
    if not ids:
        raise NothingChosen
    first = policy.one(visible(ctx), pk=ids[0])
    policy.require(ctx, P.ITEM_ARRANGE, first.custodian_id)
    lock(first.fonds_id)
    return policy.one(visible(ctx), pk=first.pk)


def _beside(ctx: Ctx, unit: Description, code: str, title: str) -> Description:
    policy.require(ctx, P.ITEM_ARRANGE, unit.custodian_id)
    check_free(unit.fonds_id, unit.level, code)
    return Description.objects.create(
        level=unit.level,
        parent_id=unit.parent_id,
        fonds_id=unit.fonds_id,
        custodian_id=unit.custodian_id,
        creator_id=unit.creator_id,
        kind_id=unit.kind_id,
        reference_code=code,
        title=title,
        author=unit.author,
        year=unit.year,
        retention=unit.retention,
        class_code=unit.class_code,
        classification=unit.classification,
        openness=unit.openness,
        inherits=unit.inherits,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
