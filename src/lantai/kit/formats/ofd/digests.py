"""The digest methods that OFD packages name: by object identifier, or by what producers write instead."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from lantai.kit.digests import sm3

SM3_OID = "1.2.156.10197.1.401"


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


_METHODS: dict[str, Callable[[bytes], bytes]] = {
    "sm3": sm3,
    SM3_OID: sm3,
    "1.2.156.10197.1.401.1": sm3,
    "1.2.156.10197.1.401.2": sm3,  # "with key" in GM/T 0006; producers mean the plain digest
    "sha256": _sha256,
    "sha-256": _sha256,
    "2.16.840.1.101.3.4.2.1": _sha256,
    "sha1": _sha1,
    "sha-1": _sha1,
    "1.3.14.3.2.26": _sha1,
    "md5": _md5,
    "1.2.840.113549.2.5": _md5,
}
# Files with the same digest can be made at will: such a check value proves nothing.
WEAK = frozenset({_md5, _sha1})


def digest_method(word: str) -> Callable[[bytes], bytes] | None:
    """The digest that ``word`` names; MD5, the standard's default, when it is empty; None when unknown."""
    return _METHODS.get(word.strip().casefold() or "md5")


def is_weak(word: str) -> bool:
    """Whether collisions of the digest can be made."""
    return digest_method(word) in WEAK
