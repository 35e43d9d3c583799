"""Names are found by the sound that their bearers give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.text import names


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("曾晓", "zengxiao", "zx"),
        ("仇任", "qiuren", "qr"),
        ("单样例", "shanyangli", "syl"),
        ("任样例", "renyangli", "ryl"),
        ("解样例", "xieyangli", "xyl"),
        ("查样例", "zhayangli", "zyl"),
        ("区样例", "ouyangli", "oyl"),
        ("盖样例", "geyangli", "gyl"),
        ("尉迟样例", "yuchiyangli", "ycyl"),
        ("單樣例", "shanyangli", "syl"),
        ("万俟样", "moqiyang", "mqy"),
        ("样单", "yangdan", "yd"),
        ("Anna 样", "annayang", "annay"),
        ("样·例", "yangli", "yl"),
        ("", "", ""),
    ],
)
def test_a_name_is_spelled_with_its_surname_reading(name, full, initials):
    assert (names.full(name), names.initials(name)) == (full, initials)


def test_a_name_is_found_by_each_reading_and_by_initials():
    assert {"shanle", "shanyue", "danle", "sl", "sy", "dl"} <= names.sound_keys("单乐")
    assert {"lvbu", "lyubu", "lb"} <= names.sound_keys("吕布")


def test_an_empty_name_has_no_keys():
    assert names.sound_keys(" ") == frozenset()


@given(st.text(st.sampled_from("曾单仇尉迟样例乐万俟重朝吕行长A·"), max_size=8))
def test_the_usual_spelling_is_always_a_key_and_keys_stay_few(name):
    keys = names.sound_keys(name)
    assert {names.full(name), names.initials(name)} - {""} <= keys
    assert len(keys) <= 100


def test_each_override_changes_what_the_everyday_dictionary_says():
    single, compound = names._tables()
    for char, readings in single.items():
        assert names._syllables(char)[0] != readings[0], char
    assert all(len(pair) == len(readings) == 2 for pair, readings in compound.items())


@pytest.mark.parametrize("word", ["ou", "ouyang", "Xiuer", "fangan", "nver", "tianan"])
def test_syllables_of_pinyin_are_seen(word):
    assert names.is_spelled(word)


@pytest.mark.parametrize("word", ["", "pdf", "angh", "n", "欧阳", "iao" * 60 + "b"])
def test_what_is_no_pinyin_is_no_spelled_name_however_long_it_nearly_was(word):
    assert not names.is_spelled(word)
