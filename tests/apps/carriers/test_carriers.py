from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lantai.apps.carriers import queries, services
from lantai.apps.carriers.models import Carrier
from lantai.apps.carriers.states import CARRIER
from lantai.apps.carriers.types import InspectedInFuture, NothingMeasured, NumberTaken
from lantai.kit.errors import Missing
from lantai.kit.fourprops.facts import CarrierFacts
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger.models import Entry
from lantai.platform.notify.models import Notice
from tests.region import World

LONG_AGO = date(2020, 2, 29)


@pytest.fixture
def world(built: World, db) -> World:
    return deepcopy(built)


def registered(world: World, number: str = "样例-001", **more) -> Carrier:
    said = {"label": "样例盘", "kind": "dvd", "received_on": LONG_AGO, "place": "样例库 1 柜", **more}
    return services.register(world.ctx("archivist"), org_id=world.archives.pk, number=number, **said)


def test_the_state_table_is_sound():
    assert CARRIER.faults() == []


def test_an_optical_carrier_is_inspected_every_four_years_a_magnetic_one_every_two(world):
    assert registered(world).inspect_by == date(2024, 2, 29)
    assert registered(world, "样例-002", kind="tape").inspect_by == date(2022, 2, 28)


def test_a_number_is_used_once_in_an_archives(world):
    registered(world)
    with pytest.raises(NumberTaken):
        registered(world)


def test_the_facts_for_the_test_come_from_the_newest_inspection(world):
    row = registered(world, normal_bytes_per_s=10_000_000)
    unknown = CarrierFacts("样例-001", str(row.get_kind_display()), True, None, 10_000_000)
    assert queries.carrier_facts(row.pk) == unknown
    today = timezone.localdate()
    ctx = world.ctx("archivist")
    services.inspect(ctx, carrier_id=row.pk, inspected_on=today, looks_good=True, read_bytes_per_s=9_000_000)
    earlier = today - timedelta(days=30)
    services.inspect(ctx, carrier_id=row.pk, inspected_on=earlier, looks_good=False)
    found = queries.carrier_facts(row.pk)
    assert (found.read_bytes_per_s, found.looks_good, found.disc_is_within_limits) == (9_000_000, True, None)
    assert found.looked_at_by == ctx.actor.name
    row.refresh_from_db()
    assert row.state == "kept"
    assert row.inspect_by.year == today.year + 4
    assert queries.carrier_facts(9_999_999) is None


def test_a_fault_that_an_inspection_finds_waits_for_its_treatment(world):
    row, ctx = registered(world), world.ctx("archivist")
    today = timezone.localdate()
    with pytest.raises(NothingMeasured):
        services.inspect(ctx, carrier_id=row.pk, inspected_on=today, looks_good=True, unreadable_count=2)
    with pytest.raises(InspectedInFuture):
        services.inspect(ctx, carrier_id=row.pk, inspected_on=today + timedelta(days=1), looks_good=True)
    services.inspect(ctx, carrier_id=row.pk, inspected_on=today, looks_good=False)
    row.refresh_from_db()
    assert row.state == "faulty"
    services.move(ctx, carrier_id=row.pk, name="put_right", reason="样例：已另刻一张")
    row.refresh_from_db()
    assert row.state == "kept"


def test_an_archives_is_told_once_of_what_is_due(world):
    registered(world)
    registered(world, "样例-002", received_on=timezone.localdate())
    assert services.remind_of_inspections() == 1
    assert Notice.objects.filter(user=world.user("archivist")).count() == 1
    assert services.remind_of_inspections() == 0
    assert queries.count_overdue(world.ctx("archivist"), timezone.localdate()) == 1


def test_another_archives_sees_nothing_and_the_head_changes_nothing(world):
    row = registered(world)
    with pytest.raises(Missing):
        queries.get(world.ctx("stranger"), row.pk)
    with pytest.raises(NotPermitted):
        services.revise(
            world.ctx("archives_head"), carrier_id=row.pk, label="x", place="y", content="", role="sealed"
        )


def test_a_person_registers_inspects_copies_and_retires_in_the_browser(world, client):
    client.force_login(world.user("archivist"))
    assert "这里会出现离线载体" in client.get(reverse("carriers:carriers")).content.decode()
    said = {
        "org": world.archives.pk, "number": "样例-009", "label": "样例移动硬盘", "kind": "hard_disk",
        "role": "received", "place": "样例库", "received_on": "2026-11-01", "capacity_gb": "2000",
        "normal_mb_per_s": "120",
    }  # fmt: skip
    made = client.post(reverse("carriers:register"), said)
    row = Carrier.objects.get()
    assert (made.status_code, row.capacity_bytes, row.normal_bytes_per_s) == (303, 2 * 10**12, 120_000_000)
    assert client.post(reverse("carriers:register"), said).status_code == 422
    seen = {
        "inspected_on": "2026-11-02",
        "looks_good": "yes",
        "read_mb_per_s": "118.5",
        "unreadable_count": "0",
    }
    assert client.post(reverse("carriers:inspect", args=[row.pk]), seen).status_code == 303
    said |= {"number": "样例-010", "role": "sealed", "copy_of": row.pk}
    assert client.post(reverse("carriers:register"), said).status_code == 303
    page = client.get(row.get_absolute_url()).content.decode()
    assert "118.5 MB" in page and "样例-010" in page
    address = reverse("carriers:move", args=[row.pk, "retire"])
    assert client.post(address, {"reason": "样例：已迁移"}).status_code == 303
    assert client.get(reverse("carriers:carriers") + "?export=csv").status_code == 200
    assert Entry.objects.filter(act="carriers:carrier:inspected").exists()
