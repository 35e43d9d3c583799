"""The letters of a text object, each with its place: the same for every kind of picture that is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lantai.kit.formats.ofd.container import children, numbers, text_of
from lantai.kit.formats.ofd.geometry import Matrix, offsets

_DEFAULT_MM = 3.5


@dataclass(frozen=True, slots=True)
class Letter:
    """A character, the glyph that the document prescribes for it, and where its baseline begins."""

    character: str
    glyph: int | None
    x: float
    y: float


def size_of(element: Any) -> float:
    """Height of the letters in the object's own units."""
    return (numbers(element.get("Size")) or [_DEFAULT_MM])[0]


def letters(element: Any) -> Iterator[Letter]:
    """The letters of a TextObject in order."""
    size, wide = size_of(element), _wide(element)
    given = _given_glyphs(element)
    position, x, y = 0, 0.0, 0.0
    for code in children(element, "TextCode"):
        text = code.text or ""
        x = (numbers(code.get("X")) or [x])[0]
        y = (numbers(code.get("Y")) or [y])[0]
        across, down = offsets(code.get("DeltaX"), len(text)), offsets(code.get("DeltaY"), len(text))
        for index, character in enumerate(text):
            yield Letter(character, given.get(position), x, y)
            x += across[index] if index < len(across) else (0.0 if down else size * wide)
            y += down[index] if index < len(down) else 0.0
            position += 1


def letter_matrix(element: Any) -> Matrix:
    """From a letter of height 1 that stands upright on its baseline (y up) to the object's units (y down)."""
    size, wide = size_of(element), _wide(element)
    quarter = int((numbers(element.get("CharDirection")) or [0])[0]) // 90 % 4
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarter]
    return Matrix(size * wide * cosine, size * wide * sine, size * sine, -size * cosine)


def _wide(element: Any) -> float:
    return (numbers(element.get("HScale")) or [1.0])[0]


def _given_glyphs(element: Any) -> dict[int, int]:
    """Glyph number by position of the character, from the CGTransform elements that map one to one."""
    found: dict[int, int] = {}
    for change in children(element, "CGTransform"):
        start = int((numbers(change.get("CodePosition")) or [0])[0])
        codes = int((numbers(change.get("CodeCount")) or [1])[0])
        glyphs = [int(g) for g in numbers(text_of(change, "Glyphs"))]
        if codes == len(glyphs):
            found |= {start + i: g for i, g in enumerate(glyphs)}
    return found
