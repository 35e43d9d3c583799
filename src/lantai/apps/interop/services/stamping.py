"""Datestamps follow the feed of changes: set-based, each change once, and never earlier than somebody's answer.

A harvester asks "from" the time of our last answer. A stamp that is given before that time and committed after it
would never be asked for. So stamps are given under a lock, and an answer takes its time under the same lock
(`queries.listing.now`): whatever is stamped afterwards is later.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue.queries import publishing
from lantai.apps.interop.models import Stamp, Walk
from lantai.apps.interop.types import STAMP_LOCK
from lantai.platform.search import feed
from lantai.platform.search.models import Listener

NAME, SOURCE = "interop", "catalogue"
_AT_ONCE, _BEAT_S = 2_000, 0.5
_PUT = """
    INSERT INTO interop_stamp AS s (row_id, permanent, stamped_at, archives_code, fonds_id, kind_id, custodian_id,
                                    holders, is_public, was_public)
    SELECT row_id, permanent, %(at)s, archives, fonds, kind, custodian, ARRAY[custodian], is_public, is_public
    FROM unnest(%(rows)s::bigint[], %(numbers)s::bigint[], %(archives)s::text[],
                %(fonds)s::bigint[], %(kinds)s::bigint[],
                %(custodians)s::bigint[], %(public)s::boolean[])
         AS new (row_id, permanent, archives, fonds, kind, custodian, is_public)
    ON CONFLICT (row_id) DO UPDATE SET
        stamped_at = excluded.stamped_at, archives_code = excluded.archives_code,
        fonds_id = excluded.fonds_id, kind_id = excluded.kind_id, custodian_id = excluded.custodian_id,
        holders = CASE WHEN s.holders @> excluded.holders THEN s.holders ELSE s.holders || excluded.holders END,
        is_public = excluded.is_public, was_public = s.was_public OR excluded.is_public
"""
_GONE = """
    UPDATE interop_stamp SET stamped_at = %(at)s, custodian_id = NULL, is_public = false
    WHERE row_id = ANY(%(rows)s) AND custodian_id IS NOT NULL
"""


def follow_now() -> None:
    """For the worker's schedule: at most half a second of what changed, then of what was there before."""
    until = time.monotonic() + _BEAT_S
    while time.monotonic() < until and follow():
        pass


@transaction.atomic
def follow() -> int:
    """Stamp some rows, changes first; how many. Call again until it returns 0."""
    now = timezone.now()
    start = feed.Cursor(feed.horizon(), 0)
    _listener, is_new = Listener.objects.get_or_create(
        name=NAME, defaults={"cursor_xid": start.xid, "cursor_id": start.id, "heard_at": now}
    )
    if (
        is_new
    ):  # for the first time, or after so long a fault that the feed has forgotten what happened meanwhile
        Walk.objects.filter(name=SOURCE).update(last_id=0, is_done=False)
    listener = Listener.objects.select_for_update(skip_locked=True).filter(name=NAME).first()
    if listener is None:  # another worker is at it
        return 0
    return _heard(listener, start, now) or _walked()


def _heard(listener: Listener, start: feed.Cursor, now: datetime) -> int:
    """Only what lies below the horizon is taken: above it an earlier change may still appear."""
    after = min(feed.Cursor(listener.cursor_xid, listener.cursor_id), start)  # a database that went back
    batch = feed.read(after, _AT_ONCE)
    reached = max(after, batch.cursor)
    ids = sorted({one.row_id for one in batch.entries if one.at <= reached and one.source == SOURCE})
    stamp(ids)
    listener.cursor_xid, listener.cursor_id, listener.heard_at = reached.xid, reached.id, now
    listener.save(update_fields=["cursor_xid", "cursor_id", "heard_at"])
    return sum(one.at <= reached for one in batch.entries)


def _walked() -> int:
    walk, _made = Walk.objects.select_for_update().get_or_create(name=SOURCE)
    if walk.is_done:
        return 0
    there = catalogue.ids_after(walk.last_id, _AT_ONCE)
    told = Stamp.objects.filter(row_id__gt=walk.last_id).order_by("row_id").values_list("row_id", flat=True)
    ids = sorted({*there, *told[:_AT_ONCE]})[:_AT_ONCE]  # also what is no more
    stamp(ids)
    walk.last_id, walk.is_done = (ids[-1], False) if ids else (walk.last_id, True)
    walk.save(update_fields=["last_id", "is_done"])
    return len(ids)


@transaction.atomic
def stamp(ids: Sequence[int]) -> None:
    """Say that these rows changed now, or are gone: two statements for all of them."""
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STAMP_LOCK])
        cursor.execute("SELECT clock_timestamp()")
        (at,) = cursor.fetchone()
        found = publishing.publications(ids)
        if found:
            columns = {
                "rows": [one.row_id for one in found],
                "numbers": [one.permanent for one in found],
                "archives": [one.archives_code for one in found],
                "fonds": [one.fonds_id for one in found],
                "kinds": [one.kind_id for one in found],
                "custodians": [one.custodian_id for one in found],
                "public": [one.is_public for one in found],
            }
            cursor.execute(_PUT, {"at": at, **columns})
        gone = sorted(set(ids) - {one.row_id for one in found})
        if gone:
            cursor.execute(_GONE, {"at": at, "rows": gone})
