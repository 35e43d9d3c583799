"""Disks that fill up, go away or may only be read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from copy import deepcopy

import pytest

from lantai.platform.context import system_ctx
from lantai.platform.places import queries, services
from lantai.platform.places.types import NearlyFull, PlaceReadOnly, PlaceState, Room
from tests.platform.places.test_places import added
from tests.region import World


@pytest.fixture
def world(built: World, db) -> World:
    return deepcopy(built)


def test_a_room_is_as_full_as_it_is_at_least():
    assert [Room(1000, free).used_percent for free in (1000, 51, 50, 21, 20, 0)] == [0, 94, 95, 97, 98, 100]
    assert Room(0, 0).used_percent == 100


def test_sto_46_a_disk_at_95_warns_once_and_at_98_stops_intake_and_nothing_else(
    world, tmp_path, source, monkeypatch
):
    row = added(world, tmp_path)
    store = queries.store_of(row)
    free = [60]
    monkeypatch.setattr(type(store._store), "room", lambda self: Room(1000, free[0]))
    monkeypatch.setattr(queries, "room_of_primary", lambda: Room(1000, free[0]))

    def told():
        return [(c.place.slug, c.past) for c in services.look_at_places(system_ctx()) if c.place == row]

    assert told() == []
    queries.require_room_for_intake()
    free[0] = 50
    assert told() == [("second", "nearly_full")]
    assert told() == []
    queries.require_room_for_intake()
    free[0] = 20
    assert told() == [("second", "nearly_full")]
    with pytest.raises(NearlyFull, match="98%"):
        queries.require_room_for_intake()
    store.put("a", source(b"a"), size=1)  # a repair goes on
    with store.open("a") as file:
        assert file.read() == b"a"
    row.refresh_from_db()
    assert row.used_percent == 98
    free[0] = 500
    assert told() == []
    queries.require_room_for_intake()


def test_a_place_that_goes_and_comes_is_told_once_each_time(world, tmp_path):
    row = added(world, tmp_path)

    def told():
        return [c.past for c in services.look_at_places(system_ctx()) if c.place == row]

    assert told() == []
    (tmp_path / "second").rename(tmp_path / "gone")
    assert told() == ["lost"]
    assert told() == []
    row.refresh_from_db()
    assert row.away_since is not None
    assert "没有挂载" in row.away_why
    (tmp_path / "gone").rename(tmp_path / "second")
    assert told() == ["found_again"]
    row.refresh_from_db()
    assert row.away_since is None


def test_sto_48_a_read_only_place_is_read_and_not_written(world, tmp_path, source):
    row = added(world, tmp_path)
    queries.store_of(row).put("a", source(b"a"), size=1)
    ctx = world.ctx("system_officer")
    row = services.set_state(ctx, place_id=row.pk, state=PlaceState.READ_ONLY, reason="样例演练")
    with pytest.raises(PlaceReadOnly):
        queries.store_of(row).put("b", source(b"b"), size=1)
    with queries.store_of(row).open("a") as file:
        assert file.read() == b"a"


WRITING = """
import sys
from pathlib import Path
from lantai.platform.places.stores.folder import FolderPlace
from lantai.platform.places.types import PlaceReadOnly, Site
store = FolderPlace(Site("x", "x", sys.argv[1], Path("/nowhere")))
assert store.open("a").read() == b"a"
for act in (lambda: store.put("b", Path(sys.argv[2]), size=1), lambda: store.put("n/b", Path(sys.argv[2]), size=1)):
    try:
        act()
    except PlaceReadOnly:
        continue
    sys.exit("written")
print("refused")
"""


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="the program bwrap is not installed")
def test_sto_48_a_disk_that_is_mounted_read_only_refuses_and_loses_nothing(folder, source):
    folder.put("a", source(b"a"), size=1)
    new = source(b"b", "new")
    script = source(f"import django.conf; django.conf.settings.configure()\n{WRITING}".encode(), "write.py")
    command = ["bwrap", "--bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    command += [
        "--ro-bind",
        str(folder.root),
        str(folder.root),
        sys.executable,
        str(script),
        str(folder.root),
        str(new),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if "Operation not permitted" in done.stderr or "No permissions" in done.stderr:
        pytest.skip("namespaces are off here")
    assert done.stdout.strip() == "refused", done.stderr
    assert folder.size("b") is None
    assert new.read_bytes() == b"b"
