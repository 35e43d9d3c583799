"""Entering descriptions without content by the hundred thousand, and taking them back while they are untouched.

Rows come by COPY into a table of the transaction and go on by one INSERT … SELECT a level, so that neither their
number nor a slow source costs more than a pass each over the table and its indexes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from django.db import IntegrityError, connection, models, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.sealing import Withheld
from lantai.apps.catalogue.services import inheriting
from lantai.apps.catalogue.types import (
    BENEATH,
    Level,
    NewRow,
    ParentMissing,
    ReferenceCodeTaken,
    RowsChanged,
    RowsHoldOthers,
    RowsInUse,
)
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search

SOURCE = "catalogue"
_BLOCK, _CHUNK = 1 << 16, 5_000
_FONDS_TOLD = 50  # in the ledger's line
_TABLE, _HELD = sql.Identifier("catalogue_description"), sql.Identifier("catalogue_entering")
_COPIED = (  # columns that a new row brings; every other one has the default of the model
    *(
        "id",
        "level",
        "fonds_id",
        "custodian_id",
        "creator_id",
        "kind_id",
        "reference_code",
        "title",
        "author",
    ),
    *("document_number", "dated_on", "year", "retention", "class_code", "classification", "openness"),
    *("persons", "page_count", "note", "metadata"),
)
_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})


@transaction.atomic
def enter(ctx: Ctx, *, rows: Iterable[NewRow]) -> int:
    """Enter descriptions without a package, all or none; returns how many.

    A row lies under the one of its fonds that ``parent_code`` names, which may come with it. The actor may
    describe for every custodian. Raises ``ReferenceCodeTaken``, ``ParentMissing``, ``NotPermitted``.
    """
    todo = iter(rows)
    first = next(todo, None)
    if first is None:
        return 0
    withheld = Withheld()
    _hold(withheld.passing(chain([first], todo)))
    held = _held()
    for org_id in sorted({one.custodian_id for one in held}):
        policy.require(ctx, P.ITEM_DESCRIBE, org_id)
    count = sum(_insert(ctx, level, expected) for level, expected in _levels(held))
    withheld.keep()
    if any(one.level == Level.FONDS for one in held):
        inheriting.spread_below_entered_fonds(ctx)
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [SOURCE])
        cursor.execute("DROP TABLE catalogue_entering, catalogue_above")
    fonds = sorted({one.fonds_id for one in held})[:_FONDS_TOLD]
    ledger.record(
        ctx,
        "catalogue:rows:entered",
        object_type="holdings:fonds",
        object_id=str(fonds[0]),
        detail={
            "rows": count,
            "fonds": ",".join(map(str, fonds)),
            "first": min(one.first for one in held),
            "last": max(one.last for one in held),
        },
    )
    return count


def new_ids(count: int) -> list[int]:
    """Ids for rows to be entered, for a caller who must know them before."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence('catalogue_description', 'id')::regclass"
            " AS name OFFSET 0) s, generate_series(1, %s)",
            [count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _hold(rows: Iterable[NewRow]) -> None:
    """COPY the rows into a table that ends with the transaction."""
    columns = sql.SQL(", ").join(map(sql.Identifier, (*_COPIED, "parent_code")))
    with connection.cursor() as cursor:
        # The triggers look through all rows that are entered; of their columns a rough idea is enough.
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL default_statistics_target = 10")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.catalogue_entering")
        cursor.execute(
            sql.SQL(
                "CREATE TEMP TABLE {held} ON COMMIT DROP AS"
                " SELECT {kept}, ''::text AS parent_code, NULL::boolean AS is_in FROM {table} WITH NO DATA"
            ).format(held=_HELD, table=_TABLE, kept=sql.SQL(", ").join(map(sql.Identifier, _COPIED)))
        )
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(_HELD, columns)
        todo = iter(rows)
        while chunk := list(
            islice(todo, _CHUNK)
        ):  # taken before the COPY: its source may ask this database too
            ids = iter(new_ids(sum(not row.id for row in chunk)))
            with cursor.copy(statement) as copy:
                for block in _blocks(chunk, ids):
                    copy.write(block)
        cursor.execute("ANALYZE catalogue_entering (level, fonds_id, parent_code, is_in)")


