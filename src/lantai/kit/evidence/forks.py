"""A log that says two things, and the file that proves it; trees that differ, and where.

    {"first":<signed checkpoint>,"lantai":"fork/v1","proof":[<Base64>…],"root":<Base64>,
     "second":<signed checkpoint>,"tree":"sha256"|"sm3"}

The log signed `first` (m leaves) and `second` (n leaves, not fewer). `proof` shows that the tree of `second`
had the root `root` when it had m leaves, and `first` says another one. Two sequencers that signed the same size,
a log that was cut back and grew again, entries that were changed or put in another order: each shows itself so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence import tiles
from lantai.kit.evidence.canonical import Json, canonical, parse_canonical
from lantai.kit.evidence.checkpoints import HASH_BYTES, MAX_PROOF_HASHES, Checkpoint, parse_checkpoint
from lantai.kit.evidence.encoding import base64_of, from_base64
from lantai.kit.evidence.merkle import BY_NAME, SHA256, HashAlgorithm, verify_consistency
from lantai.kit.evidence.notes import MAX_NOTE_BYTES, Note, parse_note
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings

FORMAT = "fork/v1"
MAX_FORK_BYTES = 3 * MAX_NOTE_BYTES
_MEMBERS = {"lantai", "first", "second", "tree", "root", "proof"}


class BadFork(Invalid):
    """The data is not a proof of a fork."""

    message = N_("这不是日志分叉的证明，或者文件已被改动。")


class Growth(StrEnum):
    """What became of a log between two checkpoints that somebody was shown one after the other."""

    SAME = "same"
    GREW = "grew"
    ROLLED_BACK = "rolled_back"  # the later one is shorter: an older state is being shown
    FORKED = "forked"


def judge_growth(
    old: Checkpoint, new: Checkpoint, proof: Sequence[bytes], algorithm: HashAlgorithm = SHA256
) -> Growth:
    """What a client makes of `new` after `old`; `proof` is that of consistency between the two sizes.

    FORKED also when the proof does not verify: whoever cannot show that the log only grew is not believed.
    """
    shorter, longer = sorted((old, new), key=lambda one: one.size)
    roots = (root_of(shorter, algorithm), root_of(longer, algorithm))
    if not verify_consistency(shorter.size, longer.size, *roots, proof, algorithm):
        return Growth.FORKED
    if old.size == new.size:
        return Growth.SAME
    return Growth.GREW if old is shorter else Growth.ROLLED_BACK


def root_of(checkpoint: Checkpoint, algorithm: HashAlgorithm) -> bytes:
    """The root that a checkpoint says for the tree of an algorithm; raises BadFork when it says none."""
    root = checkpoint.root if algorithm is SHA256 else checkpoint.sm3_root
    if root is None:
        raise BadFork(N_("检查点没有写明 SM3 树根。"))
    return root


@dataclass(frozen=True, slots=True)
class Fork:
    """Two checkpoints of one log that cannot both be true."""

    first: Note
    second: Note
    root: bytes
    proof: tuple[bytes, ...]
    algorithm: HashAlgorithm = SHA256

    def render(self) -> bytes:
        """The file."""
        proof: list[Json] = [base64_of(node) for node in self.proof]
        shown: Json = {
            "lantai": FORMAT,
            "first": self.first.render(),
            "second": self.second.render(),
            "tree": self.algorithm.name,
            "root": base64_of(self.root),
            "proof": proof,
        }
        return canonical(shown)


def fork_between(
    one: Note, other: Note, stored: tiles.TileSource, algorithm: HashAlgorithm = SHA256
) -> Fork | None:
    """The proof that two checkpoints contradict each other, None when they agree.

    `stored` holds the tree of the longer one, or of either at equal size; raises TileMissing when it does not.
    """
    first, second = sorted((one, other), key=lambda note: _order(note, algorithm))
    short, long = parse_checkpoint(first.text), parse_checkpoint(second.text)
    if short.size == long.size:
        root, proof = root_of(long, algorithm), []
    else:
        root = tiles.root(short.size, stored, algorithm)
        proof = tiles.consistency(short.size, long.size, stored, algorithm)
    if root == root_of(short, algorithm):
        return None
    return Fork(first, second, root, tuple(proof), algorithm)


def _order(note: Note, algorithm: HashAlgorithm) -> tuple[int, bytes]:
    checkpoint = parse_checkpoint(note.text)
    return checkpoint.size, root_of(checkpoint, algorithm)


def parse_fork(data: bytes) -> Fork:
    """The proof in a file; raises BadFork, or Invalid for a note or checkpoint that is none."""
    value = parse_canonical(data) if len(data) <= MAX_FORK_BYTES else None
    if not isinstance(value, dict) or set(value) != _MEMBERS or value["lantai"] != FORMAT:
        raise BadFork()
    algorithm = BY_NAME.get(str(value["tree"]))
    nodes = value["proof"]
    if algorithm is None or not isinstance(nodes, list) or len(nodes) > MAX_PROOF_HASHES:
        raise BadFork()
    first, second, root, *proof = (
        _text(part) for part in (value["first"], value["second"], value["root"], *nodes)
    )
    hashes = [from_base64(node) for node in (root, *proof)]
    if any(len(node) != HASH_BYTES for node in hashes):
        raise BadFork()
    found = Fork(parse_note(first), parse_note(second), hashes[0], tuple(hashes[1:]), algorithm)
    if _order(found.first, algorithm) > _order(found.second, algorithm) or found.render() != data:
        raise BadFork()
    return found


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise BadFork()
    return value


def check_fork(data: bytes, trust: TrustStore, findings: Findings) -> None:
    """Note every check of a proof of a fork; `findings.ok` afterwards means that the log did fork."""
    try:
        fork = parse_fork(data)
        short, long = parse_checkpoint(fork.first.text), parse_checkpoint(fork.second.text)
        said = root_of(short, fork.algorithm), root_of(long, fork.algorithm)
    except Invalid as error:
        findings.refuse("form", error)
        return
    findings.expect("form", True, N_("分叉证明为规范形式。"), "")
    findings.facts.update(log=short.origin, first_size=short.size, second_size=long.size)
    findings.facts.update(tree=fork.algorithm.name, first_root=said[0].hex(), second_root=said[1].hex())
    findings.expect(
        "origin",
        short.origin == long.origin,
        N_("两个检查点属于同一日志“%(origin)s”。"),
        N_("两个检查点不属于同一日志。"),
        origin=short.origin,
    )
    findings.expect(
        "signatures",
        all(_is_signed(note, trust) for note in (fork.first, fork.second)),
        N_("两个检查点都有日志本身的有效签名。"),
        N_("至少一个检查点没有受信任的日志签名，不能归责于该日志。"),
    )
    is_prefix = verify_consistency(short.size, long.size, fork.root, said[1], fork.proof, fork.algorithm)
    findings.expect(
        "contradiction",
        is_prefix and fork.root != said[0],
        N_("日志在 %(size)d 条时签过两个不同的树根：两个检查点不能同时为真，日志已分叉。"),
        N_("两个检查点之间没有矛盾，或者证明不成立。"),
        size=short.size,
    )


def _is_signed(note: Note, trust: TrustStore) -> bool:
    said = parse_checkpoint(note.text)
    named = ((trust.key_of(line), line.blob) for line in note.signatures)
    return any(
        key
        and trust.is_log_of(said.origin, key)
        and key.verify(note.text, blob)
        and trust.believes(key, said.size)
        for key, blob in named
    )


class Change(StrEnum):
    """How one tree differs from another that was there before."""

    NONE = "none"
    GREW = "grew"
    TRUNCATED = "truncated"
    REORDERED = "reordered"
    REMOVED = "removed"
    INSERTED = "inserted"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first leaf at which two trees are not the same, and what seems to have been done there."""

    change: Change
    index: int | None = None


