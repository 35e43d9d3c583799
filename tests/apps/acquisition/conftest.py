from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lantai.apps.holdings import services as holdings
from lantai.apps.holdings.models import Fonds
from lantai.platform.context import Channel, system_ctx
from tests.region import World, _person, build_world
from tests.taken_back import taken_back

COMMAND = system_ctx(Channel.COMMAND)


@dataclass
class Place:
    """The made-up region with a fonds for what is collected."""

    world: World
    fonds: Fonds

    def ctx(self, name: str):
        return self.world.ctx(name)


@pytest.fixture(scope="module")
def home(django_db_setup: None, django_db_blocker: Any) -> Iterator[Place]:
    """One region for all tests of a module; what each of them writes is taken back."""
    with django_db_blocker.unblock(), taken_back():
        holdings.install_rules(COMMAND)
        world = build_world()
        world.people["second_archivist"] = _person(COMMAND, "second_archivist", world.archives, "archivist")
        fonds = holdings.found_fonds(
            world.ctx("archivist"), archives_id=world.archives.pk, code="Z001", name="样例征集全宗", kind="collected"
        )  # fmt: skip
        yield Place(world, fonds)


@pytest.fixture
def place(home: Place, db: None, settings: Any, tmp_path: Path) -> Place:
    """The region, for one test, with an empty store: objects stay on the disk when their rows are taken back."""
    settings.LANTAI_STORE = tmp_path / "store"
    return home
