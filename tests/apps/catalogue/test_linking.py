from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lantai.apps.authorities import services as authorities
from lantai.apps.authorities.models import Authority
from lantai.apps.authorities.types import Said
from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import AccessPoint, Description
from lantai.apps.catalogue.types import LinkedAlready
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.context import Channel, system_ctx
from lantai.platform.search.models import Change
from tests.region import World


@pytest.fixture(scope="module")
def region(built: World) -> World:
    holdings_services.install_rules(system_ctx(Channel.COMMAND))
    built.fonds = Fonds.objects.create(code="A109", name="样例全宗", archives=built.archives)
    return built


@pytest.fixture
def world(region: World, db: None) -> World:
    return region


def described(world: World, code: str, kind: str = "document", openness: str = "open") -> Description:
    ctx = world.ctx("cataloguer")
    return Description.objects.create(
        level="item", fonds=world.fonds, custodian=world.archives, kind=holdings.kind(kind), reference_code=code,
        title=f"样例 {code}", openness=openness, created_at=ctx.now, updated_at=ctx.now,
    )  # fmt: skip


def entered(world: World, name: str, kind: str = "creator") -> Authority:
    said = Said(name=name, kind=kind)
    return authorities.enter(world.ctx("cataloguer"), org_id=world.archives.pk, said=said)


def test_a_record_is_found_by_a_former_name_of_what_it_is_about(world):
    ctx = world.ctx("cataloguer")
    row, place = described(world, "A-1"), entered(world, "样例市", "place")
    authorities.add_name(ctx, authority_id=place.pk, kind="former", text="样例府", ended_year=1912)
    services.link(ctx, description_id=row.pk, authority_id=place.pk, role="about")
    with pytest.raises(LinkedAlready):
        services.link(ctx, description_id=row.pk, authority_id=place.pk, role="about")
    with pytest.raises(NotPermitted):
        services.link(world.ctx("stranger"), description_id=row.pk, authority_id=place.pk, role="about")
    person = entered(world, "样例人", "person")
    services.link(ctx, description_id=row.pk, authority_id=person.pk, role="by")
    document = next(iter(queries.search_documents([row.pk])))
    assert (document.place, document.persons) == (("样例市",), ("样例人",))
    assert "样例府" in document.body
    before = Change.objects.count()
    authorities.add_name(ctx, authority_id=place.pk, kind="short", text="样")
    assert Change.objects.count() == before + 1


def test_merging_points_every_link_to_the_one_that_stands_and_undoing_points_them_back(world):
    ctx = world.ctx("cataloguer")
    one, two = entered(world, "样例甲"), entered(world, "样例乙")
    rows = [described(world, f"B-{number}") for number in range(3)]
    for row, authority in zip(rows, (one, two, two), strict=True):
        services.link(ctx, description_id=row.pk, authority_id=authority.pk, role="by")
    services.link(ctx, description_id=rows[0].pk, authority_id=two.pk, role="by")
    merge = authorities.merge(ctx, survivor_id=one.pk, ids=[two.pk])
    assert merge.moved_count == 3
    assert queries.records_of(ctx, one.pk).count() == 3
    assert [held.count for held in queries.held_of(ctx, one.pk)] == [3]
    authorities.undo_merge(ctx, merge_id=merge.pk)
    assert queries.records_of(ctx, one.pk).count() == 1
    assert AccessPoint.objects.filter(authority=two).count() == 3


def test_the_records_of_an_authority_tell_nobody_what_their_pages_do_not(world):
    ctx = world.ctx("cataloguer")
    person = entered(world, "样例老人", "person")
    shown, hidden, personal = (
        described(world, "C-1"), described(world, "C-2", openness="controlled"), described(world, "C-3", "marriage"),
    )  # fmt: skip
    for row in (shown, hidden, personal):
        services.link(ctx, description_id=row.pk, authority_id=person.pk, role="about")
    assert queries.records_of(ctx, person.pk).count() == 3
    clerk = world.ctx("agency_clerk")
    assert [row.pk for row in queries.records_of(clerk, person.pk)] == [shown.pk]
    assert [one.count for one in queries.held_of(clerk, person.pk)] == [1]
    assert queries.points_of(clerk, personal) == []
    client = Client()
    client.force_login(world.user("agency_clerk"))
    page = client.get(reverse("catalogue:authority_records", args=[person.pk])).content.decode()
    assert "样例 C-1" in page
    assert "样例 C-2" not in page and "样例 C-3" not in page


def test_an_access_point_is_added_and_taken_away_on_the_page_of_the_record(world):
    row, creator = described(world, "D-1"), entered(world, "样例商业局")
    client = Client()
    client.force_login(world.user("cataloguer"))
    added = client.post(
        reverse("catalogue:link", args=[row.pk]), {"role": "by", "authority_text": "样例商业局"}
    )
    assert added["Location"] == row.get_absolute_url()
    page = client.get(row.get_absolute_url()).content.decode()
    assert "样例商业局" in page and creator.get_absolute_url() in page
    point = row.access_points.get()
    assert client.post(reverse("catalogue:unlink", args=[row.pk]), {"point": point.pk}).status_code == 303
    assert not row.access_points.exists()
