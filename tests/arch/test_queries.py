"""A list asks the database as often for fifty rows as for one, and as often as written beside this test.

LANTAI_UPDATE_SNAPSHOTS=1 writes the counts anew, to be read in the diff.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.arch.conftest import ask, callers, remembering, visitors
from tests.arch.routes import Route, ids_for, routes
from tests.rows import make
from tests.world import World

PINNED = Path(__file__).with_name("queries.json")
LIST = "ui/_list.html"
MANY = 50


@dataclass(frozen=True)
class ListPage:
    """A page that shows a table, and somebody who sees rows in it."""

    route: Route
    address: str
    reader: Client | None


@pytest.fixture(scope="module")
def pages(world_of_module: World) -> list[ListPage]:
    """Every list of the product."""
    with remembering():
        return list(_list_pages(world_of_module))


def _list_pages(world: World) -> Iterator[ListPage]:
    clients = visitors(world.home)
    for route in routes():
        if route.is_ours and route.is_plain:
            found = _list_page(route, [clients[role] for role in callers(route, world.home)])
            if found:
                yield found


def _list_page(route: Route, clients: list[Client]) -> ListPage | None:
    """The list at an address with the first who sees a row in it; None where nobody finds a list."""
    address, is_list = route.address(ids_for(route)), False
    for client in clients:
        answer = ask(client, "GET", address)
        if _is_list(answer):
            is_list = True
            if answer.context["listing"].rows:
                return ListPage(route, address, client)
    return ListPage(route, address, None) if is_list else None


def _is_list(answer: HttpResponse) -> bool:
    return any(template.name == LIST for template in getattr(answer, "templates", ()))


def test_every_list_has_a_reader_and_a_row_in_the_world(world: World, pages: list[ListPage]) -> None:
    empty = [page.route.name for page in pages if page.reader is None]
    assert set(empty) <= {"filing:batch_documents"}  # no document made from its model is in a batch


def test_the_number_of_queries_of_a_list_does_not_grow_with_its_rows(
    world: World, pages: list[ListPage]
) -> None:
    counts: dict[str, int] = {}
    growing = []
    for page in [page for page in pages if page.reader]:
        few = counts[page.route.name] = _count(page)
        model = page.reader.get(page.address).context["listing"].matching.model
        for _ in range(MANY - 1):
            make(model, world.home.owners)
        many = _count(page)
        if few != many:
            growing.append(f"{page.address}: {few} for few rows, {many} for many")
    assert growing == []
    _compare(counts)


def _count(page: ListPage) -> int:
    page.reader.get(page.address)  # what is kept between requests is kept from here on
    with CaptureQueriesContext(connection) as asked:
        page.reader.get(page.address)
    return len(asked)


def _compare(counts: dict[str, int]) -> None:
    if os.environ.get("LANTAI_UPDATE_SNAPSHOTS"):
        PINNED.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", "utf-8")
    assert PINNED.exists(), "write it with LANTAI_UPDATE_SNAPSHOTS=1"
    assert counts == json.loads(PINNED.read_text("utf-8"))
