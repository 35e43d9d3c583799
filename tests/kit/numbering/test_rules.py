"""Giving out numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit import numbering
from lantai.kit.numbering import PERMANENT, YEARS_30, Level, NumberingRule, Style, parse

BY_ITEM = NumberingRule(Style.DAT22, width=4, parts=("year", "retention", "class_code"))
PHOTOS = NumberingRule(width=3, parts=("year", "retention"), level=Level.FILE_ITEM)


def test_a_rule_composes_the_code_of_da_t_22():
    code = BY_ITEM.compose(
        fonds="Z109", category="WS", number=1, year=2011, retention=PERMANENT, class_code="BGS"
    )
    assert str(code) == "Z109-WS·2011-Y-BGS-0001"


def test_a_rule_composes_a_code_inside_a_file():
    code = PHOTOS.compose(
        fonds="K021", category="ZP", number=5, year=2019, retention=YEARS_30, file_number=25
    )
    assert str(code) == "K021-ZP·2019·D30-025-005"


def test_numbers_go_on_from_the_last_one_and_keep_their_width():
    prefix = BY_ITEM.prefix(fonds="Z109", category="WS", year=2011, retention=PERMANENT, class_code="BGS")
    assert prefix == "Z109-WS·2011-Y-BGS-"
    assert BY_ITEM.next_numbers(prefix, 8, 3) == [f"{prefix}0009", f"{prefix}0010", f"{prefix}0011"]


def test_no_number_is_given_out_when_one_of_them_would_not_fit():
    with pytest.raises(numbering.NumbersExhausted) as refused:
        BY_ITEM.next_numbers("Z109-WS·2011-Y-", 9998, 2)
    assert "9999" in str(refused.value)


def test_a_part_that_the_rule_needs_is_asked_for_by_name():
    with pytest.raises(numbering.PartMissing) as refused:
        BY_ITEM.prefix(fonds="Z109", category="WS", year=2011, retention=PERMANENT)
    assert "机构（问题）代码" in str(refused.value)


def test_a_part_that_the_rule_does_not_know_is_refused_rather_than_dropped():
    with pytest.raises(numbering.PartNotInRule):
        NumberingRule(parts=("year",)).prefix(fonds="Z109", category="WS", year=2011, class_code="BGS")


def test_a_width_outside_the_standard_is_no_rule():
    with pytest.raises(numbering.RuleInvalid):
        NumberingRule(width=2)


@given(st.integers(0, 9000), st.integers(1, 50))
def test_numbers_given_out_are_codes_of_the_rule_in_order(last, count):
    prefix = BY_ITEM.prefix(fonds="Z109", category="WS", year=2011, retention=YEARS_30, class_code="BGS")
    given_out = BY_ITEM.next_numbers(prefix, last, count)
    assert [parse(text, Level.ITEM).number for text in given_out] == list(range(last + 1, last + count + 1))
    assert {parse(text, Level.ITEM).prefix for text in given_out} == {prefix}
