"""Cell addresses as spreadsheets write them: columns from A, rows from 1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """A rectangle of cells, ends included; rows from 1, columns from 0."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, cell: tuple[int, int]) -> bool:
        row, column = cell
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def __str__(self) -> str:
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"


@lru_cache(maxsize=1024)
def letters(column: int) -> str:
    """The letters of a column counted from 0: A … Z, AA …"""
    found = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found


def column_of(text: str) -> int:
    """The inverse of `letters`."""
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number - 1


def address(row: int, column: int) -> str:
    """``C5`` for row 5 and column 2."""
    return f"{letters(column)}{row}"


def split_address(text: str) -> tuple[int, int] | None:
    """(row from 1, column from 0), or None where ``text`` is no address."""
    found = _ADDRESS.fullmatch(text)
    return (int(found[2]), column_of(found[1])) if found else None


def read_span(text: str) -> Span | None:
    """``B6:C7`` as a rectangle, or None."""
    first, _, last = text.partition(":")
    start, end = split_address(first), split_address(last or first)
    if start is None or end is None:
        return None
    return Span(min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
