"""Records that have to do with one another: the same persons, or much of the title."""

from __future__ import annotations

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.asking import scope_of
from lantai.apps.catalogue.queries.indexing import SOURCE
from lantai.apps.catalogue.queries.reading import sees_persons, visible
from lantai.kit.text import bigrams
from lantai.platform.context import Ctx
from lantai.platform.search import services as search
from lantai.platform.search.query import AnyOf, Expression, Leaf, Part, Telling

_SHOWN, _LOOKED_AT, _PAIRS = 6, 40, 40
_SHARE = 0.5  # of the pairs of the title; 关于…的通知 alone is less


def related(ctx: Ctx, row: Description) -> list[Description]:
    """At most six records that the actor may see, the nearest first; none while there is no index."""
    persons = frozenset(row.persons) if sees_persons(ctx, row) else frozenset()
    pairs = dict.fromkeys(bigrams(row.title))
    wanted: list[Expression] = [Leaf(name, Part.PERSON) for name in sorted(persons)]
    if pairs:
        wanted.append(Telling(tuple(Leaf(pair, Part.TITLE) for pair in list(pairs)[:_PAIRS])))
    if not wanted:
        return []
    found = search.find(
        scope_of(ctx), AnyOf(tuple(wanted)), source=SOURCE, limit=_LOOKED_AT, facets=()
    )  # fmt: skip
    rows = {one.pk: one for one in visible(ctx).filter(pk__in=found.ids).exclude(pk=row.pk)}
    near = [rows[pk] for pk in found.ids if pk in rows and _is_near(rows[pk], frozenset(pairs), persons)]
    return near[:_SHOWN]


def _is_near(other: Description, pairs: frozenset[str], persons: frozenset[str]) -> bool:
    if persons.intersection(other.persons):
        return True
    return bool(pairs) and len(pairs.intersection(bigrams(other.title))) >= _SHARE * len(pairs)
