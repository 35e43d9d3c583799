"""For every role of every organisation, totals, facets, pages and suggestions are those of looking at each
row: the rule is written out here once more, in plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.finding import FACETS
from lantai.apps.catalogue.types import Asked, FindSort
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.kit.errors import Missing
from lantai.platform.accounts.roles import roles
from lantai.platform.context import ANONYMOUS, Actor, Channel, Ctx
from lantai.platform.search import services as search
from lantai.platform.search import shelf
from tests.apps.holdings.region import COMMAND, make_region
from tests.taken_back import taken_back

pytestmark = pytest.mark.django_db

READERS_OF_ROWS = {
    "agency_clerk", "agency_lead", "archivist", "cataloguer", "reading_clerk", "approver", "archives_head",
}  # fmt: skip
WORDS = ("土地改革", "土地证存根", "婚姻登记", "会议记录")
PERSONS = ("曾晓", "王小明", "单乐", "王晓明")
ROWS = 240


@dataclass(frozen=True)
class Reader:
    """Somebody with one role at one organisation."""

    ctx: Ctx
    name: str
    own: frozenset[int]  # the organisations whose closed rows may be seen

    def sees(self, row: Description) -> bool:
        is_open = row.openness == "open" and row.classification == "public" and not row.kind.is_personal
        return row.custodian_id in self.own or is_open


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Any:
    """Two regions, rows of every openness, classification and kind in each, and an index of them."""
    from django.conf import settings

    before = settings.LANTAI_INDEX
    settings.LANTAI_INDEX = tmp_path_factory.mktemp("permission")
    with django_db_blocker.unblock(), taken_back():
        holdings_services.install_rules(COMMAND)
        regions = [make_region("P"), make_region("Q")]
        rows = [row for region in regions for row in _rows(region)]
        Description.objects.bulk_create(rows)
        search.rebuild()
        yield regions, list(Description.objects.select_related("kind", "fonds")), settings.LANTAI_INDEX
        search.stop_following()
    settings.LANTAI_INDEX = before


@pytest.fixture(autouse=True)
def own_index(settings: Any, house: Any) -> None:
    settings.LANTAI_INDEX = house[2]


def _rows(region: Any) -> list[Description]:
    random, now = Random(region.archives.code), timezone.now()
    fonds = region.fonds()
    kinds = list(holdings.kinds())
    return [
        Description(
            level="item",
            fonds=fonds,
            custodian=random.choice((region.archives, region.agency)),
            kind=random.choice(kinds),
            reference_code=f"{fonds.code}-{number:04}",
            title=random.choice(WORDS) + "的" + random.choice(("通知", "报告")),
            year=random.choice((1951, 1952, None)),
            retention=random.choice(("Y", "D30")),
            openness=random.choice(("open", "open", "unreviewed", "controlled", "delayed")),
            classification=random.choice(("public", "public", "internal", "secret")),
            persons=random.sample(PERSONS, random.randrange(3)),
            metadata={"place": random.choice(("嘉禾镇", "青川镇")), "keyword": "水利；移民"},
            created_at=now,
            updated_at=now,
        )
        for number in range(ROWS // 2)
    ]


def _readers(regions: Any) -> list[Reader]:
    """Each role at each organisation where it can be held, and a stranger."""
    found = [Reader(_ctx(ANONYMOUS), "stranger", frozenset())]
    for region in regions:
        for role in roles().values():
            for org in (region.bureau, region.archives, region.agency):
                if role.org_kinds and org.kind not in role.org_kinds:
                    continue
                here = frozenset({org.pk})
                actor = Actor(1, role.slug, here, dict.fromkeys(role.permissions, here))
                own = here if role.slug in READERS_OF_ROWS else frozenset()
                found.append(Reader(_ctx(actor), f"{role.slug} at {org.code}", own))
    return found


def _ctx(actor: Actor) -> Ctx:
    return Ctx(actor, None, "", timezone.now(), "test", Channel.WEB)


def _all_ids(ctx: Ctx, text: str) -> list[int]:
    found, after = [], ""
    while True:
        page = queries.find(ctx, Asked(text=text, sort=FindSort.NEWEST, after=after, limit=100))
        assert page.withheld == 0
        found += [hit.id for hit in page.hits]
        after = page.after
        if not after:
            return found


VALUES = {
    "fonds": lambda row: [str(row.fonds_id)],
    "kind": lambda row: [row.kind.slug],
    "year": lambda row: [str(row.year)] if row.year else [],
    "level": lambda row: [row.level],
    "retention": lambda row: [row.retention],
    "openness": lambda row: [row.openness],
    "format": lambda row: [],
    "place": lambda row: [row.metadata["place"]],
    "topic": lambda row: ["水利", "移民"],
}


MEANT = {
    "土地": lambda row: "土地" in row.title,
    "人名:王小明 OR 人名:zengxiao": lambda row: bool({"王小明", "曾晓"} & set(row.persons)),
}


def test_totals_and_facets_of_every_role_are_those_of_looking_at_each_row(house):
    regions, rows, _ = house
    assert set(VALUES) == {field.value for field in FACETS}
    readers = _readers(regions)
    assert {
        role.slug for role in roles().values() if "catalogue:item:read" in role.permissions
    } == READERS_OF_ROWS
    totals = set()
    for reader in readers:
        for text in ("", "土地"):
            seen = [row for row in rows if reader.sees(row) and text in row.title]
            page = queries.find(reader.ctx, Asked(text=text))
            assert page.total == len(seen), (reader.name, text)
            for name, of in VALUES.items():
                counted = Counter(value for row in seen for value in of(row))
                shown = {
                    o.value: o.count for facet in page.facets if facet.name == name for o in facet.options
                }
                assert shown == dict(counted), (reader.name, text, name)
            totals.add(page.total)
    assert len(totals) > 4, "the roles must differ for this to show anything"


def test_the_pages_of_every_role_hold_each_row_once_and_no_other(house):
    regions, rows, _ = house
    distinct = {reader.own: reader for reader in _readers(regions)}
    assert len(distinct) == 5
    for reader in distinct.values():
        for text, is_meant in MEANT.items():
            seen = {row.pk for row in rows if reader.sees(row) and is_meant(row)}
            found = _all_ids(reader.ctx, text)
            assert len(found) == len(set(found)) and set(found) == seen, (reader.name, text)


@pytest.mark.parametrize("typed", ["土地改格", "王小名", "人名:王晓名", "土地证村根 通知"])
def test_a_suggestion_counts_what_its_reader_sees_and_never_names_what_he_does_not(house, typed):
    regions, rows, _ = house
    for reader in {reader.own: reader for reader in _readers(regions)}.values():
        page = queries.find(reader.ctx, Asked(text=typed))
        assert page.total == 0
        for suggestion in page.suggestions:
            assert queries.find(reader.ctx, Asked(text=suggestion.text)).total == suggestion.total > 0
        near = {"王小名": "王小明", "土地改格": "土地改革"}.get(typed)
        if near:
            count = sum(reader.sees(row) and (near in row.title or near in row.persons) for row in rows)
            assert {one.text: one.total for one in page.suggestions}.get(near, 0) == count, reader.name


def test_what_no_reader_may_see_is_suggested_to_nobody(house):
    regions, rows, _ = house
    secret = next(row for row in rows if row.openness != "open")
    row = Description.objects.get(pk=secret.pk)
    with transaction.atomic():
        Description.objects.filter(pk=row.pk).update(title="绝无仅有之题名")
        search.changed(None, "catalogue", [row.pk])
        index = shelf.open_engine(shelf.current_version())
        index.replace(queries.search_documents([row.pk]))
        index.commit()
        for reader in {reader.own: reader for reader in _readers(regions)}.values():
            told = queries.find(reader.ctx, Asked(text="绝无仅友之题名")).suggestions
            assert bool(told) == (row.custodian_id in reader.own), reader.name
        transaction.set_rollback(True)
    index.replace(queries.search_documents([row.pk]))
    index.commit()


def test_related_records_and_hits_in_a_tree_are_within_what_is_seen(house):
    regions, rows, _ = house
    by_id = {row.pk: row for row in rows}
    found = 0
    for reader in {reader.own: reader for reader in _readers(regions)}.values():
        mine = [row for row in rows if reader.sees(row)][:3]
        for row in mine:
            near = queries.related(reader.ctx, row)
            found += len(near)
            assert all(reader.sees(by_id[one.pk]) and one.pk != row.pk for one in near)
        assert queries.hits_in_tree(reader.ctx, rows[0].fonds_id, "土地").total == sum(
            reader.sees(row) and row.fonds_id == rows[0].fonds_id and "土地" in row.title for row in rows
        )
    assert found


def test_the_names_of_fonds_and_lists_in_the_box_are_those_the_reader_knows(house):
    regions, rows, _ = house
    reader = next(one for one in _readers(regions) if one.name == "archivist at P2")
    other = next(one for one in _readers(regions) if one.name == "archivist at Q2")
    text = f"全宗:{regions[0].fonds('J110').code} OR 保管期限:永久"
    from lantai.platform.search.query import NoSuchValue

    assert queries.find(reader.ctx, Asked(text=text)).total == sum(
        reader.sees(r) and r.retention == "Y" for r in rows
    )
    with pytest.raises((NoSuchValue, Missing)):
        queries.find(other.ctx, Asked(text=text))
