from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import Asked
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.apps.topics import queries, services
from lantai.apps.topics.models import Member, Topic
from lantai.apps.topics.types import (
    FACET_KEY,
    FieldTaken,
    NothingPicked,
    RefreshTopic,
    RuleEmpty,
    RuleOfTopics,
    TitleTaken,
    ValueWrong,
)
from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.context import ANONYMOUS, Channel, Ctx, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger.models import Entry
from lantai.platform.search import services as search
from lantai.platform.search.query import RangeReversed
from lantai.site.demo import subjects
from tests.region import World


@pytest.fixture(scope="module")
def region(built: World) -> World:
    holdings_services.install_rules(system_ctx(Channel.COMMAND))
    built.fonds = Fonds.objects.create(code="A109", name="样例全宗", archives=built.archives)
    return built


@pytest.fixture
def world(region: World, db: None, settings, tmp_path: Path):
    settings.LANTAI_INDEX = tmp_path / "index"
    yield region
    search.stop_following()


def described(world: World, number: int, title: str, *, openness: str = "unreviewed", **more) -> Description:
    ctx = world.ctx("cataloguer")
    kind = more.pop("kind", "document")
    row = Description.objects.create(
        level="item", fonds=world.fonds, custodian=more.pop("custodian", world.archives),
        kind=holdings.kind(kind), reference_code=f"A109-{number:04}", title=title, openness=openness,
        year=1950 + number, created_at=ctx.now, updated_at=ctx.now, **more,
    )  # fmt: skip
    search.changed(ctx, "catalogue", [row.pk])
    return row


def follow() -> None:
    while search.follow():
        pass


def made(world: World, title: str = "土地改革") -> Topic:
    return services.make(world.ctx("cataloguer"), org_id=world.archives.pk, title=title, kind="red")


def members(row: Topic, *standings: str) -> set[str]:
    rows = row.members.filter(standing__in=standings or queries.IN)
    return set(rows.values_list("description__title", flat=True))


def test_a_rule_gathers_follows_what_changes_and_leaves_alone_what_was_done_by_hand(world, monkeypatch):
    ctx = world.ctx("cataloguer")
    one, two, other = (described(world, n, t) for n, t in enumerate(("土改通知", "土改报告", "粮食统计"), 1))
    described(world, 4, "土改来文", custodian=world.other_archives, openness="open")
    follow()
    row = made(world)
    monkeypatch.setattr("lantai.apps.catalogue.queries.matching.MOST_ROWS", 1)
    services.set_rule(ctx, topic_id=row.pk, rule="?" + urlencode({"q": "题名:土改", "page": "3"}))
    row.refresh_from_db()
    assert "page" not in row.rule
    run = jobs.run_now(ctx, RefreshTopic(row.pk, row.round))
    assert (run.state, members(row)) == ("succeeded", {"土改通知", "土改报告"})
    services.exclude(ctx, topic_id=row.pk, member_ids=[row.members.get(description=two).pk])
    services.pick(ctx, topic_id=row.pk, codes=[other.reference_code, " ", "X-404"])
    new = described(world, 5, "土改总结")
    Description.objects.filter(pk=one.pk).update(title="通知")
    search.changed(ctx, "catalogue", [one.pk])
    follow()
    assert services.follow_changes(system_ctx(), [one.pk, two.pk, new.pk]) == 2
    assert members(row) == {"土改总结", "粮食统计"}
    assert services.follow_changes(system_ctx(), [one.pk, two.pk, new.pk]) == 0
    services.set_rule(ctx, topic_id=row.pk, rule="")
    row.refresh_from_db()
    jobs.run_now(ctx, RefreshTopic(row.pk, row.round))
    assert (members(row), members(row, "excluded")) == ({"粮食统计"}, {"土改报告"})


def test_what_is_in_a_topic_is_found_by_its_facet(world):
    ctx = world.ctx("cataloguer")
    row = made(world)
    follow()
    services.set_rule(ctx, topic_id=row.pk, rule="q=抗旱")
    new = described(world, 7, "抗旱方案")
    follow()
    assert services.follow_changes(system_ctx(), [new.pk]) == 1
    follow()
    found = catalogue.find(ctx, Asked(topics=frozenset({"专题·土地改革"})))
    assert [hit.id for hit in found.hits] == [new.pk]


def test_the_facet_tells_nobody_of_a_topic_that_is_not_shared_with_them(world):
    ctx = world.ctx("cataloguer")
    closed, opened = described(world, 1, "甲"), described(world, 2, "乙", openness="open")
    row = made(world)
    services.pick(ctx, topic_id=row.pk, ids=[closed.pk, opened.pk])
    rows = [closed, opened]
    assert "土地改革" not in str(queries.facet_names(rows))
    services.share(world.ctx("archives_head"), topic_id=row.pk, with_whom="public")
    assert queries.facet_names(rows) == dict.fromkeys([closed.pk, opened.pk], ("专题·土地改革",))
    with pytest.raises(NotPermitted):
        services.share(ctx, topic_id=row.pk, with_whom="own")


