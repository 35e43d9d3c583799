"""A saved search tells its reader once of what it finds anew, and of nothing that may not be seen."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.urls import reverse

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description, KnownMatch, Watch
from lantai.apps.catalogue.queries.addresses import asked_from
from lantai.apps.catalogue.services import watching
from lantai.apps.catalogue.types import NothingToFind, TooManyToWatch
from lantai.kit.errors import Missing
from lantai.platform.notify.models import Notice
from lantai.platform.search import services as search
from lantai.platform.search.models import Listener


def told(ctx):
    return [
        (notice.params["n"], notice.url)
        for notice in Notice.objects.filter(user_id=ctx.actor.id).order_by("pk")
    ]


@pytest.fixture
def tell(monkeypatch):
    """What the worker does: all that is indexed by now is heard."""

    def now(rows):
        search.changed(None, "catalogue", [row.pk for row in rows])
        while search.follow():
            pass
        services.tell_matches(queries_ctx, frozenset(row.pk for row in rows))

    from lantai.platform.context import system_ctx

    queries_ctx = system_ctx()
    return now


def test_what_comes_anew_is_told_once_and_what_was_there_is_not(shelf, home, abroad, indexed, tell):
    (old,) = shelf.put(shelf.item(1, title="土地改革的通知"))
    indexed()
    mine, other = home.ctx("archivist"), abroad.ctx("archivist")
    view = services.save_search(mine, name="土改", query="q=土地改革&page=9", is_shared=True, is_watched=True)
    services.save_search(other, name="土改", query="q=土地改革", is_shared=False, is_watched=True)
    (seen,) = queries.saved_searches(mine)
    assert seen.is_watched and seen.is_mine and "page" not in seen.url
    tell([old])
    assert told(mine) == []

    new, unrelated = shelf.put(shelf.item(2, title="土地改革的报告"), shelf.item(3, title="别的事"))
    tell([old, new, unrelated])
    tell([new])
    assert told(mine) == [(1, f"{seen.url}&new={new.pk}")] and told(other) == []
    asked = asked_from(QueryDict(told(mine)[0][1].partition("?")[2]))
    assert [hit.id for hit in queries.find(mine, asked).hits] == [new.pk], "what was told is what is shown"
    assert mine.actor.id and queries.saved_searches(mine)[0].told_at

    Description.objects.filter(pk=new.pk).update(openness="open")
    tell([new])
    assert [n for n, _ in told(other)] == [1], "what is opened is new to a stranger"
    assert len(told(mine)) == 1

    services.unwatch(mine, view_id=view.pk)
    tell(shelf.put(shelf.item(4, title="土地改革的批复")))
    assert len(told(mine)) == 1
    assert services.forget_search(mine, view_id=view.pk) == 1
    assert Watch.objects.count() == 1 and queries.saved_searches(mine) == []


def test_a_shared_search_finds_for_each_reader_what_that_reader_sees(shelf, home, abroad, indexed, tell):
    indexed()
    clerk, archivist = home.ctx("reading_clerk"), home.ctx("archivist")
    view = services.save_search(archivist, name="土改", query="q=土地", is_shared=True, is_watched=False)
    services.watch(clerk, view_id=view.pk)
    with pytest.raises(Missing):
        services.watch(abroad.ctx("archivist"), view_id=view.pk)
    tell(shelf.put(shelf.item(1, title="土地证")))
    assert (len(told(clerk)), len(told(archivist))) == (1, 0)
    view.is_shared = False
    view.save()
    tell(shelf.put(shelf.item(2, title="土地证")))
    assert len(told(clerk)) == 1, "a search that is shared no more tells nobody else"


def test_a_search_that_is_empty_or_too_wide_is_not_watched(shelf, home, indexed, monkeypatch):
    shelf.put(shelf.item(1), shelf.item(2))
    indexed()
    ctx = home.ctx("archivist")
    with pytest.raises(NothingToFind):
        services.save_search(ctx, name="空", query="q=&sort=newest", is_shared=False, is_watched=False)
    monkeypatch.setattr(watching, "MOST_WATCHED", 1)
    with pytest.raises(TooManyToWatch):
        services.save_search(ctx, name="宽", query="q=样例", is_shared=False, is_watched=True)
    assert queries.saved_searches(ctx) == []
    services.save_search(ctx, name="宽", query="q=样例", is_shared=False, is_watched=False)
    assert not KnownMatch.objects.exists()


def test_a_listener_begins_with_now_and_holds_the_feed_until_it_has_heard(shelf, home, indexed, monkeypatch):
    indexed()
    services.tell_matches_now()
    listener = Listener.objects.get()
    shelf.put(shelf.item(1))
    services.tell_matches_now()
    assert Listener.objects.get().heard_at > listener.heard_at
    assert Listener.objects.get().cursor_xid >= listener.cursor_xid


def test_searches_are_saved_watched_and_deleted_on_their_page(at, shelf, indexed):
    shelf.put(shelf.item(1))
    indexed()
    client = at("archivist")
    url = {
        name: reverse(f"catalogue:{name}") for name in ("searches", "save_search", "watch", "forget_search")
    }
    page = client.get(reverse("catalogue:search"), {"q": "样例", "retention": "Y"}).content.decode()
    assert 'name="query" value="q=%E6%A0%B7%E4%BE%8B&amp;retention=Y"' in page
    saved = {"name": "我的样例", "query": "q=样例&retention=Y", "watched": "1"}
    done = client.post(url["save_search"], saved)
    assert done.status_code in (302, 303) and "q=" in done["Location"]  # the results stay before one's eyes
    page = client.get(url["searches"]).content.decode()
    assert "我的样例" in page and "不再提醒" in page
    row = Watch.objects.get()
    client.post(url["watch"], {"view": row.view_id, "on": "0"})
    assert not Watch.objects.exists()
    client.post(url["watch"], {"view": row.view_id, "on": "1"})
    assert Watch.objects.exists()
    assert client.post(url["forget_search"], {"view": "x"}).status_code == 404
    client.post(url["forget_search"], {"view": row.view_id})
    assert "这里会出现保存的检索" in client.get(url["searches"]).content.decode()
