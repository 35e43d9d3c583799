"""The tree of descriptions: a window of what lies under a unit, the way to a row, and counts, all by sets.

A row without parent lies under its fonds. What may be seen of the tree is what may be seen of its rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.reading import visible
from lantai.apps.catalogue.tree import TreeNode, TreeWindow
from lantai.apps.catalogue.types import ABOVE_RECORDS, Level
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

WINDOW = 50
MOST_WINDOW = 500
COUNTED = 10_000  # of the rows under one line of the tree; what goes beyond is said to do so
COUNTED_HERE = 200_000  # of the rows of a window
_ANY = -1  # the place of an id in a statement
_SHOWN = ("pk", "reference_code", "title", "level", "fonds_id")

# The rows above some rows: (root, id, distance). A row without parent has its fonds' row above it, if there is one.
ABOVE = """
WITH RECURSIVE up(root, id, parent_id, fonds_id, level, distance) AS (
    SELECT id, id, parent_id, fonds_id, level, 0 FROM catalogue_description WHERE id = ANY(%s)
    UNION ALL
    SELECT up.root, p.id, p.parent_id, p.fonds_id, p.level, up.distance + 1
    FROM up CROSS JOIN LATERAL (
        SELECT * FROM catalogue_description WHERE id = up.parent_id
        UNION ALL
        SELECT * FROM catalogue_description f
        WHERE up.parent_id IS NULL AND up.level NOT IN ('fonds', 'fonds_group')
          AND f.fonds_id = up.fonds_id AND f.level = 'fonds'
    ) p
)
"""
# The rows below some rows, without these.
BELOW = """
WITH RECURSIVE down(id, fonds_id) AS (
    SELECT id, CASE WHEN level = 'fonds' THEN fonds_id END FROM catalogue_description WHERE id = ANY(%s)
    UNION ALL
    SELECT k.id, CASE WHEN k.level = 'fonds' THEN k.fonds_id END
    FROM down CROSS JOIN LATERAL (
        SELECT id, level, fonds_id FROM catalogue_description WHERE parent_id = down.id
        UNION ALL
        SELECT id, level, fonds_id FROM catalogue_description
        WHERE fonds_id = down.fonds_id AND parent_id IS NULL AND level NOT IN ('fonds', 'fonds_group')
    ) k
)
"""


def below(rows: QuerySet[Description], parent: Description | Fonds) -> QuerySet[Description]:
    """Those of ``rows`` that lie directly under a unit, or under a fonds."""
    if not isinstance(parent, Description):
        return _top(rows, parent.pk)
    if parent.level == Level.FONDS:
        return _top(rows, parent.fonds_id)
    return rows.filter(parent=parent)


def _top(rows: QuerySet[Description], fonds: object) -> QuerySet[Description]:
    return rows.filter(fonds_id=fonds, parent=None).exclude(level__in=ABOVE_RECORDS)


def tree_window(
    ctx: Ctx,
    parent: Description | Fonds,
    *,
    after: int = 0,
    limit: int = WINDOW,
    filter_text: str = "",
    start: int = 0,
) -> TreeWindow:
    """A window of the visible units directly under a unit, by code: behind the row ``after``, or from the row
    ``start`` on, where these lie there; ``filter_text`` is in their codes or titles."""
    rows = filtered(below(visible(ctx).select_related(None), parent), filter_text)
    limit = min(max(limit, 1), MOST_WINDOW)
    some = _from(rows, after or start, is_included=not after).order_by("reference_code", "pk")
    found = list(some.only(*_SHOWN)[: limit + 1])
    counts = _child_counts(ctx, found[:limit])
    total = rows.order_by().values("pk")[: COUNTED_HERE + 1].count()
    nodes = tuple(_node(row, start, counts[row.pk]) for row in found[:limit])
    return TreeWindow(
        nodes=nodes,
        total=min(total, COUNTED_HERE),
        is_beyond=total > COUNTED_HERE,
        after=found[limit - 1].pk if len(found) > limit else 0,
        is_from_start=not (after or start) or _starts_with(rows, found),
        filter_text=filter_text,
        parent_id=parent.pk if isinstance(parent, Description) and parent.level != Level.FONDS else 0,
        fonds_id=parent.fonds_id if isinstance(parent, Description) else parent.pk,
    )


def filtered(rows: QuerySet[Description], text: str) -> QuerySet[Description]:
    """Rows whose code begins so or whose title holds every word."""
    for word in text.replace("\x00", "").split():
        # Chinese knows no case, and without it no title is folded: several times as fast
        how = "contains" if word == word.upper() == word.lower() else "icontains"
        held = rows.filter(**{f"title__{how}": word})
        rows = held | rows.filter(reference_code__startswith=word)
    return rows


def reveal(ctx: Ctx, row: Description, *, limit: int = WINDOW) -> TreeWindow:
    """The tree of the fonds opened along the way to a row: a window on each level, the row marked."""
    way: list[Description | Fonds] = [one for one in ancestors(ctx, row) if one.level not in ABOVE_RECORDS]
    inside = tree_window(ctx, row, limit=limit)
    opened, here = (inside if inside.nodes else None), row
    for above in reversed([row.fonds, *way]):
        window = tree_window(ctx, above, limit=limit, start=here.pk)
        opened = replace(window, nodes=tuple(_opened(node, here, row, opened) for node in window.nodes))
        here = above if isinstance(above, Description) else here
    return opened if opened is not None else inside


def _opened(node: TreeNode, here: Description, row: Description, branch: TreeWindow | None) -> TreeNode:
    if node.id != here.pk:
        return node
    return replace(node, branch=branch, is_current=node.id == row.pk)


def _from(rows: QuerySet[Description], at: int, *, is_included: bool) -> QuerySet[Description]:
    """The rows behind a row in the order of codes; a range of the index, so that no page costs more."""
    where = Description.objects.filter(pk=at).values_list("reference_code", flat=True).first() if at else None
    if where is None:
        return rows
    past = Q(pk__gte=at) if is_included else Q(pk__gt=at)
    return rows.filter(reference_code__gte=where).filter(Q(reference_code__gt=where) | past)


def _starts_with(rows: QuerySet[Description], found: list[Description]) -> bool:
    first = rows.order_by("reference_code", "pk").values_list("pk", flat=True).first()
    return not found or first == found[0].pk


def _child_counts(ctx: Ctx, rows: list[Description]) -> dict[int, int]:
    """How many visible rows lie under each, counted no further than ``COUNTED`` and one.

    Each with its own id in the statement: a plan for any id reads the whole table where one unit holds most of it.
    """
    seen = visible(ctx).select_related(None).order_by()
    parts: list[str] = []
    params: list[object] = []
    for of_fonds in (False, True):
        inner = _top(seen, _ANY) if of_fonds else seen.filter(parent=_ANY)
        sql, given = inner.values("pk")[: COUNTED + 1].query.sql_with_params()
        for row in rows:
            if (row.level == Level.FONDS) == of_fonds:
                parts.append(f"SELECT %s::bigint, count(*) FROM ({sql}) counted")
                at = row.fonds_id if of_fonds else row.pk
                params += [row.pk, *(at if one == _ANY else one for one in given)]
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return dict(cursor.fetchall())


def _node(row: Description, marked: int, count: int) -> TreeNode:
    return TreeNode(
        row.pk,
        row.reference_code,
        row.title,
        row.level,
        min(count, COUNTED),
        is_current=row.pk == marked,
        is_beyond=count > COUNTED,
        fonds_id=row.fonds_id,
    )


def ancestors(ctx: Ctx, row: Description) -> list[Description]:
    """The visible units above a row, the highest first: groups, fonds, series, file."""
    with connection.cursor() as cursor:
        cursor.execute(f"{ABOVE} SELECT id FROM up WHERE distance > 0 ORDER BY distance DESC", [[row.pk]])
        ids = [pk for (pk,) in cursor.fetchall()]
    found = {one.pk: one for one in visible(ctx).filter(pk__in=ids)} if ids else {}
    return [found[pk] for pk in ids if pk in found]


def descendants(
    rows: QuerySet[Description], ids: Iterable[int], *, most: int = 10**9
) -> QuerySet[Description]:
    """Those of ``rows`` that lie anywhere below the units of these ids; the walk ends after ``most`` of them."""
    wanted = list(ids)
    inside = RawSQL(f"{BELOW} SELECT id FROM down WHERE NOT id = ANY(%s) LIMIT %s", (wanted, wanted, most))
    return rows.filter(pk__in=inside)


def counts_below(ctx: Ctx, row: Description) -> dict[str, int]:
    """How many visible rows of each level lie anywhere below a unit; the walk ends after 10,000 rows."""
    seen = descendants(visible(ctx).select_related(None).order_by(), [row.pk], most=COUNTED)
    inner, params = seen.values("level").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT level, count(*) FROM ({inner}) found GROUP BY level", params)
        counted = dict(cursor.fetchall())
    return {level: counted[level] for level in Level.values if level in counted}
