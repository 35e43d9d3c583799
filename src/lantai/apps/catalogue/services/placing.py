"""Further arrangements of the records of a fonds: made, filled by a rule or by hand, and removed, by sets."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection, transaction
from django.db.models import Max

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import Arrangement, Description, Placement
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import planning
from lantai.apps.catalogue.tree import (
    ArrangementNameTaken,
    HeadingMissing,
    NoRuleOfArrangement,
    NoSuchUnit,
    Placed,
    PlacedBy,
    TooManyRows,
)
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger

MOST = 200_000
LONGEST = 200
# The words of a heading are data, in the language of the records.
_HEADING = {
    PlacedBy.YEAR: "coalesce(d.year::text, '年度不详')",
    PlacedBy.CREATOR: "coalesce(o.name, '立档单位不详')",
    PlacedBy.CLASS: "coalesce(c.name, nullif(d.class_code, ''), '未分机构或问题')",
    PlacedBy.RETENTION: "CASE WHEN d.retention = 'Y' THEN '永久' WHEN d.retention ~ '^D[0-9]+$'"
    " THEN substr(d.retention, 2) || '年' ELSE coalesce(nullif(d.retention, ''), '保管期限不详') END",
    PlacedBy.KIND: "k.name",
    PlacedBy.PERSON: "coalesce(p.person, '未著录人名')",
}
_ARRANGED = """
CREATE TEMPORARY TABLE catalogue_arranged ON COMMIT DROP AS
SELECT d.id, d.reference_code, ARRAY[{path}]::text[] AS path
FROM catalogue_description d
JOIN holdings_recordkind k ON k.id = d.kind_id
LEFT JOIN orgs_org o ON o.id = d.creator_id
LEFT JOIN holdings_schemeclass c ON c.fonds_id = d.fonds_id AND c.code = d.class_code
{persons}
WHERE d.fonds_id = %s AND d.custodian_id = %s AND d.level = 'item' AND d.merged_into_id IS NULL
"""
_PERSONS = "LEFT JOIN LATERAL unnest(d.persons) AS p(person) ON true"


@transaction.atomic
def make_arrangement(ctx: Ctx, *, fonds_id: int, name: str, rule: Sequence[str] = ()) -> Arrangement:
    """An arrangement of what the actor's place keeps of a fonds; with a rule it is filled at once.

    Raises ``ArrangementNameTaken``, ``HeadingMissing``, ``TooManyRows``.
    """
    fonds = holdings.get_fonds(ctx, fonds_id)
    allowed = ctx.actor.orgs_with(P.ITEM_ARRANGE)
    custodian_id = ctx.org_id if ctx.org_id in allowed else fonds.archives_id
    policy.require(ctx, P.ITEM_ARRANGE, custodian_id)
    name = _words(name, 80)
    if Arrangement.objects.filter(fonds=fonds, custodian_id=custodian_id, name=name).exists():
        raise ArrangementNameTaken(name=name, field="name")
    arrangement = Arrangement.objects.create(
        fonds=fonds,
        custodian_id=custodian_id,
        name=name,
        rule=[PlacedBy(one).value for one in dict.fromkeys(rule)],
        made_by=ctx.actor.name,
        made_at=ctx.now,
    )
    _record(ctx, "catalogue:arrangement:made", arrangement, rule=",".join(arrangement.rule))
    if arrangement.rule:
        fill(ctx, arrangement_id=arrangement.pk)
    return arrangement


@transaction.atomic
def fill(ctx: Ctx, *, arrangement_id: int) -> int:
    """Place every item of the fonds by the rule, anew; what was placed by hand stays. Returns how many places."""
    arrangement = _held(ctx, arrangement_id)
    if not arrangement.rule:
        raise NoRuleOfArrangement
    rows = Description.objects.filter(
        fonds_id=arrangement.fonds_id, custodian_id=arrangement.custodian_id, level=Level.ITEM
    )
    if (count := rows.order_by().values("pk")[: MOST + 1].count()) > MOST:
        raise TooManyRows(count=count, most=MOST)
    _clear(arrangement)
    rule = [PlacedBy(one) for one in arrangement.rule]
    with connection.cursor() as cursor:
        persons = _PERSONS if PlacedBy.PERSON in rule else ""
        path = ", ".join(f"left({_HEADING[one]}, {LONGEST})" for one in rule)
        cursor.execute("DROP TABLE IF EXISTS catalogue_arranged, catalogue_headings")
        cursor.execute(
            _ARRANGED.format(path=path, persons=persons), [arrangement.fonds_id, arrangement.custodian_id]
        )
        cursor.execute("CREATE TEMPORARY TABLE catalogue_headings (path text[], id bigint) ON COMMIT DROP")
        for depth in range(1, len(rule) + 1):
            _insert_headings(arrangement, depth)
        cursor.execute(_RECORDS, {"arrangement": arrangement.pk, "depth": len(rule)})
        placed = int(cursor.rowcount)
        cursor.execute("DROP TABLE catalogue_arranged, catalogue_headings")
    arrangement.filled_at = ctx.now
    arrangement.save(update_fields=["filled_at"])
    _record(ctx, "catalogue:arrangement:filled", arrangement, places=placed)
    return placed


_HEADINGS = """
    INSERT INTO catalogue_placement (arrangement_id, parent_id, heading, position, is_by_hand)
    SELECT %(arrangement)s, h.id, n.path[%(depth)s],
           row_number() OVER (PARTITION BY h.id ORDER BY n.path[%(depth)s] COLLATE "C"), false
    FROM (SELECT DISTINCT path[1:%(depth)s] AS path FROM catalogue_arranged) n
    LEFT JOIN catalogue_headings h ON h.path = n.path[1:%(depth)s - 1]
    ON CONFLICT DO NOTHING
