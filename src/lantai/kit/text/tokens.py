"""What goes into the index and what a query asks for.

Most Chinese words and names have two characters: single characters and pairs serve, segmentation
and trigrams do not. Latin words and numbers are kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lantai.kit.text.folding import fold

# 々 〇, kana, Hangul, the Han blocks with their extensions; after folding there are no compatibility forms
_CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003fffd"
_RUN = re.compile(f"(?P<cjk>[{_CJK}]+)|[^\\W_{_CJK}]+")
_RUN_OR_WORD = re.compile(f"([{_CJK}]+)|([^\\W_{_CJK}]+)")
_DIGITS = re.compile(r"[0-9]+")


def bigrams(text: str) -> list[str]:
    """Every pair of neighbours in the CJK runs of `text`, folded, in order."""
    return [run[i : i + 2] for run, is_cjk in runs(text) if is_cjk for i in range(len(run) - 1)]


def tokens_for_index(text: str) -> list[str]:
    """Single characters and pairs of each CJK run, words whole, and the numbers inside of mixed words."""
    return [token for run, is_cjk in runs(text) for token in tokens_of_run(run, is_cjk=is_cjk)]


def tokens_of_run(run: str, *, is_cjk: bool) -> Iterator[str]:
    """Of a CJK run each character followed by the pair that begins there; of a word itself and its numbers."""
    return _grams(run) if is_cjk else _word(run)


def tokens_for_query(text: str) -> list[str]:
    """Tokens that a text containing `text` must all have: pairs, a lone character, or whole words."""
    return [token for run, is_cjk in runs(text) for token in (_pairs(run) if is_cjk else [run])]


def has_tokens(text: str) -> bool:
    """Whether there is anything in `text` that can be looked for."""
    return _RUN.search(fold(text)) is not None


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """The CJK runs (True) and words (False) of `text`, folded, in order; what separates them is left out."""
    for found in _RUN.finditer(fold(text)):
        yield found.group(), found.lastgroup == "cjk"


def runs_and_words(text: str) -> list[tuple[str, str]]:
    """The same of a folded text at one go, each as a pair of which one is empty: (run, "") or ("", word)."""
    return _RUN_OR_WORD.findall(text)


def _grams(run: str) -> Iterator[str]:
    for place, char in enumerate(run):
        yield char
        if place + 1 < len(run):
            yield run[place : place + 2]


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]


def _word(run: str) -> Iterator[str]:
    yield run
    if not run.isdecimal():
        yield from _DIGITS.findall(run)
