"""Hearing of changes after the index of this machine shows them, each one once."""

from __future__ import annotations

from datetime import datetime

from lantai.platform.search import feed, shelf
from lantai.platform.search.feed import Cursor
from lantai.platform.search.models import IndexState, Listener


def hear(name: str, source: str, limit: int, now: datetime) -> tuple[int, ...]:
    """The ids of rows of `source` that changed since the last time; call it in the transaction that acts on
    them, so that both commit or neither. A new listener hears what comes from now on."""
    version = shelf.current_version()
    state = IndexState.objects.filter(node=shelf.node(), version=version).first() if version else None
    if state is None:
        return ()
    start = Cursor(feed.horizon(), 0)
    Listener.objects.get_or_create(
        name=name, defaults={"cursor_xid": start.xid, "cursor_id": start.id, "heard_at": now}
    )
    listener = Listener.objects.select_for_update(skip_locked=True).filter(name=name).first()
    if listener is None:  # another worker is at it
        return ()
    after = min(
        Cursor(listener.cursor_xid, listener.cursor_id), start
    )  # a database that went back begins anew
    batch = feed.read(after, limit)
    reached = max(after, min(batch.cursor, Cursor(state.cursor_xid, state.cursor_id)))
    listener.cursor_xid, listener.cursor_id, listener.heard_at = reached.xid, reached.id, now
    listener.save(update_fields=["cursor_xid", "cursor_id", "heard_at"])
    heard = (entry.row_id for entry in batch.entries if entry.at <= reached and entry.source == source)
    return tuple(sorted(set(heard)))
