"""What a search finds and how many, against looking at every row; the cases are in `contract`."""

from __future__ import annotations

import pytest

from lantai.platform.search.grammar import parse
from lantai.platform.search.tantivy_engine import TantivyEngine
from lantai.platform.search.types import EVERYTHING_VISIBLE, MOST_ROWS, Query, Sort
from tests.platform.search.contract import ABSENT, FOUND, MEANT
from tests.platform.search.looking import Meaning, has, see
from tests.platform.search.shelf_of_samples import rows

# A year of an era standing alone means the year as well; `MEANT` has these.
PLAIN = [(typed, has(typed)) for typed in FOUND.split() if typed not in {meant for meant, _ in MEANT}]


@pytest.fixture(autouse=True)
def own_index():
    """These cases have an engine of their own and touch no other index."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    engine = TantivyEngine(tmp_path_factory.mktemp("contract"))
    documents = rows()
    engine.replace(documents)
    engine.commit()
    yield engine, [see(row) for row in documents]
    engine.close()


def ask(engine, typed):
    ids, after = [], ""
    while True:
        query = Query(
            "sample", EVERYTHING_VISIBLE, parse(typed), sort=Sort.NEWEST, after=after, limit=MOST_ROWS
        )
        found = engine.find(query)
        ids += found.ids
        after = found.after
        if not after:
            return found.total, ids


def check(shelf, typed: str, meaning: Meaning) -> int:
    engine, seen = shelf
    meant = {one.row.id for one in seen if meaning.holds(one)}
    total, ids = ask(engine, typed)
    assert set(ids) == meant, typed
    assert total == len(ids) == len(meant), typed
    return total


def test_there_are_more_than_two_hundred_cases():
    cases = [typed for typed, _ in (*PLAIN, *MEANT)] + ABSENT.split()
    assert len(set(cases)) == len(cases) > 300


@pytest.mark.parametrize(("typed", "meaning"), PLAIN, ids=[typed for typed, _ in PLAIN])
def test_what_stands_in_a_row_is_found_and_counted(shelf, typed, meaning):
    assert check(shelf, typed, meaning)


@pytest.mark.parametrize("typed", ABSENT.split())
def test_what_stands_in_no_row_is_not_found(shelf, typed):
    assert check(shelf, typed, has(typed)) == 0


@pytest.mark.parametrize(("typed", "meaning"), MEANT, ids=[typed or "nothing" for typed, _ in MEANT])
def test_signs_and_names_mean_what_they_say(shelf, typed, meaning):
    assert check(shelf, typed, meaning)
