"""The same texts in PostgreSQL with a trigram index: what one would otherwise have."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from _city import made_up

from lantai.platform.search.types import Sort
from lantai.site.postgres import Cluster

if TYPE_CHECKING:
    from search import Figure, Floor, Question

_LIMIT = 30
# A locale that knows what a Chinese character is: in ours ("C") pg_trgm would take them for blanks and read every row.
_CREATE = "CREATE DATABASE peer TEMPLATE template0 LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"


def ask_trigrams(
    home: Path, rows: int, questions: Sequence[Question], figures: Sequence[Figure], raw: Floor
) -> None:
    """The same texts in PostgreSQL with a trigram index, asked as one would; at most 20 queries of a kind."""
    cluster = Cluster(home / "postgres")
    cluster.start()
    try:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as database:
            database.execute(_CREATE)
        with psycopg.connect(cluster.url("peer"), autocommit=True) as database:
            _fill(database, rows)
            for question, figure in zip(questions, figures, strict=True):
                for text in question.texts[:20]:
                    started = time.perf_counter()
                    found = _select(database, text, question)
                    figure.peer.append((time.perf_counter() - started) * 1000)
                    if question.name.endswith("characters") and found != raw.ask(text, question):
                        raise SystemExit(
                            f"{text}: PostgreSQL found {found}, the index {raw.ask(text, question)}"
                        )
    finally:
        cluster.stop()


def _fill(database: psycopg.Connection, rows: int) -> None:
    database.execute("CREATE EXTENSION pg_trgm")
    database.execute(
        "CREATE TABLE description (id bigint PRIMARY KEY, text text, year int, kind text, retention text, on_day date)"
    )
    with database.cursor().copy("COPY description FROM STDIN") as copy:
        for row in made_up(rows):
            text = "\n".join((row.title, row.body, row.author, *row.codes, *row.numbers, *row.persons))
            copy.write_row((row.id, text, row.year, row.kind, row.retention, row.dated_on))
    database.execute("CREATE INDEX ON description USING gin (text gin_trgm_ops)")
    database.execute("CREATE INDEX ON description (retention, year)")
    database.execute("ANALYZE description")


def _select(database: psycopg.Connection, text: str, question: Question) -> int:
    """Rows of a page, total, and one count for each facet."""
    where = " AND ".join(["text LIKE %s"] * len(text.split()))
    values: list[object] = [f"%{word}%" for word in text.split()]
    if question.filters.among:
        where += " AND retention = 'Y' AND year BETWEEN 1960 AND 1979"
    order = "" if question.sort is Sort.RELEVANCE else "ORDER BY on_day DESC, id DESC"
    database.execute(f"SELECT id FROM description WHERE {where} {order} LIMIT {_LIMIT}", values).fetchall()
    for facet in question.facets:
        counted = f"SELECT {facet}, count(*) FROM description WHERE {where} GROUP BY 1"
        database.execute(counted, values).fetchall()
    found = database.execute(f"SELECT count(*) FROM description WHERE {where}", values).fetchone()
    return int(found[0]) if found else 0
