"""Pages of places."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.urls import reverse

from lantai.platform.desk.watching import watch_places
from lantai.platform.notify.models import Notice
from lantai.platform.places.models import Place
from lantai.platform.places.services import ensure_primary
from tests.region import World


@pytest.fixture
def world(built: World, db) -> World:
    return deepcopy(built)


def test_a_place_is_added_changed_stopped_and_its_media_entered(world, client, tmp_path, keys):
    client.force_login(world.user("system_officer"))
    ensure_primary()
    said = {
        "org": world.archives.pk,
        "slug": "second",
        "title": "第二套",
        "kind": "folder",
        "address": "relative",
    }
    said |= {"medium": "disk", "read_order": 20, "is_sealed": "on", "algorithm": "sm4-gcm"}
    page = client.post(reverse("desk:new_place"), said)
    assert page.status_code == 422
    assert "绝对路径" in page.content.decode()
    said["address"] = str(tmp_path / "second")
    assert client.post(reverse("desk:new_place"), said).status_code == 303
    row = Place.objects.get(slug="second")
    assert "更换密钥" in client.get(row.get_absolute_url()).content.decode()
    client.post(
        reverse("desk:change_place", args=[row.pk]), {"title": "改名", "read_order": 5, "capacity_gb": "2"}
    )
    client.post(reverse("desk:set_place_state", args=[row.pk, "read_only"]), {"reason": "样例演练"})
    assert client.post(reverse("desk:set_place_state", args=[row.pk, "retired"])).status_code == 404
    assert client.post(reverse("desk:rotate_place_key", args=[row.pk])).status_code == 303
    row.refresh_from_db()
    assert (row.title, row.capacity_bytes, row.state) == ("改名", 2_000_000_000, "read_only")
    (tmp_path / "drive").mkdir()
    said |= {"slug": "shelf", "kind": "media", "address": str(tmp_path / "drive"), "is_offline": "on"}
    del said["is_sealed"]
    client.post(reverse("desk:new_place"), said)
    shelf = Place.objects.get(slug="shelf")
    client.post(reverse("desk:new_volume", args=[shelf.pk]), {"number": "T-1", "shelf": "样例库 1 柜"})
    volume = shelf.volumes.get()
    client.post(reverse("desk:revise_volume", args=[volume.pk]), {"shelf": "样例库 9 柜", "state": "closed"})
    assert client.post(reverse("desk:look_at_media", args=[shelf.pk])).status_code == 303
    page = client.get(shelf.get_absolute_url()).content.decode()
    assert "样例库 9 柜" in page
    assert "已封存" in page
    page = client.get(reverse("desk:places")).content.decode()
    assert "主存储" in page
    client.force_login(world.user("archivist"))
    assert client.get(reverse("desk:places")).status_code == 200
    assert client.post(reverse("desk:set_place_state", args=[row.pk, "active"])).status_code in {403, 404}
    client.force_login(world.user("stranger"))
    assert client.get(row.get_absolute_url()).status_code == 404


def test_who_keeps_places_is_told_when_one_is_lost(world, client, tmp_path):
    client.force_login(world.user("system_officer"))
    said = {"org": world.archives.pk, "slug": "second", "title": "第二套", "kind": "folder", "medium": "disk"}
    said |= {"address": str(tmp_path / "second"), "read_order": 20, "algorithm": "sm4-gcm"}
    client.post(reverse("desk:new_place"), said)
    watch_places()
    (tmp_path / "second").rename(tmp_path / "gone")
    watch_places()
    watch_places()
    notes = [note.said for note in Notice.objects.filter(user=world.user("system_officer"))]
    assert [note for note in notes if "第二套" in note and "失联" in note] == [notes[-1]]
