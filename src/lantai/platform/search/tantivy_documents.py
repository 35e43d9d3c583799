"""The fields of the Tantivy index of one source, and how a document fills them.

A number of another type than its field stops the writer's thread, not ours: integers go into integer fields
by `add_integer`, sort keys into unsigned ones by `add_unsigned`, never by guessing from Python types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import tantivy

from lantai.kit.text import fold, names
from lantai.platform.search.placing import Placed, line_for_index, placed_for_index
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
    code = exact(codes[0]) if codes else "\U0010ffff"
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
    _add_texts(made, document)
    _add_values(made, document)
    made.add_text("source", document.source)
    made.add_integer("row", document.id)
    made.add_unsigned("by_date", date_key(document.dated_on, document.id))
    made.add_text("by_code", code_key(document.codes, document.id))
    if document.leaf:
        made.add_integer("leaf", document.leaf)
    if document.dated_on is not None:
        made.add_integer("day", document.dated_on.toordinal())
    return made


def _add_texts(made: tantivy.Document, document: Document) -> None:
    _add_placed(made, "title", (document.title,))
    _add_placed(made, "body", (document.body,))
    _add_placed(made, "author", (document.author,))
    _add_placed(made, "code_words", document.codes)
    _add_placed(made, "number_words", document.numbers)
    _add_placed(made, "person_words", map(exact, document.persons))
    _add_exact(made, "codes", map(exact, document.codes))
    _add_exact(made, "numbers", map(exact, document.numbers))
    _add_exact(made, "persons", map(exact, document.persons))
    _add_exact(made, "sounds", (spelled for name in document.persons for spelled in sounds(name)))


_line = lru_cache(maxsize=1 << 16)(line_for_index)  # authors and names come again and again


def _add_placed(made: tantivy.Document, field: str, texts: Iterable[str]) -> None:
    for text in texts:
        line = _line(text) if len(text) < _SHORT else line_for_index(text)
        if line:
            made.add_text(field, line)
        elif line is None:
            tokens = [_token(placed) for placed in placed_for_index(text)]
            made.add_pre_tokenized_text(field, tantivy.PreTokenizedString("", tokens))


def _token(placed: Placed) -> tantivy.Token:
    place, text = placed
    return tantivy.Token(text, place, 0, 0)


def _add_exact(made: tantivy.Document, field: str, values: Iterable[str]) -> None:
    for value in set(values):
        if value:
            made.add_text(field, value)


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
