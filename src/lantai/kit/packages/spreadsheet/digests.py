"""Digests that a catalogue states: which algorithm each is of, and whether a file still has it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from lantai.kit.digests import digest_file

WEAK = frozenset({"md5", "sha1"})  # collisions can be made; kept as a check against accidents only
_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "sm3": 64}
_BY_LENGTH = {32: "md5", 40: "sha1", 128: "sha512"}
AMBIGUOUS = "sha256/sm3"  # 64 digits without a name
_HEX = re.compile(r"[0-9a-f]+")
_CHUNK = 1 << 20


def algorithm_named(text: str) -> str:
    """An algorithm as people write it (``SHA-256``, ``国密SM3``); "" where none is meant."""
    plain = re.sub(r"[^a-z0-9]", "", text.casefold())
    return next((name for name in ("sha256", "sha512", "sha1", "md5", "sm3") if name in plain), "")


def read_digest(text: str, algorithm: str = "") -> tuple[str, str] | None:
    """(algorithm, lowercase digest); `AMBIGUOUS` where it may be either of two; None where it is no digest."""
    named, sign, rest = text.partition(":")
    if sign and algorithm_named(named):
        algorithm, text = algorithm_named(named), rest
    digest = "".join(text.split()).casefold()
    if not _HEX.fullmatch(digest):
        return None
    found = algorithm or _BY_LENGTH.get(len(digest), AMBIGUOUS if len(digest) == 64 else "")
    if found == AMBIGUOUS:
        return found, digest
    return (found, digest) if _LENGTHS.get(found) == len(digest) else None


def settled(path: Path, digests: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """``digests`` with a name for each, and the algorithms by which the file is not what was stated.

    Only what nobody after us computes is computed here: weak digests, and those without a name.
    """
    named = {algorithm: digest for algorithm, digest in digests.items() if algorithm != AMBIGUOUS}
    wrong = [name for name in WEAK & named.keys() if _weak_digest(path, name) != named[name]]
    nameless = digests.get(AMBIGUOUS, "")
    if nameless:
        computed, _size = digest_file(path)
        match = next((name for name in ("sha256", "sm3") if getattr(computed, name) == nameless), "")
        if match:
            named.setdefault(match, nameless)
        else:
            wrong.append(AMBIGUOUS)
    return named, tuple(sorted(wrong))


def _weak_digest(path: Path, algorithm: str) -> str:
    running = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            running.update(chunk)
    return running.hexdigest()
