"""The one box: from what a person types to a tree.

Blanks mean AND; ``AND``, ``OR``, ``NOT`` (in capitals), 与 或 非 standing alone, ``&`` ``|`` ``!``, a leading
``-``, brackets and quotes are understood, also full width. A bracket or quote inside of a word is part of it:
关于印发（试行）的通知 is one text. ``题名:`` and the other names of `fields` say where to look. Loose signs are
left out, so that a title pasted whole is always found; what stands behind the name of a field must make sense
or is refused.

any    := all ("OR" all)*
all    := one*                     neighbours must all hold
one    := "NOT"* (name? (text | "(" any ")"))
name   := the name of a field and a colon
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lantai.kit.text import fold, tokens_for_query
from lantai.kit.text.names import is_spelled
from lantai.platform.search.fields import Names, anywhere, names_with
from lantai.platform.search.query import (
    EVERYTHING,
    LONGEST_BYTES,
    MOST_LEAVES,
    AllOf,
    AnyOf,
    Choice,
    Expression,
    Leaf,
    Not,
    Part,
    Piece,
    QueryTooLong,
    Understood,
)

_DEEPEST = 40
_SHORT = 200
_MOST_SYLLABLES = 4  # of a name
_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "＂": "＂"}
_OPEN, _CLOSE, _NOTS = "(（", ")）", "-－!！¬"
_WORDS = {"AND": "and", "OR": "or", "NOT": "not"} | {
    sign: kind
    for kind, signs in {"and": "&＆∧与且", "or": "|｜∨或", "not": "非"}.items()
    for sign in (*signs, {"and": "并且", "or": "或者", "not": "不含"}[kind])
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # text | quoted | name | and | or | not | open | close | end
    text: str
    start: int
    end: int


def read(text: str, choices: tuple[Choice, ...] = ()) -> Understood:
    """What `text` means; raises `QueryTooLong` and the refusals of `query`."""
    if (plain := _plain(text)) is not None:
        return plain
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_BYTES:
        raise QueryTooLong(field="q", most=MOST_LEAVES)
    text = text.encode("utf-8", "replace").decode("utf-8")
    names = names_with(choices)
    tokens = list(_tokens(text, names))
    if sum(token.kind in {"text", "quoted"} for token in tokens) > MOST_LEAVES:
        raise QueryTooLong(field="q", most=MOST_LEAVES)
    return _Parser(tokens, names, len(text)).read()


def _plain(text: str) -> Understood | None:
    """A few words without any sign, which is what nearly everybody types; None where there is more to read."""
    words = text.split() if len(text) <= _SHORT else []
    if not words or not all(word.isalnum() and word not in _WORDS for word in words):
        return None
    pieces, at = list[Piece](), 0
    for word in words:
        start = text.index(word, at)
        at = start + len(word)
        if (meant := anywhere(word)) is not None:
            pieces.append(Piece(meant, start, at))
    if spelled := _spelled_name(words):
        whole = AnyOf((AllOf(tuple(piece.meant for piece in pieces)), spelled))
        pieces = [Piece(whole, pieces[0].start, at)]
    return Understood(_joined(AllOf, [piece.meant for piece in pieces]) or EVERYTHING, tuple(pieces))


def _spelled_name(words: list[str]) -> Leaf | None:
    """The name of a person that is spelled syllable by syllable: ou yang xiu."""
    if 1 < len(words) <= _MOST_SYLLABLES and all(map(is_spelled, words)):
        return Leaf("".join(words), Part.PERSON)
    return None


def parse(text: str, choices: tuple[Choice, ...] = ()) -> Expression:
    """The tree alone."""
    if len(text) <= _SHORT and text.isalnum() and text not in _WORDS:
        return anywhere(text) or EVERYTHING
    return read(text, choices).expression


def _tokens(text: str, names: Names) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        token = _token_at(text, at, names)
        at = token.end
        if token.kind != "blank":
            yield token


def _token_at(text: str, at: int, names: Names) -> _Token:
    char = text[at]
    if char.isspace():
        return _Token("blank", char, at, at + 1)
    if char in _OPEN or char in _CLOSE:
        return _Token("open" if char in _OPEN else "close", char, at, at + 1)
    if char in _QUOTES:
        end = text.find(_QUOTES[char], at + 1)
        inner = text[at + 1 : len(text) if end < 0 else end]
        return _Token("quoted", inner, at, len(text) if end < 0 else end + 1)
    if char in _NOTS and text[at + 1 : at + 2].strip():
        return _Token("not", char, at, at + 1)
    if found := names.at(text, at):
        return _Token("name", found["name"], at, found.end())
    end = _end_of_word(text, at)
    return _Token(_WORDS.get(text[at:end], "text"), text[at:end], at, end)


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

    def __init__(self, tokens: list[_Token], names: Names, length: int) -> None:
        self._tokens, self._names, self._length = tokens, names, length
        self._at, self._depth, self._name, self._had_or = 0, 0, "", False

    def read(self) -> Understood:
        parts: list[Expression | None] = []
        pieces: list[Piece] = []
        while self._at < len(self._tokens):
            start = self._here().start
            before = len(pieces)
            part = self._any(pieces)
            parts.append(part)
            if part is not None and self._had_or:  # what is joined by OR is one condition
                pieces[before:] = [Piece(part, start, self._tokens[self._at - 1].end)]
            self._skip("close")  # one that closes nothing
        return Understood(_joined(AllOf, parts) or EVERYTHING, tuple(pieces))

    def _here(self) -> _Token:
        if self._at < len(self._tokens):
            return self._tokens[self._at]
        return _Token("end", "", self._length, self._length)

    def _skip(self, kind: str) -> bool:
        if self._here().kind != kind:
            return False
        self._at += 1
        return True

    def _any(self, pieces: list[Piece] | None = None) -> Expression | None:
        parts = [self._all(pieces)]
        had_or = False
        while self._skip("or"):
            parts.append(self._all())
            had_or = had_or or parts[-1] is not None
        self._had_or = had_or
        return _joined(AnyOf, parts)

    def _all(self, pieces: list[Piece] | None = None) -> Expression | None:
        parts: list[Expression | None] = []
        while self._here().kind not in {"or", "close", "end"}:
            start = self._here().start
            parts.append(self._one())
            if pieces is not None and (part := parts[-1]) is not None:
                pieces.append(Piece(part, start, self._tokens[self._at - 1].end))
        return _joined(AllOf, parts)

    def _one(self) -> Expression | None:
        if self._skip("and"):
            return None
        is_negated = False
        while self._skip("not"):
            is_negated = not is_negated
        part = self._named()
        return Not(part) if part is not None and is_negated else part

    def _named(self) -> Expression | None:
        outer = self._name
        if self._here().kind == "name":
            self._name = self._here().text
            self._at += 1
            if self._here().kind not in {"text", "quoted", "open"}:
                return self._meant("", is_quoted=False)  # refused, with what belongs there
        part = self._group() if self._here().kind == "open" else self._text()
        self._name = outer
        return part

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
        token = self._here()
        if token.kind not in {"text", "quoted"}:
            return None
        self._at += 1
        return self._meant(token.text, is_quoted=token.kind == "quoted")

    def _meant(self, text: str, *, is_quoted: bool) -> Expression | None:
        if self._name:
            return self._names.readings[fold(self._name)](self._name, text)
        if is_quoted:
            return Leaf(text) if tokens_for_query(text) else None
        return anywhere(text)


def _joined(form: type[AllOf] | type[AnyOf], parts: list[Expression | None]) -> Expression | None:
    """The parts that say anything, as one; `None` where none does."""
    known = tuple(part for part in parts if part is not None)
    if len(known) < 2:
        return known[0] if known else None
    return form(known)
