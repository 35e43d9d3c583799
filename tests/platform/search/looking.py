"""The plain meaning of a search, by looking at each row in turn; shares only the folding with the engine."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lantai.kit.text import fold, names
from lantai.platform.search.types import Document

_HAN = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "HANGUL")


@lru_cache(maxsize=1 << 12)
def _kind(char: str) -> str:
    if char in "々〇" or unicodedata.name(char, "").startswith(_HAN):
        return "han"
    return "word" if char.isalnum() else ""


def spread(text: str) -> str:
    """The runs of characters and the words of `text`, one blank between any two."""
    found, last = [], ""
    for char in fold(text):
        kind = _kind(char)
        if kind and kind == last:
            found[-1] += char
        elif kind:
            found.append(char)
        last = kind
    return " ".join(found)


@lru_cache(maxsize=1 << 12)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(" ".join(_of_run(run) for run in spread(text).split(" ")))


def _of_run(run: str) -> str:
    if _kind(run[0]) == "han":
        return re.escape(run)
    if run.isdecimal():  # a number also stands in a mixed word: WS2011
        return rf"(?<![^ ])(?:[^ ]*?(?<![0-9]))?{run}(?:(?![0-9])[^ ]*)?(?![^ ])"
    return rf"(?<![^ ]){re.escape(run)}(?![^ ])"


def _plain(text: str) -> str:
    return "".join(fold(text).split())


@dataclass(frozen=True)
class Seen:
    """A row with what a person sees in each part of it."""

    row: Document
    parts: dict[str, str]
    exact: dict[str, frozenset[str]]
    sounds: frozenset[str]


def see(row: Document) -> Seen:
    """`row` prepared for looking."""
    texts = {
        "title": [row.title],
        "body": [row.body],
        "author": [row.author],
        "code": row.codes,
        "number": row.numbers,
        "person": map(_plain, row.persons),
    }
    parts = {part: " \n ".join(map(spread, values)) for part, values in texts.items()}
    parts["any"] = " \n ".join(parts.values())
    exact = {"code": row.codes, "number": row.numbers, "person": row.persons}
    whole = {part: frozenset(map(_plain, values)) for part, values in exact.items()}
    whole["any"] = frozenset().union(*whole.values())
    return Seen(row, parts, whole, frozenset(key for name in row.persons for key in _sounds(_plain(name))))


def _sounds(name: str) -> set[str]:
    pieces = {name[:1], name[1:]} | ({name[:2], name[2:]} if len(name) > 2 else set())
    apart = {key for piece in pieces if piece for key in names.sound_keys(piece) if len(key) > 1}
    return set(names.sound_keys(name)) | apart


class Meaning:
    """What must hold of a row; joined by ``&``, ``|`` and ``~``."""

    def __init__(self, holds: Callable[[Seen], bool]) -> None:
        self.holds = holds

    def __and__(self, other: Meaning) -> Meaning:
        return Meaning(lambda seen: self.holds(seen) and other.holds(seen))

    def __or__(self, other: Meaning) -> Meaning:
        return Meaning(lambda seen: self.holds(seen) or other.holds(seen))

    def __invert__(self) -> Meaning:
        return Meaning(lambda seen: not self.holds(seen))


def has(text: str, part: str = "any") -> Meaning:
    """The text stands in that part, is a whole code or name, or is how a person's name sounds."""
    pattern, whole = _pattern(text), _plain(text)
    sound = whole.replace("'", "").replace("-", "").replace("ü", "v") if part in {"any", "person"} else ""
    is_sound = sound.isascii() and sound.isalpha()

    def holds(seen: Seen) -> bool:
        if pattern.search(seen.parts[part]) or whole in seen.exact.get(part, ()):
            return True
        return is_sound and sound in seen.sounds

    return Meaning(holds)


def begins(text: str) -> Meaning:
    """A code or number begins so."""
    return Meaning(
        lambda seen: any(
            one.startswith(_plain(text)) for part in ("code", "number") for one in seen.exact[part]
        )
    )


def named(*persons: str) -> Meaning:
    """One of the persons is named in the row."""
    return Meaning(lambda seen: bool(set(persons) & set(seen.row.persons)))


def year(first: int | None, last: int | None = -1) -> Meaning:
    """The year lies in the range."""
    last = first if last == -1 else last

    def holds(seen: Seen) -> bool:
        found = seen.row.year
        return found is not None and (first is None or first <= found) and (last is None or found <= last)

    return Meaning(holds)


def days(first: str | None, last: str | None) -> Meaning:
    """The date lies in the range."""

    def holds(seen: Seen) -> bool:
        found = seen.row.dated_on
        after = first is None or (found is not None and date.fromisoformat(first) <= found)
        before = last is None or (found is not None and found <= date.fromisoformat(last))
        return found is not None and after and before

    return Meaning(holds)


def dated(first: int | None, last: int | None = -1) -> Meaning:
    """The year, or the date, lies within these whole years."""
    last = first if last == -1 else last
    return year(first, last) | days(first and f"{first}-01-01", last and f"{last}-12-31")
