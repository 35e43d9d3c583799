"""The Merkle tree of RFC 6962 §2.1 with its proofs, verified as in RFC 9162 §2.1.3–2.1.4."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from struct import iter_unpack

from lantai.kit.digests import Running, sm3_over


@dataclass(frozen=True, slots=True)
class HashAlgorithm:
    """The hash of a tree; every node is `size_bytes` long."""

    name: str
    size_bytes: int
    over: Callable[[bytes], Running] = field(repr=False)

    def digest(self, data: bytes) -> bytes:
        """The plain hash of `data`."""
        return self.over(data).digest()

    def leaf(self, entry: bytes) -> bytes:
        """MTH of one entry: H(0x00 || entry)."""
        return self.digest(b"\x00" + entry)

    def node(self, left: bytes, right: bytes) -> bytes:
        """MTH of two subtrees: H(0x01 || left || right)."""
        return self.digest(b"\x01" + left + right)

    def empty(self) -> bytes:
        """Root of the tree without leaves: H()."""
        return self.digest(b"")

    def leaves(self, entries: Iterable[bytes]) -> list[bytes]:
        """`leaf` of each entry, in one go."""
        return self._after(b"\x00", entries)

    def parents(self, row: bytes) -> bytes:
        """One level up: the nodes over neighbours of `row`, which holds an even number of them."""
        pairs = iter_unpack(f"{2 * self.size_bytes}s", row)
        return b"".join(self._after(b"\x01", [pair for (pair,) in pairs]))

    def _after(self, prefix: bytes, pieces: Iterable[bytes]) -> list[bytes]:
        """H(prefix || piece) of each piece; to copy a state that took the prefix is the quickest beginning."""
        begun, found = self.over(prefix).copy, []
        for piece in pieces:
            running = begun()
            running.update(piece)
            found.append(running.digest())
        return found


SHA256 = HashAlgorithm("sha256", 32, hashlib.sha256)
SM3 = HashAlgorithm("sm3", 32, sm3_over)
BY_NAME = {SHA256.name: SHA256, SM3.name: SM3}


def split_point(size: int) -> int:
    """The largest power of two below `size`, where RFC 6962 cuts a tree; `size` is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(hashes: Sequence[bytes], algorithm: HashAlgorithm = SHA256) -> bytes:
    """MTH over neighbours of equal height (the last may be a smaller subtree), without recursion."""
    level = list(hashes)
    if not level:
        return algorithm.empty()
    digest = algorithm.digest
    while len(level) > 1:
        paired = [digest(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


class CompactRange:
    """The roots of the full subtrees of a growing tree: all that is needed to append and to know the root."""

    def __init__(self, algorithm: HashAlgorithm = SHA256) -> None:
        self.algorithm = algorithm
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf by its hash; at most log2(size) nodes are kept."""
        node = self.algorithm.node
        carry, size = leaf_hash, self.size
        while size & 1:
            carry = node(self._peaks.pop(), carry)
            size >>= 1
        self._peaks.append(carry)
        self.size += 1

    def root(self) -> bytes:
        """Root of the tree as it stands."""
        if not self._peaks:
            return self.algorithm.empty()
        *rest, root = self._peaks
        for peak in reversed(rest):
            root = self.algorithm.node(peak, root)
        return root


def root(leaf_hashes: Iterable[bytes], algorithm: HashAlgorithm = SHA256) -> bytes:
    """Root of the RFC 6962 tree over `leaf_hashes`, read once; the root of no leaves is H("")."""
    grown = CompactRange(algorithm)
    for leaf_hash in leaf_hashes:
        grown.append(leaf_hash)
    return grown.root()


def verify_inclusion(
    leaf_hash: bytes,
    index: int,
    size: int,
    proof: Sequence[bytes],
    root: bytes,
    algorithm: HashAlgorithm = SHA256,
) -> bool:
    """Whether `proof` shows that `leaf_hash` is leaf `index` of the tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size or not _are_nodes([leaf_hash, root, *proof], algorithm):
        return False
    low, high, found = index, size - 1, leaf_hash
    for sibling in proof:
        if high == 0:
            return False
        if low & 1 or low == high:
            found = algorithm.node(sibling, found)
            while not low & 1 and low:
                low, high = low >> 1, high >> 1
        else:
            found = algorithm.node(found, sibling)
        low, high = low >> 1, high >> 1
    return high == 0 and found == root


def verify_consistency(
    old_size: int,
    new_size: int,
    old_root: bytes,
    new_root: bytes,
    proof: Sequence[bytes],
    algorithm: HashAlgorithm = SHA256,
) -> bool:
    """Whether the new tree only added leaves to the old one (RFC 9162 §2.1.4.2)."""
    if not 0 <= old_size <= new_size or not _are_nodes([old_root, new_root, *proof], algorithm):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == algorithm.empty()
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        return False
    low, high = old_size - 1, new_size - 1
    while low & 1:
        low, high = low >> 1, high >> 1
    old_found = new_found = path[0]
    for sibling in path[1:]:
        if high == 0:
            return False
        if low & 1 or low == high:
            old_found = algorithm.node(sibling, old_found)
            new_found = algorithm.node(sibling, new_found)
            while not low & 1 and low:
                low, high = low >> 1, high >> 1
        else:
            new_found = algorithm.node(new_found, sibling)
        low, high = low >> 1, high >> 1
    return high == 0 and old_found == old_root and new_found == new_root


def _are_nodes(hashes: Iterable[bytes], algorithm: HashAlgorithm) -> bool:
    return all(len(node) == algorithm.size_bytes for node in hashes)
