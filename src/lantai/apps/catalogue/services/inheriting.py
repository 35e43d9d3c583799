"""What a row does not say it has from above: the columns hold what is in force, kept by one statement an element.

A row says an element when its column holds a value that is not named in ``inherits``. Whoever enters, moves or
states rows calls `spread` for them; what lies below follows, as far as it says nothing itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import Q

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.indexing import SOURCE
from lantai.apps.catalogue.tree import Inherited
from lantai.apps.catalogue.types import Level
from lantai.platform.context import Ctx

_COLUMN = {
    Inherited.CUSTODIAN: "custodian_id",
    Inherited.OPENNESS: "openness",
    Inherited.RETENTION: "retention",
}
NOTHING: dict[str, str | None] = {
    Inherited.CUSTODIAN: None,
    Inherited.OPENNESS: "unreviewed",
    Inherited.RETENTION: "",
}
_SAYS = {
    Inherited.CUSTODIAN: "NOT ('custodian' = ANY({0}.inherits))",
    Inherited.OPENNESS: "({0}.openness <> 'unreviewed' AND NOT ('openness' = ANY({0}.inherits)))",
    Inherited.RETENTION: "({0}.retention <> '' AND NOT ('retention' = ANY({0}.inherits)))",
}
# up: from the rows to the nearest unit that says the element; down: all that have it from there.
_REACHED = """
WITH RECURSIVE up(root, parent_id, fonds_id, level, says, value) AS (
    SELECT d.id, d.parent_id, d.fonds_id, d.level, {says_d}, d.{column}
    FROM catalogue_description d WHERE d.id = ANY(%(ids)s)
    UNION ALL
    SELECT up.root, p.parent_id, p.fonds_id, p.level, {says_p}, p.{column}
    FROM up CROSS JOIN LATERAL (
        SELECT * FROM catalogue_description WHERE id = up.parent_id
        UNION ALL
        SELECT * FROM catalogue_description f
        WHERE up.parent_id IS NULL AND up.level NOT IN ('fonds', 'fonds_group')
          AND f.fonds_id = up.fonds_id AND f.level = 'fonds'
    ) p WHERE NOT up.says
), given AS (
    SELECT root, coalesce(max(value) FILTER (WHERE says), %(nothing)s) AS value FROM up GROUP BY root
), down(id, fonds_id, value) AS (
    SELECT d.id, CASE WHEN d.level = 'fonds' THEN d.fonds_id END, g.value
    FROM given g JOIN catalogue_description d ON d.id = g.root WHERE g.value IS NOT NULL
    UNION ALL
    SELECT k.id, CASE WHEN k.level = 'fonds' THEN k.fonds_id END, down.value
    FROM down CROSS JOIN LATERAL (
        SELECT * FROM catalogue_description WHERE parent_id = down.id
        UNION ALL
        SELECT * FROM catalogue_description
        WHERE fonds_id = down.fonds_id AND parent_id IS NULL AND level NOT IN ('fonds', 'fonds_group')
    ) k WHERE NOT {says_k}
)
"""
_SPREAD = """
, told AS (
    UPDATE catalogue_description d
    SET {column} = down.value, updated_at = %(now)s,
        inherits = CASE WHEN down.value = %(empty)s THEN array_remove(d.inherits, %(name)s)
                   ELSE array_append(array_remove(d.inherits, %(name)s), %(name)s) END
    FROM down
    WHERE d.id = down.id AND NOT {says_d}
      AND (d.{column}, %(name)s = ANY(d.inherits)) IS DISTINCT FROM (down.value, down.value <> %(empty)s)
    RETURNING d.id
)
INSERT INTO search_change (source, row_id) SELECT %(source)s, id FROM told
"""
_AFFECTED = "SELECT count(*) FROM (SELECT id FROM down WHERE NOT id = ANY(%(ids)s) LIMIT %(most)s) counted"
MOST_COUNTED = 1_000_000


def spread(ctx: Ctx, ids: Collection[int], names: Iterable[Inherited] = Inherited) -> int:
    """Bring rows and what lies below them in line with what is said above; returns how many values changed.

    Search hears of each row that changed.
    """
    return sum(_run(_SPREAD, name, ids, now=ctx.now) for name in names) if ids else 0


def below_what_says(rows: Iterable[Description]) -> list[int]:
    """Those of new rows that say less than what they lie under; () where nothing lies above them."""
    rows = list(rows)
    parents = {row.parent_id for row in rows} - {None}
    fonds = {row.fonds_id for row in rows}
    above = Description.objects.filter(
        Q(pk__in=parents) | Q(fonds_id__in=fonds, level__in=(Level.FONDS, Level.SERIES))
    )
    if not above.exclude(openness="unreviewed", retention="").exists():
        return []
    return [row.pk for row in rows if not row.retention or row.openness == "unreviewed"]


OF_NEW = {  # what a row `e` that is entered below `a`, whose columns hold what is in force, has in its own
    "retention": "CASE WHEN e.retention = '' THEN coalesce(a.retention, '') ELSE e.retention END",
    "openness": (
        "CASE WHEN e.openness = 'unreviewed' THEN coalesce(a.openness, 'unreviewed') ELSE e.openness END"
    ),
    "inherits": (
        "(CASE WHEN e.openness = 'unreviewed' AND a.openness <> 'unreviewed' THEN '{openness}' ELSE '{}' END"
        "::varchar[] || CASE WHEN e.retention = '' AND a.retention <> '' THEN '{retention}' ELSE '{}' END"
        "::varchar[])"
    ),
}


def spread_below_entered_fonds(ctx: Ctx) -> int:
    """The same for what lay below a fonds before the fonds itself was described by one of ``catalogue_entering``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM catalogue_entering WHERE level = 'fonds'")
        return spread(ctx, [pk for (pk,) in cursor.fetchall()])


