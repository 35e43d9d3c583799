from __future__ import annotations

import pytest
from django.urls import reverse

from lantai.apps.catalogue import services
from lantai.apps.catalogue.models import Description
from lantai.apps.holdings import queries as holdings
from lantai.kit.digests.hashing import digest_bytes
from lantai.platform.ledger import queries as ledger

PRIVATE = ("item", "pane", "branch", "evidence")


def url(name, *args):
    return reverse(f"catalogue:{name}", args=args)


def body(answer):
    return answer.content.decode()


def test_the_catalogue_is_browsed_by_code_without_an_index(at, shelf):
    shelf.put(shelf.item(2), shelf.item(1))
    page = body(at("archivist").get(url("list")))
    assert page.index(shelf.item(1).reference_code) < page.index(shelf.item(2).reference_code)


def test_the_list_costs_the_same_number_of_queries_for_any_number_of_rows(
    at, shelf, django_assert_num_queries, django_assert_max_num_queries
):
    client = at("archivist")
    shelf.put(shelf.item(1))
    with django_assert_max_num_queries(40) as few:
        client.get(url("list"))
    shelf.put(*(shelf.item(n) for n in range(2, 30)))
    with django_assert_num_queries(len(few)):
        client.get(url("list"))


def test_the_page_of_an_item_shows_its_elements_files_and_history(at, shelf):
    (row,) = shelf.put(shelf.item(1, metadata={"principalReceiver": "各样例单位"}))
    page = body(at("reading_clerk").get(row.get_absolute_url()))
    for words in ("责任者", "样例办公室", "主送", "各样例单位", "正文.pdf", "登记入目录", "永久", "内容完好"):
        assert words in page, words


def test_a_page_is_drawn_once_and_kept(at, shelf, settings):
    (row,) = shelf.put(shelf.item(1))
    file = row.package.files.get()
    address = url("page", row.pk, file.pk, 2) + "?w=240"
    client = at("reading_clerk")
    first, second = client.get(address), client.get(address)
    assert first["Content-Type"] == "image/png" and first.content.startswith(b"\x89PNG")
    assert first.content == second.content
    assert len(list((settings.LANTAI_STORE / "previews").rglob("*.png"))) == 1
    assert client.get(url("page", row.pk, file.pk, 3)).status_code in (404, 409)
    assert client.get(url("page", row.pk, file.pk, 1) + "?w=99999").status_code == 422


def test_the_viewer_turns_pages_by_links(at, shelf):
    (row,) = shelf.put(shelf.item(1))
    file = row.package.files.get()
    client = at("reading_clerk")
    assert f"?file={file.pk}&amp;page=2" in body(client.get(row.get_absolute_url()))
    assert f"?file={file.pk}&amp;page=1" in body(
        client.get(f"{row.get_absolute_url()}?file={file.pk}&page=2")
    )


def test_an_original_is_saved_as_it_was_sealed_never_shown_and_the_taking_is_recorded(at, shelf):
    (row,) = shelf.put(shelf.item(1))
    file = row.package.files.get()
    answer = at("reading_clerk").get(url("original", row.pk, file.pk))
    content = b"".join(answer.streaming_content)
    assert digest_bytes(content).sha256 == file.sha256
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "application/octet-stream"
    acts = [entry.act for entry in ledger.entries_about("catalogue:description", row.pk)]
    assert acts == ["catalogue:file:downloaded"]


def test_a_stranger_finds_nothing_behind_any_address_with_a_number(at, shelf, abroad, client):
    (row,) = shelf.put(shelf.item(1))
    file = row.package.files.get()
    other = at("cataloguer", abroad)
    for name in PRIVATE:
        assert other.get(url(name, row.pk)).status_code == 404, name
    assert other.get(url("describe", row.pk)).status_code == 404
    assert other.get(url("history", row.pk)).status_code == 404
    assert other.post(url("restore", row.pk), {"revision": 1, "undone": 1}).status_code == 404
    assert other.get(url("tree", shelf.fonds.pk)).status_code == 404
    assert other.get(url("original", row.pk, file.pk)).status_code == 404
    assert other.get(url("page", row.pk, file.pk, 1)).status_code == 404
    assert other.get(url("proof", row.pk, 1)).status_code == 404
    client.logout()
    assert client.get(url("original", row.pk, file.pk)).status_code == 404
    assert client.get(url("item", row.pk)).status_code == 302


