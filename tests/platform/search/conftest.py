"""An index of its own for each test."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_index(settings, tmp_path):
    from lantai.platform.search import services

    settings.LANTAI_INDEX = tmp_path / "index"
    yield settings.LANTAI_INDEX
    services.stop_following()


@pytest.fixture
def rows(monkeypatch):
    from lantai.platform.search import registry
    from tests.platform.search.rows import Rows

    made = Rows()
    monkeypatch.setattr(registry, "_sources", {})
    registry.register_source("sample", made.load, made.ids_after)
    return made


@pytest.fixture(autouse=True)
def alone(alone_in_the_cluster):
    """Every test here looks at what was settled."""
