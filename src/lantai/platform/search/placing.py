"""Tokens with their places, so that a phrase query finds exactly the texts that contain it.

In a CJK run every character is followed by the pair that begins there, each with a place of its own; the last
character has no pair. A word has two places: itself, and the number within it. Between two runs two places stay
empty, whatever separates them and however much of it: so 甲乙 is not found in 甲，乙, while “甲，乙” is found in
甲、乙 and not in 甲某乙. Why two: from one pair to the next but one it is four places within a run, and over a gap
never (five, or eight where one character stands between two gaps). So a question need not name every pair, only
pairs that cover its characters, and what lies between is sure. Reading places is what a phrase costs.
As the places are those of a list, the engine counts them itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from operator import add

from lantai.kit.text import fold
from lantai.kit.text.tokens import runs, runs_and_words, tokens_of_run

Placed = tuple[int, str]
_GAP = 2  # empty places between two runs
_APART = " \x1f \x1f "  # as many tokens that no text has
_NONE = "\x1e"  # stands where a word has no number


def line_for_index(text: str) -> str | None:
    """Every token of `text` in the order of its places, empty ones marked; None where two share a place."""
    return line_of_folded(fold(text))


def line_of_folded(text: str) -> str | None:
    """The same of a text that is folded already."""
    lines = [
        " ".join(_interleaved(run)) if run else _line_of_word(word) for run, word in runs_and_words(text)
    ]
    return None if None in lines else _APART.join(lines)  # type: ignore[arg-type]


@lru_cache(maxsize=1 << 16)  # parts of codes come again and again
def _line_of_word(word: str) -> str | None:
    """The word, and what stands in its second place."""
    itself, *numbers = _tokens_of_word(word)
    return f"{itself} {numbers[0]}" if len(numbers) == 1 else None


def _interleaved(run: str) -> list[str]:
    tokens = [""] * (2 * len(run) - 1)
    tokens[::2] = run
    tokens[1::2] = map(add, run, run[1:])
    return tokens


def _tokens_of_word(word: str) -> tuple[str, ...]:
    """The word, and what stands in its second place."""
    itself, *numbers = tokens_of_run(word, is_cjk=False)
    return itself, *(numbers or [word if word.isdecimal() else _NONE])


def placed_for_index(text: str) -> Iterator[Placed]:
    """Every token of `text` with its place: what `line_for_index` says, also where two share a place."""
    for start, run, is_cjk in _runs(text):
        if is_cjk:
            yield from enumerate(_interleaved(run), start)
            continue
        word, *numbers = _tokens_of_word(run)
        yield start, word
        for number in numbers:
            yield start + 1, number


def placed_for_query(text: str) -> Iterator[Placed]:
    """Tokens that only a text containing `text` has at these distances: of a run as few pairs as cover it."""
    for start, run, is_cjk in _runs(text):
        if not is_cjk:  # a number is also found within a word
            yield start + run.isdecimal(), run
        elif len(run) == 1:
            yield start, run
        else:
            for order in (*range(0, len(run) - 2, 2), len(run) - 2):
                yield start + 2 * order + 1, run[order : order + 2]


def _runs(text: str) -> Iterator[tuple[int, str, bool]]:
    start = 0
    for run, is_cjk in runs(text):
        yield start, run, is_cjk
        start += (2 * len(run) - 1 if is_cjk else 2) + _GAP
