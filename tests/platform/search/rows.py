"""A made-up source named "sample", and the short way to ask."""

from __future__ import annotations

from lantai.platform.search import services
from lantai.platform.search.types import EVERYTHING_VISIBLE, Document, Found, Scope


class Rows:
    """Rows that live in the test."""

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


def find(text: str = "", scope: Scope = EVERYTHING_VISIBLE, **more: object) -> Found:
    return services.find(scope, text, source="sample", **more)


def ids_of(text: str = "", scope: Scope = EVERYTHING_VISIBLE, **more: object) -> list[int]:
    """The ids found, in ascending order."""
    return sorted(find(text, scope, **more).ids)


def index_everything() -> None:
    while services.follow():
        continue
