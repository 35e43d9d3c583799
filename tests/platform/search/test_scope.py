"""Nobody learns of a row outside of their scope: not by a hit, not by a total, not by a facet."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.platform.search.grammar import parse
from lantai.platform.search.tantivy_engine import TantivyEngine
from lantai.platform.search.types import (
    EVERYTHING_VISIBLE,
    FACETS,
    Among,
    BadPage,
    Document,
    Field,
    Filters,
    Query,
    Scope,
    Sort,
)

YEARS, CUSTODIANS = st.integers(1949, 1953), st.integers(1, 3)
OPENNESS, KINDS = st.sampled_from(["open", "closed", ""]), st.sampled_from(["文书", "照片"])
many = st.lists(st.tuples(YEARS, CUSTODIANS, OPENNESS, KINDS), min_size=1, max_size=30)
scopes = st.lists(
    st.one_of(
        st.frozensets(CUSTODIANS, max_size=2).map(lambda ids: (Among(Field.CUSTODIAN, ids),)),
        st.just((Among(Field.OPENNESS, frozenset({"open"})),)),
        st.tuples(
            st.frozensets(CUSTODIANS, max_size=2).map(lambda ids: Among(Field.CUSTODIAN, ids)),
            st.frozensets(KINDS, max_size=1).map(lambda kinds: Among(Field.KIND, kinds)),
        ),
    ),
    max_size=2,
).map(lambda clauses: Scope(tuple(clauses)))


def allowed(document, scope):
    return any(all(getattr(document, one.field) in one.values for one in clause) for clause in scope.any_of)


def documents(many):
    return [
        Document(
            "sample",
            n,
            "样例题名",
            year=year,
            custodian=custodian,
            openness=openness,
            kind=kind,
            fonds=custodian,
        )
        for n, (year, custodian, openness, kind) in enumerate(many)
    ]


@pytest.fixture(scope="module")
def engine_with(tmp_path_factory):
    def make(rows):
        engine = TantivyEngine(tmp_path_factory.mktemp("index"))
        engine.replace(rows)
        engine.commit()
        engine.close()
        return engine

    return make


@settings(max_examples=40)
@given(
    many=many,
    scope=scopes,
    first=st.none() | YEARS,
    last=st.none() | YEARS,
    typed=st.sampled_from(["", "题名", "-无"]),
)
def test_hits_totals_and_facets_are_those_of_what_may_be_seen(engine_with, many, scope, first, last, typed):
    rows = documents(many)
    seen = [
        row for row in rows
        if allowed(row, scope) and (first is None or row.year >= first) and (last is None or row.year <= last)
    ]  # fmt: skip
    filters = Filters(year_from=first, year_to=last)
    query = Query("sample", scope, parse(typed), filters, limit=200, facets=(*FACETS, Field.CUSTODIAN))
    found = engine_with(rows).find(query)
    assert sorted(found.ids) == [row.id for row in seen]
    assert found.total == len(seen)
    for field, buckets in found.facets.items():
        counted = Counter(value for row in seen if (value := getattr(row, field)) not in ("", None))
        assert {bucket.value: bucket.count for bucket in buckets} == dict(counted)


@pytest.fixture(scope="module")
def engine(engine_with):
    rows = [
        Document(
            "sample", n, f"第{n}号", codes=(f"A-{n}",), dated_on=date(1950, 1, 1 + n // 4) if n % 5 else None
        )
        for n in range(40)
    ]
    return engine_with([*rows, Document("other", 7, "另一来源")])


def test_without_a_clause_nothing_is_seen(engine):
    assert engine.find(Query("sample", Scope())).total == 0
    assert engine.find(Query("sample", Scope(((Among(Field.FONDS, frozenset()),),)))).total == 0


def test_sources_do_not_mix(engine):
    assert engine.find(Query("other", EVERYTHING_VISIBLE)).ids == (7,)
    assert engine.find(Query("sample", EVERYTHING_VISIBLE)).total == 40


def test_a_query_cannot_talk_its_way_out_of_its_scope(engine):
    scope = Scope(((Among(Field.OPENNESS, frozenset({"open"})),),))
    for typed in ("", "第1号", "-无", "第1号 OR -第1号", "openness:closed", ") OR (第1号"):
        assert engine.find(Query("sample", scope, parse(typed))).total == 0


def pages(engine, sort):
    after, found = "", []
    while True:
        page = engine.find(Query("sample", EVERYTHING_VISIBLE, sort=sort, after=after, limit=7))
        assert page.total == 40
        found += page.ids
        after = page.after
        if not after:
            return found


def test_pages_by_date_hold_every_row_once_in_order(engine):
    dates = {n: date(1950, 1, 1 + n // 4).toordinal() if n % 5 else 0 for n in range(40)}
    ascending = sorted(range(40), key=lambda n: (dates[n], n))
    assert pages(engine, Sort.OLDEST) == ascending
    assert pages(engine, Sort.NEWEST) == ascending[::-1]


def test_pages_by_code_count_as_people_do(engine):
    assert pages(engine, Sort.CODE) == list(range(40))


def test_pages_by_relevance_hold_every_row_once(engine):
    assert sorted(pages(engine, Sort.RELEVANCE)) == list(range(40))


def test_a_row_that_goes_between_two_pages_by_date_shifts_nothing(engine_with):
    rows = [Document("sample", n, dated_on=date(1950, 1, 1 + n)) for n in range(20)]
    engine = engine_with(rows)
    first = engine.find(Query("sample", EVERYTHING_VISIBLE, sort=Sort.OLDEST, limit=10))
    engine.remove("sample", [3, 4])
    engine.replace([Document("sample", 99, dated_on=date(1949, 1, 1))])
    engine.commit()
    second = engine.find(Query("sample", EVERYTHING_VISIBLE, sort=Sort.OLDEST, limit=10, after=first.after))
    assert (first.ids, second.ids) == (tuple(range(10)), tuple(range(10, 20)))
    engine.close()


@pytest.mark.parametrize("after", ["p5", "x", "d", "d-1", "d99999999999999999999", "d1;drop"])
def test_a_made_up_page_mark_is_refused(engine, after):
    with pytest.raises(BadPage):
        engine.find(Query("sample", EVERYTHING_VISIBLE, sort=Sort.NEWEST, after=after))


def test_dates_are_narrowed_on_both_ends(engine):
    filters = Filters(dated_from=date(1950, 1, 2), dated_to=date(1950, 1, 3))
    found = engine.find(Query("sample", EVERYTHING_VISIBLE, filters=filters))
    assert sorted(found.ids) == [n for n in range(4, 12) if n % 5]
