from __future__ import annotations

import json

from django.urls import reverse

from lantai.apps.catalogue.models import Arrangement, Description, Rearrangement


def url(name, *args):
    return reverse(f"catalogue:{name}", args=args)


def body(answer):
    return answer.content.decode()


def test_rows_ticked_in_the_tree_are_moved_after_a_preview_and_brought_back(rows, at):
    one, two = rows.file(1, items=2), rows.file(2)
    item = rows.items(one)[0]
    client = at("cataloguer")
    assert 'id="arranging"' in body(client.get(url("tree", rows.fonds.pk)))
    asked = {"act": "move", "ids": str(item.pk), "to": "J109-001-002", "reason": ""}
    assert "J109-001-001-001" in body(client.get(url("arrange"), {"act": "move", "id": item.pk}))
    page = client.post(url("arrange"), asked)
    assert "J109-001-002-001" in body(page) and page.context["plan"].renamed == 1
    assert not Rearrangement.objects.exists()
    done = client.post(url("arrange"), asked | {"digest": page.context["plan"].digest})
    assert done.status_code == 303
    assert "J109-001-001-001" in body(client.get(done["Location"]))
    assert rows.items(two)[0].pk == item.pk
    listed = body(client.get(url("rearrangements")))
    assert "J109-001-002" in listed
    assert client.post(done["Location"] + "undo/").status_code == 303
    assert rows.items(two) == []


def test_every_way_of_arranging_shows_its_page_and_says_what_is_wrong(rows, at):
    one = rows.file(1, items=2)
    rows.file(2, items=1)
    client = at("cataloguer")
    ids = ",".join(str(row.pk) for row in rows.items(one))
    for act, given, says in (
        ("move", {"to": "没有这个"}, "请核对档号"),
        ("merge", {"to": "J109-001-002"}, "只能把同一全宗"),
        ("split", {"title": "x", "code": ""}, "不能全选"),
        ("number", {"style": "DA/T 13", "width": 3, "order": "code"}, ""),
    ):
        assert client.get(url("arrange"), {"act": act, "id": one.pk}).status_code == 200
        page = client.post(url("arrange"), {"act": act, "ids": ids, "reason": "", **given})
        assert page.status_code == (422 if says else 200) and says in body(page), act
    for hostile in ({}, {"act": "x"}, {"act": "move", "below": "9" * 12}):
        assert client.get(url("arrange"), hostile).status_code == 404
    assert client.post(url("arrange"), {"act": "move", "ids": "x,\x00"}).status_code == 422
    assert at("reading_clerk").get(url("arrange"), {"act": "move", "id": one.pk}).status_code == 404


def test_a_series_is_made_and_says_what_lies_below_it(rows, at):
    client = at("cataloguer")
    made = client.post(
        url("new_unit", rows.fonds.pk), {"level": "series", "reference_code": "WS", "title": "文书"}
    )
    series = Description.objects.get(reference_code="WS")
    assert made["Location"] == series.get_absolute_url()
    file = rows.file(1, parent=series, retention="")
    given = {"name": "retention", "retention": "永久", "openness": "", "reason": "按鉴定意见"}
    assert client.post(url("state", series.pk), given).status_code == 303
    file.refresh_from_db()
    assert (file.retention, file.inherits) == ("Y", ["retention"])
    assert "承自类别" in body(client.get(file.get_absolute_url()))
    again = client.post(
        url("new_unit", rows.fonds.pk), {"level": "file", "reference_code": "F", "title": "x", "above": "?"}
    )
    assert again.status_code == 422


def test_a_further_arrangement_is_made_looked_at_filled_by_hand_and_removed(rows, at):
    one = rows.row("item", "A1", year=2010)
    client = at("cataloguer")
    client.post(url("new_arrangement", rows.fonds.pk), {"name": "按年度", "first": "year"})
    made = Arrangement.objects.get()
    page = client.get(made.get_absolute_url())
    ((place, count),) = page.context["window"].places
    assert (place.heading, count) == ("2010", 1)
    assert "A1" in body(client.get(made.get_absolute_url(), {"under": place.pk}))
    client.post(url("place", made.pk), {"heading": "重大活动", "codes": "A1\n"})
    own = made.placements.get(heading="重大活动")
    assert made.placements.get(parent=own).description_id == one.pk
    wrong = client.post(url("place", made.pk), {"heading": "", "codes": "没有", "under": own.pk})
    assert wrong.status_code == 422 and "请核对档号" in body(wrong)
    client.post(url("unplace", made.pk), {"place": own.pk})
    client.post(url("fill_arrangement", made.pk))
    assert "按年度" in body(client.get(url("tree", rows.fonds.pk)))
    assert client.post(url("remove_arrangement", made.pk)).status_code == 303
    assert not Arrangement.objects.exists()


def test_machines_walk_the_tree_plan_an_act_do_it_and_take_it_back(rows, at):
    one, two = rows.file(1, items=3), rows.file(2)
    client = at("cataloguer")

    def ask(path, **data):
        answer = client.post(f"/api/catalogue/{path}", json.dumps(data), content_type="application/json")
        return answer.status_code, answer.json() if answer.content else None

    top = client.get(f"/api/catalogue/tree/{rows.fonds.pk}", {"limit": 1}).json()
    assert (top["total"], top["next"], top["nodes"][0]["child_count"]) == (2, one.pk, 3)
    item = rows.items(one)[0]
    status, plan = ask("rearrangements/move", ids=[item.pk], to_id=two.pk, dry_run=True)
    assert status == 200 and plan["id"] is None and plan["lines"][0]["new_code"] == "J109-001-002-001"
    status, done = ask("rearrangements/move", ids=[item.pk], to_id=two.pk, digest=plan["digest"])
    assert status == 200 and done["id"]
    place = client.get(f"/api/catalogue/items/{item.pk}/place").json()
    assert place["above"][0]["id"] == two.pk and place["former_codes"][0]["code"] == "J109-001-001-001"
    found = client.get("/api/catalogue/by-code", {"code": "J109-001-001-001"}).json()
    assert [one["id"] for one in found] == [item.pk]
    assert ask("rearrangements/move", ids=[item.pk], to_id=two.pk, digest="x" * 64)[0] == 409
    assert ask(f"rearrangements/{done['id']}/undo")[0] == 200
    assert ask(f"rearrangements/{done['id']}/undo")[0] == 409
    assert ask("rearrangements/merge", ids=[two.pk], into_id=one.pk)[0] == 200
    assert ask("rearrangements/number", ids=[item.pk], start=7, style="", dry_run=True)[0] == 200
    status, arranged = ask("arrangements", fonds_id=rows.fonds.pk, name="按年", rule=["year"])
    assert status == 201
    places = client.get(f"/api/catalogue/arrangements/{arranged['id']}/places").json()
    assert [one["heading"] for one in places["places"]] == ["2011"]
    assert ask("arrangements", fonds_id=rows.fonds.pk, name="x", rule=["DROP"])[0] == 422
    assert client.delete(f"/api/catalogue/arrangements/{arranged['id']}").status_code == 204
