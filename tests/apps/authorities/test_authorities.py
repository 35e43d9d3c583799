from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from lantai.apps.authorities import queries, services
from lantai.apps.authorities.models import Authority, AuthorityVersion
from lantai.apps.authorities.types import (
    AuthorityChanged,
    AuthorityMerged,
    CreditCodeWrong,
    DatesNotInOrder,
    DatesUnreadable,
    MergedFurther,
    MergeOfKinds,
    MergeUndone,
    NameTaken,
    NotCpf,
    PlaceCodeWrong,
    RelatedAlready,
    RelationInCircle,
    Said,
    UnitTaken,
)
from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger.models import Entry
from tests.region import World, build_world
from tests.taken_back import taken_back


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker):
    with django_db_blocker.unblock(), taken_back():
        yield build_world()


@pytest.fixture
def world(region: World, db: None) -> World:
    return region


def entered(world: World, name: str, kind: str = "creator", **more: object) -> Authority:
    said = Said(name=name, kind=kind, **more)  # type: ignore[arg-type]
    return services.enter(world.ctx("cataloguer"), org_id=world.archives.pk, said=said)


def test_a_record_is_found_by_characters_sound_initials_and_former_names(world):
    ctx = world.ctx("cataloguer")
    row = entered(world, "样例市水利局", began="1983")
    services.add_name(
        ctx, authority_id=row.pk, kind="former", text="样例市水电局", began_year=1958, ended_year=1983
    )
    person = entered(world, "曾晓样", "person")
    for text in ("样例市水", "yanglishishuili", "ylsslj", "樣例市水利"):
        assert [one.id for one in queries.suggest(ctx, text=text)] == [row.pk], text
    found = queries.suggest(ctx, kind="creator", text="样例市水电")
    assert (found[0].name, found[0].hint) == ("样例市水利局", "机构 · 1983— · 样例市水电局")
    assert [one.id for one in queries.suggest(ctx, kind="person", text="zengx")] == [person.pk]
    assert queries.suggest(ctx, kind="place", text="样例") == []
    assert queries.suggest(ctx, text="%") == queries.suggest(ctx, text=" ") == []


def test_an_agency_uses_the_records_of_its_archives_and_strangers_see_none(world):
    row = entered(world, "样例县民政科")
    assert queries.suggest(world.ctx("agency_clerk"), text="样例县")[0].id == row.pk
    assert queries.suggest(world.ctx("stranger"), text="样例县") == []
    with pytest.raises(Missing):
        queries.get(world.ctx("strange_clerk"), row.pk)
    with pytest.raises(NotPermitted):
        said = Said(name="样例", kind="creator")
        services.enter(world.ctx("agency_clerk"), org_id=world.archives.pk, said=said)


def test_what_cannot_be_is_refused(world):
    entered(world, "样例人", "person", began="1900")
    entered(world, "样例人", "person", began="1950")
    with pytest.raises(NameTaken):
        entered(world, "样例人", "person", began="1900-03")
    with pytest.raises(DatesUnreadable):
        entered(world, "样例乙", began="去年")
    with pytest.raises(DatesNotInOrder):
        entered(world, "样例乙", began="1950", ended="1949")
    with pytest.raises(PlaceCodeWrong):
        entered(world, "样例镇", "place", code="12")
    with pytest.raises(CreditCodeWrong):
        entered(world, "样例公司", code="91350100M000100Y44")
    entered(world, "样例水利局", unit_id=world.agency.pk)
    with pytest.raises(UnitTaken):
        entered(world, "样例水利局二", unit_id=world.agency.pk)


def test_two_who_edit_at_once_do_not_overwrite_each_other_and_any_version_comes_back(world):
    ctx = world.ctx("cataloguer")
    row = entered(world, "样例局", history="原文")
    services.revise(
        ctx, authority_id=row.pk, revision=1, said=Said(name="样例新局", kind="creator", history="新文")
    )
    with pytest.raises(AuthorityChanged):
        services.revise(ctx, authority_id=row.pk, revision=1, said=Said(name="样例又局", kind="creator"))
    services.add_name(ctx, authority_id=row.pk, kind="short", text="样局")
    services.add_source(ctx, authority_id=row.pk, citation="样例志")
    row.refresh_from_db()
    assert row.revision == 4
    _version, changed = queries.differences(row)[2]
    assert ("history", "原文", "新文") in changed
    services.restore(ctx, authority_id=row.pk, revision=4, to=1)
    row.refresh_from_db()
    assert (row.name, row.history, row.revision) == ("样例局", "原文", 5)
    assert [name.text for name in row.names.all()] == ["样例局"]
    assert not row.sources.exists()
    assert queries.suggest(ctx, text="样例新") == []
    assert AuthorityVersion.objects.filter(authority=row).count() == 5
    acts = Entry.objects.filter(object_type="authorities:authority", object_id=str(row.pk))
    assert acts.last().act == "authorities:authority:restored"


