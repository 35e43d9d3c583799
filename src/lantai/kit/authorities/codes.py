"""Codes by which the state tells places and organisations apart."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def place_code_is_right(code: str) -> bool:
    """Whether it can be a code of an administrative division (GB/T 2260): six digits, no leading zero."""
    return len(code) == 6 and code.isascii() and code.isdecimal() and code[0] != "0"


def credit_code_is_right(code: str) -> bool:
    """Whether a unified social credit code has its check character (GB 32100-2015)."""
    if len(code) != 18 or any(char not in _ALPHABET for char in code):
        return False
    total = sum(_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return _ALPHABET.index(code[17]) == -total % 31
