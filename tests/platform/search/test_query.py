from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.platform.search.grammar import parse, read
from lantai.platform.search.query import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Choice,
    Days,
    FieldEmpty,
    Leaf,
    ManyYears,
    NoDate,
    NoSuchValue,
    Not,
    Part,
    Prefix,
    QueryTooLong,
    RangeReversed,
    Value,
    Words,
    Years,
    spelled,
    texts,
)

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


@pytest.mark.parametrize("typed", ["1948年5月", "一九四八年五月", "1948-05", "1948.5"])
def test_a_month_written_bare_is_looked_for_in_texts_and_in_dates(typed):
    assert parse(typed) == AnyOf((Leaf(typed), Days(date(1948, 5, 1), date(1948, 5, 31))))


@pytest.mark.parametrize("typed", ["1948", "10.5", "2001-13", "12345678", "3000年5月", "1948年报告"])
def test_what_is_no_date_stays_a_text(typed):
    assert parse(typed) == Leaf(typed)


def test_a_name_spelled_syllable_by_syllable_is_looked_for_as_one_name():
    apart = AllOf((Leaf("ou"), Leaf("yang"), Leaf("xiu")))
    assert parse("ou yang xiu") == AnyOf((apart, Leaf("ouyangxiu", Part.PERSON)))
    assert [piece.meant for piece in read("ou yang xiu").pieces] == [parse("ou yang xiu")]
    assert parse("pdf txt") == AllOf((Leaf("pdf"), Leaf("txt")))


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


RETENTION = Choice(
    "retention", ("保管期限",), lambda word: frozenset({"Y"}) if word == "永久" else frozenset()
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("题名:甲", Leaf("甲", Part.TITLE)),
        ("责任者： 甲 乙", AllOf((Leaf("甲", Part.AUTHOR), B))),
        ("题名:(甲 年度:1949)", AllOf((Leaf("甲", Part.TITLE), Years(1949, 1949)))),
        ("档号:J109*", Prefix("J109")),
        ("保管期限:永久", Value("retention", frozenset({"Y"}), "永久")),
        ("年度:1949..", Years(1949, None)),
        ("日期:1948-02", Days(date(1948, 2, 1), date(1948, 2, 29))),
        ("10:30", Leaf("10:30")),
        ("附注:甲", Leaf("附注:甲")),
    ],
)
def test_names_say_where_to_look(typed, meant):
    assert parse(typed, (RETENTION,)) == meant


@pytest.mark.parametrize(
    ("typed", "refusal", "said"),
    [
        ("题名:", FieldEmpty, "题名"),
        ("题名：，", FieldEmpty, "题名:土地改革"),
        ("甲 年度: OR 乙", FieldEmpty, "1948..1950"),
        ("年度:上古", NoDate, "年度:上古"),
        ("日期:1948-02-30", NoDate, "1948-02-30"),
        ("日期:民国九十九年", NoDate, "民国九十九年"),
        ("年度:..", NoDate, "年度"),
        ("年度:1953..1949", RangeReversed, "对调"),
        ("1953..1949", RangeReversed, "年度"),
        ("年度:甲午..1950", ManyYears, "1894"),
        ("保管期限:长久", NoSuchValue, "长久"),
        ("保管期限:", FieldEmpty, "保管期限"),
    ],
)
def test_what_cannot_be_meant_behind_a_name_is_refused_with_what_to_write(typed, refusal, said):
    with pytest.raises(refusal) as raised:
        parse(typed, (RETENTION,))
    assert said in str(raised.value) and raised.value.field == "q"


@pytest.mark.parametrize(
    ("typed", "pieces"),
    [
        ("甲 -乙 年度:1949", ["甲", "-乙", "年度:1949"]),
        ("甲 AND (乙 OR 丙)", ["甲", "(乙 OR 丙)"]),
        ("甲 OR 乙 丙", ["甲 OR 乙 丙"]),
        ("OR 甲", ["OR 甲"]),
        ('“甲 乙” 题名: "丙"', ["“甲 乙”", '题名: "丙"']),
        ("，", []),
    ],
)
def test_each_condition_knows_where_it_was_typed(typed, pieces):
    assert [typed[piece.start : piece.end] for piece in read(typed).pieces] == pieces


@given(st.text(alphabet='甲乙 ()（）"“-|!ANDORNT题名年度:：19.*民国', max_size=40))
def test_whatever_is_left_when_a_condition_is_taken_away_can_be_read(typed):
    try:
        found = read(typed)
    except (FieldEmpty, NoDate, RangeReversed):
        return
    for piece in found.pieces:
        assert 0 <= piece.start < piece.end <= len(typed)


def test_a_condition_is_spelled_as_it_was_understood():
    words = Words("%(name)s：%(value)s", "不含 %(value)s", " 且 ", " 或 ")
    names = {"title": "题名", "year": "年度", "date": "日期"}
    said = [
        spelled(piece.meant, names, words)
        for piece in read("题名:甲 -(乙 OR 丙) 1949..1953 民国三十七年").pieces
    ]
    assert said == [
        "题名：甲",
        "不含 （乙 或 丙）",
        "年度：1949..1953",
        "民国三十七年 或 年度：1948 或 日期：1948-01-01..1948-12-31",
    ]