def test_a_chain_of_successors_is_drawn_and_never_runs_in_a_circle(world):
    ctx = world.ctx("cataloguer")
    first, second, third = (entered(world, f"样例{n}厂", began=str(1950 + n)) for n in range(3))
    services.relate(ctx, source_id=first.pk, target_id=second.pk, kind="succeeded_by", began_year=1960)
    services.relate(ctx, source_id=second.pk, target_id=third.pk, kind="succeeded_by")
    with pytest.raises(RelatedAlready):
        services.relate(ctx, source_id=second.pk, target_id=third.pk, kind="succeeded_by")
    with pytest.raises(RelationInCircle):
        services.relate(ctx, source_id=third.pk, target_id=first.pk, kind="succeeded_by")
    chain = queries.chain_of(ctx, first)
    assert [box.name for box in sorted(chain.boxes, key=lambda box: box.x)] == [
        "样例0厂",
        "样例1厂",
        "样例2厂",
    ]
    assert len(chain.lines) == 2
    relations = queries.relations_of([second.pk])
    assert [(one.label, one.other_name) for one in relations] == [
        ("前身为", "样例0厂"),
        ("后继为", "样例2厂"),
    ]
    services.drop_relation(ctx, relation_id=relations[0].id, authority_id=second.pk)
    assert len(queries.chain_of(ctx, first).boxes) == 0


def test_records_of_one_thing_are_merged_and_come_back_as_they_were(world):
    ctx = world.ctx("cataloguer")
    kept, other = entered(world, "样例档案馆"), entered(world, "样例市档案馆")
    later, place = entered(world, "样例史志局"), entered(world, "样例", "place")
    services.relate(ctx, source_id=other.pk, target_id=later.pk, kind="related")
    with pytest.raises(MergeOfKinds):
        services.merge(ctx, survivor_id=kept.pk, ids=[place.pk])
    plan = queries.plan(ctx, kept.pk, [kept.pk, other.pk])
    assert (plan.names, plan.relation_count) == (("样例市档案馆",), 1)
    first = services.merge(ctx, survivor_id=kept.pk, ids=[kept.pk, other.pk])
    assert queries.suggest(ctx, text="样例市档")[0].id == kept.pk
    assert queries.names_of([other.pk]) == {other.pk: "样例档案馆"}
    assert [one.other_name for one in queries.relations_of(queries.cluster_of(kept.pk))] == ["样例史志局"]
    assert [one.other_name for one in queries.relations_of([later.pk])] == ["样例档案馆"]
    with pytest.raises(AuthorityMerged):
        services.add_name(ctx, authority_id=other.pk, kind="short", text="样")
    second = services.merge(ctx, survivor_id=later.pk, ids=[kept.pk])
    assert queries.roots_of([kept.pk, other.pk]) == {kept.pk: later.pk, other.pk: later.pk}
    with pytest.raises(MergedFurther):
        services.undo_merge(ctx, merge_id=first.pk)
    services.undo_merge(ctx, merge_id=second.pk)
    assert queries.roots_of([kept.pk, other.pk]) == {kept.pk: kept.pk, other.pk: kept.pk}
    services.undo_merge(ctx, merge_id=first.pk)
    assert queries.roots_of([other.pk]) == {other.pk: other.pk}
    with pytest.raises(MergeUndone):
        services.undo_merge(ctx, merge_id=first.pk)