def _blocks(rows: Iterable[NewRow], ids: Iterator[int]) -> Iterator[bytes]:
    """The rows in the text form of COPY, some tens of kilobytes at a time; those without id get one of ``ids``."""
    lines: list[str] = []
    size = 0
    for row in rows:
        line = "\t".join(_cells(row, row.id or next(ids)))
        lines.append(line)
        size += len(line)
        if size > _BLOCK:
            yield ("\n".join(lines) + "\n").encode()
            lines, size = [], 0
    if lines:
        yield ("\n".join(lines) + "\n").encode()


def _cells(row: NewRow, pk: int) -> tuple[str, ...]:
    return (
        str(pk),
        row.level,
        *(
            _NULL if n is None else str(n)
            for n in (row.fonds_id, row.custodian_id, row.creator_id, row.kind_id)
        ),
        row.reference_code.translate(_ESCAPES),
        row.title.translate(_ESCAPES),
        row.author.translate(_ESCAPES),
        row.document_number.translate(_ESCAPES),
        _NULL if row.dated_on is None else row.dated_on.isoformat(),
        _NULL if row.year is None else str(row.year),
        row.retention.translate(_ESCAPES),
        row.class_code.translate(_ESCAPES),
        row.classification,
        row.openness,
        _array(row.persons),
        _NULL if row.page_count is None else str(row.page_count),
        row.note.translate(_ESCAPES),
        json.dumps(dict(row.metadata), ensure_ascii=False).translate(_ESCAPES) if row.metadata else "{}",
        row.parent_code.translate(_ESCAPES),
    )


def _array(texts: Sequence[str]) -> str:
    if not texts:
        return "{}"
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return ("{" + ",".join(f'"{text}"' for text in quoted) + "}").translate(_ESCAPES)


class _Held(NamedTuple):
    """Rows that are about to be entered, alike in level, fonds and custodian."""

    level: str
    fonds_id: int
    custodian_id: int
    count: int
    first: int
    last: int


def _held() -> list[_Held]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT level, fonds_id, custodian_id, count(*), min(id), max(id) FROM catalogue_entering GROUP BY 1, 2, 3"
        )
        return [_Held(*found) for found in cursor.fetchall()]


def _levels(held: Iterable[_Held]) -> list[tuple[str, int]]:
    """The levels of the rows with their numbers, the highest first."""
    found = Counter[str]()
    for one in held:
        found[one.level] += one.count
    return [(level, found[level]) for level in Level.values if level in found]


def _insert(ctx: Ctx, level: str, expected: int) -> int:
    """The rows of one level, below rows that are there by now; those of a level that nests in as many rounds."""
    above = [upper for upper, lower in BENEATH.items() if level in lower]
    statement, values = _statement(ctx)
    values["level"] = level
    entered = 0
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            while True:
                cursor.execute(_FIND_ABOVE, {"level": level, "above": above})
                cursor.execute(statement, values)
                entered += cursor.rowcount
                if level not in above or not cursor.rowcount or entered == expected:
                    break
                cursor.execute(_NOTE_ENTERED, [level])
    except IntegrityError:
        _refuse_taken(level)
        raise
    if entered < expected:
        with connection.cursor() as cursor:
            cursor.execute(_ORPHAN, [level])
            code, parent = cursor.fetchone()
        raise ParentMissing(code=code, parent=parent, field="parent_code")
    return entered


