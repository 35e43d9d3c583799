"""The overview says how copies are, what a day came to, and when a place will be full; the cycle is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from lantai.apps.copies import picture, services
from lantai.apps.copies.models import Clearance, Copy, CopyPolicy, DayFigure, Orphan, Reading
from lantai.apps.copies.services.beats import due_before
from lantai.apps.copies.types import ReadCopies
from lantai.platform.jobs import services as jobs
from lantai.platform.places.models import Place
from tests.apps.copies.shelves import flip


@pytest.fixture
def kept(shelves):
    shelves.seal(2)
    shelves.policy("b")
    shelves.fill("b")
    return shelves


def test_the_matrix_and_the_calendar_show_what_was_read_and_what_was_wrong(kept):
    flip(kept.content("b", kept.packages[0])[0])
    row = services.open_reading(kept.keeper, org_id=kept.world.archives.pk, kind="event")
    jobs.run_now(kept.keeper, ReadCopies(row.pk))
    services.record_held(kept.keeper)
    found = picture.matrix(kept.keeper)
    (line,) = found.rows
    assert [place.slug for place in found.places] == ["primary", "b"]
    assert [(cell.copies, cell.whole, cell.damaged) for cell in line.cells] == [(2, 2, 0), (2, 2, 0)]
    today = picture.today_of(kept.keeper)
    squares = [square for week in picture.calendar(kept.keeper, today) for square in week if square]
    assert [(s.copies, s.damages, s.repaired) for s in squares if s.day == today] == [(4, 1, 1)]
    assert {one.place_title for one in picture.forecasts(kept.keeper, today)} == {"主存储", "样例位置b"}
    assert not picture.matrix(kept.world.ctx("stranger")).rows
    client = Client()
    client.force_login(kept.world.user("archivist"))
    for address in ("", "all/", "damages/", "policies/", "readings/", "moves/", "orphans/"):
        assert client.get(f"/copies/{address}").status_code == 200, address
    page = client.get(f"/copies/packages/{kept.packages[0].pk}/").content.decode()
    assert "样例位置b" in page and "已修复" in page


def test_growth_is_a_line_through_the_recorded_days():
    place = Place(title="样例", capacity_bytes=2_000)
    first = date(2026, 1, 1)
    held = [(first + timedelta(days=n), 1_000 + 10 * n) for n in range(11)]
    found = picture.forecast(place, held, first + timedelta(days=10))
    assert (found.bytes_a_day, found.full_on) == (10, first + timedelta(days=100))
    assert picture.forecast(place, held[:1], first).full_on is None


def test_sto_44_every_copy_is_read_within_the_cycle_a_share_a_day(kept):
    now, org_id = kept.keeper.now, kept.world.archives.pk
    Copy.objects.update(byte_count=100, verified_at=now)
    assert due_before(kept.keeper, org_id) is None, "no more than a share a day"
    copies = list(Copy.objects.order_by("pk"))
    for number, copy in enumerate(copies):
        Copy.objects.filter(pk=copy.pk).update(verified_at=now - timedelta(days=29 + number))
    before = due_before(kept.keeper, org_id)
    assert Copy.objects.filter(verified_at__lt=before).count() == len(copies), "the cycle is 30 days"
    assert services.start_cycles(kept.keeper) == 1 and services.start_cycles(kept.keeper) == 0
    assert Reading.objects.get(kind="cycle").due_before == before


def test_what_a_place_holds_is_noted_once_a_day(kept):
    services.record_held(kept.keeper)
    services.record_held(kept.keeper)
    rows = DayFigure.objects.filter(place=kept.places["b"])
    assert rows.get().held_copies == 2


def test_every_act_has_its_page(kept):
    row = services.open_reading(kept.keeper, org_id=kept.world.archives.pk)
    policy = CopyPolicy.objects.get()
    move = services.start_move(
        kept.keeper, source_id=kept.places["b"].pk, goal_id=kept.places["c"].pk, reason="样例"
    )
    orphan = Orphan.objects.create(
        place=kept.places["b"], org=kept.world.archives, kind="unknown", name="stray",
        found_at=kept.keeper.now, seen_at=kept.keeper.now,
    )  # fmt: skip
    clearance = Clearance.objects.create(
        org=kept.world.archives, reason="样例", state="asked", asked_by="样例", asked_at=kept.keeper.now
    )
    addresses = {
        "archives_head": (
            "surplus/", f"surplus/{clearance.pk}/",
            "policies/new/", f"policies/{policy.pk}/", f"policies/{policy.pk}/edit/", "moves/retire/",
            f"readings/{row.pk}/", f"moves/{move.pk}/",
        ),
        "archivist": ("surplus/new/", "readings/start/", "moves/new/", "orphans/survey/", f"orphans/{orphan.pk}/"),
    }  # fmt: skip
    for role, pages in addresses.items():
        mine, strange = Client(), Client()
        mine.force_login(kept.world.user(role))
        strange.force_login(kept.world.user("stranger"))
        for page in pages:
            assert mine.get(f"/copies/{page}").status_code == 200, page
            if any(sign.isdigit() for sign in page):
                assert strange.get(f"/copies/{page}").status_code in (403, 404), page
    head = Client()
    head.force_login(kept.world.user("archives_head"))
    assert head.post(f"/copies/surplus/{clearance.pk}/approve/").status_code == 303
    clearance.refresh_from_db()
    assert clearance.state == "clearing" and clearance.run is not None
    for old in ("", "start/", "12/"):  # rounds of fixity used to have pages of their own
        moved = head.get(f"/custody/fixity/{old}")
        assert (moved.status_code, moved["Location"]) == (301, "/copies/readings/")
