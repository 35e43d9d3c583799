from __future__ import annotations

import pytest
from django.urls import reverse

from lantai.apps.catalogue import services
from lantai.apps.catalogue.editing import (
    ActUnfit,
    BulkNotThere,
    BulkState,
    FieldEdit,
    NothingChosen,
    TooManyChosen,
)
from lantai.apps.catalogue.models import BulkChange, Description, DescriptionVersion
from lantai.apps.catalogue.queries import bulk as reading
from lantai.apps.catalogue.queries.numbers import holders_of_number
from lantai.apps.catalogue.services import bulk_changing as changing
from lantai.apps.catalogue.types import Asked, NewRow
from lantai.apps.holdings import queries as holdings
from lantai.platform.jobs import execution
from lantai.platform.ledger.models import Entry
from lantai.platform.search.models import Change
from tests.apps.holdings.region import make_region

NUMBER = "640102198503071231"


@pytest.fixture
def rows(home, settings, tmp_path) -> list[Description]:
    """Seven couples and three documents on paper."""
    settings.LANTAI_KEYS = tmp_path / "keys"
    fonds = home.fonds("J301")
    same = {"fonds_id": fonds.pk, "custodian_id": home.archives.pk}
    marriage, document = holdings.kind("marriage").pk, holdings.kind("document").pk
    given = [
        NewRow(reference_code=f"J301-HY-{n}", title=f"样例登记{n}", kind_id=marriage, note="旧",
               metadata={"registrationOffice": "红星公社", "husbandIdentity": NUMBER} if n else {}, **same)
        for n in range(7)
    ]  # fmt: skip
    given += [
        NewRow(reference_code=f"J301-WS-{n}", title=f"样例通知{n}", kind_id=document, **same)
        for n in range(3)
    ]
    services.enter(home.ctx("cataloguer"), rows=given)
    return list(Description.objects.filter(fonds=fonds).order_by("reference_code"))


def chosen(home, rows) -> BulkChange:
    return services.choose(
        home.ctx("cataloguer"), rows=Description.objects.filter(pk__in=[r.pk for r in rows])
    )


def applied(home, bulk: BulkChange, **edit: str) -> BulkChange:
    bulk = changing.start_bulk(home.ctx("cataloguer"), bulk_id=bulk.pk, edit=FieldEdit(**edit))
    execution.execute(bulk.run_id)
    bulk.refresh_from_db()
    return bulk


def test_the_preview_says_exactly_what_the_run_then_does(home, rows):
    bulk = chosen(home, rows)
    edit = FieldEdit("registrationOffice", "replace", "红星镇", "红星公社")
    field = next(one for one in reading.fields_for(home.ctx("cataloguer"), bulk) if one.name == edit.name)
    found = reading.preview(home.ctx("cataloguer"), bulk, field, edit)
    assert (found.changed, found.same, found.untouched) == (6, 1, 3)
    assert found.sample[0].after[-1] == ("镇", True)
    bulk = applied(home, bulk, name=edit.name, act="replace", value="红星镇", find="红星公社")
    assert (bulk.state, bulk.changed_count, bulk.skipped_count) == ("done", 6, 4)
    assert Description.objects.filter(metadata__registrationOffice="红星镇").count() == 6
    assert Entry.objects.filter(act="catalogue:rows:bulk_described").count() == 1
    version = DescriptionVersion.objects.filter(bulk=bulk).first()
    assert version.before == {edit.name: "红星公社"} and version.after == {edit.name: "红星镇"}
    assert Change.objects.filter(row_id=rows[1].pk).exists()


@pytest.mark.parametrize(
    ("name", "act", "value", "find", "expected"),
    [
        ("note", "append", "，已核", "", "旧，已核"),
        ("note", "clear", "", "", ""),
        ("title", "replace", "档案", "登记", "样例档案3"),
        ("author", "set", "样例公社", "", "样例公社"),
        ("persons", "set", "样例甲、样例乙", "", ["样例甲", "样例乙"]),
        ("persons", "append", "样例丙 样例丙", "", ["样例丙"]),
        ("page_count", "set", "12", "", 12),
        ("dated_on", "set", "1985年3月7日", "", "1985-03-07"),
        ("registrationType", "set", "补办", "", "补办"),
        ("registrationOffice", "clear", "", "", None),
    ],
)
def test_every_act_does_to_a_field_what_it_says_and_is_taken_back_whole(
    home, rows, name, act, value, find, expected
):
    before = list(
        Description.objects.order_by("pk").values("pk", "title", "note", "persons", "metadata", "dated_on")
    )
    if name == "registrationOffice":
        field = next(
            one for one in reading.fields_for(home.ctx("cataloguer"), chosen(home, rows)) if one.name == name
        )
        with pytest.raises(ActUnfit, match="必填"):
            reading.expression_of(field, FieldEdit(name, act), [])
        name, expected = "certificateNumber", None
    bulk = applied(home, chosen(home, rows), name=name, act=act, value=value, find=find)
    row = Description.objects.get(pk=rows[3].pk)
    said = getattr(row, name) if hasattr(row, name) else row.metadata.get(name)
    assert (said.isoformat() if name == "dated_on" else said) == expected
    if bulk.changed_count:
        services.undo_bulk(home.ctx("cataloguer"), bulk_id=bulk.pk)
        bulk.refresh_from_db()
        execution.execute(bulk.run_id)
        bulk.refresh_from_db()
        assert bulk.state == BulkState.UNDONE
        with pytest.raises(BulkNotThere):
            services.undo_bulk(home.ctx("cataloguer"), bulk_id=bulk.pk)
    fields = ("pk", "title", "note", "persons", "metadata", "dated_on")
    assert list(Description.objects.order_by("pk").values(*fields)) == before


