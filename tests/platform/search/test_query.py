from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.platform.search.query import EVERYTHING, AllOf, AnyOf, Leaf, Not, QueryTooLong, parse, texts

A, B, C = Leaf("甲"), Leaf("乙"), Leaf("丙")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("甲", A),
        ("甲 乙", AllOf((A, B))),
        ("甲　乙", AllOf((A, B))),
        ("甲 AND 乙", AllOf((A, B))),
        ("甲 OR 乙", AnyOf((A, B))),
        ("甲 | 乙", AnyOf((A, B))),
        ("甲 OR 乙 丙", AnyOf((A, AllOf((B, C))))),
        ("(甲 OR 乙) 丙", AllOf((AnyOf((A, B)), C))),
        ("（甲 OR 乙） 丙", AllOf((AnyOf((A, B)), C))),
        ("甲 -乙", AllOf((A, Not(B)))),
        ("甲 NOT (乙 丙)", AllOf((A, Not(AllOf((B, C)))))),
        ("NOT NOT 甲", A),
        ('"甲 乙"', Leaf("甲 乙")),
        ("“甲 乙” 丙", AllOf((Leaf("甲 乙"), C))),
        ("0109-WS·2011", Leaf("0109-WS·2011")),
        ("关于印发（试行）的通知", Leaf("关于印发（试行）的通知")),
        ("((甲))", A),
        ("甲 or 乙", AllOf((A, Leaf("or"), B))),
    ],
)
def test_what_is_typed_is_understood(typed, meant):
    assert parse(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", EVERYTHING),
        ("，。！", EVERYTHING),
        ("AND", EVERYTHING),
        ("OR 甲 OR", A),
        ("甲 NOT", A),
        ("-", EVERYTHING),
        ("甲 AND AND 乙", AllOf((A, B))),
        (")甲", A),
        ("(甲", A),
        ("甲) 乙", AllOf((A, B))),
        ('"甲 乙', Leaf("甲 乙")),
        ("()", EVERYTHING),
        ("NOT ()", EVERYTHING),
        ("(" * 3000 + "甲" + ")" * 3000, A),
        ("NOT " * 2000 + "甲", A),
        ("\ud800甲", Leaf("?甲")),
    ],
)
def test_what_makes_no_sense_is_left_out(typed, meant):
    assert parse(typed) == meant


@given(st.text(alphabet='甲乙 ()（）"“”-|!ANDORNT\0\ud800', max_size=60))
def test_no_spelling_is_an_error(typed):
    parse(typed)


def test_a_query_of_more_than_ten_thousand_bytes_is_refused():
    parse("档" * 3333)
    with pytest.raises(QueryTooLong):
        parse("档" * 3334)


def test_a_query_of_very_many_words_is_refused():
    parse("甲 " * 200)
    with pytest.raises(QueryTooLong):
        parse("甲 " * 201)


def test_what_must_not_occur_is_not_highlighted():
    assert list(texts(parse("甲 (乙 OR -丙)"))) == ["甲", "乙"]
