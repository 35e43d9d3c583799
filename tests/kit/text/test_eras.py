"""Dates are read as archives of every age wrote them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.text.eras import LATEST, Period, is_of_an_era, periods


def years(*found):
    return tuple(Period(date(year, 1, 1), date(year, 12, 31)) for year in found)


def day(*parts):
    return (Period(date(*parts), date(*parts)),)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1948", years(1948)),
        ("１９４８年", years(1948)),
        ("公元1948年", years(1948)),
        ("一九四八年", years(1948)),
        ("二〇一一年", years(2011)),
        ("二○一一年", years(2011)),
        ("民国三十七年", years(1948)),
        ("民國卅七年", years(1948)),
        ("民国37年", years(1948)),
        ("中华民国元年", years(1912)),
        ("光绪二十年", years(1894)),
        ("光緒甲午", years(1894)),
        ("光绪甲午年", years(1894)),
        ("乾隆六十年", years(1795)),
        ("万历四十八年", years(1620)),
        ("宣统三年", years(1911)),
        ("康德元年", years(1934)),
        ("甲午年", years(1834, 1894, 1954, 2014, 2074)),
        ("甲子", years(1804, 1864, 1924, 1984, 2044)),
        ("1948-05", (Period(date(1948, 5, 1), date(1948, 5, 31)),)),
        ("1948年5月", (Period(date(1948, 5, 1), date(1948, 5, 31)),)),
        ("1948.5.12", day(1948, 5, 12)),
        ("1948/05/12", day(1948, 5, 12)),
        ("19480512", day(1948, 5, 12)),
        ("民国三十七年五月十二日", day(1948, 5, 12)),
        ("民国廿六年七月七日", day(1937, 7, 7)),
        ("光绪二十年五月", years(1894)),
        ("1948-02-30", ()),
        ("1948-13", ()),
        ("民国五十年", ()),
        ("民国零年", ()),
        ("民国甲午", ()),
        ("乙子年", ()),
        ("1948-05.12", ()),
        ("档案", ()),
        ("", ()),
    ],
)
def test_a_date_is_read_as_it_was_meant(text, meant):
    assert periods(text) == meant


@pytest.mark.parametrize("text", ["民国三十七年", "光绪甲午", "民国37年5月", "宣统元年"])
def test_a_year_of_an_era_can_mean_nothing_else(text):
    assert is_of_an_era(text)


@pytest.mark.parametrize("text", ["甲午年", "1948年", "民国三十七年土地证", "民国五十年", "康德", "同治三"])
def test_what_may_be_other_words_is_no_year_by_itself(text):
    assert not is_of_an_era(text)


@given(st.integers(1800, LATEST))
def test_every_year_has_one_name_of_the_cycle_and_that_name_leads_back(year):
    name = "甲乙丙丁戊己庚辛壬癸"[(year - 4) % 10] + "子丑寅卯辰巳午未申酉戌亥"[(year - 4) % 12]
    found = [period.first.year for period in periods(name)]
    assert year in found and all((other - year) % 60 == 0 for other in found)


@given(st.text("民国光绪甲午0123456789〇一二十卅年月日.-/ ", max_size=12))
def test_nothing_that_is_typed_breaks_it(text):
    for period in periods(text):
        assert period.first <= period.last
