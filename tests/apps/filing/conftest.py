"""An agency with a fonds, a clerk, a lead and an office system."""

from __future__ import annotations

import pytest


@pytest.fixture
def desk(db, settings, tmp_path):
    from tests.apps.filing.desk import make_desk

    settings.LANTAI_STORE = tmp_path / "store"
    return make_desk("H")


@pytest.fixture
def abroad(db):
    from tests.apps.filing.desk import make_desk

    return make_desk("B")
