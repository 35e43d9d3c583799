"""A shelf of tapes and discs as a place."""

from __future__ import annotations

import shutil
from copy import deepcopy

import pytest

from lantai.platform.ledger.models import Entry
from lantai.platform.places import media, queries, services
from lantai.platform.places.breaker import FAILURES
from lantai.platform.places.models import VolumeFile
from lantai.platform.places.types import (
    Locked,
    NotOffline,
    PlaceAway,
    SealedOffline,
    VolumeNotEmpty,
    VolumeNumberTaken,
    VolumeWanted,
)
from tests.platform.places.test_places import added
from tests.region import World


@pytest.fixture
def world(built: World, db) -> World:
    return deepcopy(built)


@pytest.fixture
def drive(tmp_path):
    """Where media are mounted."""
    (tmp_path / "drive").mkdir()
    return tmp_path / "drive"


@pytest.fixture
def shelf(world, tmp_path, drive):
    return added(world, tmp_path, "shelf", kind="media", address=str(drive), medium="tape", is_offline=True)


def entered(world, place, drive, number, *, is_here=True):
    if is_here:
        (drive / number).mkdir()
    ctx = world.ctx("system_officer")
    return media.add_volume(ctx, place_id=place.pk, number=number, label="样例磁带", shelf="样例库 2 柜")


def away(drive, number, tmp_path):
    shutil.move(drive / number, tmp_path / f"away-{number}")


def back(drive, number, tmp_path):
    shutil.move(tmp_path / f"away-{number}", drive / number)


def read(place, name):
    with queries.store_of(place).open(name) as file:
        return file.read()


def test_what_is_on_a_medium_is_known_without_it_and_to_be_read_with_it(
    world, shelf, drive, source, tmp_path
):
    entered(world, shelf, drive, "T-001")
    store = queries.store_of(shelf)
    for name in ("a/1", "a/2", "b/1"):
        store.put(name, source(name.encode()), size=3)
    store.put("a/1", source(b"a/1"), size=3)
    assert read(shelf, "a/2") == b"a/2"
    away(drive, "T-001", tmp_path)
    assert [held.name for held in store.held()] == ["a/1", "a/2", "b/1"]
    assert [held.name for held in store.held("a/", after="a/1")] == ["a/2"]
    assert store.size("b/1") == 3
    for _ in range(FAILURES + 1):
        with pytest.raises(VolumeWanted, match=r"T-001.*样例库 2 柜"):
            read(shelf, "a/2")
    assert not store.is_resting
    back(drive, "T-001", tmp_path)
    assert read(shelf, "a/2") == b"a/2"
    store.remove("a/2")
    assert store.size("a/2") is None


def test_a_shelf_whose_open_media_are_away_says_which_to_bring(world, shelf, drive, source, tmp_path):
    with pytest.raises(PlaceAway):
        shutil.rmtree(drive)
        queries.store_of(shelf).put("a", source(b"a"), size=1)
    drive.mkdir()
    queries._store.cache_clear()
    entered(world, shelf, drive, "T-002", is_here=False)
    with pytest.raises(VolumeWanted, match="T-002"):
        queries.store_of(shelf).put("a", source(b"a"), size=1)


def test_a_medium_that_holds_other_things_is_not_touched(world, shelf, drive):
    (drive / "T-003").mkdir()
    (drive / "T-003" / "photos.zip").write_bytes(b"mine")
    ctx = world.ctx("system_officer")
    with pytest.raises(VolumeNotEmpty):
        media.add_volume(ctx, place_id=shelf.pk, number="T-003", label="", shelf="样例")
    assert [path.name for path in (drive / "T-003").iterdir()] == ["photos.zip"]
    assert not shelf.volumes.exists()


def test_a_medium_tells_itself_what_lies_on_it(world, shelf, drive, source):
    row = entered(world, shelf, drive, "T-004")
    queries.store_of(shelf).put("a/1", source(b"one"), size=3)
    VolumeFile.objects.all().delete()
    assert media.look_at_media(world.ctx("system_officer"), place_id=shelf.pk) == ["T-004"]
    assert [held.name for held in queries.store_of(shelf).held()] == ["a/1"]
    row.refresh_from_db()
    assert row.seen_at is not None
    assert Entry.objects.get(act="places:volume:seen").detail["new_files"] == 1
    assert [(v.file_count, v.byte_count) for v in media.volumes_of(shelf)] == [(1, 3)]


def test_what_was_burnt_on_a_disc_stays(world, tmp_path, drive, source):
    discs = added(
        world, tmp_path, "discs", kind="media", address=str(drive), medium="optical", is_offline=True
    )
    entered(world, discs, drive, "D-1")
    queries.store_of(discs).put("a", source(b"a"), size=1)
    with pytest.raises(Locked):
        queries.store_of(discs).remove("a")


def test_media_are_entered_once_and_for_offline_places_only(world, shelf, drive, tmp_path):
    entered(world, shelf, drive, "T-005")
    with pytest.raises(VolumeNumberTaken):
        entered(world, shelf, drive, "T-005", is_here=False)
    with pytest.raises(NotOffline):
        entered(world, added(world, tmp_path), drive, "T-006")
    with pytest.raises(SealedOffline):
        added(world, tmp_path, "x", kind="media", address=str(drive), is_offline=True, is_sealed=True)
    ctx = world.ctx("system_officer")
    row = media.revise_volume(ctx, volume_id=shelf.volumes.get().pk, label="新", shelf="异地", state="closed")
    assert (row.shelf, row.state) == ("异地", "closed")


def test_sto_37_a_refused_removal_stands_in_the_log(world, tmp_path, drive, source):
    discs = added(
        world, tmp_path, "discs", kind="media", address=str(drive), medium="optical", is_offline=True
    )
    entered(world, discs, drive, "D-1")
    queries.store_of(discs).put("a", source(b"a"), size=1)
    with pytest.raises(Locked):
        services.remove_file(world.ctx("system_officer"), place=discs, name="a")
    assert Entry.objects.get(act="places:place:removal_refused").detail == {"name": "a"}
