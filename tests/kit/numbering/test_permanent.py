"""Ids that people copy from paper."""

from __future__ import annotations

import pytest

from lantai.kit.numbering.permanent import NoSuchId, number_from, number_of, permanent_id


def test_an_id_leads_back_to_its_number_however_it_is_written() -> None:
    for number in (1, 15, 32**6, 1 << 58, (1 << 60) - 1):
        text = permanent_id(number)
        assert number_of(text) == number_of(text.upper()) == number
        assert number_of(text.replace("1", "l").replace("0", "o")) == number


def test_one_wrong_character_and_two_that_changed_places_are_found() -> None:
    text = permanent_id(number_from("urn:sample", "item-1"))
    wrong = [text[:n] + ("2" if text[n] != "2" else "3") + text[n + 1 :] for n in range(len(text))]
    swapped = [
        text[:n] + text[n + 1] + text[n] + text[n + 2 :]
        for n in range(len(text) - 1)
        if text[n] != text[n + 1]
    ]
    for other in (*wrong, *swapped, "", "abc", text + "0" * 9):
        with pytest.raises(NoSuchId):
            number_of(other)


def test_a_number_made_from_names_is_the_same_everywhere_and_never_a_number_of_a_row() -> None:
    assert number_from("urn:sample", "item", "1") == number_from("urn:sample", "item", "1")
    made = {number_from("urn:sample", "item", str(n)) for n in range(1000)}
    assert len(made) == 1000 and all(1 << 59 <= number < 1 << 60 for number in made)
