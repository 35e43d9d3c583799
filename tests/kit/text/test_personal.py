"""Identity and telephone numbers are found and starred; other numbers are left alone.

All numbers here are made up: dates are of 1900 or the region code belongs to no place.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.text import personal
from lantai.kit.text.personal import PersonalKind, check_character, is_identity_number


def number_of(born_on: date, serial: int, region: int = 990000) -> str:
    body = f"{region:06d}{born_on:%Y%m%d}{serial:03d}"
    return body + check_character(body)


def test_the_example_of_the_standard_is_right():
    assert is_identity_number("11010519491231002X")  # GB 11643—1999, annex
    assert is_identity_number("11010519491231002x")
    assert not is_identity_number("110105194912310021")
    assert not is_identity_number("11010519491331002X")
    assert not is_identity_number("1101051949123100")


birth_dates = st.dates(date(1900, 1, 1), date(2030, 1, 1))


@given(birth_dates, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(born_on, serial, place, by):
    number = number_of(born_on, serial)
    assert is_identity_number(number)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not is_identity_number(wrong)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("证号11010519491231002X。", "证号110***********002X。"),
        ("证号110105194912310021", "证号110***********0021"),
        ("旧证990000000101001号", "旧证990********1001号"),
        ("电话13800000000", "电话138****0000"),
        ("电话１３８００００００００", "电话１３８****００００"),
        ("+86 138 0000 0000", "+86 1** **** 0000"),
        ("0951-6000000", "095*-***0000"),
        ("（010）60000000", "（010）****0000"),
        ("编号123456789012345678", "编号123456789012345678"),
        ("Z109-WS·2011-Y-0001", "Z109-WS·2011-Y-0001"),
        ("2011年12月31日第138号", "2011年12月31日第138号"),
        ("abc13800000000", "abc13800000000"),
        ("139000000001", "139000000001"),
        ("", ""),
    ],
)
def test_the_middle_of_personal_numbers_is_starred(text, masked):
    assert personal.mask(text) == masked


def test_what_was_found_says_its_kind_place_and_certainty():
    text = "样例 11010519491231002X 或 110105194912310021，13800000000"
    found = list(personal.find(text))
    assert [(f.kind, f.is_certain) for f in found] == [
        (PersonalKind.IDENTITY_NUMBER, True),
        (PersonalKind.IDENTITY_NUMBER, False),
        (PersonalKind.PHONE, True),
    ]
    assert text[found[0].start : found[0].end] == "11010519491231002X"


@given(st.text(), birth_dates, st.integers(0, 999), st.text())
def test_a_number_between_separators_never_survives_masking(before, born_on, serial, after):
    number = number_of(born_on, serial)
    masked = personal.mask(f"{before}，{number}，{after}")
    assert number not in masked
    assert len(masked) == len(before) + len(number) + len(after) + 2
    assert personal.mask(masked) == masked