def test_likely_duplicates_are_listed_until_somebody_says_they_are_not(world):
    ctx, orgs = world.ctx("cataloguer"), [world.archives.pk]
    a, b = entered(world, "样例第一中学", began="1950"), entered(world, "样例第二中学", began="1950")
    c, d = entered(world, "李样明", "person", began="1900", ended="1940"), entered(world, "李漾名", "person")
    entered(world, "李样鸣", "person", began="1950")
    pairs = {(one.first_id, one.second_id): one.likeness for one in queries.alike(ctx, orgs)[0]}
    assert pairs[a.pk, b.pk] == "名称相差一字"
    assert pairs[c.pk, d.pk] == "读音相同"
    follower = entered(world, "样例第三中学", began="1950")
    services.relate(ctx, source_id=a.pk, target_id=follower.pk, kind="succeeded_by")
    again = {(one.first_id, one.second_id) for one in queries.alike(ctx, orgs)[0]}
    assert (a.pk, follower.pk) not in again and (b.pk, follower.pk) in again
    assert len(pairs) == 3  # the years of the third speak against the first
    services.tell_apart(ctx, first_id=b.pk, second_id=a.pk)
    assert (a.pk, b.pk) not in {(one.first_id, one.second_id) for one in queries.alike(ctx, orgs)[0]}
    with pytest.raises(Missing):
        services.tell_apart(world.ctx("stranger"), first_id=c.pk, second_id=d.pk)


def test_words_of_a_controlled_list_are_offered_by_sound_and_retired_in_one_line(world):
    ctx = world.ctx("cataloguer")
    row = services.enter_vocabulary(ctx, org_id=world.archives.pk, slug="nation", name="民族")
    assert services.add_terms(ctx, vocabulary_id=row.pk, lines=["01|汉族", "02\t蒙古族", "汉族", " "]) == 2
    assert queries.terms_of(world.ctx("agency_clerk"), "nation") == ["汉族", "蒙古族"]
    assert [one.label for one in queries.suggest_terms(ctx, slug="nation", text="mgz")] == ["蒙古族"]
    before = Entry.objects.count()
    assert services.retire_terms(ctx, ids=row.terms.values_list("pk", flat=True)) == 2
    assert Entry.objects.count() == before + 1
    assert queries.terms_of(ctx, "nation") == []
    assert services.retire_terms(world.ctx("stranger"), ids=[1]) == 0


def test_the_pages_enter_relate_merge_and_export(world):
    client = Client()
    client.force_login(world.user("cataloguer"))
    page = client.post(
        reverse("authorities:enter"),
        {
            "org": world.archives.pk,
            "kind": "creator",
            "name": "样例粮食局",
            "maturity": "draft",
            "began": "1955",
        },
    )
    row = Authority.objects.get(name="样例粮食局")
    assert page["Location"] == row.get_absolute_url()
    other = entered(world, "样例粮食科", began="1949")
    relate = reverse("authorities:relate", args=[other.pk])
    asked = client.post(relate, {"kind": "succeeded_by", "other_text": "样例粮"})
    assert asked.status_code == 422
    assert "样例粮食局" in asked.content.decode()
    assert client.post(relate, {"kind": "succeeded_by", "other_text": "样例粮食局"}).status_code == 303
    shown = client.get(row.get_absolute_url()).content.decode()
    assert "<svg" in shown and "前身为" in shown
    history = client.get(reverse("authorities:history", args=[other.pk])).content.decode()
    assert "后继为 样例粮食局" in history and "succeeded_by" not in history and "creator" not in history
    answer = client.get(reverse("authorities:suggest"), {"field": "other", "other_text": "yllsj"})
    assert f'value="{row.pk}"' in answer.content.decode()
    root = etree.fromstring(client.get(reverse("authorities:eac", args=[row.pk])).content)
    assert root.tag.endswith("eac-cpf")
    found = client.get(reverse("authorities:authorities"), {"q": "yllsj"}).content.decode()
    assert "样例粮食局" in found and "样例粮食科" not in found
    chosen = {"ids": [row.pk, other.pk], "survivor": row.pk}
    unseen = client.post(
        reverse("authorities:merge"), {**chosen, "shown": other.pk}
    )  # chose the other one since
    assert unseen.status_code == 422
    assert f'name="shown" value="{row.pk}"' in unseen.content.decode()
    merge = client.post(reverse("authorities:merge"), {**chosen, "shown": row.pk})
    assert merge["Location"] == row.get_absolute_url()
    assert "撤销合并" in client.get(row.get_absolute_url()).content.decode()
    with pytest.raises(NotCpf):
        queries.eac_of(entered(world, "样例事件", "event"))
