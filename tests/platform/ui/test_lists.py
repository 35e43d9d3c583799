"""A list page: few queries however many rows, every state a link, exports on the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from lantai.platform.context import Actor, Channel, Ctx
from lantai.platform.ledger.models import Entry
from lantai.platform.orgs.models import Org
from lantai.platform.ui import queries, views
from lantai.platform.ui.models import SavedView, TablePreference
from lantai.platform.ui.tables import respond
from lantai.platform.ui.tables.respond import ExportDenied
from lantai.platform.ui.types import Empty
from lantai.platform.ui.views import SavedViewTable

Ask = Callable[..., HttpRequest]
PAGE_QUERIES = 6  # preference, rows, total, saved views, and the two counters of the header


@pytest.fixture
def ask(db: None) -> Ask:
    org = Org.objects.create(code="UI2", name="样例档案馆", kind="archives")
    user = get_user_model().objects.create(username="ui-reader", name="样例用户", org=org)
    actor = Actor(user.pk, user.name, frozenset({org.pk}))

    def make(query: str = "", data: dict[str, object] | None = None, **headers: str) -> HttpRequest:
        factory = RequestFactory(headers=headers)
        request = (
            factory.post(f"/list/?{query}", data) if data is not None else factory.get(f"/list/?{query}")
        )
        request.ctx = Ctx(actor, org.pk, org.name, datetime.now(UTC), "r", Channel.WEB)
        request.user, request.session = user, {}
        request._messages = FallbackStorage(request)
        return request

    return make


def fill(ask: Ask, count: int) -> None:
    owner = ask().user
    SavedView.objects.bulk_create(
        SavedView(owner=owner, table="t", name=f"视图{n:03d}", path="/x/", query="a=1") for n in range(count)
    )


def shown(request: HttpRequest) -> HttpResponseBase:
    table = SavedViewTable(queries.visible_views(request.ctx))
    return respond(request, table, title="保存的视图", empty=Empty("这里会出现保存的视图"))


def text_of(response: HttpResponseBase) -> str:
    return b"".join(response).decode()


@pytest.mark.parametrize("count", [1, 60])
def test_a_list_page_makes_as_many_queries_for_sixty_rows_as_for_one(
    ask: Ask, count: int, django_assert_num_queries: Callable
) -> None:
    fill(ask, count)
    request = ask()
    with django_assert_num_queries(PAGE_QUERIES):
        page = text_of(shown(request))
    assert f"共 {count} 个" in page and "视图000" in page


def test_htmx_gets_the_list_alone_and_a_browser_the_whole_page(ask: Ask) -> None:
    fill(ask, 3)
    assert "<html" in text_of(shown(ask()))
    fragment = text_of(shown(ask(HX_Request="true", HX_Target="list")))
    assert "<html" not in fragment and fragment.startswith("<section") and "视图002" in fragment


def test_pages_and_orders_are_plain_links(ask: Ask) -> None:
    fill(ask, 60)
    page = text_of(shown(ask("sort=-name")))
    assert 'rel="next"' in page and "after=" in page and 'aria-sort="descending"' in page
    assert page.index("视图059") < page.index("视图058")


def test_an_empty_list_says_what_will_appear_and_a_vain_search_offers_the_way_back(ask: Ask) -> None:
    assert "这里会出现保存的视图" in text_of(shown(ask()))
    page = text_of(shown(ask("q=没有")))
    assert "没有符合全部条件的内容" in page and "“没有”" in page


def test_an_export_is_streamed_and_leaves_a_line_without_the_searched_words(ask: Ask) -> None:
    fill(ask, 5)
    response = shown(ask("export=csv&q=视图"))
    assert text_of(response).count("\r\n") == 6
    assert "attachment" in response["Content-Disposition"]
    entry = Entry.objects.latest("pk")
    assert entry.act == "ui:list:exported"
    assert "视图" not in str(entry.detail) and "q" in str(entry.detail)
    assert b"".join(shown(ask("export=xlsx")))[:2] == b"PK"


def test_who_may_not_export_is_told_and_sees_no_button(ask: Ask) -> None:
    class Guarded(SavedViewTable):
        export_permission = "holdings:fonds:export"

    request = ask("export=csv")
    with pytest.raises(ExportDenied):
        respond(request, Guarded(queries.visible_views(request.ctx)), title="x")
    assert "export=csv" not in text_of(respond(ask(), Guarded(SavedView.objects.all()), title="x"))


def test_the_print_view_has_neither_menu_nor_script_bar_and_says_its_source(ask: Ask) -> None:
    fill(ask, 2)
    page = text_of(shown(ask("print=1")))
    assert "desk-nav" not in page and "来源" in page and "打印时间" in page and "视图001" in page


def test_chosen_columns_and_density_are_remembered(ask: Ask) -> None:
    fill(ask, 1)
    views.arrange(
        ask(data={"table": "ui.views", "columns": ["name"], "density": "roomy", "next": "/ui/views/"})
    )
    assert TablePreference.objects.get().columns == ["name"]
    page = text_of(shown(ask()))
    assert 'data-density="roomy"' in page and page.count("<th ") == 2  # the tick and the name
    assert text_of(shown(ask("columns=name,owner"))).count("<th ") == 3


def test_a_view_is_saved_opened_and_deleted_by_its_owner_only(ask: Ask) -> None:
    saved = {"table": "ui.views", "name": "永久", "path": "/list/", "query": "sort=-name", "shared": "1"}
    views.save_view(ask(data={**saved, "next": "https://elsewhere.example/"}))
    view = SavedView.objects.get()
    assert view.is_shared and shown(ask(f"view={view.pk}")).url == "/list/?sort=-name"
    other = get_user_model().objects.create(username="ui-other", name="另一样例", org=ask().user.org)
    SavedView.objects.filter(pk=view.pk).update(owner=other)
    views.delete_views(ask(data={"ids": [view.pk]}))
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_a_form_leads_back_only_to_this_site(ask: Ask) -> None:
    response = views.appearance(ask(data={"theme": "dark", "next": "https://elsewhere.example/"}))
    assert response["Location"] == "/" and response.cookies["lantai_theme"].value == "dark"
    assert "lantai_theme" not in views.appearance(ask(data={"theme": "<script>"})).cookies
