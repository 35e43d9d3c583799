"""A search within a fonds, told along its tree: how many hits lie under each unit, and the first of them there."""

from __future__ import annotations

from collections import defaultdict

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries import asking
from lantai.apps.catalogue.queries.indexing import SOURCE
from lantai.apps.catalogue.queries.reading import visible
from lantai.apps.catalogue.types import HitsInTree, UnitWithHits
from lantai.platform.context import Ctx
from lantai.platform.search import services as search
from lantai.platform.search.types import Among, Field, Filters, Sort

_SHOWN = 100  # hits, by code
_DEEPEST = 8


def hits_in_tree(ctx: Ctx, fonds_id: int, text: str) -> HitsInTree | None:
    """The units of a fonds under which records match, the 200 with the most; None while there is no index.

    Two questions to the database, however many units there are. Raises what the grammar refuses.
    """
    found = search.find(
        asking.scope_of(ctx),
        asking.read(ctx, text).expression,
        source=SOURCE,
        filters=Filters(among=(Among(Field.FONDS, frozenset({fonds_id})),)),
        sort=Sort.CODE,
        limit=_SHOWN,
        facets=(Field.WITHIN,),
    )
    if not found.is_ready:
        return None
    counts = {int(bucket.value): bucket.count for bucket in found.facets.get(Field.WITHIN, ())}
    rows = {
        row.pk: row
        for row in visible(ctx).filter(pk__in={*counts, *found.ids}).order_by("reference_code", "pk")
    }
    hits: dict[int | None, list[Description]] = defaultdict(list)
    for pk in found.ids:
        if pk in rows:
            parent = rows[pk].parent_id
            hits[parent if parent in counts and parent in rows else None].append(rows[pk])
    below: dict[int | None, list[Description]] = defaultdict(list)
    for pk, row in rows.items():
        if pk in counts:
            below[row.parent_id if row.parent_id in counts and row.parent_id in rows else None].append(row)
    units = _units(below, counts, hits, None, 0)
    return HitsInTree(found.total, units, tuple(hits[None]), found.total - sum(unit.count for unit in units))


def _units(
    below: dict[int | None, list[Description]],
    counts: dict[int, int],
    hits: dict[int | None, list[Description]],
    parent: int | None,
    depth: int,
) -> tuple[UnitWithHits, ...]:
    if depth >= _DEEPEST:
        return ()
    return tuple(
        UnitWithHits(
            row, counts[row.pk], _units(below, counts, hits, row.pk, depth + 1), tuple(hits.get(row.pk, ()))
        )
        for row in below.get(parent, ())
    )
