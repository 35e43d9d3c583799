"""Saving searches and telling people of what they find anew. What one saves for oneself is no record: no line."""

from __future__ import annotations

import logging

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from lantai.apps.catalogue.models import KnownMatch, Watch
from lantai.apps.catalogue.queries import asking
from lantai.apps.catalogue.queries import watching as queries
from lantai.apps.catalogue.queries.indexing import SOURCE
from lantai.apps.catalogue.types import NothingToFind, NumberNotKept, TooManyToWatch
from lantai.kit.errors import N_, Missing, Refusal
from lantai.platform.accounts import services as accounts
from lantai.platform.context import Channel, Ctx, new_request_id, system_ctx
from lantai.platform.notify import services as notify
from lantai.platform.search import services as search
from lantai.platform.search.query import ROW, asks_for
from lantai.platform.ui import queries as ui_queries
from lantai.platform.ui import services as ui
from lantai.platform.ui.models import SavedView

MOST_WATCHED = 2_000
_LISTENER = "catalogue.watches"
_WATCHES_A_STEP = 500
_TEXT = N_("检索“%(name)s”有新结果 %(n)d 条。")

log = logging.getLogger(__name__)


@transaction.atomic
def save_search(ctx: Ctx, *, name: str, query: str, is_shared: bool, is_watched: bool) -> SavedView:
    """Save a search under a name; raises ``NothingToFind``, ``NumberNotKept`` and what `watch` raises."""
    kept = queries.conditions_of(query)
    if not kept:
        raise NothingToFind(field="query")
    if asks_for(asking.read(ctx, QueryDict(kept).get("q", "")).expression, ROW):
        raise NumberNotKept(field="query")
    path = reverse("catalogue:search")
    view = ui.save_view(ctx, table=queries.TABLE, name=name, path=path, query=kept, is_shared=is_shared)
    Watch.objects.filter(view=view).delete()  # under the same name it may be another search now
    if is_watched:
        watch(ctx, view_id=view.pk)
    return view


@transaction.atomic
def watch(ctx: Ctx, *, view_id: int) -> Watch:
    """Tell the actor of what the search finds from now on; raises ``TooManyToWatch`` and ``IndexMissing``."""
    view = _view(ctx, view_id)
    total, ids = queries.matches(ctx, view.query, most=MOST_WATCHED)
    if total > MOST_WATCHED:
        raise TooManyToWatch(total=total, most=MOST_WATCHED)
    row, is_new = Watch.objects.get_or_create(user_id=ctx.actor.id, view=view, defaults={"began_at": ctx.now})
    if is_new:
        KnownMatch.objects.bulk_create(
            (KnownMatch(watch=row, row_id=pk) for pk in sorted(ids)), batch_size=1_000
        )
    return row


def unwatch(ctx: Ctx, *, view_id: int) -> None:
    """Tell the actor no more."""
    Watch.objects.filter(view=_view(ctx, view_id), user_id=ctx.actor.id).delete()


def forget_search(ctx: Ctx, *, view_id: int) -> int:
    """Delete an own saved search, with what others are told of it."""
    return ui.delete_views(ctx, view_ids=[_view(ctx, view_id).pk])


def _view(ctx: Ctx, view_id: int) -> SavedView:
    view = ui_queries.view(ctx, view_id)
    if view.table != queries.TABLE:
        raise Missing
    return view


def tell_matches_now() -> None:
    """For the worker's schedule: what changed and can be found by now is looked at once for every watch."""
    ctx = system_ctx(Channel.JOB)
    with transaction.atomic():
        changed = frozenset(search.hear(_LISTENER, SOURCE, timezone.now()))
        if changed:
            tell_matches(ctx, changed)


def tell_matches(ctx: Ctx, changed: frozenset[int]) -> int:
    """Tell everybody who watches of those of the changed rows that their search finds and that they were not
    told of; returns how many people's searches found something."""
    told, last = 0, 0
    while watches := list(queries.watches_after(last, _WATCHES_A_STEP)):
        last = watches[-1].pk
        told += sum(_tell(ctx, one, changed) for one in watches)
    return told


def _tell(ctx: Ctx, row: Watch, changed: frozenset[int]) -> bool:
    reader = accounts.context_for(row.user, channel=Channel.JOB, request_id=new_request_id(), now=ctx.now)
    try:
        _view(reader, row.view_id)  # shared no more, or moved to another organisation
        _total, ids = queries.matches(reader, row.view.query, most=len(changed), among=changed)
    except (Refusal, Missing) as why:
        log.info("the saved search %s cannot be done: %s", row.view_id, why)
        return False
    known = KnownMatch.objects.filter(watch=row, row_id__in=ids).values_list("row_id", flat=True)
    fresh = sorted(ids.difference(known))
    if not fresh:
        return False
    KnownMatch.objects.bulk_create(KnownMatch(watch=row, row_id=pk) for pk in fresh)
    Watch.objects.filter(pk=row.pk).update(told_at=ctx.now)
    url = queries.address_of(row.view, fresh)
    notify.tell(
        ctx, user_ids=[row.user_id], text=_TEXT, params={"name": row.view.name, "n": len(fresh)}, url=url
    )
    return True
