"""An agency with a fonds, a clerk, a lead and an office system."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.taken_back import taken_back

if TYPE_CHECKING:
    from tests.apps.filing.desk import Desk


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    """One desk for all tests of a module; what a test writes is taken back."""
    from tests.apps.filing.desk import make_desk

    with django_db_blocker.unblock(), taken_back():
        yield make_desk("H")


@pytest.fixture(scope="module")
def strangers(world: Desk, django_db_blocker: Any) -> Iterator[Desk]:
    """The desk of an agency elsewhere."""
    from tests.apps.filing.desk import make_desk

    with django_db_blocker.unblock(), taken_back():
        yield make_desk("B")


@pytest.fixture
def desk(world: Desk, db: None, settings: Any, tmp_path: Any) -> Desk:
    """The desk of one test, with a store of its own."""
    settings.LANTAI_STORE = tmp_path / "store"
    region = replace(world.region, people=dict(world.region.people))
    return replace(world, region=region, fonds=copy(world.fonds), office=copy(world.office))


@pytest.fixture
def abroad(strangers: Desk, db: None) -> Desk:
    return strangers