READERS = ("cataloguer", "archives_head", "stranger", "")


def test_the_facet_counts_for_each_reader_what_the_list_of_the_topic_shows(world):
    ctx = world.ctx("cataloguer")
    rows = [
        described(world, number, f"样例{number}", openness=openness, kind=kind)
        for number, (openness, kind) in enumerate(
            (openness, kind) for openness in ("unreviewed", "open") for kind in ("document", "marriage")
        )
    ]
    topic = made(world)
    services.pick(ctx, topic_id=topic.pk, ids=[row.pk for row in rows])
    seen = set()
    for share in ("own", "region", "public"):
        services.share(world.ctx("archives_head"), topic_id=topic.pk, with_whom=share)
        follow()
        for name in READERS:
            reader = world.ctx(name) if name else Ctx(ANONYMOUS, None, "", ctx.now, "x", Channel.WEB)
            may_open = queries.visible(reader).filter(pk=topic.pk).exists()
            listed = (
                set(queries.records_of(reader, topic).values_list("pk", flat=True)) if may_open else set()
            )
            offered = facet_of(catalogue.find(reader, Asked()))
            assert sum(offered.values()) == len(listed), (share, name)
            everything = (
                *offered,
                "专题·土地改革",
                f"{FACET_KEY}{topic.pk}",
                f"{FACET_KEY}{topic.pk}@{world.archives.pk}",
            )
            found = [hits_of(reader, value) for value in everything]
            assert all(some <= listed for some in found), (share, name)
            assert set[int]().union(*found[: len(offered)]) == listed == found[len(offered)], (share, name)
            assert [len(some) for some in found[: len(offered)]] == list(offered.values()), (share, name)
            seen.add(len(listed))
    assert seen == {0, 1, 4}


def facet_of(page) -> dict[str, int]:
    return {o.value: o.count for facet in page.facets if facet.name == "topic" for o in facet.options}


def hits_of(ctx: Ctx, value: str) -> set[int]:
    return {hit.id for hit in catalogue.find(ctx, Asked(topics=frozenset({value}))).hits}


def test_a_topic_opens_to_whom_it_is_shared_with_and_its_records_only_to_who_may_see_them(world):
    ctx = world.ctx("cataloguer")
    rows = [
        described(world, 1, "闭"),
        described(world, 2, "开", openness="open"),
        described(world, 3, "婚", openness="open", kind="marriage"),
    ]
    row = made(world)
    services.pick(ctx, topic_id=row.pk, ids=[one.pk for one in rows])
    neighbour = world.ctx("stranger")
    with pytest.raises(Missing):
        queries.get(neighbour, row.pk)
    head = world.ctx("archives_head")
    services.share(head, topic_id=row.pk, with_whom="region")
    shown = queries.records_of(neighbour, queries.get(neighbour, row.pk))
    assert [one.title for one in shown] == ["开"]
    assert queries.records_of(ctx, row).count() == 3
    anonymous = Client()
    page = reverse("topics:open_topic", args=[row.pk])
    assert anonymous.get(page).status_code == 404
    nobody = Ctx(ANONYMOUS, None, "", ctx.now, "x", Channel.WEB)
    assert not queries.visible(nobody).exists()
    hall = reverse("readingroom:home")
    assert reverse("topics:open_topics") not in Client().get(hall).content.decode()
    services.share(head, topic_id=row.pk, with_whom="public")
    assert reverse("topics:open_topics") in Client().get(hall).content.decode()
    text = anonymous.get(page).content.decode()
    assert "开" in text and "A109-0002" in text
    assert "A109-0001" not in text and "A109-0003" not in text
    client = Client()
    client.force_login(world.user("cataloguer"))
    assert "A109-0001" not in client.get(page).content.decode()
    with pytest.raises(Missing):
        services.exclude(neighbour, topic_id=row.pk + 1, member_ids=[1])
    with pytest.raises(NotPermitted):
        services.exclude(neighbour, topic_id=row.pk, member_ids=[1])


