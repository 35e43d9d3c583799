"""What a merge would do, and merges that were done."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from lantai.apps.authorities.holders import count_held
from lantai.apps.authorities.models import Merge, Relation
from lantai.apps.authorities.queries.reading import READ, names_in, standing
from lantai.apps.authorities.types import MergeOfKinds, MergePlan, NothingToMerge
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx


def visible_merges(ctx: Ctx) -> QuerySet[Merge]:
    """Merges in archives where the actor may read."""
    return policy.visible(Merge.objects.select_related("survivor", "org"), READ, ctx.actor)


def merges_of(ctx: Ctx, authority_id: int) -> list[Merge]:
    """The merges into one record that stand, newest first."""
    rows = visible_merges(ctx).filter(survivor=authority_id, undone_at=None)
    return list(rows.prefetch_related("members__authority"))


def plan(ctx: Ctx, survivor_id: int, ids: Sequence[int]) -> MergePlan:
    """What merging ``ids`` into ``survivor_id`` would do; raises ``NothingToMerge`` and ``MergeOfKinds``."""
    survivor = policy.one(standing(ctx), pk=survivor_id)
    others = list(
        standing(ctx).filter(pk__in=set(ids) - {survivor.pk}, org_id=survivor.org_id).order_by("pk")
    )
    if not others:
        raise NothingToMerge(field="ids")
    for other in others:
        if other.kind != survivor.kind:
            raise MergeOfKinds(first=survivor.name, second=other.name, field="ids")
    merged = [other.pk for other in others]
    have = set(names_in([survivor.pk]).values_list("folded", flat=True))
    names = [name.text for name in names_in(merged) if name.folded not in have]
    relations = Relation.objects.filter(Q(source__in=merged) | Q(target__in=merged)).count()
    return MergePlan(
        survivor.pk,
        survivor.name,
        tuple((other.pk, f"{other.name} {other.dates}".strip()) for other in others),
        tuple(dict.fromkeys(names)),
        relations,
        count_held(merged),
    )