def test_a_file_of_another_item_is_not_reached_through_an_item_that_may_be_read(at, shelf, abroad):
    (closed,) = shelf.put(shelf.item(1))
    (opened,) = shelf.put(shelf.item(2, openness="open"))
    client = at("archivist", abroad)
    inside = closed.package.files.get()
    assert client.get(url("original", opened.pk, inside.pk)).status_code == 404
    assert client.get(url("page", opened.pk, inside.pk, 1)).status_code == 404


def test_a_person_named_in_a_record_is_named_to_its_keepers_only(at, shelf, abroad):
    kind = holdings.kind("marriage").pk
    (row,) = shelf.put(
        shelf.item(1, kind_id=kind, openness="open", persons=("样例人甲",), metadata={"x": "样例号码"})
    )
    assert "样例人甲" in body(at("reading_clerk").get(row.get_absolute_url()))
    for address in (row.get_absolute_url(), url("pane", row.pk)):
        page = body(at("archivist", abroad).get(address))
        assert "样例人甲" not in page and "样例号码" not in page
    file = row.package.files.get()
    assert at("archivist", abroad).get(url("original", row.pk, file.pk)).status_code == 403


def test_a_description_is_corrected_on_the_page_and_the_second_editor_is_told(at, shelf):
    (row,) = shelf.put(shelf.item(1))
    client = at("cataloguer")
    said = {"title": "新题名", "author": "样例", "persons": "样例甲、样例乙", "revision": 1}
    assert client.post(url("describe", row.pk), said).status_code == 303
    row.refresh_from_db()
    assert (row.title, row.persons, row.revision) == ("新题名", ["样例甲", "样例乙"], 2)
    late = client.post(url("describe", row.pk), said | {"title": "晚到的题名"})
    assert late.status_code == 409 and "晚到的题名" in body(late) and "由别人改过" in body(late)
    history = body(client.get(url("history", row.pk)))
    assert "关于加强样例管理的通知" in history and "新题名" in history
    client.post(url("restore", row.pk), {"revision": 2, "undone": 2})
    assert Description.objects.get(pk=row.pk).title == "关于加强样例管理的通知"


def test_a_reader_at_the_counter_has_no_edit_page(at, shelf):
    (row,) = shelf.put(shelf.item(1))
    client = at("reading_clerk")
    assert client.get(url("describe", row.pk)).status_code == 404
    assert "修改著录" not in body(client.get(row.get_absolute_url()))


def test_the_tree_leads_from_the_fonds_to_the_items_also_without_script(at, shelf):
    code = f"{shelf.fonds.code}-WS·2011·Y-003-001"
    (row,) = shelf.put(shelf.item(1, reference_code=code))
    client = at("archivist")
    closed = body(client.get(url("tree", shelf.fonds.pk)))
    opened = body(client.get(url("tree", shelf.fonds.pk) + f"?open={row.parent_id}"))
    assert row.get_absolute_url() not in closed and row.get_absolute_url() in opened
    assert row.get_absolute_url() in body(client.get(url("branch", row.parent_id)))


def test_the_evidence_page_shows_digests_and_hands_out_a_proof(at, shelf, keys):
    from django.utils import timezone

    from lantai.platform.ledger import services as ledger_services

    (row,) = shelf.put(shelf.item(1))
    file = row.package.files.get()
    client = at("archivist")
    page = body(client.get(url("evidence", row.pk)))
    assert file.sm3 in page and row.package.object_id in page
    entry = ledger.entries_about("custody:package", row.package_id).last()
    ledger_services.sequence(timezone.now())
    answer = client.get(url("proof", row.pk, entry.pk))
    assert answer.status_code == 200 and "c2sp.org/tlog-proof" in body(answer)
    foreign = ledger.entries_about("holdings:fonds", shelf.fonds.pk).first()
    assert client.get(url("proof", row.pk, foreign.pk)).status_code == 404


def test_what_one_person_downloads_often_in_a_day_is_one_line_of_the_page(at, shelf, home):
    (row,) = shelf.put(shelf.item(1))
    file = row.package.files.get()
    for role, often in (("archivist", 3), ("cataloguer", 1)):
        for _time in range(often):
            list(at(role).get(url("original", row.pk, file.pk)).streaming_content)
    page = body(at("archivist").get(row.get_absolute_url()))
    assert page.count("下载原件，当天 3 次") == 1 and page.count('<span class="what">下载原件</span>') == 1
    told = at("archivist").get(f"/api/catalogue/items/{row.pk}/evidence").json()["acts"]
    assert [act["what"] for act in told].count("下载原件") == 4
    assert [act["entry"] for act in told] == sorted(act["entry"] for act in told)


