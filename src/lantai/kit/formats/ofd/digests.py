"""The digest methods that OFD packages name: by object identifier, or by what producers write instead."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from lantai.kit.digests import Running, new_sm3

SM3_OID = "1.2.156.10197.1.401"
Method = Callable[[], Running]


def _md5() -> Running:
    return hashlib.md5(usedforsecurity=False)


def _sha1() -> Running:
    return hashlib.sha1(usedforsecurity=False)


def _sha256() -> Running:
    return hashlib.sha256()


_METHODS: dict[str, Method] = {
    "sm3": new_sm3,
    SM3_OID: new_sm3,
    "1.2.156.10197.1.401.1": new_sm3,
    "1.2.156.10197.1.401.2": new_sm3,  # "with key" in GM/T 0006; producers mean the plain digest
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


def digest_method(word: str) -> Method | None:
    """A fresh computation of what ``word`` names; MD5, the standard's default, when it is empty; None if unknown."""
    return _METHODS.get(word.strip().casefold() or "md5")


def digest_of(pieces: Iterable[bytes], method: Method) -> bytes:
    """The digest of a content that comes in pieces, in little memory."""
    running = method()
    for piece in pieces:
        running.update(piece)
    return running.digest()


def is_weak(word: str) -> bool:
    """Whether collisions of the digest can be made."""
    return digest_method(word) in WEAK
