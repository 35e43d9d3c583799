"""RFC 6962 written as the RFC defines it (recursively), and a store of tiles in memory."""

from __future__ import annotations

import hashlib


def leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def leaves(count: int) -> list[bytes]:
    return [leaf(b"%d" % i) for i in range(count)]


def mth(row: list[bytes]) -> bytes:
    if not row:
        return hashlib.sha256(b"").digest()
    if len(row) == 1:
        return row[0]
    k = _k(len(row))
    return hashlib.sha256(b"\x01" + mth(row[:k]) + mth(row[k:])).digest()


def path(m: int, row: list[bytes]) -> list[bytes]:
    if len(row) == 1:
        return []
    k = _k(len(row))
    if m < k:
        return [*path(m, row[:k]), mth(row[k:])]
    return [*path(m - k, row[k:]), mth(row[:k])]


def subproof(m: int, row: list[bytes], whole: bool = True) -> list[bytes]:
    if m == len(row):
        return [] if whole else [mth(row)]
    k = _k(len(row))
    if m <= k:
        return [*subproof(m, row[:k], whole), mth(row[k:])]
    return [*subproof(m - k, row[k:], False), mth(row[:k])]


def _k(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


class Store:
    def __init__(self):
        self.held: dict[tuple[int, int], bytes] = {}
        self.reads = 0

    def put(self, tiles):
        for tile in tiles:
            self.held[tile.level, tile.index] = tile.data

    def read(self, level, index, width):
        self.reads += 1
        return self.held.get((level, index), b"")