def test_the_search_page_marks_hits_and_spells_its_conditions(at, shelf, indexed):
    shelf.put(shelf.item(1), shelf.item(2, retention="D30"), text="水库移民安置")
    indexed()
    client = at("archivist")
    page = body(client.get(url("search") + "?q=水库移民&retention=D30"))
    assert "<mark>水库移民</mark>" in page and "保管期限：30年" in page and "共 1 件" in page


def test_the_search_page_says_that_the_index_is_behind_or_missing(at, shelf, indexed):
    client = at("archivist")
    assert "检索库还没有建好" in body(client.get(url("search") + "?q=样例"))
    shelf.put(shelf.item(1))
    indexed()
    shelf.put(shelf.item(2))
    assert "索引滞后" in body(client.get(url("search") + "?q=样例"))


@pytest.mark.parametrize(
    "query", ["q=(((", "q=%00", "q=-", "after=zz&q=x", "year=abc", "sort=nonsense", "q=" + "x" * 12000]
)
def test_no_address_breaks_the_search_page(at, shelf, indexed, query):
    shelf.put(shelf.item(1))
    indexed()
    assert at("archivist").get(f"{url('search')}?{query}").status_code in (200, 422)


def test_a_title_is_never_taken_for_markup(at, shelf, indexed):
    (row,) = shelf.put(shelf.item(1, title="<script>样例</script>"), text="样例<img src=x>")
    indexed()
    client = at("archivist")
    for address in (url("list"), row.get_absolute_url(), url("search") + "?q=样例"):
        assert "<script>样" not in body(client.get(address))
        assert "<img src=x>" not in body(client.get(address))


def test_the_list_leaves_as_a_file_only_with_the_right_to_and_leaves_a_line(at, shelf):
    shelf.put(shelf.item(1))
    assert at("reading_clerk").get(url("list") + "?export=csv").status_code == 403
    answer = at("archivist").get(url("list") + "?export=csv")
    content = b"".join(answer) if answer.streaming else answer.content
    assert shelf.item(1).reference_code in content.decode("utf-8-sig")
    assert ledger.entries_about("ui:list", "catalogue.descriptions").exists()


def test_machines_read_search_and_change_with_the_revision_they_read(at, shelf, indexed):
    (row,) = shelf.put(shelf.item(1))
    indexed()
    client = at("cataloguer")
    assert client.get("/api/catalogue/items").json()["items"][0]["reference_code"] == row.reference_code
    assert client.get("/api/catalogue/search?q=样例").json()["total"] == 1
    whole = client.get(f"/api/catalogue/items/{row.pk}")
    assert whole.json()["files"][0]["sm3"] and whole["ETag"] == '"1"'

    def patch(title, **headers):
        return client.patch(
            f"/api/catalogue/items/{row.pk}",
            {"title": title},
            content_type="application/json",
            headers=headers,
        )

    assert patch("无版次").status_code == 428
    assert patch("第一次", **{"If-Match": '"1"'}).json()["revision"] == 2
    assert patch("第二次", **{"If-Match": '"1"'}).status_code == 409


def test_everybody_reads_open_records_by_the_interface_and_nothing_else(client, shelf):
    closed, opened = shelf.put(shelf.item(1), shelf.item(2, openness="open"))
    listed = client.get("/api/catalogue/open/items").json()["items"]
    assert [item["id"] for item in listed] == [opened.pk]
    assert client.get(f"/api/catalogue/open/items/{closed.pk}").status_code == 404
    whole = client.get(f"/api/catalogue/open/items/{opened.pk}").json()
    answer = client.get(f"/api/catalogue/open/items/{opened.pk}/files/{whole['files'][0]['id']}")
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert client.get("/api/catalogue/items").status_code == 401


def test_what_strangers_take_leaves_no_line(client, shelf):
    (opened,) = shelf.put(shelf.item(1, openness="open"))
    b"".join(client.get(url("original", opened.pk, opened.package.files.get().pk)).streaming_content)
    assert not ledger.entries_about("catalogue:description", opened.pk).exists()


def test_a_damaged_file_is_said_to_be_damaged(at, shelf):
    (row,) = shelf.put(shelf.item(1))
    row.package.files.update(is_intact=False)
    page = body(at("archivist").get(row.get_absolute_url()))
    assert "内容有异常" in page and "校验异常" in page


def test_describing_names_the_editor_in_the_timeline(at, shelf, home):
    (row,) = shelf.put(shelf.item(1))
    services.describe(home.ctx("cataloguer"), description_id=row.pk, revision=1, changes={"title": "改"})
    page = body(at("archivist").get(row.get_absolute_url()))
    assert "修改著录" in page and "样例cataloguer" in page
