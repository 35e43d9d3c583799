"""Showing hits in the text as it was written, however the term was spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lantai.kit.text.folding import Folded, fold, fold_with_places


def highlight(text: str, terms: Iterable[str]) -> list[tuple[str, bool]]:
    """`text` cut into (segment, is_hit); joined, the segments are `text` again.

    Terms are compared folded. A term that begins or ends with a Latin letter or digit counts only
    as a whole word there, as in the index.
    """
    folded = fold_with_places(text)
    wanted = sorted({fold(term).strip() for term in terms} - {""})
    spans = sorted(span for term in wanted for span in _spans(folded, term))
    return list(_segments(text, _merged(spans)))


def _spans(folded: Folded, term: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(f"(?=({_pattern(term)}))", folded.text):  # looking ahead finds overlaps too
        yield folded.starts[found.start(1)], folded.ends[found.end(1) - 1]


def _pattern(term: str) -> str:
    before = "(?<![0-9a-z])" if _is_word_char(term[0]) else ""
    after = "(?![0-9a-z])" if _is_word_char(term[-1]) else ""
    return before + re.escape(term) + after


def _is_word_char(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    at, until = 0, 0
    for start, end in spans:
        if start > until or until == 0:
            if until:
                yield at, until
            at, until = start, end
        until = max(until, end)
    if until:
        yield at, until


def _segments(text: str, hits: Iterable[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    done = 0
    for start, end in hits:
        if start > done:
            yield text[done:start], False
        yield text[start:end], True
        done = end
    if done < len(text):
        yield text[done:], False
