"""A store of its own for each test, and people to act."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lantai.platform.context import Actor, Channel, Ctx

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.LANTAI_STORE = tmp_path / "store"
    settings.LANTAI_STORE_URL = ""
    return settings.LANTAI_STORE


@pytest.fixture(autouse=True)
def owners(monkeypatch):
    """Who uses content, by name: nobody but whom the test names."""
    from lantai.platform.blobs import registry

    known = {}
    monkeypatch.setattr(registry, "_owners", known)
    return known


def ctx_of(user_id: int | None, now: datetime = NOW) -> Ctx:
    return Ctx(Actor(id=user_id, name="样例用户"), None, "", now, "test", Channel.WEB)
