"""Ids for addresses that people copy, print and read to each other: a number in base 32 with a check character.

The letters i, l, o and u are not used; read as 1, 1, 0 and v they still lead to the same row. The check character
finds one wrong character and two that changed places.
"""

from __future__ import annotations

import hashlib

from lantai.kit.errors import N_, Missing

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_READ_AS = str.maketrans("ilou", "110v")
_LEAST, _MOST = 6, 13
_PRIME = 31


class NoSuchId(Missing):
    """The text is no permanent id: too short, a foreign character, or the check character does not fit."""

    message = N_("没有这个永久标识，可能抄错了一个字。请核对后再输入。")


def permanent_id(number: int) -> str:
    """The id of a row by its number: at least six characters and the check character."""
    digits: list[int] = []
    while number:
        number, digit = divmod(number, 32)
        digits.append(digit)
    digits += [0] * (_LEAST - len(digits))
    digits.reverse()
    return "".join(ALPHABET[digit] for digit in digits) + ALPHABET[_check(digits)]


def number_from(*names: str) -> int:
    """The number of what these names tell from everything else: the same wherever it is made, in 59 bits.

    Its highest bit sets it apart from numbers of rows and of the clock.
    """
    said = hashlib.sha256("\t".join(names).encode()).digest()
    return 1 << 59 | int.from_bytes(said[:8], "big") >> 5


def number_of(text: str) -> int:
    """The number that an id stands for; raises ``NoSuchId``."""
    letters = text.strip().lower().translate(_READ_AS)
    if not _LEAST < len(letters) <= _MOST or any(letter not in _VALUE for letter in letters):
        raise NoSuchId
    digits = [_VALUE[letter] for letter in letters[:-1]]
    if _VALUE[letters[-1]] != _check(digits):
        raise NoSuchId
    number = 0
    for digit in digits:
        number = number * 32 + digit
    return number


def _check(digits: list[int]) -> int:
    """Weights from the right, so that leading zeros say nothing."""
    return sum(weight * digit for weight, digit in enumerate(reversed(digits), 2)) % _PRIME
