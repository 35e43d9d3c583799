"""Regions for the tests of this folder."""

from __future__ import annotations

import pytest

from tests.apps.holdings.region import Region, make_region


@pytest.fixture
def home(db) -> Region:
    return make_region("H")


@pytest.fixture
def abroad(db) -> Region:
    return make_region("B")
