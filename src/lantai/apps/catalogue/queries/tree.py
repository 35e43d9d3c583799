"""The tree of descriptions: a window of what lies under a unit, the way to a row, and counts, all by sets.

A row without parent lies under its fonds. What may be seen of the tree is what may be seen of its rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.expressions import RawSQL

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.reading import READ_ITEM, standing, visible
from lantai.apps.catalogue.tree import TreeNode, TreeWindow
from lantai.apps.catalogue.types import ABOVE_RECORDS, Level
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

WINDOW = 50
MOST_WINDOW = 500
COUNTED = 10_000  # rows of a window, and under one line of it; what goes beyond is said to do so
COUNTED_IN_ALL = 50_000  # rows under all lines of a window together
LOOKED_AT = 105_000  # rows that one request for a window passes by with a filter
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
    is_counted: bool = True,
) -> TreeWindow:
    """A window of the visible units directly under a unit, by code: behind the row ``after``, or around the row
    ``start``, where these lie there; ``filter_text`` begins their codes, or is in their codes or titles.

    However many lie there, a window looks at a bounded stretch of them: where it found too few in it, ``after``
    leads on to the next stretch. ``is_counted`` is False where nobody wants the total again.
    """
    limit = min(max(limit, 1), MOST_WINDOW)
    walk = _walk(visible(ctx).select_related(None), parent, filter_text)
    begin = _place_of(after)
    is_from_start = True
    if start and not after:
        begin, is_from_start = _somewhat_before(walk, start, limit // 5)
    whole = walk.stretch(None, most=COUNTED) if is_counted or begin is None else None
    here = whole if whole is not None and begin is None else walk.stretch(begin, most=limit)
    shown = here.ids[:limit]
    found = walk.rows.filter(pk__in=shown).order_by("reference_code", "pk").only(*_SHOWN)
    rows = list(found) if shown else []
    counts = _child_counts(ctx, rows)
    is_more = len(here.ids) > limit
    return TreeWindow(
        nodes=tuple(_node(row, start, *counts[row.pk]) for row in rows),
        total=min(len(whole.ids), COUNTED) if whole is not None else 0,
        is_beyond=whole is not None and (len(whole.ids) > COUNTED or bool(whole.ended_at)),
        after=shown[-1] if is_more else here.ended_at,
        looked_at=0 if is_more or not here.ended_at else walk.most,
        is_from_start=is_from_start,
        filter_text=filter_text,
        parent_id=parent.pk if isinstance(parent, Description) and parent.level != Level.FONDS else 0,
        fonds_id=parent.fonds_id if isinstance(parent, Description) else parent.pk,
    )


Place = tuple[str, int]  # of a row among its siblings: its code, and its id among rows of one code


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Ids that were found in a stretch of siblings; ``ended_at`` is its last row, 0 where all siblings ended."""

    ids: list[int]
    ended_at: int


@dataclass(frozen=True, slots=True)
class _Walk:
    """Along siblings: ``under`` are those that are passed, ``rows`` those of them that are wanted, ``most`` how
    many are passed at one time."""

    under: QuerySet[Description]
    rows: QuerySet[Description]
    most: int

    def stretch(self, begin: Place | None, *, most: int) -> _Stretch:
        """The first wanted rows behind a place, one more than ``most``."""
        end = self._end(_behind(self.under, begin))
        wanted = _behind(self.rows, begin)
        wanted = _up_to(wanted, end) if end else wanted
        # in order, since a plan without order reads the whole table where one unit holds most of it
        ids = wanted.order_by("reference_code", "pk").values_list("pk", flat=True)[: most + 1]
        return _Stretch(list(ids), end[1] if end else 0)

    def before(self, place: Place, *, most: int) -> list[Place]:
        """The wanted rows before a place, the nearest first."""
        backwards = ("-reference_code", "-pk")
        passed = _up_to(self.under, place).order_by(*backwards).values_list("reference_code", "pk")
        end = passed[self.most : self.most + 1].first()
        wanted = _up_to(self.rows, place).exclude(pk=place[1])
        wanted = _behind(wanted, end) if end else wanted
        return list(wanted.order_by(*backwards).values_list("reference_code", "pk")[:most])

    def narrowed(self, word: str) -> _Walk:
        """Only where codes begin with a word, if some that are wanted do; else where code or title hold it."""
        begins = replace(
            self,
            under=self.under.filter(reference_code__startswith=word),
            rows=self.rows.filter(reference_code__startswith=word),
        )
        if begins.stretch(None, most=0).ids:
            return begins
        # Chinese knows no case, and without it no title is folded: several times as fast
        how = "contains" if word == word.upper() == word.lower() else "icontains"
        held = Q(**{f"title__{how}": word}) | Q(**{f"reference_code__{how}": word})
        return replace(self, rows=self.rows.filter(held))

    def _end(self, under: QuerySet[Description]) -> Place | None:
        """The last row that is passed; None where there are no more than may be."""
        passed = under.order_by("reference_code", "pk").values_list("reference_code", "pk")
        last = list(passed[self.most - 1 : self.most + 1])
        return last[0] if len(last) > 1 else None


