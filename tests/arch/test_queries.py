"""A list asks the database as often for fifty rows as for one, and as often as written beside this test.

LANTAI_UPDATE_SNAPSHOTS=1 writes the counts anew, to be read in the diff.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.arch.asking import visitors
from tests.arch.visits import Visit
from tests.rows import make_many
from tests.world import World

PINNED = Path(__file__).with_name("queries.json")
MANY = 50


def _read(visits: list[Visit]) -> dict[str, Visit | None]:
    """Every list of the product by the name of its route, as the first saw it who sees a row in it."""
    found: dict[str, Visit | None] = {}
    for visit in visits:
        if visit.is_list:
            found[visit.route.name] = found.get(visit.route.name) or (visit if visit.has_rows else None)
    return found


def test_every_list_has_a_reader_and_a_row_in_the_world(visits: list[Visit]) -> None:
    empty = [name for name, visit in _read(visits).items() if visit is None]
    # no document made from its model is in a batch, and no description an item that waits for a file of a batch
    assert set(empty) <= {"filing:batch_documents", "imports:unfilled"}


def test_the_number_of_queries_of_a_list_does_not_grow_with_its_rows(
    world: World, visits: list[Visit]
) -> None:
    clients, owners = visitors(world.home), world.home.owners
    counts: dict[str, int] = {}
    growing = []
    for name, visit in _read(visits).items():
        if visit is None:
            continue
        reader = clients[visit.role]
        model = reader.get(visit.address).context["listing"].matching.model  # keeps what lasts
        few = counts[name] = _count(reader, visit.address)
        make_many(model, owners, MANY - 1)
        many = _count(reader, visit.address)
        if few != many:
            growing.append(f"{visit.address}: {few} for few rows, {many} for many")
    assert growing == []
    _compare(counts)


def _count(reader: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        reader.get(address)
    return len(asked)


def _compare(counts: dict[str, int]) -> None:
    if os.environ.get("LANTAI_UPDATE_SNAPSHOTS"):
        PINNED.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", "utf-8")
    assert PINNED.exists(), "write it with LANTAI_UPDATE_SNAPSHOTS=1"
    assert counts == json.loads(PINNED.read_text("utf-8"))
