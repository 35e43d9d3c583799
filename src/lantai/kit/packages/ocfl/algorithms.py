"""The digest algorithms that OCFL 1.1 names, and those of extensions 0001 and 0009."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import partial

from lantai.kit.digests import Running, new_sm3

FOR_CONTENT = frozenset({"sha512", "sha256"})  # OCFL 1.1 §3.5: digestAlgorithm

_MAKERS: dict[str, Callable[[], Running]] = {
    "md5": partial(hashlib.md5, usedforsecurity=False),
    "sha1": partial(hashlib.sha1, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "sha512/256": partial(hashlib.new, "sha512_256"),
    "blake2b-512": partial(hashlib.blake2b, digest_size=64),
    "blake2b-384": partial(hashlib.blake2b, digest_size=48),
    "blake2b-256": partial(hashlib.blake2b, digest_size=32),
    "blake2b-160": partial(hashlib.blake2b, digest_size=20),
}
_BYTES = {
    "md5": 16,
    "sha1": 20,
    "sha256": 32,
    "sha512": 64,
    "sha512/256": 32,
    "blake2b-512": 64,
    "blake2b-384": 48,
    "blake2b-256": 32,
    "blake2b-160": 20,
}
KNOWN = frozenset(_MAKERS)
_HEX = re.compile(r"[0-9A-Fa-f]+")


def new(name: str) -> Running:
    """A fresh computation; ``sm3`` serves our own manifest only, since OCFL does not know it."""
    return new_sm3() if name == "sm3" else _MAKERS[name]()


def has_form(name: str, digest: str) -> bool:
    """Whether ``digest`` is hexadecimal of the right length."""
    return len(digest) == 2 * _BYTES[name] and _HEX.fullmatch(digest) is not None
