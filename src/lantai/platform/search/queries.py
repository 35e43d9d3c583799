"""How the index stands."""

from __future__ import annotations

from lantai.platform.search import feed, shelf
from lantai.platform.search.feed import Cursor
from lantai.platform.search.models import IndexState
from lantai.platform.search.types import Backlog


def backlog() -> Backlog | None:
    """How far this machine's index is behind; None while it has none."""
    version = shelf.current_version()
    state = IndexState.objects.filter(node=shelf.node(), version=version).first() if version else None
    if state is None:
        return None
    count, age_seconds = feed.pending(Cursor(state.cursor_xid, state.cursor_id))
    return Backlog(state.version, count, age_seconds)
