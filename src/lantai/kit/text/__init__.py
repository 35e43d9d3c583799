"""Chinese text: folding, tokens of one and two characters, highlighting, names, personal data.

Folding is a mapping of single characters, so that what a reader types matches a part of a text
whatever stands around it, and so that every hit can be shown in the text as it was written.
"""

from __future__ import annotations

from lantai.kit.text.folding import Folded, fold, fold_with_places
from lantai.kit.text.highlighting import highlight
from lantai.kit.text.tokens import bigrams, tokens_for_index, tokens_for_query

__all__ = [
    "Folded",
    "bigrams",
    "fold",
    "fold_with_places",
    "highlight",
    "tokens_for_index",
    "tokens_for_query",
]
