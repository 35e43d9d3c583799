from __future__ import annotations

import json

import pytest

from lantai.apps.catalogue.models import BulkChange, Description
from lantai.apps.holdings import queries as holdings
from lantai.platform.jobs import execution

NUMBER = "11010519491231002X"


@pytest.fixture
def api(home, at, settings, tmp_path):
    """The API as the cataloguer's session asks it."""
    settings.LANTAI_KEYS = tmp_path / "keys"
    client = at("cataloguer")

    def ask(method: str, path: str, data: object = None, revision: int = 0):
        more = {"headers": {"If-Match": f'"{revision}"'}} if revision else {}
        body = json.dumps(data) if data is not None else ""
        answer = (
            getattr(client, method)(f"/api{path}", body, content_type="application/json", **more)
            if (method != "get")
            else client.get(f"/api{path}")
        )
        return answer.status_code, answer.json()

    return ask


def written(api, home, fonds, code: str):
    values = {"title": "样例登记", "registrationType": "结婚", "husbandName": "样例甲", "wifeName": "样例乙",
              "registeredOn": "1985-03-07", "registrationOffice": "样例公社", "husbandIdentity": NUMBER}  # fmt: skip
    said = {"fonds": fonds.pk, "kind": "marriage", "reference_code": code, "year": 1985, "values": values}
    return api("post", "/catalogue/descriptions", said)


def test_a_machine_describes_changes_restores_and_sees_numbers_only_on_demand(api, home):
    fonds = home.fonds("J401")
    status, row = written(api, home, fonds, "J401-1")
    assert status == 201 and NUMBER not in str(row) and row["values"]["husbandIdentity"].startswith("110***")
    fields = f"/catalogue/items/{row['id']}/fields"
    assert api("patch", fields, {"values": {"note": "x"}})[0] == 428
    status, changed = api(
        "patch", fields, {"values": {"note": "核过", "dated_on": "1985年3月7日"}}, revision=1
    )
    assert status == 200 and changed["revision"] == 2 and changed["values"]["dated_on"] == "1985-03-07"
    assert api("patch", fields, {"values": {"note": "晚了"}}, revision=1)[0] == 409
    status, refused = api("patch", fields, {"values": {"registrationType": "再婚"}}, revision=2)
    assert status == 422 and "只能填" in str(refused)
    assert api("get", f"/catalogue/items/{row['id']}/versions")[1][0]["after"]["note"] == "核过"
    restored = api(
        "post", f"/catalogue/items/{row['id']}/restore", {"undone": 2, "only": "note"}, revision=2
    )[1]
    assert restored["values"]["note"] == "" and restored["values"]["dated_on"] == "1985-03-07"
    number = f"/catalogue/items/{row['id']}/numbers/husbandIdentity"
    assert api("post", number, {"reason": ""})[0] == 422
    assert api("post", number, {"reason": "核对申请人身份"})[1] == {"number": NUMBER}


def test_a_machine_changes_many_as_one_act_and_takes_them_back(api, home):
    fonds = home.fonds("J402")
    ids = [written(api, home, fonds, f"J402-{n}")[1]["id"] for n in range(2)]
    changes = [{"id": pk, "revision": 1, "values": {"page_count": "7"}} for pk in ids]
    status, told = api("post", "/catalogue/changes", {"changes": [*changes, {**changes[0], "revision": 9}]})
    assert status == 200 and (told["changed"], told["skipped_count"]) == (2, 1)
    status, bulk = api("post", f"/catalogue/bulk-changes/{told['bulk_id']}/undo")
    execution.execute(BulkChange.objects.get(pk=bulk["id"]).run_id)
    assert status == 202 and api("get", f"/catalogue/bulk-changes/{bulk['id']}")[1]["state"] == "undone"
    said = {"ids": ids, "field": "note", "act": "set", "value": "整批"}
    status, bulk = api("post", "/catalogue/bulk-changes", said)
    execution.execute(BulkChange.objects.get(pk=bulk["id"]).run_id)
    assert set(Description.objects.filter(pk__in=ids).values_list("note", "page_count")) == {("整批", None)}


def test_kinds_are_drafted_filled_and_checked_by_machines(home, at):
    def ask(role: str, method: str, path: str, data: object = None):
        client = at(role)
        if method == "get":
            return client.get(f"/api/kinds{path}").json()
        return getattr(client, method)(
            f"/api/kinds{path}", json.dumps(data), content_type="application/json"
        ).json()

    assert len(ask("cataloguer", "get", "")) == holdings.kinds().count()
    draft = ask("archivist", "post", "/photo/versions", {"archives": home.archives.pk})
    fields = [
        *draft["fields"],
        {"name": "camera", "label": "相机", "type": "choice", "choices": ["胶片", "数码"]},
    ]
    told = ask("archivist", "put", f"/versions/{draft['id']}", {"fields": fields, "note": "样例"})
    assert told["fields"][-1]["label"] == "相机" and told["state"] == "draft"
    refused = ask(
        "archivist", "put", f"/versions/{draft['id']}", {"fields": [{"name": "x y", "label": "坏"}]}
    )
    assert refused["status"] == 422
    assert ask("archivist", "post", f"/versions/{draft['id']}/submit")["state"] == "submitted"
    assert ask("archivist", "get", "/photo")["version_id"] == 0


def test_a_machine_keeps_finds_and_throws_away_drafts_of_its_own_user_only(api, home, at):
    fonds = home.fonds("J404")
    _status, row = written(api, home, fonds, "J404-1")
    draft = f"/catalogue/items/{row['id']}/draft"
    said = {"title": "还没写完", "husbandIdentity": NUMBER}
    assert api("get", draft)[0] == 404
    assert api("put", draft, {"revision": 1, "values": said})[0] == 200
    assert api("get", draft)[1]["values"] == said
    assert api("put", "/catalogue/drafts/new", {"values": {"title": "另一条"}})[0] == 200
    listed = api("get", "/catalogue/drafts")[1]
    assert [one["item"] for one in listed] == [None, row["id"]]
    assert api("put", draft, {"values": {"title": "长" * 200_001}})[0] == 422
    assert at("archivist").get(f"/api{draft}").status_code == 404
    client = at("cataloguer")
    assert [client.delete(f"/api{one}").status_code for one in (draft, "/catalogue/drafts/new")] == [204, 204]
    assert api("get", "/catalogue/drafts")[1] == [] and api("get", draft)[0] == 404