_BEHIND = """
SELECT DISTINCT above FROM (
    SELECT p.id AS above, d.inherits, d.custodian_id AS custodian, d.openness, d.retention,
           p.custodian_id AS custodian_above, p.openness AS openness_above, p.retention AS retention_above
    FROM catalogue_description d JOIN catalogue_description p ON p.id = d.parent_id
    UNION ALL
    SELECT p.id, d.inherits, d.custodian_id, d.openness, d.retention, p.custodian_id, p.openness, p.retention
    FROM catalogue_description p JOIN catalogue_description d ON d.fonds_id = p.fonds_id AND d.parent_id IS NULL
    WHERE p.level = 'fonds' AND d.level NOT IN ('fonds', 'fonds_group')
) pair
WHERE ('custodian' = ANY(inherits) AND custodian <> custodian_above)
   OR ((openness = 'unreviewed' OR 'openness' = ANY(inherits)) AND openness <> openness_above)
   OR ((retention = '' OR 'retention' = ANY(inherits)) AND retention <> retention_above)
"""


def behind() -> list[int]:
    """The units below which something has not what is in force above it: of rows that came back one by one."""
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND)
        return [pk for (pk,) in cursor.fetchall()]


def affected(ids: Collection[int], name: str) -> int:
    """How many rows below some have an element from them, or would; counted to a million."""
    with connection.cursor() as cursor:
        cursor.execute(*_statement(_AFFECTED, Inherited(name), ids))
        return int(cursor.fetchone()[0])


def _run(what: str, name: Inherited, ids: Collection[int], **more: object) -> int:
    with connection.cursor() as cursor:
        statement, params = _statement(what, name, ids)
        cursor.execute(statement, {**params, **more})
        return int(cursor.rowcount)


def _statement(what: str, name: Inherited, ids: Collection[int]) -> tuple[str, dict[str, object]]:
    marks = {f"says_{row}": _SAYS[name].format(row) for row in "dpk"}
    type_of = "bigint" if name == Inherited.CUSTODIAN else "varchar"
    statement = (_REACHED + what).format(column=_COLUMN[name], **marks)
    for place in ("nothing", "empty"):
        statement = statement.replace(f"%({place})s", f"%({place})s::{type_of}")
    return statement, {
        "ids": list(ids),
        "nothing": NOTHING[name],
        "empty": 0 if name == Inherited.CUSTODIAN else NOTHING[name],
        "name": name.value,
        "source": SOURCE,
        "most": MOST_COUNTED,
    }
