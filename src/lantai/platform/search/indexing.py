"""Bringing the index to where the rows are: follow the feed, or build a new version beside and swap."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from lantai.platform.search import feed, registry, shelf
from lantai.platform.search.engine import SearchEngine
from lantai.platform.search.feed import Cursor, Entry
from lantai.platform.search.models import IndexState
from lantai.platform.search.types import RebuildUnderWay, WriterBusy

log = logging.getLogger(__name__)
_BUILD_ROWS = 2_000
_KEEP_UP_SECONDS = 0.5
_BUILDER = "search index builder"
_SIGN_OF_LIFE = timedelta(minutes=1)  # how often an idle follower writes that it is alive


@dataclass(slots=True)
class _Following:
    """What this process follows: its version, and the changes indexed before they were settled."""

    version: str = ""
    early: dict[int, int] = field(default_factory=dict)  # change id → transaction


_following = _Following()
_one_at_a_time = threading.Lock()


def follow(limit: int) -> int:
    """See `services.follow`."""
    with _one_at_a_time:
        state = _state()
        if state is None:
            log.warning("this machine has no index that fits its database: building one")
            return rebuild(timezone.now())
        _turn_to(state.version)
        try:
            return _follow(state, limit, _following.early)
        except WriterBusy:
            return 0


def keep_up() -> None:
    """See `services.keep_up`."""
    if _state() is None:
        _start_building()
        return
    until = time.monotonic() + _KEEP_UP_SECONDS
    while follow(_BUILD_ROWS) and time.monotonic() < until:
        continue


def _start_building() -> None:
    """Build in a thread of its own, outside of the caller's transaction, unless that is under way."""
    if any(thread.name == _BUILDER for thread in threading.enumerate()):
        return
    log.warning("this machine has no index that fits its database: building one")
    threading.Thread(target=_build_once, name=_BUILDER, daemon=True).start()


def _build_once() -> None:
    try:
        log.info("the index is built: %s rows", rebuild(timezone.now()))
    except RebuildUnderWay:
        log.info("another process of this machine is building the index")
    except Exception:  # boundary: the thread's end; said here, tried again at the next call
        log.exception("the index could not be built")
    finally:
        connection.close()


def _state() -> IndexState | None:
    """The state of the version in use; None where there is none, or the database went back behind it."""
    version = shelf.current_version()
    if version is None:
        return None
    state = IndexState.objects.filter(node=shelf.node(), version=version, engine=shelf.engine_name()).first()
    if state is None or state.cursor_xid > feed.horizon():
        return None
    return state


def _turn_to(version: str) -> None:
    if _following.version != version:
        stop()
        _following.version, _following.early = version, {}


def stop() -> None:
    """Give up the writer's lock, for another process."""
    if _following.version:
        shelf.open_engine(_following.version).close()
        _following.version, _following.early = "", {}


def _follow(state: IndexState, limit: int, early: dict[int, int]) -> int:
    batch = feed.read(Cursor(state.cursor_xid, state.cursor_id), limit, skipping=early)
    if batch.entries:
        engine = shelf.open_engine(state.version)
        _apply(engine, batch.entries)
        engine.commit()
    early.update({entry.at.id: entry.at.xid for entry in batch.entries if entry.at > batch.cursor})
    for settled in [change for change, xid in early.items() if xid < batch.cursor.xid]:
        del early[settled]
    if batch.entries or timezone.now() - state.followed_at > _SIGN_OF_LIFE:
        _remember(state, batch.cursor)
    return len(batch.entries)


def _remember(state: IndexState, cursor: Cursor) -> None:
    """After the index is durable: killed in between, the same changes are indexed again."""
    IndexState.objects.filter(pk=state.pk).update(
        cursor_xid=cursor.xid, cursor_id=cursor.id, followed_at=timezone.now()
    )
    state.cursor_xid, state.cursor_id = cursor.xid, cursor.id


def _apply(engine: SearchEngine, entries: Iterable[Entry]) -> None:
    changed: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        changed[entry.source].add(entry.row_id)
    for name, ids in changed.items():
        for follower in (name, *registry.followers_of(name)):
            _index(engine, follower, sorted(ids))


def _index(engine: SearchEngine, name: str, ids: Sequence[int]) -> None:
    """Rows as they are now; those that are gone are removed."""
    source = registry.source(name)
    engine.remove(name, ids)
    if source is not None:
        engine.add(source.load(ids))


def rebuild(now: datetime) -> int:
    """See `services.rebuild`."""
    with shelf.rebuilding():
        start = Cursor(feed.horizon(), 0)  # what was running then is followed again afterwards
        version = shelf.new_version(now)
        engine = shelf.open_engine(version)
        counts = {one.name: _index_all(engine, one) for one in registry.sources()}
        count = sum(counts[one.name] for one in registry.sources() if not one.follows)
        engine.commit()
        state = IndexState.objects.create(
            node=shelf.node(), engine=shelf.engine_name(), version=version,
            cursor_xid=start.xid, cursor_id=start.id, built_at=now, followed_at=now,
        )  # fmt: skip
        _catch_up(state)
        engine.close()
        shelf.make_current(version)
        IndexState.objects.filter(node=shelf.node()).exclude(version=version).delete()
    return count


def _catch_up(state: IndexState) -> None:
    """What changed while the version was built, so that the swap shows nothing older than before."""
    early: dict[int, int] = {}
    while _follow(state, _BUILD_ROWS, early):
        pass


def _index_all(engine: SearchEngine, source: registry.Source) -> int:
    """Without a commit until all is there: what is killed before is begun anew, in another version."""
    count, after = 0, 0
    while ids := source.ids_after(after, _BUILD_ROWS):
        engine.add(source.load(ids))
        after, count = ids[-1], count + len(ids)
    return count
