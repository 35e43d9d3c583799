"""Reading the feed so that no change is ever skipped and none waits for a stranger's long transaction.

Ids are given when a row is written, and transactions commit in another order. So the feed is ordered by the
number of the writing transaction, and the cursor only moves below the *horizon*: the oldest transaction
still running when we looked. Below it nothing can appear any more. Changes above it that are visible already
are indexed at once as well and remembered in memory, so that they are not indexed twice; after a restart they
are, which does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Model, QuerySet


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Everything up to and with this change has been followed."""

    xid: int
    id: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One change."""

    at: Cursor
    source: str
    row_id: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Some changes, and where the cursor may stand once they are indexed."""

    entries: tuple[Entry, ...]
    cursor: Cursor


def write(source: str, ids: Iterable[int]) -> None:
    """Add one change for each id, in the caller's transaction, in one statement."""
    unique = sorted(set(ids))
    if not unique:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_change (source, row_id) SELECT %s, unnest(%s::bigint[])", [source, unique]
        )


def write_all(source: str, rows: QuerySet[Model]) -> None:
    """Add one change for each row of a set, without bringing their ids here."""
    chosen, params = rows.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO search_change (source, row_id) SELECT %s, found.* FROM ({chosen}) found",
            [source, *params],
        )


def horizon() -> int:
    """The oldest transaction still running: every smaller number has committed or never will."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def read(after: Cursor, limit: int, *, skipping: Iterable[int] = ()) -> Batch:
    """The next changes after `after`, at most `limit`, without the ids in `skipping`."""
    settled_below = horizon()  # before the changes are read: what is settled by now is in what we read
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xid, id, source, row_id FROM search_change"
            " WHERE (xid, id) > (%s, %s) AND NOT id = ANY(%s) ORDER BY xid, id LIMIT %s",
            [after.xid, after.id, list(skipping), limit],
        )
        entries = tuple(Entry(Cursor(xid, id_), source, row) for xid, id_, source, row in cursor.fetchall())
    return Batch(entries, _reached(entries, after, settled_below, limit))


def _reached(entries: tuple[Entry, ...], after: Cursor, settled_below: int, limit: int) -> Cursor:
    settled = [entry.at for entry in entries if entry.at.xid < settled_below]
    if len(settled) == limit:
        return settled[-1]
    return max(after, Cursor(settled_below, 0))


def pending(after: Cursor) -> tuple[int, float]:
    """How many changes come after `after`, and the age of the oldest in seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)"
            " FROM search_change WHERE (xid, id) > (%s, %s)",
            [after.xid, after.id],
        )
        count, age = cursor.fetchone()
    return int(count), float(age)
