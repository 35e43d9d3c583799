"""“Did you mean”: spellings that do find something, within the same scope and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import Suggestion
from lantai.kit.text import fold, names
from lantai.kit.text.eras import periods
from lantai.kit.text.near import halves_around, one_character_off
from lantai.platform.search.fields import name_of
from lantai.platform.search.query import AllOf, AnyOf, Expression, Leaf, Part, Piece, Understood

Count = Callable[[str], int]  # how many rows a text finds
Rows = Callable[[Expression], list[Description]]  # the first rows that an expression finds, seen by the actor
_MOST, _TRIED = 5, 20
_LONGEST_NAME, _LONGEST_TEXT = 4, 12
_YEAR = "年度:{}"


def readings(understood: Understood, text: str, count: Count) -> list[Suggestion]:
    """The years that a year of the sixty-year cycle may mean, for a text that has one."""
    found: list[Suggestion] = []
    for piece in understood.pieces:
        years = periods(piece.meant.text) if isinstance(piece.meant, Leaf) else ()
        if len(years) > 1:
            found += _counted((_with(text, piece, _YEAR.format(year.first.year)) for year in years), count)
    return found[:_MOST]


def corrections(understood: Understood, text: str, count: Count, rows: Rows) -> list[Suggestion]:
    """For a text that finds nothing: without the name of what is no field of searches (a kind's own is none),
    another character, a name of the same sound; else one condition less.
    """
    bare = (
        _with(text, piece, said.partition(":")[2].strip('" '))
        for piece in understood.pieces
        if isinstance(piece.meant, Leaf) and piece.meant.part is None
        if ":" in (said := text[piece.start : piece.end].replace("：", ":"))
    )
    if found := _counted(bare, count):
        return found[:_MOST]
    spelled = (
        _with(text, piece, other)
        for piece in understood.pieces
        if isinstance(piece.meant, Leaf)
        for other in islice(_others(piece.meant, rows), _TRIED)
    )
    found = _counted(spelled, count)
    if not found and len(understood.pieces) > 1:
        found = _counted((_with(text, piece, "") for piece in understood.pieces), count)
    return sorted(found, key=lambda one: -one.total)[:_MOST]


def _counted(texts: Iterator[str], count: Count) -> list[Suggestion]:
    tried = islice(dict.fromkeys(text for text in texts if text), _TRIED)
    return [Suggestion(text, total) for text in tried if (total := count(text))]


def _with(text: str, piece: Piece, other: str) -> str:
    if other and not other.replace(":", "").isalnum():
        other = f'"{other}"'
    if other and isinstance(piece.meant, Leaf) and piece.meant.part:
        other = f"{name_of(piece.meant.part)}:{other}"
    return " ".join(f"{text[: piece.start]} {other} {text[piece.end :]}".split())


def _others(leaf: Leaf, rows: Rows) -> Iterator[str]:
    if leaf.part in {None, Part.PERSON} and 2 <= len(leaf.text) <= _LONGEST_NAME:
        yield from _of_the_same_sound(leaf.text, rows)
    if 2 < len(leaf.text) <= _LONGEST_TEXT:
        pairs = [
            AllOf(tuple(Leaf(half, leaf.part) for half in halves)) for halves in halves_around(leaf.text)
        ]
        for row in rows(AnyOf(tuple(pairs))):
            for seen in _texts(row, leaf.part):
                yield from one_character_off(seen, leaf.text)


def _of_the_same_sound(name: str, rows: Rows) -> Iterator[str]:
    sound = names.full(name)
    if not (sound.isascii() and sound.isalpha()) or sound == fold(name):
        return
    for row in rows(Leaf(sound, Part.PERSON)):
        yield from (
            other for other in row.persons if names.full(other) == sound and fold(other) != fold(name)
        )


def _texts(row: Description, part: Part | None) -> tuple[str, ...]:
    seen = {
        Part.TITLE: (row.title,),
        Part.AUTHOR: (row.author,),
        Part.NUMBER: (row.document_number,),
        Part.CODE: (row.reference_code,),
        Part.PERSON: tuple(row.persons),
        Part.BODY: (row.note,),
    }
    return seen[part] if part else tuple(text for texts in seen.values() for text in texts)
