"""What pages do machines do too: one walk through the operations of each app that describes, finds and exchanges."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lantai.apps.catalogue.models import Description
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.apps.kinds import services as kinds
from lantai.platform.context import Channel, system_ctx
from lantai.platform.search import services as search
from tests.region import World, build_world
from tests.taken_back import taken_back

COMMAND = system_ctx(Channel.COMMAND)


class Machine:
    """Somebody who speaks JSON."""

    def __init__(self, world: World, name: str) -> None:
        self.client = Client()
        self.client.force_login(world.user(name))

    def __call__(self, method: str, path: str, body: object = None, status: int = 200, **more: Any) -> Any:
        answer = self.client.generic(
            method, f"/api/{path}", b"" if body is None else self._json(body), "application/json", **more
        )
        assert answer.status_code == status, (method, path, answer.status_code, answer.content[:400])
        if "json" in answer.headers.get("Content-Type", "") and answer.content:
            return answer.json()
        return answer.content

    @staticmethod
    def _json(body: object) -> bytes:
        import json

        return json.dumps(body).encode()


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker, tmp_path_factory):
    from django.conf import settings

    before = settings.LANTAI_INDEX
    settings.LANTAI_INDEX = tmp_path_factory.mktemp("rest")
    with django_db_blocker.unblock(), taken_back():
        holdings_services.install_rules(COMMAND)
        kinds.install_shipped(COMMAND)
        world = build_world()
        world.fonds = Fonds.objects.create(code="A109", name="样例全宗", archives=world.archives)
        ctx = world.ctx("cataloguer")
        world.rows = [
            Description.objects.create(
                level="item", fonds=world.fonds, custodian=world.archives, kind=holdings.kind("document"),
                reference_code=f"A109-{n:04}", title=title, year=1950 + n, retention="Y", page_count=n,
                created_at=ctx.now, updated_at=ctx.now,
            )
            for n, title in enumerate(("土改工作通知", "土改工作报告", "粮食统计"), 1)
        ]  # fmt: skip
        search.rebuild()
        yield world
        search.stop_following()
    settings.LANTAI_INDEX = before


@pytest.fixture
def world(region: World, db: None) -> World:
    return region


def test_a_record_of_authority_is_kept_with_all_its_parts(world):
    ask = Machine(world, "cataloguer")
    new = {"org": "A0", "kind": "creator", "name": "样例市水利局", "began": "1983"}
    one = ask("POST", "authorities/records", new, 201)
    two = ask("POST", "authorities/records", {**new, "name": "样例县水利局"}, 201)
    here = f"authorities/records/{one['id']}"
    ask("POST", f"{here}/names", {"text": "样例市水电局", "ended_year": 1983}, 201)
    former = next(name for name in ask("GET", f"{here}/names") if name["kind"] == "former")
    assert ask("PUT", f"authorities/names/{former['id']}", {"text": "样例市水务局"})["text"] == "样例市水务局"
    ask("POST", f"{here}/relations", {"other": two["id"], "kind": "succeeded_by"}, 201)
    (relation,) = ask("GET", here)["relations"]
    ask("DELETE", f"{here}/relations/{relation['id']}", status=204)
    cited = ask("POST", f"{here}/sources", {"citation": "样例志"}, 201)
    assert [line["citation"] for line in ask("GET", f"{here}/sources")] == ["样例志"]
    ask("DELETE", f"authorities/sources/{cited['id']}", status=204)
    ask("DELETE", f"authorities/names/{former['id']}", status=204)
    assert b"eac-cpf" in ask("GET", f"{here}/eac")
    versions = ask("GET", f"{here}/versions")
    ask("POST", f"{here}/restore", {"revision": versions[0]["revision"], "to": 2}, 204)
    assert "样例市水电局" in [name["text"] for name in ask("GET", f"{here}/names")]
    (pair,) = ask("GET", f"{here}/alike")
    assert {pair["first"], pair["second"]} == {one["id"], two["id"]} and pair in ask(
        "GET", "authorities/alike"
    )
    plan = ask("GET", f"authorities/merges/plan?survivor={one['id']}&other={two['id']}")
    assert plan["merged"] == [two["id"]]
    ask("POST", "authorities/alike/different", {"first": one["id"], "second": two["id"]}, 204)
    assert ask("GET", "authorities/alike") == []
    stranger = Machine(world, "strange_clerk")
    for path in (here, f"{here}/names", f"{here}/sources", f"{here}/versions", f"{here}/eac"):
        stranger("GET", path, status=404)


def test_a_vocabulary_is_filled_and_its_words_retired(world):
    ask = Machine(world, "cataloguer")
    row = ask("POST", "authorities/vocabularies", {"org": "A0", "slug": "trade", "name": "工种"}, 201)
    here = f"authorities/vocabularies/{row['id']}"
    assert ask("POST", f"{here}/words", {"words": ["01|车工", "钳工", "钳工"]})["added"] == 2
    words = ask("GET", f"{here}/words")["words"]
    assert ask("POST", f"{here}/words/retire", {"ids": [words[0]["id"]]})["retired"] == 1
    assert ask("PUT", here, {"name": "工种表"})["name"] == "工种表"
    assert [row["slug"] for row in ask("GET", "authorities/vocabularies")["vocabularies"]] == ["trade"]
    Machine(world, "strange_clerk")("GET", f"{here}/words", status=404)


def test_a_topic_is_kept_from_its_sections_to_its_end(world):
    ask = Machine(world, "cataloguer")
    row = ask("POST", "topics/topics", {"org": "A0", "title": "土地改革", "kind": "red"}, 201)
    here = f"topics/topics/{row['id']}"
    part = ask("POST", f"{here}/sections", {"title": "文件"}, 201)
    assert ask("PUT", f"topics/sections/{part['id']}", {"title": "来往文件", "position": 2})["position"] == 2
    field = ask("POST", f"{here}/fields", {"label": "户数", "kind": "number"}, 201)
    revised = ask("PUT", f"topics/fields/{field['id']}", {"label": "涉及户数", "is_open": True})
    assert (revised["label"], revised["kind"], revised["is_open"]) == ("涉及户数", "number", True)
    ask("POST", f"{here}/records", {"codes": ["A109-0001", "A109-0002"]})
    members = ask("GET", f"{here}/members")["members"]
    ids = [one["id"] for one in members]
    assert ask("POST", f"{here}/place", {"ids": ids[:1], "section": part["id"]})["count"] == 1
    held = ask("PUT", f"topics/members/{ids[0]}/values", {"values": {field["id"]: "12"}})
    assert held["own"] == {str(field["id"]): "12"} and held["section"] == part["id"]
    assert ask("POST", f"{here}/exclude", {"ids": ids[1:]})["count"] == 1
    assert [one["id"] for one in ask("GET", f"{here}/members?excluded=true")["members"]] == ids[1:]
    assert ask("POST", f"{here}/put-back", {"ids": ids[1:]})["count"] == 1
    front = ask("GET", f"{here}/front")
    assert (front["total"], front["years"]) == (2, {"1951": 1, "1952": 1})
    ask("PUT", here, {"title": "土改", "kind": "red", "cover": "A109-0001"}, 204)
    Machine(world, "archives_head")("PUT", f"{here}/share", {"share": "public"}, 204)
    Description.objects.filter(pk=world.rows[0].pk).update(openness="open")
    public = Client().get(f"/topics/open/{row['id']}/").content.decode()
    assert "涉及户数：12" in public
    ask("POST", f"{here}/refresh", status=202)
    ask("DELETE", f"topics/sections/{part['id']}", status=204)
    ask("DELETE", f"topics/fields/{field['id']}", status=204)
    assert ask("DELETE", here) == {"count": 2}
    ask("GET", here, status=404)


def test_the_quality_of_a_fonds_is_read_with_the_lists_behind_it(world):
    ask = Machine(world, "cataloguer")
    here = f"quality/fonds/{world.fonds.pk}"
    assert ask("GET", here)["latest"] is None
    for what in ("content", "pages"):
        found = ask("GET", f"{here}/lacking/{what}")["items"]
        assert [one["reference_code"] for one in found] == ["A109-0001", "A109-0002", "A109-0003"], what
    assert ask("GET", f"{here}/lacking/text")["items"] == []
    ask("GET", f"{here}/lacking/nothing", status=422)
    Machine(world, "strange_clerk")("GET", here, status=404)


def test_a_fonds_is_boxed_and_its_papers_printed(world):
    ask = Machine(world, "archivist")
    here = f"printing/fonds/{world.fonds.pk}"
    groups = ask("GET", f"{here}/groups")
    assert [(one["year"], one["loose_count"]) for one in groups] == [(1953, 1), (1952, 1), (1951, 1)]
    assert ask("GET", f"{here}/kinds")[0]["slug"] == "document"
    for paper in ("lists/items.pdf", "lists/document.pdf", "dossier.pdf"):
        assert ask("GET", f"{here}/{paper}")[:5] == b"%PDF-", paper
    ask("GET", f"{here}/lists/cover.pdf", status=404)
    (box,) = ask("POST", "printing/boxes", {"fonds_id": world.fonds.pk, "year": 1951, "retention": "Y"})
    one = f"printing/boxes/{box['id']}"
    assert ask("PUT", one, {"spine_mm": 20, "place": "一库"})["place"] == "一库"
    ask("PUT", one, {"spine_mm": 21}, 422)
    assert ask("GET", f"{one}/note.pdf")[:5] == ask("GET", f"{one}/label.pdf")[:5] == b"%PDF-"
    ask("DELETE", one, status=204)
    ask("GET", one, status=404)


def test_sources_and_channels_are_registered_revised_and_removed(world):
    ask = Machine(world, "cataloguer")
    said = {"name": "邻县", "address": "https://archives.example/oai"}
    source = ask("POST", "interop/sources", {**said, "org": "A0", "way": "harvest"}, 201)
    here = f"interop/sources/{source['id']}"
    assert ask("PUT", here, {**said, "is_enabled": False})["is_enabled"] is False
    assert ask("GET", here)["rounds"] == []
    ask("POST", f"{here}/harvest", status=202)
    ask("DELETE", here, status=409)
    channel = ask("POST", "interop/channels", {**said, "org": "A0", "key_name": "superior"}, 201)
    one = f"interop/channels/{channel['id']}"
    assert ask("PUT", one, {**said, "key_name": "superior", "name": "市馆"})["name"] == "市馆"
    ask("POST", f"{one}/report", status=202)
    assert ask("GET", one)["name"] == "市馆"
    Machine(world, "strange_clerk")("GET", here, status=404)


def test_searches_are_saved_points_are_set_and_a_tree_is_searched(world):
    ask = Machine(world, "cataloguer")
    saved = ask("POST", "catalogue/searches", {"name": "土改", "query": "q=土改", "is_watched": True}, 201)
    assert saved["is_watched"] and saved["is_mine"]
    here = f"catalogue/searches/{saved['id']}"
    assert ask("PUT", f"{here}/watch", {"is_watched": False})["is_watched"] is False
    assert [one["id"] for one in ask("GET", "catalogue/searches")] == [saved["id"]]
    Machine(world, "archivist")("DELETE", here, status=404)
    ask("DELETE", here, status=204)
    new = {"org": "A0", "kind": "subject", "name": "土地改革"}
    subject = ask("POST", "authorities/records", new, 201)["id"]
    item = f"catalogue/items/{world.rows[0].pk}"
    (point,) = ask("POST", f"{item}/points", {"authority": subject, "role": "about"}, 201)
    assert [one["name"] for one in ask("GET", f"{item}/points")] == ["土地改革"]
    held = ask("GET", f"catalogue/authorities/{subject}/items?role=about")["items"]
    assert [one["id"] for one in held] == [world.rows[0].pk]
    ask("DELETE", f"{item}/points/{point['id']}", status=204)
    assert [one["reference_code"] for one in ask("GET", f"{item}/related")] == ["A109-0002"]
    found = ask("GET", f"catalogue/tree/{world.fonds.pk}/hits?q=土改")
    assert found["total"] == found["outside"] == 2
    ask("GET", f"{item}/evidence", status=404)  # a description without a package


def test_a_kind_is_designed_and_goes_out_and_in_as_a_file(world):
    ask = Machine(world, "archivist")
    new = {"archives": world.archives.pk, "slug": "water-right", "name": "取水许可档案", "like": "document"}
    draft = ask("POST", "kinds", new, 201)
    assert (draft["kind"], draft["state"]) == ("water-right", "draft")
    text = ask("GET", f"kinds/versions/{draft['id']}/file").decode()
    ask("POST", f"kinds/versions/{draft['id']}/discard", {"reason": "样例"})
    again = ask("POST", "kinds/versions/file", {"archives": world.archives.pk, "content": text}, 201)
    assert again["fields"] == draft["fields"] and again["number"] == 2
    Machine(world, "strange_clerk")("GET", f"kinds/versions/{draft['id']}/file", status=404)