def _walk(rows: QuerySet[Description], parent: Description | Fonds, text: str) -> _Walk:
    is_top = not isinstance(parent, Description) or parent.level == Level.FONDS
    fonds_id = parent.fonds_id if isinstance(parent, Description) else parent.pk
    under = Description.objects.filter(
        **({"fonds": fonds_id, "parent": None} if is_top else {"parent": parent})
    )
    walk = _Walk(under, below(rows, parent), LOOKED_AT)
    words = text.replace("\x00", "").split()
    for word in words:
        walk = walk.narrowed(word)
    return walk if words else replace(walk, most=2 * COUNTED)


def filtered(rows: QuerySet[Description], parent: Description | Fonds, text: str) -> QuerySet[Description]:
    """Those of ``rows`` directly under a unit that the filter of the tree lets stand."""
    return _walk(rows, parent, text).rows


def _somewhat_before(walk: _Walk, at: int, most: int) -> tuple[Place | None, bool]:
    """Where a window begins that shows a row with some before it, and whether this is the first place of all."""
    place = _place_of(at)
    if place is None:
        return None, True
    before = walk.before(place, most=most + 1)
    if len(before) <= most:
        return None, True
    return before[most], False  # the window begins behind it


def _place_of(at: int) -> Place | None:
    return Description.objects.filter(pk=at).values_list("reference_code", "pk").first() if at else None


def _behind(rows: QuerySet[Description], place: Place | None) -> QuerySet[Description]:
    """The rows behind a place in the order of codes; a range of the index, so that no page costs more."""
    if place is None:
        return rows
    code, pk = place
    return rows.filter(reference_code__gte=code).filter(Q(reference_code__gt=code) | Q(pk__gt=pk))


def _up_to(rows: QuerySet[Description], place: Place) -> QuerySet[Description]:
    code, pk = place
    return rows.filter(reference_code__lte=code).filter(Q(reference_code__lt=code) | Q(pk__lte=pk))


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


def _child_counts(ctx: Ctx, rows: list[Description]) -> dict[int, tuple[int, bool]]:
    """How many visible rows lie under each, and whether more may: the rows of a window share what is looked at.

    Each with its own id in the statement: a plan for any id reads the whole table where one unit holds most of it.
    """
    most = min(COUNTED, COUNTED_IN_ALL // max(len(rows), 1))
    is_seen = ExpressionWrapper(READ_ITEM.q(ctx.actor), BooleanField())
    passed = standing().annotate(is_seen=is_seen).order_by("reference_code", "pk").values("is_seen")
    parts: list[str] = []
    params: list[object] = []
    for of_fonds in (False, True):
        inner = _top(passed, _ANY) if of_fonds else passed.filter(parent=_ANY)
        sql, given = inner[: most + 1].query.sql_with_params()
        for row in rows:
            if (row.level == Level.FONDS) == of_fonds:
                parts.append(
                    f"SELECT %s::bigint, count(*) FILTER (WHERE is_seen), count(*) FROM ({sql}) counted"
                )
                at = row.fonds_id if of_fonds else row.pk
                params += [row.pk, *(at if one == _ANY else one for one in given)]
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return {pk: (min(seen, most), passed > most) for pk, seen, passed in cursor.fetchall()}


def _node(row: Description, marked: int, count: int, is_beyond: bool) -> TreeNode:
    return TreeNode(
        row.pk,
        row.reference_code,
        row.title,
        row.level,
        count,
        is_current=row.pk == marked,
        is_beyond=is_beyond,
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
