"""A region whose backups lie in a folder beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lantai.apps.backup import services
from lantai.apps.backup.models import BackupPlan
from lantai.platform.places import queries as places
from lantai.platform.places import services as place_services
from lantai.platform.places.models import Place
from tests.region import World, build_world


@pytest.fixture
def world(db) -> World:
    return build_world()


def place_at(world: World, slug: str, folder: Path) -> Place:
    folder.mkdir(parents=True, exist_ok=True)
    ctx = world.ctx("system_officer")
    return place_services.add_place(
        ctx, org_id=world.archives.pk, slug=slug, title=f"样例位置 {slug}", kind="folder", address=str(folder)
    )


def planned(world: World, place: Place, title: str = "样例方案", **said) -> BackupPlan:
    ctx = world.ctx("system_officer")
    row = services.draw_up_plan(ctx, org_id=world.archives.pk, title=title, place=place, **said)
    return BackupPlan.objects.select_related("place", "second_place").get(pk=row.pk)


def forget_stores() -> None:
    places._store.cache_clear()
