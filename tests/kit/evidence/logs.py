"""Logs in memory that sign what they are told to, and witnesses with a memory of their own."""

from __future__ import annotations

from functools import cache

from lantai.kit import crypto
from lantai.kit.evidence import tiles
from lantai.kit.evidence.checkpoints import Checkpoint, sign_checkpoint, tree_head
from lantai.kit.evidence.merkle import SHA256, SM3
from lantai.kit.evidence.notes import Note, verifier_key, witness_key
from lantai.kit.evidence.trust import TrustStore
from tests.kit.evidence.trees import Store

ORIGIN = "log.example/test"


@cache
def key(name: str, algorithm: str = "ed25519") -> crypto.SigningKey:
    """The same key for the same name through a run."""
    return crypto.generate(algorithm)


class Log:
    """A log that an operator with its keys can make say anything."""

    def __init__(self, entries: list[bytes] | None = None, origin: str = ORIGIN) -> None:
        self.origin = origin
        self.entries: list[bytes] = []
        self.store, self.sm3_store = Store(), Store()
        self.grow(entries or [])

    @property
    def size(self) -> int:
        return len(self.entries)

    def grow(self, entries: list[bytes]) -> None:
        for algorithm, store in ((SHA256, self.store), (SM3, self.sm3_store)):
            store.put(tiles.append(algorithm.leaves(entries), self.size, store, algorithm).tiles)
        self.entries += entries

    def head(self, size: int | None = None, *, has_sm3: bool = True) -> Checkpoint:
        size = self.size if size is None else size
        sm3_root = tiles.root(size, self.sm3_store, SM3) if has_sm3 else None
        return tree_head(self.origin, size, tiles.root(size, self.store), sm3_root)

    def note(self, size: int | None = None, *, has_sm3: bool = True) -> Note:
        return sign_checkpoint(self.head(size, has_sm3=has_sm3), self.keys())

    def keys(self) -> list[crypto.SigningKey]:
        return [key(self.origin), key(self.origin, "sm2")]


def entries(count: int, first: int = 0) -> list[bytes]:
    return [b"entry %d" % number for number in range(first, first + count)]


def trust(*witnesses: str, origin: str = ORIGIN) -> TrustStore:
    own = [verifier_key(origin, key(origin, kind).public) for kind in ("ed25519", "sm2")]
    return TrustStore((*own, *(witness_key(name, key(name).public) for name in witnesses)))
