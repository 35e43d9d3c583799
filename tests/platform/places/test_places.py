"""Entering places and changing what they are used for."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger.models import Entry
from lantai.platform.places import queries, services
from lantai.platform.places.breaker import FAILURES, REST_SECONDS, Guarded
from lantai.platform.places.models import Place
from lantai.platform.places.types import (
    KindUnknown,
    NotAnAddress,
    NotASlug,
    PlaceAway,
    PlaceState,
    PrimaryStays,
    SlugTaken,
)
from tests.region import World


@pytest.fixture
def world(built: World, db) -> World:
    return deepcopy(built)


def added(world: World, tmp_path: Path, slug: str = "second", **more: object) -> Place:
    said = {
        "title": "第二套",
        "kind": "folder",
        "address": str(tmp_path / slug),
        "site": "样例异地库",
        **more,
    }
    return services.add_place(world.ctx("system_officer"), org_id=world.archives.pk, slug=slug, **said)


def test_a_place_is_entered_with_a_line_in_the_log_and_keeps_files_from_then_on(world, tmp_path):
    row = added(world, tmp_path)
    store = queries.store_of(row)
    (tmp_path / "file").write_bytes(b"content")
    store.put("a/b", tmp_path / "file", size=7)
    assert (tmp_path / "second" / "a" / "b").read_bytes() == b"content"
    assert queries.store_of(Place.objects.get(pk=row.pk)) is store
    line = Entry.objects.get(act="places:place:added")
    assert (line.object_id, line.detail["address"]) == (str(row.pk), row.address)


def test_the_storage_root_is_a_place_that_stays(world):
    row = services.ensure_primary()
    assert services.ensure_primary() == row
    assert Place.objects.filter(slug="primary").count() == 1
    queries.store_of(row)
    assert (queries.storage_root() / "0=ocfl_1.1").is_file()
    officer = world.ctx("system_officer")
    services.set_state(officer, place_id=row.pk, state=PlaceState.READ_ONLY, reason="样例演练")
    with pytest.raises(PrimaryStays):
        services.set_state(officer, place_id=row.pk, state=PlaceState.RETIRED)
    with pytest.raises(Missing):
        services.set_state(world.ctx("archivist"), place_id=row.pk, state=PlaceState.ACTIVE)


def test_what_cannot_be_a_place_is_refused(world, tmp_path):
    added(world, tmp_path)
    with pytest.raises(SlugTaken):
        added(world, tmp_path)
    for slug in ("Second", "2nd", "a-b", "", "a" * 40, "a\n"):
        with pytest.raises(NotASlug):
            added(world, tmp_path, slug)
    with pytest.raises(KindUnknown):
        added(world, tmp_path, "third", kind="cloud")
    with pytest.raises(NotAnAddress):
        added(world, tmp_path, "third", address="relative/folder")


def test_places_of_another_archives_are_not_to_be_seen(world, tmp_path):
    row = added(world, tmp_path)
    assert queries.get(world.ctx("archivist"), row.pk) == row
    with pytest.raises(Missing):
        queries.get(world.ctx("stranger"), row.pk)
    with pytest.raises(NotPermitted):
        services.add_place(
            world.ctx("archivist"), org_id=world.archives.pk, slug="x", title="x", kind="folder", address="/x"
        )
    services.change_place(
        world.ctx("system_officer"), place_id=row.pk, title="改名", site="样例", read_order=3
    )
    row.refresh_from_db()
    assert (row.title, row.read_order) == ("改名", 3)


class Flaky:
    """A place that fails as often as told."""

    def __init__(self) -> None:
        self.asked, self.fails = 0, True

    def size(self, name: str) -> int | None:
        self.asked += 1
        if self.fails:
            raise PlaceAway(place="样例", why="502")
        return 7


def test_sto_39_a_place_that_fails_in_a_row_rests_and_then_one_call_tries():
    now = [100.0]
    place = Flaky()
    guard = Guarded(place, "样例", clock=lambda: now[0])
    for _ in range(FAILURES + 4):
        with pytest.raises(PlaceAway):
            guard.size("a")
    assert place.asked == FAILURES
    assert guard.is_resting
    assert guard.why == "502"
    now[0] += REST_SECONDS + 1
    with pytest.raises(PlaceAway):
        guard.size("a")
    assert place.asked == FAILURES + 1
    assert guard.is_resting
    now[0] += REST_SECONDS + 1
    place.fails = False
    assert guard.size("a") == 7
    assert not guard.is_resting
    assert guard.why == ""