"""
_FOUND = """
    INSERT INTO catalogue_headings
    SELECT n.path, p.id FROM (SELECT DISTINCT path[1:%(depth)s] AS path FROM catalogue_arranged) n
    LEFT JOIN catalogue_headings h ON h.path = n.path[1:%(depth)s - 1]
    JOIN catalogue_placement p ON p.arrangement_id = %(arrangement)s AND p.description_id IS NULL
     AND p.parent_id IS NOT DISTINCT FROM h.id AND p.heading = n.path[%(depth)s]
"""
_RECORDS = """
    INSERT INTO catalogue_placement (arrangement_id, parent_id, description_id, heading, position, is_by_hand)
    SELECT %(arrangement)s, h.id, a.id, '',
           row_number() OVER (PARTITION BY h.id ORDER BY a.reference_code, a.id), false
    FROM catalogue_arranged a JOIN catalogue_headings h ON h.path = a.path
    ON CONFLICT DO NOTHING
"""


def _insert_headings(arrangement: Arrangement, depth: int) -> None:
    params = {"arrangement": arrangement.pk, "depth": depth}
    with connection.cursor() as cursor:
        cursor.execute(_HEADINGS, params)
        cursor.execute(_FOUND, params)


def _clear(arrangement: Arrangement) -> None:
    """Take away what the rule placed; headings stay that something placed by hand lies under."""
    placed = arrangement.placements.filter(is_by_hand=False)
    placed.exclude(description=None)._raw_delete(placed.db)
    while True:
        full = arrangement.placements.exclude(parent=None).values("parent_id")
        empty = placed.filter(description=None).exclude(pk__in=full)
        if not empty._raw_delete(placed.db):
            return


@transaction.atomic
def add_heading(ctx: Ctx, *, arrangement_id: int, heading: str, parent_id: int | None = None) -> Placement:
    """A heading by hand, at the top or under another; the one of that name where there is one."""
    arrangement = _held(ctx, arrangement_id)
    parent = _heading(arrangement, parent_id) if parent_id else None
    words = _words(heading, LONGEST)
    siblings = arrangement.placements.filter(parent=parent, description=None)
    found = siblings.filter(heading=words).first()
    if found is None:
        found = Placement.objects.create(
            arrangement=arrangement, parent=parent, heading=words, position=_next(siblings), is_by_hand=True
        )
        _record(ctx, "catalogue:arrangement:placed", arrangement, heading=found.pk)
    return found


@transaction.atomic
def place(ctx: Ctx, *, arrangement_id: int, heading_id: int, ids: Collection[int]) -> int:
    """Put records under a heading by hand; returns how many came there. They stay where else they are."""
    arrangement = _held(ctx, arrangement_id)
    heading = _heading(arrangement, heading_id)
    rows = planning.chosen(ctx, ids)
    planning.check_together(
        Description(fonds_id=arrangement.fonds_id, custodian_id=arrangement.custodian_id), rows
    )
    first = _next(arrangement.placements.filter(parent=heading))
    before = arrangement.placements.filter(parent=heading).count()
    Placement.objects.bulk_create(
        (
            Placement(
                arrangement=arrangement, parent=heading, description=row, position=first + n, is_by_hand=True
            )
            for n, row in enumerate(rows)
        ),
        ignore_conflicts=True,
        batch_size=2_000,
    )
    count = arrangement.placements.filter(parent=heading).count() - before
    _record(ctx, "catalogue:arrangement:placed", arrangement, rows=count, heading=heading.pk)
    return count


@transaction.atomic
def place_written(
    ctx: Ctx, *, arrangement_id: int, under_id: int | None, heading: str, codes: Sequence[str]
) -> Placed:
    """Make a heading, where one is written, and put the records of these codes under it, or under ``under_id``.

    Raises ``NoSuchUnit`` for a code that no record kept there has, ``HeadingMissing`` for records at the top.
    """
    arrangement = _held(ctx, arrangement_id)
    if heading.strip():
        under_id = add_heading(ctx, arrangement_id=arrangement.pk, parent_id=under_id, heading=heading).pk
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if not wanted and heading.strip():
        return Placed(under_id, 0)
    if under_id is None:
        raise HeadingMissing(field="heading")
    rows = queries.arrangeable(ctx).filter(fonds_id=arrangement.fonds_id, reference_code__in=wanted)
    found = dict(rows.values_list("reference_code", "pk"))
    if missing := next((code for code in wanted if code not in found), ""):
        raise NoSuchUnit(code=missing, field="codes")
    return Placed(
        under_id,
        place(ctx, arrangement_id=arrangement.pk, heading_id=under_id, ids=set(found.values())),
    )


@transaction.atomic
def unplace(ctx: Ctx, *, arrangement_id: int, placement_ids: Collection[int]) -> int:
    """Take places out of an arrangement, headings with all under them; the records stay. Returns how many."""
    arrangement = _held(ctx, arrangement_id)
    count, _each = arrangement.placements.filter(pk__in=list(placement_ids)).delete()
    if count:
        _record(ctx, "catalogue:arrangement:unplaced", arrangement, rows=count)
    return count


@transaction.atomic
def remove_arrangement(ctx: Ctx, *, arrangement_id: int) -> None:
    """Remove an arrangement; the records and their codes are not touched."""
    arrangement = _held(ctx, arrangement_id)
    _record(ctx, "catalogue:arrangement:removed", arrangement, places=arrangement.placements.count())
    places = arrangement.placements.all()
    places._raw_delete(places.db)
    arrangement.delete()


def _held(ctx: Ctx, arrangement_id: int) -> Arrangement:
    found = queries.get_arrangement(ctx, arrangement_id)
    policy.require(ctx, P.ITEM_ARRANGE, found.custodian_id)
    return Arrangement.objects.select_for_update(no_key=True).get(pk=found.pk)


def _heading(arrangement: Arrangement, placement_id: int) -> Placement:
    return policy.one(arrangement.placements.filter(description=None), pk=placement_id)


def _next(places: object) -> int:
    last: int | None = places.aggregate(last=Max("position"))["last"]  # type: ignore[attr-defined]
    return (last or 0) + 1


def _words(text: str, most: int) -> str:
    words = " ".join(text.replace("\x00", "").split())
    if not words or len(words) > most:
        raise HeadingMissing(field="name")
    return words


def _record(ctx: Ctx, act: str, arrangement: Arrangement, **detail: int | str) -> None:
    ledger.record(
        ctx,
        act,
        object_type="catalogue:arrangement",
        object_id=arrangement.pk,
        object_name=arrangement.name,
        detail=detail,
    )
