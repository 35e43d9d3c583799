"""The fields of the Tantivy index, and how a document fills them.

A number of another type than its field stops the writer's thread, not ours: integers go into integer fields
by `add_integer`, sort keys into unsigned ones by `add_unsigned`, never by guessing from Python types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

import tantivy

from lantai.kit.text import fold, names
from lantai.platform.search.placing import Placed, placed_for_index
from lantai.platform.search.types import NUMBERS, SEVERAL, Document, Field

ID_BITS = 42
MOST_ID = (1 << ID_BITS) - 1
PLACED = ("title", "body", "author", "code_words", "number_words", "person_words")
_DIGITS = re.compile(r"[0-9]+")
_LONGEST_SOUND_NAME = 12


def schema() -> tantivy.Schema:
    """Fields of every version built by this release; a change here needs another `TantivyEngine.layout`."""
    fields = tantivy.SchemaBuilder()
    for name in ("key", "source", "codes", "numbers", "persons", "sounds"):
        fields.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in PLACED:
        fields.add_text_field(name, tokenizer_name="raw", index_option="position")
    for name in Field:
        if name in NUMBERS:
            fields.add_integer_field(name, indexed=True, fast=True)
        else:
            fields.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    fields.add_integer_field("row", indexed=True, fast=True)
    fields.add_integer_field("day", indexed=True, fast=True)
    fields.add_unsigned_field("by_date", indexed=True, fast=True)
    fields.add_text_field("by_code", tokenizer_name="raw", index_option="basic", fast=True)
    return fields.build()


def key(source: str, row_id: int) -> str:
    """What a row is replaced and removed by."""
    return f"{source}:{row_id}"


def exact(text: str) -> str:
    """A code or name as one token: folded, without blanks."""
    return "".join(fold(text).split())


def date_key(dated_on: date | None, row_id: int) -> int:
    """One number that sorts by date, then id; undated rows are oldest."""
    return ((dated_on.toordinal() if dated_on else 0) << ID_BITS) | row_id


def _code_key(codes: tuple[str, ...], row_id: int) -> str:
    """Sorts numbers in a code by value, rows without a code last, equal codes by id."""
    code = exact(codes[0]) if codes else "\U0010ffff"
    return _DIGITS.sub(lambda found: found.group().zfill(12), code) + f"\x1f{row_id:020d}"


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
    made.add_text("key", key(document.source, document.id))
    made.add_text("source", document.source)
    made.add_integer("row", document.id)
    made.add_unsigned("by_date", date_key(document.dated_on, document.id))
    made.add_text("by_code", _code_key(document.codes, document.id))
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


def _add_placed(made: tantivy.Document, field: str, texts: Iterable[str]) -> None:
    for text in texts:
        tokens = [_token(placed) for placed in placed_for_index(text)]
        if tokens:
            made.add_pre_tokenized_text(field, tantivy.PreTokenizedString("", tokens))


def _token(placed: Placed) -> tantivy.Token:
    place, text = placed
    return tantivy.Token(text, place, 0, 0)


def _add_exact(made: tantivy.Document, field: str, values: Iterable[str]) -> None:
    for value in sorted(set(values) - {""}):
        made.add_text(field, value)


def _add_values(made: tantivy.Document, document: Document) -> None:
    for name in Field:
        value = getattr(document, name)
        if name in SEVERAL:
            for one in sorted(set(value) - {""}):
                made.add_text(name, one)
            continue
        if value is None or value == "":
            continue
        add: Callable[[str, object], None] = made.add_integer if name in NUMBERS else made.add_text  # type: ignore[assignment]
        add(name, value)
