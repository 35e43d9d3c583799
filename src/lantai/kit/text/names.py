"""Personal names by their sound: what a reader types who does not know the characters."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import islice, product

from lantai.kit.text.folding import fold

_MOST_KEYS = 32  # readings of one name that are indexed; a name of four rare characters has hundreds
_SYLLABLES = (
    re.compile(  # what is read is never read again: a long word would be split in endlessly many ways
        "(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?[aeiouv]++(?:(?<=[aeio])ng|(?<=[aeiu])n|(?<=e)r)?+)++"
    )
)
_SEPARATORS = str.maketrans("", "", " ·.-'")


def is_spelled(word: str) -> bool:
    """Whether `word` can be one or more syllables of pinyin: ``ou`` and ``ouyang`` are, ``pdf`` is not."""
    return _SYLLABLES.fullmatch(word.lower()) is not None


def full(name: str) -> str:
    """The usual pinyin of `name` without tones or spaces, ü as v: 曾晓 is ``zengxiao``."""
    return "".join(readings[0] for readings in _readings(name))


def initials(name: str) -> str:
    """First letters of the usual pinyin: 曾晓 is ``zx``."""
    return "".join(readings[0][:1] for readings in _readings(name))


def everyday(text: str) -> tuple[str, str]:
    """Pinyin and first letters of a text that is no personal name: 单位 is ``danwei``, ``dw``."""
    syllables = [_syllables(char)[0] for char in _plain(text)]
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def sound_keys(name: str) -> frozenset[str]:
    """Every spelling under which `name` should be found: full and initials, over its known readings.

    A surname is also found by its everyday reading, since readers mistake it; where ü occurs, the
    passport spelling ``yu`` is a key as well. At most some 100 keys a name.
    """
    plain = _plain(name)
    surname = _surname(plain)
    heard = [
        tuple(dict.fromkeys((*usual, *_syllables(char)))) for usual, char in zip(surname, plain, strict=False)
    ]
    heard += map(_syllables, plain[len(surname) :])
    keys: set[str] = set()
    for syllables in islice(product(*heard), _MOST_KEYS):
        spelled = "".join(syllables)
        keys.add(spelled)
        keys.add("".join([syllable[:1] for syllable in syllables]))
        if "v" in spelled:
            keys.add(spelled.replace("v", "yu"))
    keys.discard("")
    return frozenset(keys)


def _readings(name: str) -> list[tuple[str, ...]]:
    """The readings of each character, the usual one first; the surname by its own table."""
    plain = _plain(name)
    surname = _surname(plain)
    return surname + [_syllables(char) for char in plain[len(surname) :]]


def _plain(name: str) -> str:
    return fold(name).translate(_SEPARATORS)


def _surname(plain: str) -> list[tuple[str, ...]]:
    single, compound = _tables()
    if len(plain) > 2 and plain[:2] in compound:
        return [(syllable,) for syllable in compound[plain[:2]]]
    if plain[:1] in single:
        return [tuple(single[plain[0]])]
    return []


@cache
def _syllables(char: str) -> tuple[str, ...]:
    import pypinyin  # its dictionaries take a quarter of a second to load

    if not pypinyin.pinyin(char, errors="ignore"):
        return (char,)
    usual: list[str] = pypinyin.lazy_pinyin(char)
    every: list[str] = pypinyin.pinyin(char, style=pypinyin.Style.NORMAL, heteronym=True)[0]
    return tuple(dict.fromkeys([*usual, *every]))


@cache
def _tables() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    raw = files(__package__).joinpath("surnames.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(raw)
    return tables["single"], tables["compound"]
