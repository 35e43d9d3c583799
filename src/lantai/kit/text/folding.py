"""One spelling for searching: width, case, simplified characters, variants; places are kept."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import cast

# Characters that fold alone, whatever follows: everything outside of these ranges may be a combining
# mark, a joiner or a variation selector and takes the slower way. A test walks through the whole class.
_FOLDS_ALONE = re.compile(
    "[\x00-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u2cee"
    "\u2e80-\u3029\u3030-\u3098\u309b-\ua66e\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufefe\uff01-\uff9d"
    "\U00020000-\U0003fffd]*"
)
_MAX_ROUNDS = 8
_MOST_CLUSTERS = 1 << 16  # kept in memory; a hostile text may invent clusters without end


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; its character ``i`` comes from ``starts[i]:ends[i]`` of the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def fold(text: str) -> str:
    """`text` as it is compared in searches: NFKC, half width, lower case, simplified, variants joined.

    Idempotent. Invisible characters (zero-width, variation selectors) vanish.
    """
    if text.isascii():
        return text.lower()
    if _FOLDS_ALONE.fullmatch(text):
        return text.translate(_table())
    return "".join(_fold_cluster(text[start:end]) for start, end in _clusters(text))


def fold_with_places(text: str) -> Folded:
    """`fold`, remembering for each folded character where in `text` it came from."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        piece = _fold_cluster(text[start:end])
        pieces.append(piece)
        starts += [start] * len(piece)
        ends += [end] * len(piece)
    return Folded("".join(pieces), tuple(starts), tuple(ends))


class _Table(dict[int, str]):
    """A translation table that learns each character when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_cluster(chr(code))
        return folded


@cache
def _table() -> _Table:
    return _Table()


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Spans that fold as one: a character with the marks and invisible characters that follow it."""
    start = 0
    for place in range(1, len(text)):
        if not _joins(text[place]):
            yield start, place
            start = place
    if text:
        yield start, len(text)


@cache
def _joins(char: str) -> bool:
    # a half-width sound mark combines only after decomposition, hence NFKD
    decomposed = unicodedata.normalize("NFKD", char)
    return _is_invisible(char) or unicodedata.combining(decomposed[0]) != 0


def _is_invisible(char: str) -> bool:
    is_selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return is_selector or unicodedata.category(char) == "Cf"


@lru_cache(maxsize=_MOST_CLUSTERS)
def _fold_cluster(cluster: str) -> str:
    for _ in range(_MAX_ROUNDS):  # case folding may call for NFKC again, and the other way round
        visible = "".join(char for char in cluster if not _is_invisible(char))
        once = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())
        once = "".join(map(_simplified, once))
        if once == cluster:
            break
        cluster = once
    return cluster


@cache
def _simplified(char: str) -> str:
    if char < "\u00b7":
        return char
    simple = _converter()(char)
    return _variants().get(simple, simple)


@cache
def _converter() -> Callable[[str], str]:
    import opencc  # native code and its dictionaries: loaded when the first non-ASCII text comes

    return cast(Callable[[str], str], opencc.OpenCC("t2s").convert)


@cache
def _variants() -> dict[str, str]:
    raw = files(__package__).joinpath("variants.toml").read_text(encoding="utf-8")
    sections: dict[str, dict[str, str]] = tomllib.loads(raw)
    return {
        variant: target
        for section in sections.values()
        for target, variants in section.items()
        for variant in variants
    }
