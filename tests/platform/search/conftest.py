"""An index of its own for each test, and a source whose rows the test holds."""

from __future__ import annotations

import pytest

from lantai.platform.search import registry, services
from lantai.platform.search.query import parse
from lantai.platform.search.types import EVERYTHING_VISIBLE, Document, Found, Query, Scope


class Rows:
    """Rows of a made-up source named "sample"."""

    def __init__(self) -> None:
        self.rows: dict[int, Document] = {}

    def put(self, row_id: int, title: str = "", **more: object) -> None:
        self.rows[row_id] = Document("sample", row_id, title, **more)
        services.changed(None, "sample", [row_id])

    def take(self, row_id: int) -> None:
        del self.rows[row_id]
        services.changed(None, "sample", [row_id])

    def load(self, ids):
        return [self.rows[row_id] for row_id in ids if row_id in self.rows]

    def ids_after(self, after, limit):
        return [row_id for row_id in sorted(self.rows) if row_id > after][:limit]


@pytest.fixture(autouse=True)
def own_index(settings, tmp_path):
    settings.LANTAI_INDEX = tmp_path / "index"
    yield settings.LANTAI_INDEX
    services.stop_following()


@pytest.fixture
def rows(monkeypatch) -> Rows:
    made = Rows()
    monkeypatch.setattr(registry, "_sources", {})
    registry.register_source("sample", made.load, made.ids_after)
    return made


def find(text: str = "", scope: Scope = EVERYTHING_VISIBLE, **more: object) -> Found:
    return services.find(Query("sample", scope, parse(text), **more))


def ids_of(text: str = "", scope: Scope = EVERYTHING_VISIBLE, **more: object) -> list[int]:
    """The ids found, in ascending order."""
    return sorted(find(text, scope, **more).ids)


def index_everything() -> None:
    while services.follow():
        continue
