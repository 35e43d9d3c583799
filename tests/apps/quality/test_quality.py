from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from lantai.apps.catalogue.models import Description
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.apps.quality import queries, services
from lantai.apps.quality.models import Finding, Snapshot
from lantai.apps.quality.types import CountingAlready, CountQuality, Lacking
from lantai.kit.errors import Missing
from lantai.platform.context import Channel, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from tests.region import World, build_world
from tests.rows import make
from tests.taken_back import taken_back


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker):
    with django_db_blocker.unblock(), taken_back():
        holdings_services.install_rules(system_ctx(Channel.COMMAND))
        world = build_world()
        world.fonds = Fonds.objects.create(code="A109", name="样例全宗", archives=world.archives)
        _fill(world)
        yield world


def _fill(world: World) -> None:
    owners = {
        "org": world.archives,
        "custodian": world.archives,
        "fonds": world.fonds,
        "origin": world.agency,
    }
    package = make(Package, owners, fonds=world.fonds, custodian=world.archives)
    for key, text, pages in (("one", "全文", 2), ("two", "", 5)):
        make(
            ContentFile, owners, package=package, item_key=key, logical_path=key, text=text, page_count=pages
        )
    facts = {"author": "样例局", "dated_on": date(1951, 2, 3), "year": 1951, "retention": "Y"}
    rows = [
        {"title": "关于春耕的通知", "package": package, "item_key": "one", "page_count": 4, **facts},
        {"title": "关于秋收的通知", "package": package, "item_key": "two", "page_count": 4, **facts},
        {"title": "关于秋收的通知", **facts},
        {"title": "关于抗旱的通知", **facts, "dated_on": date(2999, 1, 1)},
        {"title": "", **facts},
        {"title": "邻馆代管", "custodian": world.other_archives, **facts},
    ]
    ctx = world.ctx("cataloguer")
    for number, row in enumerate(rows, 1):
        made = {"custodian": world.archives, "created_at": ctx.now, "updated_at": ctx.now, **row}
        Description.objects.create(
            level="item", fonds=world.fonds, kind=holdings.kind("document"),
            reference_code=f"A109-{number:04}", **made,
        )  # fmt: skip


@pytest.fixture
def world(region: World, db: None) -> World:
    return region


def counted(world: World) -> Snapshot:
    ctx = world.ctx("cataloguer")
    row = services.count(ctx, fonds_id=world.fonds.pk)
    run = jobs.run_now(ctx, CountQuality(row.pk))
    assert run.state == "succeeded", run.message
    row.refresh_from_db()
    return row


def test_a_fonds_is_counted_page_by_page_against_the_fields_of_its_kinds(world, monkeypatch):
    monkeypatch.setattr(services, "ROWS_A_STEP", 2)
    row = counted(world)
    assert (row.row_count, row.item_count) == (5, 5)
    assert (row.missing_count, row.illegal_count, row.duplicate_count) == (1, 1, 2)
    assert (row.linked_count, row.fulltext_count) == (2, 1)
    assert (row.page_count, row.digitised_page_count) == (8, 6)
    found = Finding.objects.filter(snapshot=row).values_list("description__reference_code", "field", "fault")
    assert set(found) >= {
        ("A109-0005", "title", "missing"),
        ("A109-0002", "", "duplicate"),
        ("A109-0003", "", "duplicate"),
    }
    assert row.faulty_count == 4
    expected = (30 * 4 / 5 + 20 * 4 / 5 + 10 * 3 / 5 + 20 * 2 / 5 + 10 * 6 / 8 + 10 * 1 / 2) / 100
    assert row.score == round(1000 * expected)


def test_a_count_that_was_killed_goes_on_where_it_was_and_counts_nothing_twice(world, monkeypatch):
    monkeypatch.setattr(services, "ROWS_A_STEP", 2)
    ctx = world.ctx("cataloguer")
    row = services.count(ctx, fonds_id=world.fonds.pk)
    with pytest.raises(CountingAlready):
        services.count(ctx, fonds_id=world.fonds.pk)
    real, calls = services.look_at, []

    def killed(snapshot, rows):
        calls.append(len(rows))
        real(snapshot, rows)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(services, "look_at", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.run_now(ctx, CountQuality(row.pk))
    run = Run.objects.filter(kind__endswith="CountQuality").latest("pk")
    from lantai.platform.jobs import execution

    execution.execute(run.pk)
    row.refresh_from_db()
    assert (row.row_count, row.missing_count, row.duplicate_count) == (5, 1, 2)
    assert row.is_latest


def test_the_newest_count_takes_the_place_of_the_former_and_its_figures_stay_for_the_trend(world):
    first = counted(world)
    Description.objects.filter(fonds=world.fonds, title="").update(title="补上的题名")
    second = counted(world)
    assert second.missing_count == 0
    assert second.score > first.score
    assert not Finding.objects.filter(snapshot=first).exists()
    assert [row.pk for row in queries.trend_of(world.fonds.pk)] == [first.pk, second.pk]
    assert queries.latest_of(world.fonds.pk) == second
    assert list(queries.due(second.began_at)) == []


def test_every_figure_opens_a_list_of_as_many_rows(world):
    row = counted(world)
    client = Client()
    client.force_login(world.user("cataloguer"))
    page = client.get(reverse("quality:fonds", args=[world.fonds.pk])).content.decode()
    for figure in queries.figures_of(row)[:3]:
        assert figure.url.replace("&", "&amp;") in page
        listing = client.get(figure.url).context["listing"]
        assert listing.total.number == figure.count, figure.label
    ctx = world.ctx("cataloguer")
    for what, figure in ((Lacking.CONTENT, 3), (Lacking.TEXT, 5)):
        said = queries.figures_of(row)[figure]
        assert queries.lacking(ctx, world.fonds.pk, what).count() == said.lacking_count
        assert f"{said.lacking} {said.lacking_count} 件" in page
    assert (
        "A109-0005"
        in b"".join(
            client.get(reverse("quality:findings", args=[world.fonds.pk]) + "?export=csv").streaming_content
        ).decode()
    )
    findings = reverse("quality:findings", args=[world.fonds.pk])
    chosen = client.post(
        reverse("quality:mend"), {"every": "1", "query": "fault=duplicate", "next": findings}
    )
    sheet = client.get(chosen["Location"]).content.decode()
    assert "A109-0002" in sheet and "A109-0003" in sheet and "A109-0005" not in sheet
    overview = client.get(reverse("quality:overview")).content.decode()
    assert f"{row.score / 10:.1f}" in overview
    answer = client.get("/api/quality/fonds").json()
    assert answer["snapshots"][0]["missing"] == row.missing_count


def test_figures_are_for_the_archives_that_keeps_the_fonds(world):
    counted(world)
    for name in ("stranger", "agency_clerk"):
        ctx = world.ctx(name)
        assert not queries.latest(ctx).exists()
        with pytest.raises(Missing):
            queries.fonds_to_read(ctx, world.fonds.pk)
        with pytest.raises(Missing):
            services.count(ctx, fonds_id=world.fonds.pk)
