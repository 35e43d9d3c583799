"""Walking through everything found: each row once and in order, however deep, while rows come and go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lantai.platform.search import tantivy_nearby, tantivy_pages, tantivy_queries
from lantai.platform.search.grammar import parse
from lantai.platform.search.query import Leaf, Part, Telling
from lantai.platform.search.tantivy_documents import date_key
from lantai.platform.search.tantivy_engine import TantivyEngine
from lantai.platform.search.types import (
    EVERYTHING_VISIBLE,
    Among,
    BadPage,
    Document,
    Field,
    Query,
    Scope,
    Sort,
)

ROWS = 130
WINDOW = 30


@pytest.fixture(autouse=True)
def own_index() -> None:
    """These tests have an engine of their own."""


def document(number: int) -> Document:
    return Document(
        "sample",
        number,
        "土地改革" if number % 3 else "土地改革土地证",
        codes=(f"J{number % 7}-{number * 37 % 101}",) if number % 10 else (),
        custodian=1 + number % 3,
        dated_on=date(1950, 1, 1) + timedelta(days=number * 17 % 90) if number % 4 else None,
    )


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setattr(tantivy_pages, "WINDOW", WINDOW)
    engine = TantivyEngine(tmp_path)
    engine.add(document(number) for number in range(1, ROWS + 1))
    engine.commit()
    yield engine
    engine.close()


def walk(engine, sort, limit=7, scope=EVERYTHING_VISIBLE, between=lambda page: None):
    found, after, pages = [], "", 0
    while True:
        page = engine.find(Query("sample", scope, parse("土地"), sort=sort, after=after, limit=limit))
        found += page.ids
        pages += 1
        assert page.total == engine.find(Query("sample", scope, parse("土地"))).total
        if not page.after:
            return found
        after = page.after
        between(pages)


def by_code(number: int) -> tuple[int, int, int, int]:
    return (0, number % 7, number * 37 % 101, number) if number % 10 else (1, 0, 0, number)


def test_pages_by_code_reach_the_last_row_by_the_value_of_the_numbers(engine):
    assert walk(engine, Sort.CODE) == sorted(range(1, ROWS + 1), key=by_code)


@pytest.mark.parametrize("most", [0, 20_000])
def test_pages_by_date_reach_the_last_row_whether_looked_for_close_by_or_everywhere(
    engine, monkeypatch, most
):
    monkeypatch.setattr(tantivy_nearby, "_MOST_ROWS", most)
    dated = {number: document(number).dated_on or date.min for number in range(1, ROWS + 1)}
    order = sorted(dated, key=lambda number: (dated[number], number))
    assert walk(engine, Sort.OLDEST) == order
    assert walk(engine, Sort.NEWEST) == order[::-1]
    own = Scope(((Among(Field.CUSTODIAN, frozenset({2})),),))
    assert walk(engine, Sort.NEWEST, scope=own) == [number for number in order[::-1] if number % 3 == 1]


def test_what_is_close_by_is_looked_at_alone_where_it_holds_a_page(engine, monkeypatch):
    """Else a page in the middle costs what the whole question costs."""
    asked = []
    seen = tantivy_nearby.in_order
    monkeypatch.setattr(tantivy_nearby, "in_order", lambda *args: asked.append(args[1:3]) or seen(*args))
    for sort, after in (
        (Sort.OLDEST, f"d{date_key(date(1950, 1, 20), 0)}"),
        (Sort.NEWEST, f"d{date_key(date(1950, 3, 20), 0)}"),
    ):
        whole = Query("sample", EVERYTHING_VISIBLE, parse("土地"), sort=sort, after=after, limit=3)
        assert len(engine.find(whole).ids) == 3
    assert len(asked) == 2, "each asked once"


def test_a_row_that_goes_between_two_pages_by_code_shifts_nothing(engine):
    order = sorted(range(1, ROWS + 1), key=by_code)

    def take(pages):
        if pages == 2:
            engine.remove("sample", order[:5])
            engine.commit()

    assert walk(engine, Sort.CODE, between=take) == order


def test_beyond_the_window_of_relevance_the_others_follow_by_date_each_row_once(engine):
    found = walk(engine, Sort.RELEVANCE)
    assert sorted(found) == list(range(1, ROWS + 1))
    rest = found[WINDOW:]
    newest = walk(engine, Sort.NEWEST)
    assert rest == [number for number in newest if number in set(rest)]
    assert all(number % 3 == 0 for number in found[:WINDOW]), "what says it twice comes first"


def test_a_window_that_holds_everything_has_no_page_beyond(engine):
    own = Scope(((Among(Field.CUSTODIAN, frozenset({1})),),))
    found = walk(engine, Sort.RELEVANCE, limit=10, scope=own)
    assert sorted(found) == [number for number in range(1, ROWS + 1) if number % 3 == 0]


@pytest.mark.parametrize("after", ["c", "cxyz", "c00 OR 1", "p3", "r", "r-1", f"r{1 << 64}", "d1"])
def test_a_made_up_mark_of_these_orders_is_refused(engine, after):
    for sort in (Sort.CODE, Sort.RELEVANCE):
        if sort is Sort.RELEVANCE and after == "p3":
            continue
        with pytest.raises(BadPage):
            engine.find(Query("sample", EVERYTHING_VISIBLE, sort=sort, after=after))


def test_a_row_may_have_several_documents_that_come_and_go_with_it(engine):
    def leaves(row_id, *texts):
        return [
            Document("leaves", row_id, body=text, leaf=10 * row_id + n) for n, text in enumerate(texts, 1)
        ]

    engine.add([*leaves(1, "第一页 土地", "第二页"), *leaves(2, "第一页", "第二页 土地")])
    engine.commit()
    found = engine.find(Query("leaves", EVERYTHING_VISIBLE, parse("土地"), has_leaves=True))
    assert dict(zip(found.ids, found.leaves, strict=True)) == {1: 11, 2: 22}
    engine.replace(leaves(2, "土地", "土地", "别的"))
    engine.remove("leaves", [1])
    engine.commit()
    found = engine.find(Query("leaves", EVERYTHING_VISIBLE, parse("土地"), has_leaves=True))
    assert found.ids == (2, 2) and sorted(found.leaves) == [21, 22] and found.total == 2


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_a_scope_of_few_or_many_values_is_what_looking_says(engine, count):
    """Few are told apart row by row, many are united; a scope that holds everything is left out."""
    days = frozenset(range(1, count + 1))
    engine.replace(
        Document("fonds", number, "土地", custodian=number % 12, openness="open" if number % 5 else "")
        for number in range(60)
    )
    engine.commit()
    scope = Scope(((Among(Field.CUSTODIAN, days),), (Among(Field.OPENNESS, frozenset({"open"})),)))
    found = engine.find(
        Query("fonds", scope, parse("土地"), sort=Sort.NEWEST, limit=100, facets=(Field.CUSTODIAN,))
    )
    seen = {number for number in range(60) if number % 12 in days or number % 5}
    assert set(found.ids) == seen and found.total == len(seen)
    assert sum(bucket.count for bucket in found.facets[Field.CUSTODIAN]) == len(seen)
    everything = Scope(((Among(Field.CUSTODIAN, frozenset(range(12))),),))
    assert engine.find(Query("fonds", everything)).total == 60
    assert engine.find(Query("fonds", Scope())).total == 0


def test_a_walk_gives_every_row_once_part_by_part_as_it_stood_when_it_began(engine, monkeypatch):
    monkeypatch.setattr(tantivy_pages, "_PART", 40)
    scope = Scope(((Among(Field.CUSTODIAN, frozenset({1, 2})),),))
    asked = Query("sample", scope, parse("土地"))
    expected = walk(engine, Sort.NEWEST, scope=scope)
    parts = engine.walk(asked)
    first = next(parts)
    engine.remove("sample", expected[-5:])
    engine.commit()
    assert [*first, *(row for part in parts for row in part)] == expected
    assert len(first) == 40


@pytest.mark.parametrize(("telling", "expected"), [(50_000, {3, 6, 9}), (2, {3, 9})])
def test_what_tells_most_is_in_few_rows_or_several_together(tmp_path, monkeypatch, telling, expected):
    """Where every text is common the rarer half must stand together; a text that is nowhere asks for nothing."""
    monkeypatch.setattr(tantivy_queries, "_TELLING", telling)
    titles = dict.fromkeys(range(1, 10), "关于土地的通知") | {
        3: "关于林权登记的通知",
        6: "林权",
        9: "林权登记",
    }
    engine = TantivyEngine(tmp_path / "alike")
    engine.add(Document("alike", number, title) for number, title in titles.items())
    engine.commit()
    wanted = ("关于", "林权", "登记", "的通", "喆喆") if telling == 2 else ("林权", "喆喆")
    asked = Telling(tuple(Leaf(text, Part.TITLE) for text in wanted))
    assert set(engine.find(Query("alike", EVERYTHING_VISIBLE, asked)).ids) == expected
    nothing = Telling((Leaf("喆喆", Part.TITLE),))
    assert engine.find(Query("alike", EVERYTHING_VISIBLE, nothing)).total == 0
    engine.close()