def test_what_cannot_be_a_rule_a_title_or_a_value_is_refused(world):
    ctx = world.ctx("cataloguer")
    row = made(world)
    follow()
    with pytest.raises(TitleTaken):
        made(world)
    with pytest.raises(RuleOfTopics):
        services.set_rule(ctx, topic_id=row.pk, rule=urlencode({"topic": "专题·土地改革"}))
    with pytest.raises(RangeReversed):
        services.set_rule(ctx, topic_id=row.pk, rule=urlencode({"q": "日期:1950..1940"}))
    for empty in ("?page=2", ""):
        with pytest.raises(RuleEmpty):
            address = f"https://archives.example/catalogue/search{empty}"
            services.set_rule(ctx, topic_id=row.pk, rule=address)
    assert not row.__class__.objects.get(pk=row.pk).rule
    for typed in ("粮票 OR 布票", "/catalogue/search?" + urlencode({"q": "粮票 OR 布票"})):
        assert queries.rule_text(services.set_rule(ctx, topic_id=row.pk, rule=typed)) == "粮票 OR 布票"
    with pytest.raises(NothingPicked):
        services.pick(ctx, topic_id=row.pk, codes=["没有"])
    field = services.add_field(ctx, topic_id=row.pk, label="户数", kind="number")
    with pytest.raises(FieldTaken):
        services.add_field(ctx, topic_id=row.pk, label="户数", kind="text")
    one = described(world, 1, "土改")
    services.pick(ctx, topic_id=row.pk, ids=[one.pk])
    member = row.members.get()
    with pytest.raises(ValueWrong):
        services.set_values(ctx, member_id=member.pk, values={field.pk: "许多"})
    services.set_values(ctx, member_id=member.pk, values={field.pk: "12", 999_999: "x"})
    member.refresh_from_db()
    assert member.own == {str(field.pk): "12"}


def test_the_front_page_counts_what_is_there_and_the_list_excludes_places_and_exports(world):
    client = Client()
    client.force_login(world.user("cataloguer"))
    kept = described(world, 1, "一号文")
    gone = described(world, 2, "二号文")
    made_page = client.post(
        reverse("topics:make"), {"org": world.archives.pk, "title": "样例专题", "kind": "activity"}
    )
    row = Topic.objects.get()
    assert made_page["Location"] == row.get_absolute_url()
    picked = client.post(reverse("topics:pick", args=[row.pk]), {"codes": "A109-0001\r\nA109-0002\r\n"})
    assert picked.status_code == 303
    client.post(reverse("topics:add_section", args=[row.pk]), {"title": "缘起", "position": 1})
    section = row.sections.get()
    records = reverse("topics:records", args=[row.pk])
    ids = {one.description_id: one.pk for one in row.members.all()}
    chosen = client.post(reverse("topics:choose_place"), {"ids": [ids[kept.pk]], "next": records})
    place = reverse("topics:place", args=[row.pk])
    assert chosen["Location"] == f"{place}?ids={ids[kept.pk]}"
    client.post(place, {"section": section.pk, "ids": str(ids[kept.pk])})
    excluded = client.post(reverse("topics:exclude"), {"ids": [ids[gone.pk]], "next": f"{records}?sort=x"})
    assert excluded["Location"] == records
    front = client.get(row.get_absolute_url()).content.decode()
    assert "栏目“缘起”和它的说明一并删除，不能撤销" in front
    assert "一号文" in front and "1951" in front and "1952" not in front
    assert "二号文" in client.get(reverse("topics:excluded", args=[row.pk])).content.decode()
    sheet = b"".join(client.get(f"{records}?export=csv").streaming_content).decode()
    assert "缘起" in sheet and "A109-0001" in sheet and "A109-0002" not in sheet
    described(world, 3, "三号文", openness="open")  # in no topic
    listed = client.get(f"{reverse('catalogue:list')}?topic={row.pk}").content.decode()
    assert "样例专题" in listed and "A109-0001" in listed and "A109-0003" not in listed
    (export,) = re.findall(r'href="([^"]*/imports/export/[^"]*)"', listed)
    to = unescape(export).replace("/export/", "/export/csv")
    out = b"".join(client.get(to).streaming_content).decode()
    assert "A109-0001" in out and "A109-0002" not in out and "A109-0003" not in out
    assert not catalogue.listed(world.ctx("stranger"), f"topic={row.pk}").filter(pk=kept.pk).exists()
    client.post(reverse("topics:put_back"), {"ids": [ids[gone.pk]], "next": records})
    assert Member.objects.get(pk=ids[gone.pk]).standing == "picked"
    acts = Entry.objects.filter(object_type="topics:topic").values_list("act", flat=True)
    assert "topics:topic:put_back" in set(acts)
    answer = client.get(f"/api/topics/topics/{row.pk}/records").json()
    assert [one["reference_code"] for one in answer["records"]] == ["A109-0001", "A109-0002"]


class _Region:
    """The small region of tests under the names of the demo's."""

    def __init__(self, world: World) -> None:
        self.world, self.fonds = world, {subjects.AGENCY: world.fonds}

    def ctx(self, _slug: str, role: str) -> Ctx:
        return self.world.ctx(role)

    def org(self, _slug: str):
        return self.world.archives


def test_the_demo_makes_its_authorities_and_topic_and_a_second_run_adds_nothing(world):
    row = described(world, 1, "婚姻", kind="marriage")
    follow()
    assert subjects.make_all(_Region(world)) == 8
    assert subjects.make_all(_Region(world)) == 0
    assert row.access_points.count() == 2
    topic = Topic.objects.get()
    run = jobs.run_now(world.ctx("cataloguer"), RefreshTopic(topic.pk, topic.round))
    assert (run.state, members(topic)) == ("succeeded", {"婚姻"})
