"""The Merkle-Patricia tree over the transactions of a block: made whole, and the proof of one of them."""

from __future__ import annotations

from collections.abc import Sequence

from lantai.kit.chains import rlp
from lantai.kit.chains.rlp import BadRlp, Rlp
from lantai.kit.digests.keccak import keccak256

MAX_PROOF_NODES = 64
_HASH_BYTES = 32
Nibbles = tuple[int, ...]
Pair = tuple[Nibbles, bytes]


def _nibbles(key: bytes) -> Nibbles:
    return tuple(half for byte in key for half in (byte >> 4, byte & 15))


def _packed(path: Nibbles, *, is_leaf: bool) -> bytes:
    """Hex-prefix encoding (Yellow Paper, appendix C)."""
    flag = 2 * is_leaf + len(path) % 2
    whole = (flag, *path) if len(path) % 2 else (flag, 0, *path)
    return bytes(whole[at] << 4 | whole[at + 1] for at in range(0, len(whole), 2))


def _unpacked(data: Rlp) -> tuple[Nibbles, bool]:
    found = _nibbles(data) if isinstance(data, bytes) else ()
    if not found or found[0] > 3:
        raise BadRlp()
    return found[1:] if found[0] & 1 else found[2:], found[0] >= 2


def _of_list(values: Sequence[bytes]) -> list[Pair]:
    """A list as the tree of a block has it: by the encoding of its numbers."""
    return sorted((_nibbles(rlp.encode(rlp.number(at))), value) for at, value in enumerate(values))


def root_of(values: Sequence[bytes]) -> bytes:
    """The root over a list of transactions."""
    return keccak256(rlp.encode(_node(_of_list(values), None, []))) if values else keccak256(rlp.encode(b""))


def prove(values: Sequence[bytes], at: int) -> tuple[bytes, tuple[bytes, ...]]:
    """The root over a list, and the nodes that lead from it to the value at a place."""
    way: list[bytes] = []
    root = rlp.encode(_node(_of_list(values), _nibbles(rlp.encode(rlp.number(at))), way))
    return keccak256(root), (root, *reversed(way))


def _node(pairs: list[Pair], sought: Nibbles | None, way: list[bytes]) -> Rlp:
    """The node over sorted pairs; the encodings of nodes on the way to `sought` are noted, deepest first."""
    if len(pairs) == 1:
        return [_packed(pairs[0][0], is_leaf=True), pairs[0][1]]
    first, last = pairs[0][0], pairs[-1][0]
    shared = next(
        (n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first)
    )
    if shared:
        on_way = sought is not None and sought[:shared] == first[:shared]
        below = [(path[shared:], value) for path, value in pairs]
        child = _linked(below, sought[shared:] if sought is not None and on_way else None, way)
        return [_packed(first[:shared], is_leaf=False), child]
    branch: list[Rlp] = []
    for nibble in range(16):
        some = [(path[1:], value) for path, value in pairs if path and path[0] == nibble]
        follows = sought[1:] if sought and sought[0] == nibble else None
        branch.append(_linked(some, follows, way) if some else b"")
    return [*branch, pairs[0][1] if not first else b""]


def _linked(pairs: list[Pair], sought: Nibbles | None, way: list[bytes]) -> Rlp:
    """How a node is named by the one above it: by its digest, or itself where it is short."""
    node = _node(pairs, sought, way)
    data = rlp.encode(node)
    if len(data) < _HASH_BYTES:
        return node
    if sought is not None:
        way.append(data)
    return keccak256(data)


def value_at(root: bytes, at: int, nodes: Sequence[bytes]) -> bytes | None:
    """The value at a place of the list with that root, as the nodes prove it; None when they do not."""
    path, left = _nibbles(rlp.encode(rlp.number(at))), list(nodes)
    named: Rlp = root
    item: Rlp = b""
    try:
        while True:
            if isinstance(named, bytes) and len(named) == _HASH_BYTES:
                if not left or len(left) > MAX_PROOF_NODES or keccak256(left[0]) != named:
                    return None
                item = rlp.decode_list(left.pop(0))
            else:
                item = named
            step = _step(item, path)
            if step is None or isinstance(step, bytes):
                return step if not left else None
            named, path = step
    except BadRlp:
        return None


def _step(item: Rlp, path: Nibbles) -> tuple[Rlp, Nibbles] | bytes | None:
    """From a node one step down: what names the next and what is left of the path, or the value."""
    if isinstance(item, bytes):
        return None
    if len(item) == 17:
        if path:
            return (item[path[0]], path[1:]) if item[path[0]] else None
        return item[16] if isinstance(item[16], bytes) and item[16] else None
    if len(item) != 2:
        raise BadRlp()
    shared, is_leaf = _unpacked(item[0])
    if path[: len(shared)] != shared:
        return None
    if is_leaf:
        return item[1] if len(path) == len(shared) and isinstance(item[1], bytes) else None
    return item[1], path[len(shared) :]
