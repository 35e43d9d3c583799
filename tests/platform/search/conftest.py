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
def alone_in_the_cluster(monkeypatch):
    """The horizon is the whole cluster's; other test workers' databases in it are no part of these tests."""
    from django.db import connection

    from lantai.platform.search import feed

    def horizon() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce((SELECT min(backend_xid::text::bigint) FROM pg_stat_activity"
                " WHERE datname = current_database() AND backend_xid IS NOT NULL),"
                " pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
            )
            return int(cursor.fetchone()[0])

    monkeypatch.setattr(feed, "horizon", horizon)
