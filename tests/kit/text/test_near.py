from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.text import fold
from lantai.kit.text.near import halves_around, one_character_off


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("县土地登记册", "土地登纪", ["土地登记"]),
        ("縣土地登記冊", "土地登纪", ["土地登記"]),
        ("土地登记", "土地登记", []),
        ("土地，登记", "土地登登", []),
        ("甲乙甲丙", "甲丁", ["甲乙", "甲丙"]),
        ("甲", "甲乙", []),
        ("", "甲", []),
    ],
)
def test_a_stretch_with_one_other_character_is_shown_as_written(text, wanted, found):
    assert list(one_character_off(text, wanted)) == found


@given(st.text("甲乙丙", min_size=2, max_size=6), st.integers(0, 5), st.text("甲乙丙丁", max_size=4))
def test_whatever_is_one_character_off_holds_one_of_the_pairs(wanted, place, around):
    place %= len(wanted)
    text = around + wanted[:place] + "戊" + wanted[place + 1 :] + around
    assert any(
        fold(found) == fold(wanted[:place] + "戊" + wanted[place + 1 :])
        for found in one_character_off(text, wanted)
    )
    assert any(all(part in text for part in parts) for parts in halves_around(wanted))
