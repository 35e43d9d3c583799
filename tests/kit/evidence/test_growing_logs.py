"""A log of a hundred thousand leaves, appended in uneven batches, against the tree as RFC 6962 defines it."""

from __future__ import annotations

import hashlib
import random
from functools import lru_cache

import pytest

from lantai.kit.evidence import tiles
from lantai.kit.evidence.merkle import SHA256, SM3, verify_consistency, verify_inclusion
from lantai.kit.evidence.standalone import verify as script
from tests.kit.evidence.trees import Store, _k

SIZE = 100_000


class Defined:
    """MTH, PATH and PROOF of RFC 6962 §2.1, word for word; a subtree that was computed once is remembered."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = leaves
        self.mth = lru_cache(maxsize=None)(self._mth)

    def _mth(self, low: int, high: int) -> bytes:
        if high - low == 1:
            return self._leaves[low]
        middle = low + _k(high - low)
        return hashlib.sha256(b"\x01" + self.mth(low, middle) + self.mth(middle, high)).digest()

    def path(self, m: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        middle = low + _k(high - low)
        if m < middle:
            return [*self.path(m, low, middle), self.mth(middle, high)]
        return [*self.path(m, middle, high), self.mth(low, middle)]

    def proof(self, m: int, low: int, high: int, is_whole: bool = True) -> list[bytes]:
        if m == high:
            return [] if is_whole else [self.mth(low, high)]
        middle = low + _k(high - low)
        if m <= middle:
            return [*self.proof(m, low, middle, is_whole), self.mth(middle, high)]
        return [*self.proof(m, middle, high, False), self.mth(low, middle)]


@pytest.fixture(scope="module")
def chance() -> random.Random:
    return random.Random(50)


@pytest.fixture(scope="module")
def log(chance: random.Random) -> tuple[Store, list[int]]:
    """The tiles, and the sizes at which a batch ended."""
    store, size, ends = Store(), 0, []
    while size < SIZE:
        count = min(SIZE - size, chance.choice((1, 2, 255, 256, 257, 3_000, 10_000)))
        appended = tiles.append(SHA256.leaves(b"%d" % n for n in range(size, size + count)), size, store)
        store.put(appended.tiles)
        size = appended.size
        ends.append(size)
    return store, ends


@pytest.fixture(scope="module")
def defined() -> Defined:
    return Defined([hashlib.sha256(b"\x00%d" % n).digest() for n in range(SIZE)])


def test_evi_50_a_thousand_inclusion_proofs_of_100000_appends_are_those_of_the_rfc(
    log, defined, chance
) -> None:
    """Checked by the kit and by the script of the standard library, which share no line of code."""
    store, _ = log
    root = defined.mth(0, SIZE)
    assert tiles.root(SIZE, store) == root
    prover = tiles.Prover(store)
    for index in chance.sample(range(SIZE), 1_000):
        proof = prover.inclusion(index, SIZE)
        leaf = hashlib.sha256(b"\x00%d" % index).digest()
        assert proof == defined.path(index, 0, SIZE)
        assert verify_inclusion(leaf, index, SIZE, proof, root)
        assert script.root_by(leaf, index, SIZE, proof) == root
        assert not verify_inclusion(leaf, index ^ 1, SIZE, proof, root)


def test_evi_50_consistency_of_a_hundred_pairs_of_sizes_is_proved_as_the_rfc_says(
    log, defined, chance
) -> None:
    store, ends = log
    prover = tiles.Prover(store)
    for _ in range(100):
        old, new = sorted((chance.randint(1, SIZE), chance.choice(ends)))
        proof = prover.consistency(old, new)
        roots = defined.mth(0, old), defined.mth(0, new)
        assert (tiles.root(old, store), tiles.root(new, store)) == roots
        assert proof == defined.proof(old, 0, new)
        assert verify_consistency(old, new, *roots, proof)
        assert not verify_consistency(old, new, roots[1], roots[0], proof) or old == new


def test_a_prover_that_keeps_few_tiles_makes_the_same_proofs_and_reads_each_tile_again(log) -> None:
    store, _ = log
    few, many = tiles.Prover(store, most_kept=2), tiles.Prover(store, most_kept=500)
    for index in (0, 255, 256, 65_535, 65_536, 99_999):
        assert few.inclusion(index, SIZE) == many.inclusion(index, SIZE)
    store.reads = 0
    many.inclusion(0, SIZE)
    assert store.reads == 0


def test_a_prover_reads_a_tile_again_that_has_grown_wider(log) -> None:
    grown = Store()
    prover = tiles.Prover(grown)
    for size, count in ((0, 100), (100, 100), (200, 100)):
        grown.put(
            tiles.append(SM3.leaves(b"%d" % n for n in range(size, size + count)), size, grown, SM3).tiles
        )
    of_sm3 = tiles.Prover(grown, SM3)
    for size in (100, 200, 300):
        root = tiles.root(size, grown, SM3)
        for index in (0, size - 1):
            proof = of_sm3.inclusion(index, size)
            assert verify_inclusion(SM3.leaf(b"%d" % index), index, size, proof, root, SM3)
    with pytest.raises(tiles.TileMissing):
        prover.inclusion(5, 70_000)