def test_a_row_that_somebody_changed_meanwhile_is_left_and_so_is_one_changed_since(home, rows):
    ctx, bulk = home.ctx("cataloguer"), chosen(home, rows)
    services.describe(ctx, description_id=rows[0].pk, revision=1, changes={"note": "别人写的"})
    bulk = applied(home, bulk, name="note", act="set", value="整批写的")
    assert bulk.changed_count == 9 and Description.objects.get(pk=rows[0].pk).note == "别人写的"
    services.describe(ctx, description_id=rows[1].pk, revision=2, changes={"note": "后来写的"})
    services.undo_bulk(ctx, bulk_id=bulk.pk)
    execution.execute(BulkChange.objects.get(pk=bulk.pk).run_id)
    assert Description.objects.get(pk=rows[1].pk).note == "后来写的"
    assert Description.objects.get(pk=rows[2].pk).note == "旧"


def test_a_run_that_is_killed_goes_on_behind_what_it_did(home, rows, monkeypatch):
    monkeypatch.setattr(changing, "CHUNK", 3)
    bulk = changing.start_bulk(
        home.ctx("cataloguer"), bulk_id=chosen(home, rows).pk, edit=FieldEdit("note", "append", "！")
    )
    upto, count = changing.next_part(bulk, 0)
    ctx = home.ctx("cataloguer")
    assert count == 3 and changing.apply_part(ctx, bulk, 0, upto) == 3
    bulk.run.cursor = str(upto)
    bulk.run.save(update_fields=["cursor"])
    execution.execute(bulk.run_id)
    notes = set(Description.objects.values_list("note", flat=True))
    assert notes == {"旧！", "！"}


def test_many_changes_are_one_act_with_the_numbers_sealed_and_taken_back(home, rows):
    ctx, other = home.ctx("cataloguer"), "64010219850307" + "2314"[:3] + "X"
    valid = "11010519491231002X"
    changes = [
        (row.pk, row.revision, {"note": f"第{n}条", "husbandIdentity": valid})
        for n, row in enumerate(rows[:7])
    ]
    changes += [
        (rows[7].pk, 9, {"note": "旧版"}),
        (10**9, 1, {"note": "没有"}),
        (rows[8].pk, 1, {"husbandIdentity": "1"}),
    ]
    result = services.describe_many(ctx, changes=changes, summary="样例整批")
    assert (result.changed, result.same, result.skipped_count) == (7, 0, 3)
    assert {one.id for one in result.skipped} == {rows[7].pk, 10**9, rows[8].pk} and other
    assert len(holders_of_number(ctx, valid)) == 7
    services.undo_bulk(ctx, bulk_id=result.bulk_id)
    execution.execute(BulkChange.objects.get(pk=result.bulk_id).run_id)
    assert holders_of_number(ctx, valid) == [] and len(holders_of_number(ctx, NUMBER)) == 6
    assert Entry.objects.filter(act="catalogue:rows:described").count() == 1


def test_nobody_chooses_what_they_may_not_describe(home, rows):
    with pytest.raises(NothingChosen):
        services.choose(home.ctx("archivist"), rows=Description.objects.all())


