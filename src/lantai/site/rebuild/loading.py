"""Tables filled at one go: their foreign keys and further indexes are laid aside and made again over all rows.

A reference checked row by row costs more than the row, and an index grown row by row twice one that is built.
What stood there stands there again under the same names, with every row held against it, or the transaction fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models

from lantai.platform import rows

MEMORY = "SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '256MB'"
_FOREIGN_KEYS = """
SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname),
       'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' '
       || pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
"""
_INDEXES = """
SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index i
WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


@contextmanager
def at_one_go(tables: Sequence[str]) -> Iterator[None]:
    """Fill the ``tables`` inside; references and indexes are there again when it is left."""
    aside: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        for what in (_FOREIGN_KEYS, _INDEXES):
            cursor.execute(what, [list(tables)])
            aside += cursor.fetchall()
        cursor.execute(
            ";".join(["SET CONSTRAINTS ALL IMMEDIATE", *(lay_aside for lay_aside, _again in aside)])
        )
    yield
    with connection.cursor() as cursor:  # indexes first: foreign keys are checked by them
        cursor.execute(
            ";".join(["SET CONSTRAINTS ALL IMMEDIATE", *(again for _aside, again in reversed(aside))])
        )


def values_of(model: type[models.Model]) -> tuple[dict[str, str], list[object]]:
    """Column → its value out of ``r.row`` in SQL, and the parameters in it; references are the caller's.

    A column that a line of an older program does not have is what it is in a new row. Column by column costs a
    seventh of `jsonb_populate_record`, for which a row must first be put together again.
    """
    types, defaults = _types(model._meta.db_table), rows.defaults(model)
    values: dict[str, str] = {}
    params: list[object] = []
    for column in rows.columns(model):
        value = "NULL" if column in rows.references(model) else _value(column, types[column])
        if column in defaults:
            value = f"coalesce({value}, %s::{types[column]})"
            params.append(_plain(defaults[column], types[column]))
        values[column] = value
    return values, params


def _value(column: str, kind: str) -> str:
    if kind == "jsonb":
        return f"nullif(r.row->'{column}', 'null')"
    if kind.endswith("[]"):
        items = f"ARRAY(SELECT jsonb_array_elements_text(r.row->'{column}'))::{kind}"
        return f"CASE jsonb_typeof(r.row->'{column}') WHEN 'array' THEN {items} END"
    return f"(r.row->>'{column}')::{kind}"


def _plain(default: object, kind: str) -> object:
    """As JSON says it: neither enumerations nor dates of Python."""
    text = json.dumps(default, default=str)
    return text if kind == "jsonb" else json.loads(text)


def _types(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, atttypid::regtype::text FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        return dict(cursor.fetchall())
