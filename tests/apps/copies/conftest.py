"""One region for each module; for each test a store, places and packages of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from lantai.apps.holdings.models import Fonds
from tests.apps.copies.shelves import Shelves
from tests.region import build_world
from tests.taken_back import taken_back


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Shelves]:
    """Organisations and people, taken back after the module."""
    with django_db_blocker.unblock(), taken_back():
        world = build_world()
        fonds = Fonds.objects.create(
            code="Z109", name="样例全宗", archives=world.archives, creator=world.agency
        )
        yield Shelves(world, fonds, tmp_path_factory.mktemp("copies"))


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: hundreds of objects are synced there in no time."""
    shared = Path("/dev/shm")
    with TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def shelves(region: Shelves, db: None, memory: Path, settings: Any) -> Shelves:
    """An archives with a storage root and the places ``b`` and ``c``."""
    settings.LANTAI_STORE, settings.LANTAI_KEYS = memory / "store", memory / "keys"
    made = replace(region, folder=memory, places={}, packages=[])
    made.add_place("b", site="异地", order=10)
    made.add_place("c", site="第三地", medium="optical", order=20)
    return made
