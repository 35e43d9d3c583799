"""Saved searches, and which rows they find."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from django.http import QueryDict

from lantai.apps.catalogue.models import Watch
from lantai.apps.catalogue.queries import asking
from lantai.apps.catalogue.queries.addresses import KEPT, NEWS, asked_from, news
from lantai.apps.catalogue.queries.indexing import SOURCE
from lantai.apps.catalogue.queries.reading import visible
from lantai.apps.catalogue.types import IndexMissing, SavedSearch
from lantai.platform.context import Ctx
from lantai.platform.search import services as search
from lantai.platform.search.types import MOST_ROWS, Sort
from lantai.platform.ui import queries as ui
from lantai.platform.ui.models import SavedView

TABLE = "catalogue.search"
_LONGEST_URL = 500  # of a message


def saved_searches(ctx: Ctx) -> list[SavedSearch]:
    """The actor's own searches and those shared in the organisation."""
    views = ui.views_of(ctx, TABLE)
    watches = {watch.view_id: watch for watch in Watch.objects.filter(user_id=ctx.actor.id, view__in=views)}
    return [_saved(ctx, view, watches.get(view.pk)) for view in views]


def _saved(ctx: Ctx, view: SavedView, watch: Watch | None) -> SavedSearch:
    return SavedSearch(
        id=view.pk,
        name=view.name,
        url=address_of(view),
        owner_name=view.owner.name,
        is_mine=view.owner_id == ctx.actor.id,
        is_shared=view.is_shared,
        is_watched=watch is not None,
        told_at=watch.told_at if watch else None,
    )


def address_of(view: SavedView, new: Collection[int] = ()) -> str:
    """Where the search is done again; with ``new`` rows, where these alone are shown of what it finds.

    Of so many that the address would be too long for a message, all that it finds.
    """
    url = f"{view.path}?{view.query}"
    narrowed = f"{url}&{NEWS}={news(new)}"
    return narrowed if new and len(narrowed) <= _LONGEST_URL else url


def conditions_of(query: str) -> str:
    """The part of an address that says what is searched for, in one order; "" where it says nothing."""
    given, kept = QueryDict(query), QueryDict(mutable=True)
    for name in KEPT:
        values = [value for value in given.getlist(name) if value.strip()]
        if values and name != NEWS:
            kept.setlist(name, values)
    return kept.urlencode() if set(kept) - {"sort"} else ""


def matches(ctx: Ctx, query: str, *, most: int, among: frozenset[int] | None = None) -> tuple[int, set[int]]:
    """How many rows a saved search finds for the actor, and their ids where they are no more than ``most``."""
    asked = asked_from(QueryDict(query))
    expression = asking.read(ctx, asked.text).expression
    filters = replace(asking.filters_of(ctx, asked), rows=among)
    ids: set[int] = set()
    after, total = "", 0
    while True:
        found = search.find(
            asking.scope_of(ctx), expression, source=SOURCE, filters=filters, sort=Sort.NEWEST,
            after=after, limit=MOST_ROWS, facets=(),
        )  # fmt: skip
        if not found.is_ready:
            raise IndexMissing
        total = found.total
        ids.update(found.ids)
        after = found.after
        if not after or total > most:
            break
    return total, set(visible(ctx).filter(pk__in=ids).values_list("pk", flat=True))


def watches_after(last: int, limit: int) -> Iterator[Watch]:
    """Some watches of people who may still sign in, in the order of their ids."""
    rows = Watch.objects.filter(pk__gt=last, user__is_active=True).select_related("view", "user__org")
    yield from rows.order_by("pk")[:limit]