def compare_trees(
    before: tiles.TileSource,
    old_size: int,
    after: tiles.TileSource,
    new_size: int,
    algorithm: HashAlgorithm = SHA256,
) -> Difference:
    """Where a tree is no longer what it was, found by a handful of tiles a level, whatever its size.

    What was done is judged by the leaves of the tile around: it is an aid for whoever investigates.
    """
    common = min(old_size, new_size)
    index = _first_difference(before, after, common, algorithm)
    if index is not None:
        old, new = (
            _leaves(source, index, size, algorithm)
            for source, size in ((before, old_size), (after, new_size))
        )
        return Difference(_told_by(old, new), index)
    if new_size < old_size:
        return Difference(Change.TRUNCATED, new_size)
    return Difference(Change.GREW, old_size) if new_size > old_size else Difference(Change.NONE)


def _first_difference(
    before: tiles.TileSource, after: tiles.TileSource, size: int, algorithm: HashAlgorithm
) -> int | None:
    """The first of `size` leaves that differs: down the tree to the first node that does, level by level."""
    level = 0
    while size >> (tiles.TILE_HEIGHT * (level + 1)):
        level += 1
    place = 0  # first node of the level that may differ
    while True:
        count = size >> (tiles.TILE_HEIGHT * level)
        number = place // tiles.TILE_WIDTH
        width = min(tiles.TILE_WIDTH, count - number * tiles.TILE_WIDTH)
        rows = (
            [tiles.nodes(source, level, number, width, algorithm) for source in (before, after)]
            if width
            else []
        )
        pairs = zip(*rows, strict=True)
        found = next((n for n, (old, new) in enumerate(pairs) if old != new), width)
        place = number * tiles.TILE_WIDTH + found
        if level == 0:
            return place if place < count else None
        level, place = level - 1, place << tiles.TILE_HEIGHT


def _leaves(source: tiles.TileSource, index: int, size: int, algorithm: HashAlgorithm) -> list[bytes]:
    """The leaves from `index` to the end of its tile, and those of the next tile."""
    number = index // tiles.TILE_WIDTH
    found: list[bytes] = []
    for tile in (number, number + 1):
        width = min(tiles.TILE_WIDTH, size - tile * tiles.TILE_WIDTH)
        if width > 0:
            found += tiles.nodes(source, 0, tile, width, algorithm)
    return found[index % tiles.TILE_WIDTH :]


def _told_by(old: list[bytes], new: list[bytes]) -> Change:
    if sorted(old) == sorted(new):
        return Change.REORDERED
    # More than one leaf that moved up or down by one place: the rest is as it was.
    if len(old) > 2 and old[1:3] == new[0:2]:
        return Change.REMOVED
    if len(new) > 2 and new[1:3] == old[0:2]:
        return Change.INSERTED
    return Change.CHANGED
