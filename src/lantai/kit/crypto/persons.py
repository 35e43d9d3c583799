"""Persons' numbers: each sealed by itself, and found by a keyed hash of what was written.

Whoever has the rows and not the keys can neither read a number nor try all numbers against the hashes.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from lantai.kit.crypto.envelopes import AES, NONCE_BYTES, Box, Ring, WrongKey
from lantai.kit.text.personal import check_character, is_identity_number

_PURPOSE = b"lantai persons' numbers: equality"


def seal(ring: Ring, text: str, *, about: str) -> bytes:
    """`text` under the newest key, bound to `about`: at another place it does not open."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + Box(ring.algorithm, ring.keys[ring.newest]).seal(nonce, text.encode(), about.encode())


def open_(ring: Ring, number: int, sealed: bytes, *, about: str) -> str:
    """What was sealed under key `number`; raises `WrongKey` for another key, place or content."""
    if number not in ring.keys:
        raise WrongKey
    box = Box(ring.algorithm, ring.keys[number])
    return box.open(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode()).decode()


def tag(ring: Ring, text: str, number: int | None = None) -> bytes:
    """The hash of `text` under a key of the ring, the newest where none is named: HMAC-SM3, or HMAC-SHA-256."""
    algorithm = hashes.SHA256() if ring.algorithm == AES else hashes.SM3()
    key = hmac.digest(ring.keys[ring.newest if number is None else number], _PURPOSE, "sha256")
    made = HMAC(key, algorithm)
    made.update(_compared(text).encode())
    return made.finalize()


def tags(ring: Ring, text: str) -> list[bytes]:
    """The hashes by which rows with this number are found, also while keys are being changed.

    A number of 18 places finds also the one of 15 places that the same person had, and the other way round.
    """
    return [tag(ring, form, number) for form in _forms(_compared(text)) for number in ring.keys]


def _compared(text: str) -> str:
    return "".join(text.split()).upper()


def _forms(text: str) -> Iterator[str]:
    yield text
    if is_identity_number(text) and text[6:8] == "19":
        yield text[:6] + text[8:17]
    elif len(text) == 15 and text.isascii() and text.isdecimal():
        body = f"{text[:6]}19{text[6:]}"
        yield body + check_character(body)
