"""Texts that differ from what was typed by one character, for “did you mean”."""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.text.folding import fold, fold_with_places
from lantai.kit.text.tokens import tokens_for_query


def one_character_off(text: str, wanted: str) -> Iterator[str]:
    """The stretches of `text`, as written, that are `wanted` but for one character."""
    folded, like = fold_with_places(text), fold(wanted)
    for start in range(len(folded.text) - len(like) + 1):
        window = folded.text[start : start + len(like)]
        odd = [mine for mine, theirs in zip(window, like, strict=True) if mine != theirs]
        if len(odd) == 1 and tokens_for_query(odd[0]):
            yield text[folded.starts[start] : folded.ends[start + len(like) - 1]]


def halves_around(text: str) -> Iterator[tuple[str, ...]]:
    """For each character of `text`, what is left of it and right of it: one of these pairs stands in every
    text that is `one_character_off`."""
    for place in range(len(text)):
        parts = tuple(part for part in (text[:place], text[place + 1 :]) if tokens_for_query(part))
        if parts:
            yield parts
