"""From lines to rows: the newest line of each key, its references turned into ids, by one statement a kind."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator

from django.db import connection, models, transaction

from lantai.apps.catalogue.models import Description, DescriptionVersion
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.holdings.models import Fonds, RecordKind, SchemeClass
from lantai.apps.intake.models import Register, Submission
from lantai.kit.errors import N_
from lantai.platform import rows
from lantai.platform.blobs import services as blobs
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Checkpoint, Entry
from lantai.platform.ledger.types import Line
from lantai.platform.orgs.models import Org
from lantai.platform.search import services as search
from lantai.site import kept
from lantai.site.rebuild import collecting, loading

KINDS: tuple[type[models.Model], ...] = (
    Org, Fonds, SchemeClass, RecordKind, Package, ContentFile, Description, DescriptionVersion, Submission,
    Register, *kept.KINDS, Entry, Checkpoint,
)  # fmt: skip
_CHUNK = 5_000
_WHAT = ((Package, N_("信息包")), (Description, N_("著录")), (Org, N_("机构")), (Entry, N_("操作记录")))


def what_is_there() -> str:
    """What the database holds already; nothing when it is empty."""
    return next((name for model, name in _WHAT if model._default_manager.exists()), "")


@transaction.atomic
def enter(say: Callable[[str], None]) -> tuple[dict[str, int], dict[str, int]]:
    """Make all rows, or none; returns how many of each kind, and how many had to be left out."""
    _run("CREATE INDEX IF NOT EXISTS rebuild_line_t ON rebuild_line (t)")
    _run("ANALYZE rebuild_line")
    for model in KINDS:
        _choose(model)
    made: dict[str, int] = {}
    left_out: dict[str, int] = {}
    with loading.at_one_go([model._meta.db_table for model in KINDS]):
        for model in KINDS:
            name = model._meta.label_lower
            made[name] = _insert(model)
            if missing := _count(f"SELECT count(*) FROM {_chosen(model)}") - made[name]:
                left_out[name] = missing
            say(f"{made[name]} {name}")
    _run(_VERSIONS)
    _run(_PATHS)
    ledger.restore_leaves(_entries())
    _restore_blobs()
    _issue_missing_receipts()
    _tell_search()
    for model in KINDS:
        _run(f"DROP TABLE {_chosen(model)}")
    collecting.forget()
    return made, left_out


_VERSIONS = """
UPDATE custody_package p SET version = (s.line->'row'->>'version')::int,
       inventory_sha512 = s.line->'row'->>'inventory_sha512'
FROM rebuild_line s WHERE s.t = 'stored' AND s.key = p.object_id
"""
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


def _choose(model: type[models.Model]) -> None:
    """The newest line of each key with the id that it had, or a new one."""
    table, name = _chosen(model), model._meta.label_lower
    sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
    _run(
        f"SELECT setval({sequence}, greatest(max(id), nextval({sequence}))) FROM rebuild_line"
        " WHERE t = %s HAVING max(id) IS NOT NULL",
        name,
    )
    _run(
        f"CREATE UNLOGGED TABLE {table} AS SELECT key, at, coalesce(id, nextval({sequence})) AS id, row FROM ("
        "SELECT DISTINCT ON (key) key, at, max(id) OVER (PARTITION BY key) AS id, line->'row' AS row"
        " FROM rebuild_line WHERE t = %s ORDER BY key, at DESC, seq DESC) newest",
        name,
    )
    # one that changed its key (an item that went to another fonds) has lines under both
    _run(f"DELETE FROM {table} a USING {table} b WHERE a.id = b.id AND (a.at, a.key) < (b.at, b.key)")
    _run(f"CREATE UNIQUE INDEX ON {table} (key)")
    _run(f"ANALYZE {table}")


def _insert(model: type[models.Model]) -> int:
    meta = model._meta
    references = rows.references(model)
    by_name = {one._meta.label_lower: one for one in KINDS}
    columns = ["id", *rows.columns(model)]
    joins, ids, conditions = [], ["'id', s.id"], []
    for number, (column, name) in enumerate(references.items()):
        joins.append(f"LEFT JOIN {_chosen(by_name[name])} k{number} ON k{number}.key = s.row->>'{column}'")
        ids.append(f"'{column}', k{number}.id")
        if not next(field for field in meta.concrete_fields if field.column == column).null:
            conditions.append(f"k{number}.id IS NOT NULL")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return _run(
        f"INSERT INTO {meta.db_table} ({', '.join(map(_quoted, columns))})"
        f" SELECT {', '.join(f'r.{_quoted(column)}' for column in columns)} FROM {_chosen(model)} s"
        f" {' '.join(joins)} CROSS JOIN LATERAL jsonb_populate_record(NULL::{meta.db_table},"
        f" %s::jsonb || s.row || jsonb_build_object({', '.join(ids)})) r {where} ORDER BY s.id",
        json.dumps(rows.defaults(model), default=str),
    )


def _entries() -> Iterator[int]:
    """The entries in the order of the log."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {_chosen(Entry)} ORDER BY key::bigint")
        while some := cursor.fetchmany(_CHUNK):
            yield from (row[0] for row in some)


def _restore_blobs() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT ON (key) line->'row'->>'base64' FROM rebuild_line WHERE t = 'blob'")
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
    ids = Description.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=_CHUNK)
    chunk: list[int] = []
    for number in ids:
        chunk.append(number)
        if len(chunk) == _CHUNK:
            search.changed(None, "catalogue", chunk)
            chunk = []
    search.changed(None, "catalogue", chunk)


def _chosen(model: type[models.Model]) -> str:
    return f"rebuild_{model._meta.db_table}"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _run(statement: str, *params: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return int(cursor.rowcount)


def _count(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
