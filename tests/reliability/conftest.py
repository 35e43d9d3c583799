"""One region for each module, and for each test a store and keys of its own; what a test writes is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lantai.apps.holdings import services as holdings
from tests.apps.holdings.region import COMMAND, make_region
from tests.apps.intake.conftest import FONDS, Desk
from tests.platform.scanning.clamd import clamd
from tests.reliability.disks import Disk, full_disk
from tests.taken_back import taken_back

__all__ = ["clamd"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Desk]:
    """An agency that sends and an archives that receives, for all tests of a module."""
    with django_db_blocker.unblock(), taken_back():
        holdings.install_rules(COMMAND)
        region = make_region("H")
        yield Desk(region, region.fonds(FONDS), tmp_path_factory.mktemp("world"))


@pytest.fixture
def desk(world: Desk, db: None, tmp_path: Path, settings: Any) -> Desk:
    """The same desk for one test, with a store and keys of its own."""
    settings.LANTAI_STORE, settings.LANTAI_KEYS = tmp_path / "store", tmp_path / "keys"
    return replace(world, folder=tmp_path)


@pytest.fixture
def disk(desk: Desk) -> Iterator[Disk]:
    """A small file system of its own under the store; skipped by name where none can be mounted."""
    place = desk.folder / "store"
    place.mkdir(exist_ok=True)
    with full_disk(place, megabytes=8) as disk:
        yield disk
