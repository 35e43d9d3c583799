"""Tables filled at one go: their foreign keys and further indexes are laid aside and made again over all rows.

A reference checked row by row costs more than the row, and an index grown row by row twice one that is built.
What stood there stands there again under the same names, with every row held against it, or the transaction fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

_MEMORY = "SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '256MB'"
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
    with connection.cursor() as cursor:
        cursor.execute(_MEMORY)
        aside: list[tuple[str, str]] = []
        for what in (_FOREIGN_KEYS, _INDEXES):
            cursor.execute(what, [list(tables)])
            aside += cursor.fetchall()
        for lay_aside, _make_again in aside:
            cursor.execute(lay_aside)
    yield
    with connection.cursor() as cursor:
        for _lay_aside, make_again in reversed(aside):  # indexes first: foreign keys are checked by them
            cursor.execute(make_again)
        for table in tables:
            cursor.execute(f"ANALYZE {table}")
