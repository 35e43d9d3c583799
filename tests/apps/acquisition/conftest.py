from __future__ import annotations

from dataclasses import dataclass

import pytest

from lantai.apps.holdings import services as holdings
from lantai.apps.holdings.models import Fonds
from lantai.platform.context import Channel, system_ctx
from tests.region import World, _person, build_world

COMMAND = system_ctx(Channel.COMMAND)


@dataclass
class Place:
    """The made-up region with a fonds for what is collected."""

    world: World
    fonds: Fonds

    def ctx(self, name: str):
        return self.world.ctx(name)


@pytest.fixture
def place(db) -> Place:
    holdings.install_rules(COMMAND)
    world = build_world()
    world.people["second_archivist"] = _person(COMMAND, "second_archivist", world.archives, "archivist")
    fonds = holdings.found_fonds(
        world.ctx("archivist"),
        archives_id=world.archives.pk,
        code="Z001",
        name="样例征集全宗",
        kind="collected",
    )
    return Place(world, fonds)