def _statement(ctx: Ctx) -> tuple[sql.Composed, dict[str, object]]:
    """One INSERT that finds the units above and takes from them what a row does not say."""
    given = {name: sql.SQL("e.{}").format(sql.Identifier(name)) for name in _COPIED}
    values: dict[str, sql.Composable] = {**given, "parent_id": sql.SQL("a.id")}
    values |= {name: sql.SQL(of) for name, of in inheriting.OF_NEW.items()}
    rest = {name: value for name, value in _defaults(ctx).items() if name not in values}
    statement = sql.SQL(_ENTER).format(
        table=_TABLE,
        columns=sql.SQL(", ").join(map(sql.Identifier, [*values, *rest])),
        values=sql.SQL(", ").join([*values.values(), *map(sql.Placeholder, rest)]),
    )
    return statement, rest


_FIND_ABOVE = """
    DROP TABLE IF EXISTS pg_temp.catalogue_above;
    CREATE TEMP TABLE catalogue_above ON COMMIT DROP AS
    WITH wanted AS (
        SELECT DISTINCT fonds_id, parent_code FROM catalogue_entering WHERE level = %(level)s AND is_in IS NULL
    )
    (SELECT DISTINCT ON (w.fonds_id, w.parent_code) w.fonds_id, w.parent_code, p.retention, p.openness,
            CASE WHEN p.level <> 'fonds' THEN p.id END AS id  -- without parent it lies under its fonds
     FROM wanted w JOIN catalogue_description p
       ON p.fonds_id = w.fonds_id AND p.reference_code = w.parent_code AND p.level = ANY(%(above)s)
     WHERE w.parent_code <> ''
     ORDER BY w.fonds_id, w.parent_code, array_position(%(above)s::text[], p.level::text) DESC)
    UNION ALL
    SELECT w.fonds_id, '', f.retention, f.openness, NULL
    FROM wanted w LEFT JOIN catalogue_description f
      ON f.fonds_id = w.fonds_id AND f.level = 'fonds' AND %(level)s NOT IN ('fonds', 'fonds_group')
    WHERE w.parent_code = '';
    ANALYZE catalogue_above
"""  # known to the planner: guessed at one row, it would be gone through for every row that is entered
_ENTER = """
    INSERT INTO {table} ({columns}) SELECT {values}
    FROM catalogue_entering e JOIN catalogue_above a ON a.fonds_id = e.fonds_id AND a.parent_code = e.parent_code
    WHERE e.level = %(level)s AND e.is_in IS NULL
"""
_NOTE_ENTERED = """
    UPDATE catalogue_entering e SET is_in = true FROM catalogue_description d
    WHERE e.level = %s AND e.is_in IS NULL AND d.id = e.id
"""
_ORPHAN = """
    SELECT reference_code, parent_code FROM catalogue_entering e
    WHERE level = %s AND NOT EXISTS (SELECT FROM catalogue_description d WHERE d.id = e.id) ORDER BY id LIMIT 1
"""
_TELL = """
    INSERT INTO search_change (source, row_id, at, xid)
    SELECT %s, id, statement_timestamp(), (SELECT pg_current_xact_id()::text::bigint) FROM catalogue_entering
"""
_TWICE = """
    SELECT reference_code, min(title) FROM catalogue_entering WHERE level = %s
    GROUP BY fonds_id, reference_code HAVING count(*) > 1 ORDER BY 1 LIMIT 1
"""
_TAKEN = """
    SELECT d.reference_code, d.title FROM catalogue_description d
    JOIN catalogue_entering e USING (fonds_id, reference_code, level) WHERE level = %s ORDER BY 1 LIMIT 1
"""


def _refuse_taken(level: str) -> None:
    with connection.cursor() as cursor:
        for statement in (_TWICE, _TAKEN):
            cursor.execute(statement, [level])
            if found := cursor.fetchone():
                raise ReferenceCodeTaken(code=found[0], title=found[1], field="reference_code")


