"""Tokens with their places, so that a phrase query finds exactly the texts that contain it.

A CJK run has one place a character: its single character and the pair that begins there share it. A word
has one place. Between two runs stands one mark, whatever separates them and however much of it: so 甲乙 is
not found in 甲，乙, while “甲，乙” is found in 甲、乙 and not in 甲某乙.
"""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.text import tokens_for_query
from lantai.kit.text.tokens import runs, tokens_of_run

Placed = tuple[int, str]
_GAP = "\x1f"  # never a token of a text


def placed_for_index(text: str) -> Iterator[Placed]:
    """Every token of `text` with its place."""
    for start, run, is_cjk in _runs(text):
        if start:
            yield start - 1, _GAP
        for order, token in enumerate(tokens_of_run(run, is_cjk=is_cjk)):
            yield start + (order // 2 if is_cjk else 0), token


def placed_for_query(text: str) -> Iterator[Placed]:
    """The tokens that a text containing `text` has, at these distances; the first place is 0."""
    for start, run, _is_cjk in _runs(text):
        if start:
            yield start - 1, _GAP
        yield from enumerate(tokens_for_query(run), start)


def _runs(text: str) -> Iterator[tuple[int, str, bool]]:
    start = 0
    for run, is_cjk in runs(text):
        yield start, run, is_cjk
        start += (len(run) if is_cjk else 1) + 1
