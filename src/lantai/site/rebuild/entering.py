"""From lines to rows: the newest line of each key, its references turned into ids, by one statement a kind."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator

from django.db import connection, models, transaction

from lantai.apps.catalogue.models import Description, DescriptionVersion, FormerCode
from lantai.apps.catalogue.models.permanent import NewNumber
from lantai.apps.catalogue.services import inheriting
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.holdings.models import Fonds, RecordKind, SchemeClass
from lantai.apps.intake.models import Register, Submission
from lantai.kit.errors import N_
from lantai.platform import rows
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Channel, system_ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Checkpoint, Entry
from lantai.platform.ledger.types import Line
from lantai.platform.orgs.models import Org
from lantai.platform.search import services as search
from lantai.site import kept
from lantai.site.rebuild import collecting, harvested, loading

KINDS: tuple[type[models.Model], ...] = (
    Org, Fonds, SchemeClass, RecordKind, Package, ContentFile, Description, DescriptionVersion, FormerCode, Submission,
    Register, *kept.KINDS, Entry, Checkpoint,
)  # fmt: skip
_CHUNK = 5_000
_MANY = 1_000  # rows, from which an index is rather built than grown
_WHAT = ((Package, N_("信息包")), (Description, N_("著录")), (Org, N_("机构")), (Entry, N_("操作记录")))


def what_is_there() -> str:
    """What the database holds already; nothing when it is empty."""
    return next((name for model, name in _WHAT if model._default_manager.exists()), "")


@transaction.atomic
def enter(say: Callable[[str], None]) -> tuple[dict[str, int], dict[str, int]]:
    """Make all rows, or none; returns how many of each kind, and how many had to be left out."""
    _run("CREATE INDEX IF NOT EXISTS rebuild_line_t ON rebuild_line (t)")
    _run("SET LOCAL default_statistics_target = 10; ANALYZE rebuild_line (t)")
    collecting.unfold()
    harvested.unfold()
    _run(";".join([loading.MEMORY, *(_TABLE.format(_chosen(model)) for model in KINDS)]))
    greatest = _greatest_ids()
    chosen = {model._meta.label_lower: _choose(model, greatest) for model in KINDS}
    made: dict[str, int] = {}
    many = [model._meta.db_table for model in KINDS if chosen[model._meta.label_lower] >= _MANY]
    with loading.at_one_go(many):
        for model in KINDS:
            name = model._meta.label_lower
            made[name] = _insert(model, greatest[name]) if chosen[name] else 0
            say(f"{made[name]} {name}")
    _run(_VERSIONS)
    _run(_PATHS)
    inheriting.spread(
        system_ctx(Channel.COMMAND), inheriting.behind()
    )  # a unit was told of, not what lies below it
    ledger.restore_leaves(_entries())
    _restore_blobs()
    _issue_missing_receipts()
    harvested.enter()
    _tell_search()
    _run(f"DROP TABLE {', '.join(map(_chosen, KINDS))}")
    collecting.forget()
    return made, {name: count - made[name] for name, count in chosen.items() if count > made[name]}


_TABLE = 'CREATE TEMPORARY TABLE {} (key text COLLATE "C", at text COLLATE "C", id bigint, seq bigint)'
_VERSIONS = """
UPDATE custody_package p SET version = (s.line->'row'->>'version')::int,
       inventory_sha512 = s.line->'row'->>'inventory_sha512'
FROM rebuild_line s WHERE s.t = 'stored' AND s.line->>'key' = p.object_id
"""
_GREATEST = """
SELECT t, max(id) FROM (
    SELECT t, (line->>'id')::bigint AS id FROM rebuild_line UNION ALL SELECT t, id FROM rebuild_number
    UNION ALL SELECT 'catalogue.description', row_id FROM rebuild_stamp  -- of rows that are no more
) numbered GROUP BY t
"""
_NEWEST = """
INSERT INTO {table}
SELECT newest.key, newest.at, coalesce(newest.id, known.id, nextval('{sequence}')), newest.seq FROM (
    SELECT DISTINCT ON (key) key, at, max(id) OVER (PARTITION BY key) AS id, seq FROM (
        SELECT (line->>'key') COLLATE "C" AS key, (line->>'at') COLLATE "C" AS at, (line->>'id')::bigint AS id, seq
        FROM rebuild_line WHERE t = %s
    ) told ORDER BY key, at DESC, seq DESC
) newest LEFT JOIN rebuild_number known ON known.t = %s AND known.key = newest.key
"""
_GONE = """
DELETE FROM {table} s USING rebuild_line g
WHERE g.t = 'gone' AND s.at < (g.line->>'at') COLLATE "C"
  AND s.id BETWEEN (g.line->'row'->>'first')::bigint AND (g.line->'row'->>'last')::bigint
  AND NOT EXISTS (SELECT FROM jsonb_array_elements(g.line->'row'->'still') r
                  WHERE s.id BETWEEN (r->>0)::bigint AND (r->>1)::bigint)
"""
_SAME = """
CREATE TEMPORARY TABLE rebuild_same AS
SELECT s.key, s.at, s.id, (r.row->>'permanent')::bigint AS permanent,
       r.row->>'package_id' AS package, nullif(r.row->>'item_key', '') AS item
