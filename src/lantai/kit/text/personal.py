"""Personal data in running text: resident identity numbers and telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lantai.kit.text.folding import fold_with_places

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643—1999: 2^(18-i) mod 11
_CHECK_CHARACTERS = "10X98765432"
_FIRST_BIRTH_YEAR = 1850  # persons of the oldest registers that were given numbers afterwards

_SHAPES = re.compile(
    r"(?<![0-9a-z])(?:"
    r"(?P<identity>[1-9][0-9]{16}[0-9x])"
    r"|(?P<old_identity>[1-9][0-9]{14})"
    r"|(?P<mobile>(?:(?:\+|00)?86[ -]?)?1[3-9][0-9](?:[0-9]{8}|[ -][0-9]{4}[ -][0-9]{4}))"
    r"|(?P<landline>0[1-9][0-9]{1,2}[ -]?[2-8][0-9]{6,7}|\(0[1-9][0-9]{1,2}\) ?[2-8][0-9]{6,7})"
    r")(?![0-9a-z])"
)


class PersonalKind(StrEnum):
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of personal data at ``start:end`` of the text as it was given."""

    kind: PersonalKind
    start: int
    end: int
    is_certain: bool  # an identity number whose check character is right, a number of a real shape


def check_character(body: str) -> str:
    """The 18th character to the 17 digits `body` (GB 11643—1999, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def is_identity_number(text: str) -> bool:
    """Whether `text` is an 18-character identity number: its date real, its check character right."""
    number = text.upper()
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        return False
    return _is_birth_date(number[6:14]) and check_character(number[:17]) == number[17]


def find(text: str) -> Iterator[Found]:
    """Identity numbers (18 and the older 15 digits) and telephone numbers, also in full-width digits.

    Numbers of the right shape and date with a wrong check character are found as not certain:
    a mistyped identity number still points to a person.
    """
    folded = fold_with_places(text)
    for match in _SHAPES.finditer(folded.text):
        is_certain = _judge(match)
        if is_certain is not None:
            yield Found(_kind(match), folded.starts[match.start()], folded.ends[match.end() - 1], is_certain)


def mask(text: str) -> str:
    """`text` with the middle of every identity and telephone number starred; its length stays."""
    pieces, done = [], 0
    for found in find(text):
        pieces += [text[done : found.start], _starred(text[found.start : found.end])]
        done = found.end
    return "".join([*pieces, text[done:]])


def _kind(match: re.Match[str]) -> PersonalKind:
    is_identity = match.lastgroup in {"identity", "old_identity"}
    return PersonalKind.IDENTITY_NUMBER if is_identity else PersonalKind.PHONE


def _judge(match: re.Match[str]) -> bool | None:
    """Certain, doubtful, or (None) only a number that happens to be as long."""
    number = match.group()
    if match.lastgroup == "identity":
        return is_identity_number(number) if _is_birth_date(number[6:14]) else None
    if match.lastgroup == "old_identity":
        return False if _is_birth_date("19" + number[6:12]) else None
    return True


def _is_birth_date(digits: str) -> bool:
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born_on.year >= _FIRST_BIRTH_YEAR


def _starred(number: str) -> str:
    """The first three and the last four digits stay, as on a bank slip."""
    places = [i for i, char in enumerate(number) if char.isalnum()]
    hidden = set(places[3:-4])
    return "".join("*" if i in hidden else char for i, char in enumerate(number))