def _defaults(ctx: Ctx) -> dict[str, object]:
    """What the columns hold that a new row does not bring."""
    found: dict[str, object] = {}
    for field in Description._meta.concrete_fields:
        if (
            field.column in _COPIED
            or field.column == "parent_id"
            or field.db_default is not models.NOT_PROVIDED
        ):
            continue
        moment = field.column in ("created_at", "updated_at")
        value = ctx.now if moment else field.get_default()
        found[field.column] = field.get_db_prep_save(value, connection)
    return found


@transaction.atomic
def withdraw(ctx: Ctx, *, ids: Sequence[int]) -> int:
    """Take entered rows back as if they had never been; returns how many there were.

    Only rows that nobody changed since, without content, and with nothing below them that stays. Raises
    ``RowsChanged``, ``RowsHoldOthers``, ``RowsInUse``, ``NotPermitted``.
    """
    wanted = list(ids)
    rows = Description.objects.filter(pk__in=wanted).select_for_update(of=("self",))
    held = list(rows.values_list("pk", "custodian_id", "fonds_id", "revision", "package_id"))
    for org_id in {custodian for _pk, custodian, *_rest in held}:
        policy.require(ctx, P.ITEM_DESCRIBE, org_id)
    if changed := [pk for pk, _c, _f, revision, package in held if revision > 1 or package]:
        raise RowsChanged(count=len(changed), code=_code(changed[0]))
    below = Description.objects.filter(parent_id__in=wanted).exclude(pk__in=wanted)
    if other := below.first():
        raise RowsHoldOthers(code=_code(other.parent_id or 0), below=other.reference_code)
    gone = [pk for pk, *_rest in held]
    _delete(gone)
    for start in range(0, len(gone), 10_000):
        search.changed(ctx, SOURCE, gone[start : start + 10_000])
    ledger.record(
        ctx,
        "catalogue:rows:withdrawn",
        object_type="holdings:fonds",
        object_id=min((fonds for _pk, _c, fonds, *_rest in held), default=0),
        detail={"rows": len(held), "first": min(gone, default=0), "last": max(gone, default=0)},
    )
    return len(held)


def _code(pk: int) -> str:
    return Description.objects.values_list("reference_code", flat=True).get(pk=pk)


def _delete(ids: list[int]) -> None:
    """Delete the rows at once; what else refers to one of them is told now, not at the commit."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if not _delete_unasked(cursor, ids):
                cursor.execute(_DELETE, [ids])
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as used:
        raise RowsInUse from used


_DELETE = "DELETE FROM catalogue_description WHERE id = ANY(%s)"
_MAY_SET = "SELECT has_parameter_privilege('session_replication_role', 'SET')"
_REFERRING = """
SELECT conrelid::regclass::text, attname, confdeltype = 'a' FROM pg_constraint c
JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey)
WHERE contype = 'f' AND confrelid = 'catalogue_description'::regclass
UNION ALL VALUES ('catalogue_description', 'parent_id', true), ('catalogue_description', 'merged_into_id', true)
"""


def _delete_unasked(cursor: CursorWrapper, ids: list[int]) -> bool:
    """Delete them and look once for each table that refers to rows, instead of once for each row; whether it could.

    The rows are locked: whoever would refer to one from elsewhere waits, and finds it gone. Only a role that may
    lay triggers aside can do so; where a reference does more than forbid, its triggers are needed.
    """
    cursor.execute(_MAY_SET)
    (may_set,) = cursor.fetchone()
    cursor.execute(_REFERRING)
    referring = cursor.fetchall()
    if not may_set or not all(forbids for _table, _column, forbids in referring):
        return False
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute(_DELETE, [ids])
    cursor.execute("SET LOCAL session_replication_role = origin")
    for table, column, _forbids in referring:
        cursor.execute(f'SELECT EXISTS (SELECT FROM {table} WHERE "{column}" = ANY(%s))', [ids])
        if cursor.fetchone()[0]:
            raise RowsInUse
    return True
