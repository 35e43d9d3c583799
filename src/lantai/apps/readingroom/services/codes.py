"""Numbers that cannot be guessed and can be read aloud (Crockford's alphabet: no I, L, O, U)."""

from __future__ import annotations

import secrets
from datetime import date

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LIKE = str.maketrans("OIL", "011")
_REQUEST_CHARS, _CHECK_CHARS = 8, 16  # 40 bits beside the day, and 80 bits


def new_request_number(on: date) -> str:
    """``CD`` (查档), the day, eight characters."""
    return f"CD{on:%Y%m%d}{_drawn(_REQUEST_CHARS)}"


def new_check_code() -> str:
    """Sixteen characters."""
    return _drawn(_CHECK_CHARS)


def as_typed(text: str) -> str:
    """A code as people type it: any case, with spaces or hyphens, O for 0, I and L for 1."""
    folded = "".join(text.upper().split()).replace("-", "")
    head, rest = ("CD", folded[2:]) if folded.startswith("CD") else ("", folded)
    return head + rest.translate(_LIKE)


def spaced(code: str) -> str:
    """A check code in groups of four, as it is printed."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def _drawn(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))
