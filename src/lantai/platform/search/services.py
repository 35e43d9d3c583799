"""What other apps call: tell what changed, find, and keep the index near the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Min, Model, QuerySet
from django.utils import timezone

from lantai.platform.context import Ctx
from lantai.platform.search import feed, indexing, listening, shelf
from lantai.platform.search.grammar import parse
from lantai.platform.search.models import Change, IndexState, Listener
from lantai.platform.search.query import Expression
from lantai.platform.search.types import FACETS, Field, Filters, Found, Query, Scope, Sort

_NODE_DAYS = 30
_FEED_HOURS = 1


def changed(ctx: Ctx | None, source: str, ids: Iterable[int]) -> None:
    """Tell search that these rows were made, changed or removed; call it in the transaction that does so."""
    feed.write(source, ids)


def all_changed(source: str, rows: QuerySet[Model]) -> None:
    """Tell search of a whole set of rows at once, in the transaction that made them."""
    feed.write_all(source, rows)


def find(
    scope: Scope,
    asked: str | Expression = "",
    *,
    source: str,
    filters: Filters | None = None,
    sort: Sort = Sort.RELEVANCE,
    after: str = "",
    limit: int = 50,
    facets: tuple[Field, ...] = FACETS,
    has_leaves: bool = False,
) -> Found:
    """One page of ids. Raises what `grammar.read` refuses and `BadPage`.

    `Found.is_ready` is False before the first build. The index may be some seconds old: fetch the rows
    through the app's own ``visible(ctx)``.
    """
    expression = parse(asked) if isinstance(asked, str) else asked
    version = shelf.current_version()
    if version is None:
        return Found(is_ready=False)
    return shelf.open_engine(version).find(
        Query(source, scope, expression, filters or Filters(), sort, after, limit, facets, has_leaves)
    )


def walk(
    scope: Scope, asked: str | Expression = "", *, source: str, filters: Filters | None = None
) -> Iterator[tuple[int, ...]]:
    """The ids of all that a search finds at this moment, the newest first, some thousands at a time.

    Nothing before the first build: ask `find` first, which also tells how many there are.
    """
    expression = parse(asked) if isinstance(asked, str) else asked
    version = shelf.current_version()
    if version is None:
        return iter(())
    return shelf.open_engine(version).walk(Query(source, scope, expression, filters or Filters()))


def follow(limit: int = 1_000) -> int:
    """Index at most `limit` pending changes and return how many there were; call again until it returns 0.

    One process of a machine follows (the first to write keeps the right until `stop_following` or its end);
    in others this returns 0. Builds the index where there is none.
    """
    return indexing.follow(limit)


def keep_up() -> None:
    """`follow` for the worker's schedule: at most half a second of it, and a missing index is built in a
    thread of its own, so that nothing else on the schedule waits for it."""
    indexing.keep_up()


def stop_following() -> None:
    """Let another process of this machine follow."""
    indexing.stop()


def rebuild() -> int:
    """Build a new version beside the old one, swap, and return the number of rows; raises `RebuildUnderWay`.

    Needed after an upgrade that changes the index, and after the database was restored from a backup.
    """
    return indexing.rebuild(timezone.now())


def hear(name: str, source: str, now: datetime, *, limit: int = 1_000) -> tuple[int, ...]:
    """The rows of `source` that changed since ``name`` last asked and can be found by now; see `listening`."""
    return listening.hear(name, source, limit, now)


def prune(now: datetime) -> int:
    """Remove changes that every living machine has followed and every listener has heard; a machine silent
    for 30 days must rebuild, a listener that did not listen for so long begins anew."""
    IndexState.objects.filter(followed_at__lt=now - timedelta(days=_NODE_DAYS)).delete()
    Listener.objects.filter(heard_at__lt=now - timedelta(days=_NODE_DAYS)).delete()
    cursors = [model.objects.aggregate(xid=Min("cursor_xid"))["xid"] for model in (IndexState, Listener)]
    settled = min([xid for xid in cursors if xid is not None], default=feed.horizon())
    old = Change.objects.filter(xid__lt=settled, at__lt=now - timedelta(hours=_FEED_HOURS))
    return old.delete()[0]


def prune_now() -> None:
    """`prune` at this moment, for the worker's schedule."""
    prune(timezone.now())
