"""What is indexed always answers what is asked; hits are shown where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.text import bigrams, fold, highlight, tokens_for_index, tokens_for_query

han = st.text(st.sampled_from("臺湾檔案馆馆藏婚姻登记宁夏"), min_size=1, max_size=12)
mixed = st.text(st.sampled_from("臺湾檔案馆Ab1２－·。 \n㎡葛\U000e0100"), max_size=20)


def test_a_run_is_indexed_by_characters_and_pairs_and_words_stay_whole():
    assert tokens_for_index("Z109-WS·2011年档案") == [
        *("z109", "109", "ws", "2011"),
        *("年", "年档", "档", "档案", "案"),
    ]


def test_a_query_asks_for_pairs_or_for_a_lone_character():
    assert tokens_for_query("檔案館 2011") == ["档案", "案馆", "2011"]
    assert tokens_for_query("档") == ["档"]
    assert tokens_for_query("，。 ") == []


def test_pairs_do_not_cross_punctuation():
    assert bigrams("档案，馆藏") == ["档案", "馆藏"]


def test_letters_of_other_scripts_stay_words():
    assert tokens_for_index("Архив") == ["архив"]


@given(han, st.data())
def test_every_part_of_a_text_is_found_by_its_tokens(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    assert set(tokens_for_query(part)) <= set(tokens_for_index(text))


@given(mixed)
def test_a_text_is_always_found_by_itself(text):
    assert set(tokens_for_query(text)) <= set(tokens_for_index(text))


@pytest.mark.parametrize(
    ("text", "terms", "marked"),
    [
        ("臺灣檔案館", ["档案"], ["檔案"]),
        ("第２０１１号", ["2011"], ["２０１１"]),
        ("index in", ["in"], ["in"]),
        ("档案馆", ["档案", "案馆"], ["档案馆"]),
        ("档案 档案", ["档案"], ["档案", "档案"]),
        ("ababab", ["abab"], []),
        ("人人人", ["人人"], ["人人人"]),
        ("10㎡", ["m2"], []),
        ("约㎡", ["m2"], ["㎡"]),
        ("档案", ["", " "], []),
        ("葛󠄀氏", ["葛"], ["葛󠄀"]),
    ],
)
def test_hits_are_marked_in_the_writing_of_the_text(text, terms, marked):
    assert [segment for segment, is_hit in highlight(text, terms) if is_hit] == marked


@given(mixed, st.lists(mixed | han, max_size=3))
def test_the_segments_are_the_text_and_never_empty(text, terms):
    segments = highlight(text, terms)
    assert "".join(segment for segment, _ in segments) == text
    assert all(segment for segment, _ in segments)


@given(mixed, han, mixed)
def test_a_term_that_is_there_is_marked(before, term, after):
    hits = [segment for segment, is_hit in highlight(before + term + after, [term]) if is_hit]
    assert any(fold(term) in fold(hit) for hit in hits)
