"""The fields of the Tantivy index of one source, and how a document fills them.

A number of another type than its field stops the writer's thread, not ours: integers go into integer fields
by `add_integer`, sort keys into unsigned ones by `add_unsigned`, never by guessing from Python types.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from functools import lru_cache

import tantivy

from lantai.kit.text import fold, names
from lantai.platform.search.placing import Placed, line_of_folded, placed_for_index
from lantai.platform.search.types import NUMBERS, SEVERAL, Document, Field

ID_BITS = 42
MOST_ID = (1 << ID_BITS) - 1
PLACED = ("title", "body", "author", "code_words", "number_words", "person_words")
_BY_PLACE = "by_place"  # the name of the tokenizer that `prepare` gives to an index
_DIGITS = re.compile(r"[0-9]+")
_LONGEST_SOUND_NAME = 12
_SHORT = 12


def schema() -> tantivy.Schema:
    """Fields of every version built by this release; a change here needs another `TantivyEngine.layout`."""
    fields = tantivy.SchemaBuilder()
    for name in ("source", "codes", "numbers", "persons", "sounds"):
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in PLACED:
        fields.add_text_field(name, tokenizer_name=_BY_PLACE, index_option="position")
    for name in Field:
        if name in NUMBERS:
            fields.add_integer_field(name, indexed=True, fast=True)
        else:
            fields.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    fields.add_integer_field("row", indexed=True, fast=True)
    fields.add_integer_field("leaf", fast=True)
    fields.add_integer_field("day", indexed=True, fast=True)
    fields.add_unsigned_field("by_date", indexed=True, fast=True)
    fields.add_text_field("by_code", tokenizer_name="raw", index_option="basic", fast=True)
    return fields.build()


def prepare(index: tantivy.Index) -> None:
    """Give an opened index the tokenizer of its placed fields; needed for writing."""
    by_blank = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_BY_PLACE, by_blank)


def exact(text: str) -> str:
    """A code or name as one token: folded, without blanks."""
    return "".join(fold(text).split())


def date_key(dated_on: date | None, row_id: int) -> int:
    """One number that sorts by date, then id; undated rows are oldest."""
    return ((dated_on.toordinal() if dated_on else 0) << ID_BITS) | row_id


def code_key(codes: tuple[str, ...], row_id: int) -> str:
    """Sorts numbers in a code by value, rows without a code last, equal codes by id; of 0–9 and a–f alone,
    since a bound of a range must not need quoting."""
    return _code_key(exact(codes[0]) if codes else "\U0010ffff", row_id)


def _code_key(code: str, row_id: int) -> str:
    return f"{_DIGITS.sub(_by_value, code)}\x1f{_sized(str(row_id))}".encode().hex()


def _by_value(found: re.Match[str]) -> str:
    return _sized(found.group().lstrip("0"))


def _sized(digits: str) -> str:
    """Digits behind how many they are, so that texts of them sort by value."""
    return f"{len(digits)}{digits}" if len(digits) < 9 else f"9{len(digits):03}{digits}"


@lru_cache(maxsize=1 << 16)
def sounds(name: str) -> frozenset[str]:
    """Pinyin of the whole name, and of surname and given name apart, since people type a blank between."""
    plain = exact(name)[:_LONGEST_SOUND_NAME]
    parts = {plain[:1], plain[1:]} | ({plain[:2], plain[2:]} if len(plain) > 2 else set())
    apart = {spelled for part in parts if part for spelled in _sound_keys(part) if len(spelled) > 1}
    return _sound_keys(plain) | apart if plain else frozenset()


_sound_keys = lru_cache(maxsize=1 << 16)(names.sound_keys)  # surnames come again and again


def to_tantivy(document: Document) -> tantivy.Document:
    """The document as the index takes it; raises ValueError for an id that does not fit the sort key."""
    if not 0 <= document.id <= MOST_ID:
        raise ValueError(f"id {document.id} does not fit {ID_BITS} bits")
    made = tantivy.Document()
    codes = [fold(code) for code in document.codes]
    _add_texts(made, document, codes)
    _add_values(made, document)
    made.add_text("source", document.source)
    made.add_integer("row", document.id)
    made.add_unsigned("by_date", date_key(document.dated_on, document.id))
    made.add_text("by_code", _code_key("".join(codes[0].split()) if codes else "\U0010ffff", document.id))
    if document.leaf:
        made.add_integer("leaf", document.leaf)
    if document.dated_on is not None:
        made.add_integer("day", document.dated_on.toordinal())
    return made


def _add_texts(made: tantivy.Document, document: Document, codes: list[str]) -> None:
    """Texts by place; (folded) codes, numbers and names also whole, and names by their sound."""
    for field, text in (("title", document.title), ("body", document.body), ("author", document.author)):
        if text:
            _add_placed(made, field, fold(text))
    numbers, persons = [fold(number) for number in document.numbers], [exact(one) for one in document.persons]
    for field, texts in (("code_words", codes), ("number_words", numbers), ("person_words", persons)):
        if texts:  # one after the other in one text: the gap that the engine leaves between two is not ours
            _add_placed(made, field, " ".join(texts))
    _add_exact(made, "codes", codes)
    _add_exact(made, "numbers", numbers)
    if persons:
        _add_exact(made, "persons", persons)
        _add_exact(made, "sounds", frozenset().union(*map(sounds, document.persons)))


_line = lru_cache(maxsize=1 << 16)(line_of_folded)  # authors and names come again and again


def _add_placed(made: tantivy.Document, field: str, text: str) -> None:
    line = _line(text) if len(text) < _SHORT else line_of_folded(text)
    if line:
        made.add_text(field, line)
    elif line is None:
        tokens = [_token(placed) for placed in placed_for_index(text)]
        made.add_pre_tokenized_text(field, tantivy.PreTokenizedString("", tokens))


def _token(placed: Placed) -> tantivy.Token:
    place, text = placed
    return tantivy.Token(text, place, 0, 0)


def _add_exact(made: tantivy.Document, field: str, values: Collection[str]) -> None:
    """Folded values, each once, as one token."""
    for token in {"".join(value.split()) for value in values}:
        if token:
            made.add_text(field, token)


_ONE = [(str(name), name in NUMBERS) for name in Field if name not in SEVERAL]
_MANY = [(str(name), name in NUMBERS) for name in SEVERAL]


def _add_values(made: tantivy.Document, document: Document) -> None:
    for name, is_number in _ONE:
        value = getattr(document, name)
        if is_number and value is not None:
            made.add_integer(name, value)
        elif not is_number and value:
            made.add_text(name, value)
    for name, is_number in _MANY:
        for one in set(getattr(document, name)):
            if is_number:
                made.add_integer(name, one)
            elif one:
                made.add_text(name, one)
