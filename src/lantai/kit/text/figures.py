"""Whole numbers as they stand in addresses, forms and files."""

from __future__ import annotations


def is_number(text: str, most_digits: int = 17) -> bool:
    """Whether a text is a number without sign, of no more digits than wanted; an id has 17 at most."""
    return text.isascii() and text.isdecimal() and len(text) <= most_digits
