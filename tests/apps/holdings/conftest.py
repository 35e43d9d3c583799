"""Regions for the tests of this folder."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.apps.holdings.region import Region, make_region


@pytest.fixture(scope="module")
def made(kept: None) -> tuple[Region, Region]:
    """Two regions for all tests of a module."""
    return make_region("H"), make_region("B")


@pytest.fixture
def home(made: tuple[Region, Region], db) -> Region:
    return deepcopy(made[0])


@pytest.fixture
def abroad(made: tuple[Region, Region], db) -> Region:
    return deepcopy(made[1])
