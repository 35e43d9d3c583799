"""Who came before and after one authority, laid out for drawing."""

from __future__ import annotations

from lantai.apps.authorities.models import Authority, Relation
from lantai.apps.authorities.queries.reading import cluster_of, visible
from lantai.apps.authorities.types import Chain, ChainBox, ChainLine, RelationKind
from lantai.kit.authorities import arrange
from lantai.platform.context import Ctx

_MOST_STEPS, _MOST_BOXES = 12, 60
_BOX_W, _BOX_H, _GAP_X, _GAP_Y = 190, 52, 40, 16


def chain_of(ctx: Ctx, row: Authority) -> Chain:
    """Predecessors and successors, twelve steps each way; an empty chain where there are none."""
    pairs = _pairs(cluster_of(row.pk))
    ids = {pk for pair in pairs for pk in pair}
    shown = {one.pk: one for one in visible(ctx).filter(pk__in=ids)} if ids else {}
    began = {pk: one.began_year or 0 for pk, one in shown.items()}
    placed = arrange([pair for pair in pairs if set(pair) <= shown.keys()], began)
    if not placed:
        return Chain()
    at = {one.id: (one.column * (_BOX_W + _GAP_X), one.row * (_BOX_H + _GAP_Y)) for one in placed}
    boxes = tuple(
        ChainBox(
            pk, shown[pk].name, shown[pk].dates, shown[pk].get_absolute_url(), pk == row.pk, x, y, _BOX_W
        )
        for pk, (x, y) in at.items()
    )
    lines = tuple(
        ChainLine(at[a][0] + _BOX_W, at[a][1] + _BOX_H // 2, at[b][0] - 4, at[b][1] + _BOX_H // 2)
        for a, b in sorted(pairs)
        if a in at and b in at
    )
    width = max(x for x, _y in at.values()) + _BOX_W + 2
    return Chain(boxes, lines, width, max(y for _x, y in at.values()) + _BOX_H + 2)


def _pairs(start: list[int]) -> set[tuple[int, int]]:
    """(before, after) around the start; one query a step."""
    pairs: set[tuple[int, int]] = set()
    for here, there in (("source", "target"), ("target", "source")):
        edge, seen = set(start), set(start)
        for _step in range(_MOST_STEPS):
            rows = Relation.objects.filter(
                kind=RelationKind.SUCCEEDED_BY, **{f"{here}__in": edge}
            ).values_list(
                "source_id", "source__merged_into_id", "target_id", "target__merged_into_id", f"{there}_id"
            )
            edge = set()
            for source, source_into, target, target_into, other in rows[:_MOST_BOXES]:
                pairs.add((source_into or source, target_into or target))
                edge.add(other)
            edge -= seen
            seen |= edge
            if not edge or len(seen) > _MOST_BOXES:
                break
    return {(a, b) for a, b in pairs if a != b}