FROM {table} s JOIN rebuild_line l ON l.seq = s.seq CROSS JOIN LATERAL (SELECT l.line->'row' AS row OFFSET 0) r
"""
_FORMER = """
DELETE FROM {table} a USING (
    SELECT key, row_number() OVER (PARTITION BY {same} ORDER BY at DESC, id) AS place
    FROM rebuild_same WHERE ({same}) IS NOT NULL
) b WHERE b.place > 1 AND a.key = b.key
"""
# what a line of an older program does not have: the number that was printed was the row's own
_PERMANENT = f"coalesce({{value}}, CASE WHEN s.id <= %s THEN s.id END, {NewNumber.template})"
_PATHS = """
WITH RECURSIVE tree AS (
    SELECT id, '/' || id || '/' AS path FROM orgs_org WHERE parent_id IS NULL
    UNION ALL
    SELECT o.id, tree.path || o.id || '/' FROM orgs_org o JOIN tree ON o.parent_id = tree.id
)
UPDATE orgs_org o SET path = tree.path FROM tree WHERE tree.id = o.id AND o.path <> tree.path
"""


def untold_packages() -> Iterator[Line]:
    """Packages whose sealing no entry that came back tells of: sealed after the journal's last segment."""
    told = Entry.objects.filter(act="custody:package:sealed").values_list("object_id", flat=True)
    numbers = {int(number) for number in told}
    for row in Package.objects.exclude(pk__in=numbers).order_by("pk"):
        detail = {"object": row.object_id, "inventory_sha512": row.inventory_sha512}
        yield Line("custody:package", row.pk, row.title, detail)


def _greatest_ids() -> dict[str, int | None]:
    """The kinds that are told of, each with the greatest id that it had."""
    with connection.cursor() as cursor:
        cursor.execute(_GREATEST)
        return dict(cursor.fetchall())


def _choose(model: type[models.Model], greatest: dict[str, int | None]) -> int:
    """The newest line of each key with the id that it had, or a new one; returns how many."""
    table, name = _chosen(model), model._meta.label_lower
    if name not in greatest:
        return 0
    sequence = _sequence_of(model)
    _run(f"SELECT setval('{sequence}', greatest(%s, nextval('{sequence}')))", greatest[name])
    count = _run(_NEWEST.format(table=table, sequence=sequence), name, name)
    # one that changed its key (an item that went to another fonds) has lines under both
    count -= _run(
        f"DELETE FROM {table} a USING {table} b WHERE a.id = b.id AND (a.at, a.key) < (b.at, b.key)"
    )
    if model is Description:
        count -= _forget_former(table, greatest[name] or 0)
    _run(f"ANALYZE {table}")
    return count


def _forget_former(table: str, greatest: int) -> int:
    """Take away rows that were withdrawn, and what an object tells of one under a former key; how many.

    A key that a row lost before the journal told of it has no id of its own there; the row is the same by its
    permanent number, or by its item of the package.
    """
    gone = _run(_GONE.format(table=table))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE id > %s)", [greatest])
        if not cursor.fetchone()[0]:
            return gone
    _run(_SAME.format(table=table))
    found = sum(_run(_FORMER.format(table=table, same=same)) for same in ("permanent", "package, item"))
    _run("DROP TABLE rebuild_same")
    return gone + found


def _sequence_of(model: type[models.Model]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        return str(cursor.fetchone()[0])


def _insert(model: type[models.Model], greatest: int | None) -> int:
    meta = model._meta
    values, params = loading.values_of(model)
    last: list[object] = []
    if model is Description:
        values["permanent"] = _PERMANENT.format(value=values.pop("permanent"))
        last.append(greatest or 0)
    by_name = {one._meta.label_lower: one for one in KINDS}
    joins, conditions = [], ["l.t = %s"]
    for number, (column, name) in enumerate(rows.references(model).items()):
        joins.append(f"LEFT JOIN {_chosen(by_name[name])} k{number} ON k{number}.key = r.row->>'{column}'")
        values[column] = f"k{number}.id"
        if not next(field for field in meta.concrete_fields if field.column == column).null:
            conditions.append(f"k{number}.id IS NOT NULL")
    return _run(
        f"INSERT INTO {meta.db_table} (id, {', '.join(map(_quoted, values))})"
        f" SELECT s.id, {', '.join(values.values())} FROM {_chosen(model)} s JOIN rebuild_line l ON l.seq = s.seq"
        # OFFSET 0: taken out once, not for each column
        f" CROSS JOIN LATERAL (SELECT l.line->'row' AS row OFFSET 0) r {' '.join(joins)}"
        f" WHERE {' AND '.join(conditions)}",
        *params,
        *last,
        meta.label_lower,
    )


def _entries() -> Iterator[int]:
    """The entries in the order of the log."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {_chosen(Entry)} ORDER BY key::bigint")
        while some := cursor.fetchmany(_CHUNK):
            yield from (row[0] for row in some)


def _restore_blobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (line->>'key') line->'row'->>'base64' FROM rebuild_line WHERE t = 'blob'"
        )
        for (content,) in cursor.fetchall():
            blobs.stage([b64decode(content)])


def _issue_missing_receipts() -> None:
    """A receipt made in the instant between two segments is made again: the log proves the same."""
    for row in Submission.objects.filter(receipt_key="", statement__isnull=False):
        entry = Entry.objects.filter(pk=row.accepted_entry_id).first()
        if entry is not None:
            receipt = ledger.receipt_for(entry, row.statement)
            Submission.objects.filter(pk=row.pk).update(receipt_key=blobs.stage([receipt]).key)


def _tell_search() -> None:
    search.all_changed("catalogue", Description.objects.order_by("pk"))


def _chosen(model: type[models.Model]) -> str:
    return f"rebuild_{model._meta.db_table}"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _run(statement: str, *params: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return int(cursor.rowcount)
