"""From what a person types to a tree of AND, OR and NOT over texts that must be contained.

Blanks mean AND; ``AND``, ``OR``, ``NOT`` (in capitals), ``|``, a leading ``-``, brackets and quotes are
understood, also full width. A bracket or quote inside of a word is part of it: 关于印发（试行）的通知 is one
text. What makes no sense is left out: a person's search never fails for its spelling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lantai.kit.errors import N_, Invalid
from lantai.kit.text import tokens_for_query

LONGEST_BYTES = 10_000
MOST_LEAVES = 200
_DEEPEST = 40
_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "＂": "＂"}
_OPEN, _CLOSE, _DASHES = "(（", ")）", "-－"
_WORDS = {"AND": "and", "OR": "or", "NOT": "not", "|": "or", "｜": "or", "&": "and"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """The text must occur."""

    text: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; without parts, everything is found."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expression


Expression: TypeAlias = Leaf | AllOf | AnyOf | Not
EVERYTHING = AllOf(())


class QueryTooLong(Invalid):
    """The query has too many bytes or too many texts."""

    message = N_("检索词太长。请只保留最能说明要找什么的几个词（最多 %(most)d 个词，一万字节）。")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # text | and | or | not | open | close
    text: str = ""


def parse(text: str) -> Expression:
    """The tree for `text`; raises `QueryTooLong`, and nothing else."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_BYTES:
        raise QueryTooLong(field="q", most=MOST_LEAVES)
    tokens = list(_tokens(text.encode("utf-8", "replace").decode("utf-8")))
    if sum(token.kind == "text" for token in tokens) > MOST_LEAVES:
        raise QueryTooLong(field="q", most=MOST_LEAVES)
    return _Parser(tokens).parse() or EVERYTHING


def texts(expression: Expression) -> Iterator[str]:
    """The texts that a hit may show, for highlighting; those under NOT are left out."""
    match expression:
        case Leaf(text):
            yield text
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from texts(part)
        case Not():
            return


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char in _OPEN or char in _CLOSE:
            yield _Token("open" if char in _OPEN else "close")
            at += 1
        elif char in _QUOTES:
            end = text.find(_QUOTES[char], at + 1)
            end = len(text) if end < 0 else end
            yield _Token("text", text[at + 1 : end])
            at = end + 1
        elif char in _DASHES and text[at + 1 : at + 2].strip():
            yield _Token("not")
            at += 1
        else:
            end = _end_of_word(text, at)
            word = text[at:end]
            yield _Token(_WORDS.get(word, "text"), word)
            at = end


def _end_of_word(text: str, at: int) -> int:
    """Where the word ends: at a blank, or at a bracket that closes more than the word opened."""
    opened = 0
    for end in range(at, len(text)):
        opened += (text[end] in _OPEN) - (text[end] in _CLOSE)
        if text[end].isspace() or opened < 0:
            return end
    return len(text)


class _Parser:
    """Recursive descent; brackets deeper than `_DEEPEST` are read as if they were not there."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def parse(self) -> Expression | None:
        parts = []
        while self._at < len(self._tokens):
            parts.append(self._any())
            self._skip("close")  # one that closes nothing
        return _joined(AllOf, parts)

    def _kind(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else "end"

    def _skip(self, kind: str) -> bool:
        if self._kind() != kind:
            return False
        self._at += 1
        return True

    def _any(self) -> Expression | None:
        parts = [self._all()]
        while self._skip("or"):
            parts.append(self._all())
        return _joined(AnyOf, parts)

    def _all(self) -> Expression | None:
        parts = []
        while self._kind() not in {"or", "close", "end"}:
            parts.append(self._one())
        return _joined(AllOf, parts)

    def _one(self) -> Expression | None:
        if self._skip("and"):
            return None
        is_negated = False
        while self._skip("not"):
            is_negated = not is_negated
        part = self._group() if self._kind() == "open" else self._text()
        return Not(part) if part is not None and is_negated else part

    def _group(self) -> Expression | None:
        self._skip("open")
        if self._depth == _DEEPEST:
            return None
        self._depth += 1
        part = self._any()
        self._depth -= 1
        self._skip("close")
        return part

    def _text(self) -> Expression | None:
        if self._kind() != "text":
            return None
        text = self._tokens[self._at].text
        self._at += 1
        return Leaf(text) if tokens_for_query(text) else None


def _joined(form: type[AllOf] | type[AnyOf], parts: list[Expression | None]) -> Expression | None:
    """The parts that say anything, as one; `None` where none does."""
    known = tuple(part for part in parts if part is not None)
    if len(known) < 2:
        return known[0] if known else None
    return form(known)
