"""Two agencies that have nothing to do with each other."""

from __future__ import annotations

import pytest


@pytest.fixture
def office(db, settings, tmp_path):
    from tests.apps.connectors.office import make_office

    settings.LANTAI_STORE = tmp_path / "store"
    settings.LANTAI_CONNECTOR_FOLDERS = tmp_path / "folders"
    return make_office("H")


@pytest.fixture
def abroad(office):
    from tests.apps.connectors.office import make_office

    return make_office("B")