def test_from_the_list_to_the_changed_rows_in_the_browser(home, rows, at):
    client = at("cataloguer")
    answer = client.post(reverse("catalogue:choose"), {"every": "1", "query": "q=J301-HY"})
    bulk = BulkChange.objects.get()
    other = home.fonds("J302")
    client.post(reverse("catalogue:choose"), {"every": "1", "query": f"fonds={other.pk}"})
    assert BulkChange.objects.count() == 1  # nothing lies in that fonds, and all is not taken instead
    assert bulk.row_count == 7 and answer["Location"] == bulk.get_absolute_url()
    said = {"name": "note", "act": "replace", "find": "旧", "value": "新"}
    page = client.post(bulk.get_absolute_url(), said).content.decode()
    assert "将改动 7 条" in page and "<del>旧</del>" in page
    refused = client.post(bulk.get_absolute_url(), said | {"find": ""})
    assert refused.status_code == 422 and "请写出要被替换的文字" in refused.content.decode()
    for act, value, why in (
        ("set", "新", "才用到被替换的文字"),  # or all would be changed where some were meant
        ("clear", "", "才用到被替换的文字"),
    ):
        refused = client.post(bulk.get_absolute_url(), said | {"act": act, "value": value, "apply": "1"})
        assert refused.status_code == 422 and why in refused.content.decode()
    refused = client.post(bulk.get_absolute_url(), said | {"act": "clear", "find": ""})
    assert refused.status_code == 422 and "清空时不填新的值" in refused.content.decode()
    assert client.post(bulk.get_absolute_url(), said | {"apply": "1"}).status_code == 303
    execution.execute(BulkChange.objects.get().run_id)
    assert "撤销这次修改" in client.get(bulk.get_absolute_url()).content.decode()
    assert "J301" not in client.get(reverse("catalogue:bulk_changes")).content.decode().split("<main")[0]


def test_a_table_of_cells_is_saved_by_one_request_or_says_which_cell_is_wrong(home, rows, at):
    client, bulk = at("cataloguer"), chosen(home, rows[:7])
    url = reverse("catalogue:grid", args=[bulk.pk])
    page = client.get(url).content.decode()
    assert page.count('name="r-') == 7 and "红星公社" not in page.split("<table")[0]
    row, other = rows[1], rows[2]
    said = {f"r-{one.pk}": "1" for one in rows[:7]}
    wrong = said | {f"c-{row.pk}-registeredOn": "三月", f"c-{other.pk}-title": "改了的题名"}
    refused = client.post(url, wrong)
    assert refused.status_code == 422 and "1 格有错误" in refused.content.decode()
    assert Description.objects.get(pk=other.pk).title == "样例登记2"
    right = wrong | {f"c-{row.pk}-registeredOn": "1985.3.7"}
    assert client.post(url, right).status_code == 303
    row.refresh_from_db()
    assert row.metadata["registeredOn"] == "1985-03-07"
    assert Description.objects.get(pk=other.pk).title == "改了的题名"
    assert BulkChange.objects.filter(state="done").get().changed_count == 2


def test_all_that_a_search_finds_is_chosen_changed_and_taken_back_and_nothing_of_others(
    home, rows, at, indexed
):
    abroad = make_region("B")
    other = abroad.fonds("J900")
    row = NewRow(reference_code="J900-1", title="样例登记", kind_id=holdings.kind("document").pk,
                 fonds_id=other.pk, custodian_id=abroad.archives.pk, openness="open")  # fmt: skip
    services.enter(abroad.ctx("cataloguer"), rows=[row])
    indexed()
    client = at("cataloguer")
    page = client.get(reverse("catalogue:search"), {"q": "样例登记"}).content.decode()
    assert "共 8 件" in page and "批量修改全部结果" in page
    answer = client.post(
        reverse("catalogue:choose_found"), {"query": "q=%E6%A0%B7%E4%BE%8B%E7%99%BB%E8%AE%B0"}
    )
    bulk = BulkChange.objects.latest("pk")
    assert answer.headers["Location"] == bulk.get_absolute_url()
    assert set(bulk.rows.values_list("description_id", flat=True)) == {one.pk for one in rows[:7]}

    bulk = applied(home, bulk, name="note", act="set", value="新")
    assert bulk.changed_count == 7
    execution.execute(changing.undo_bulk(home.ctx("cataloguer"), bulk_id=bulk.pk).run_id)
    assert set(Description.objects.filter(fonds=rows[0].fonds).values_list("note", flat=True)) == {"旧", ""}

    with pytest.raises(NothingChosen):
        changing.choose_found(home.ctx("cataloguer"), asked=Asked(text="没有的"))
    with pytest.raises(NothingChosen):
        changing.choose_found(home.ctx("reading_clerk"), asked=Asked(text="样例登记"))


def test_a_search_that_finds_too_much_is_told_how_much(home, rows, indexed, monkeypatch):
    indexed()
    monkeypatch.setattr(changing, "MOST_CHOSEN", 6)
    with pytest.raises(TooManyChosen) as refused:
        changing.choose_found(home.ctx("cataloguer"), asked=Asked(text="样例登记"))
    assert refused.value.params["n"] == 7
