"""The tree as files of 256 hashes (C2SP tlog-tiles, height 8), whatever stores them.

A log grows by whole batches: `append` reads at most one partial tile a level, whatever the size
of the log, and returns the tiles that are new or wider. Proofs read a handful of tiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from lantai.kit.errors import N_, Fault, Invalid
from lantai.kit.evidence.merkle import SHA256, HashAlgorithm, root_of, split_point

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_LEVEL = 63
MAX_ENTRY_BYTES = 0xFFFF

_PATH = re.compile(r"tile/(entries|0|[1-9]\d?)((?:/x\d{3})*/\d{3})(?:\.p/([1-9]\d{0,2}))?")


class TileMissing(Fault):
    """The store does not hold a tile that the tree needs."""

    message = N_("证据日志缺少第 %(level)d 层第 %(index)d 块（宽 %(width)d）。")


class TileSource(Protocol):
    """Where tiles are kept."""

    def read(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile (a store may answer with a wider version of it)."""
        ...


@dataclass(frozen=True, slots=True)
class Tile:
    """Neighbouring hashes at one level; it is partial while `width` is below 256."""

    level: int
    index: int
    width: int
    data: bytes

    @property
    def path(self) -> str:
        """Where tlog-tiles serves this tile, below the prefix of the log."""
        return tile_path(self.level, self.index, self.width)


@dataclass(frozen=True, slots=True)
class Appended:
    """A log after a batch: its size, its root and the tiles that must be stored first."""

    size: int
    root: bytes
    tiles: list[Tile]


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """`tile/<L>/<N>[.p/<W>]`, with N in groups of three digits as in `x001/x234/067`."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{number}" + (f".p/{width}" if width < TILE_WIDTH else "")


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Where tlog-tiles serves the entry bundle over the level-0 tile of the same index."""
    return tile_path("entries", index, width)


def parse_tile_path(path: str) -> tuple[int | None, int, int]:
    """(level, index, width) of a tile path, level None for entries; raises Invalid for other spellings."""
    found = _PATH.fullmatch(path)
    if found is not None:
        level = None if found[1] == "entries" else int(found[1])
        index = int(found[2].replace("/x", "").replace("/", ""))
        width = int(found[3] or TILE_WIDTH)
        named = "entries" if level is None else level
        if (level or 0) <= MAX_LEVEL and tile_path(named, index, width) == path:
            return level, index, width
    raise Invalid(N_("“%(path)s”不是日志块的路径。"), path=path[:200])


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length as a big-endian uint16."""
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise Invalid(N_("日志条目有 %(size)d 字节，超过 65535 字节的上限。"), size=len(entry))
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack_entries(bundle: bytes) -> list[bytes]:
    """The entries of a bundle; raises Invalid when it is cut off."""
    entries, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 > len(bundle) or end > len(bundle):
            raise Invalid(N_("日志条目包不完整。"))
        entries.append(bundle[at + 2 : end])
        at = end
    return entries


def append(
    leaf_hashes: Sequence[bytes], size: int, tiles: TileSource, algorithm: HashAlgorithm = SHA256
) -> Appended:
    """Add a batch to a log of `size` leaves; nothing is written, the new tiles are returned."""
    if any(len(leaf_hash) != algorithm.size_bytes for leaf_hash in leaf_hashes):
        raise Fault(N_("叶子摘要的长度不对。"))
    return append_row(b"".join(leaf_hashes), size, tiles, algorithm)


def append_row(
    row: bytes, size: int, tiles: TileSource, algorithm: HashAlgorithm = SHA256, *, roots: bytes | None = None
) -> Appended:
    """`append` of leaf hashes in a row; `roots` are those of the whole tiles that begin in it, once they are known."""
    step = algorithm.size_bytes
    count, left = divmod(len(row), step)
    if left:
        raise Fault(N_("叶子摘要的长度不对。"))
    made: list[Tile] = []
    level, known, fresh = 0, size, row
    while fresh:
        first, width = divmod(known, TILE_WIDTH)
        kept = _hashes(tiles, level, first, width, step) if width else b""
        row = kept + fresh
        made += _cut(level, first, row, step)
        if level or roots is None:
            fresh = _tile_roots(row, algorithm)
        else:  # the tile that was begun before this batch is ours to climb
            fresh = _tile_roots(row[: TILE_WIDTH * step], algorithm) + roots if width else roots
        level, known = level + 1, first
    return Appended(size + count, root(size + count, Overlay(made, tiles), algorithm), made)


def _cut(level: int, first: int, data: bytes, step: int) -> Iterator[Tile]:
    full = TILE_WIDTH * step
    for offset in range(0, len(data), full):
        part = data[offset : offset + full]
        yield Tile(level, first + offset // full, len(part) // step, part)


def _tile_roots(row: bytes, algorithm: HashAlgorithm) -> bytes:
    """The roots of the whole tiles at the beginning of a row, all tiles climbed at once."""
    full = TILE_WIDTH * algorithm.size_bytes
    row = row[: len(row) // full * full]
    for _ in range(TILE_HEIGHT):
        row = algorithm.parents(row)
    return row


def _split(data: bytes, step: int) -> list[bytes]:
    return [data[i : i + step] for i in range(0, len(data), step)]


def _hashes(tiles: TileSource, level: int, index: int, width: int, step: int) -> bytes:
    data = tiles.read(level, index, width)
    if len(data) < width * step:
        raise TileMissing(level=level, index=index, width=width)
    return data[: width * step]


def nodes(
    tiles: TileSource, level: int, index: int, width: int, algorithm: HashAlgorithm = SHA256
) -> list[bytes]:
    """The first `width` hashes of a tile; raises TileMissing when the store has fewer."""
    return _split(_hashes(tiles, level, index, width, algorithm.size_bytes), algorithm.size_bytes)


class Overlay:
    """Tiles in memory before those of a store."""

    def __init__(self, tiles: Sequence[Tile], below: TileSource) -> None:
        self._held = {(tile.level, tile.index): tile for tile in tiles}
        self._below = below

    def read(self, level: int, index: int, width: int) -> bytes:
        """The held tile when it is wide enough, else that of the store."""
        held = self._held.get((level, index))
        if held is not None and held.width >= width:
            return held.data
        return self._below.read(level, index, width)


def root(size: int, tiles: TileSource, algorithm: HashAlgorithm = SHA256) -> bytes:
    """Root of the log of `size` leaves, from the partial tiles at its right edge."""
    carry: list[bytes] = []
    level = 0
    while count := size >> (TILE_HEIGHT * level):
        index, width = divmod(count, TILE_WIDTH)
        edge = _hashes(tiles, level, index, width, algorithm.size_bytes) if width else b""
        row = _split(edge, algorithm.size_bytes) + carry
        carry = [root_of(row, algorithm)] if row else []
        level += 1
    return carry[0] if carry else algorithm.empty()


def inclusion(index: int, size: int, tiles: TileSource, algorithm: HashAlgorithm = SHA256) -> list[bytes]:
    """The inclusion proof of leaf `index` in the log of `size` leaves, from leaf to root."""
    return Prover(tiles, algorithm).inclusion(index, size)


def consistency(old: int, new: int, tiles: TileSource, algorithm: HashAlgorithm = SHA256) -> list[bytes]:
    """The proof that the log of `new` leaves only added to the log of `old` (RFC 6962 §2.1.2)."""
    return Prover(tiles, algorithm).consistency(old, new)


class Prover:
    """Makes proofs, and keeps `most_kept` tiles with the nodes inside them.

    A tile stands for 256 times as many leaves as one below it, so the lower ones are dropped first, and of a level
    the one that was not used for the longest time.
    """

    def __init__(self, tiles: TileSource, algorithm: HashAlgorithm = SHA256, *, most_kept: int = 64) -> None:
        self._tiles = tiles
        self._algorithm = algorithm
        self._most_kept = most_kept
        self._kept: dict[int, dict[int, list[bytes]]] = {}  # level → index → rows, from its own to its root

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The inclusion proof of leaf `index` in the log of `size` leaves, from leaf to root."""
        if not 0 <= index < size:
            raise Invalid(N_("日志只有 %(size)d 条，没有第 %(index)d 条。"), size=size, index=index)
        proof: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            middle = low + split_point(high - low)
            if index < middle:
                proof.append(self.root(middle, high, size))
                high = middle
            else:
                proof.append(self.root(low, middle, size))
                low = middle
        return proof[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the log of `new` leaves only added to the log of `old` (RFC 6962 §2.1.2)."""
        if not 0 <= old <= new:
            raise Invalid(N_("日志不能从 %(old)d 条变为 %(new)d 条。"), old=old, new=new)
        if old in (0, new):
            return []
        proof: list[bytes] = []
        low, high, is_whole = 0, new, True
        while high != old:
            middle = low + split_point(high - low)
            if old <= middle:
                proof.append(self.root(middle, high, new))
                high = middle
            else:
                proof.append(self.root(low, middle, new))
                low, is_whole = middle, False
        if not is_whole:
            proof.append(self.root(low, high, new))
        return proof[::-1]

    def root(self, low: int, high: int, size: int) -> bytes:
        """MTH(D[low:high]) in the log of `size` leaves; `low` is a multiple of the power of two that covers it."""
        span = high - low
        if span & (span - 1):
            middle = low + split_point(span)
            return self._algorithm.node(self.root(low, middle, size), self.root(middle, high, size))
        level, height = divmod(span.bit_length() - 1, TILE_HEIGHT)
        index, offset = divmod(low >> (TILE_HEIGHT * level), TILE_WIDTH)
        width = min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH)
        step = self._algorithm.size_bytes
        place = (offset >> height) * step
        return self._rows(level, index, width)[height][place : place + step]

    def _rows(self, level: int, index: int, width: int) -> list[bytes]:
        """The nodes of a tile, from its own row up to its root as far as it is filled."""
        step, kept = self._algorithm.size_bytes, self._kept.setdefault(level, {})
        rows = kept.pop(index, [])
        if not rows or len(rows[0]) < width * step:
            rows = [_hashes(self._tiles, level, index, width, step)]
            for _ in range(TILE_HEIGHT):
                even = len(rows[-1]) // (2 * step) * (2 * step)
                rows.append(self._algorithm.parents(rows[-1][:even]))
            self._make_room()
        kept[index] = rows  # what was used last stands last
        return rows

    def _make_room(self) -> None:
        if sum(map(len, self._kept.values())) >= self._most_kept:
            lowest = self._kept[min(level for level, kept in self._kept.items() if kept)]
            del lowest[next(iter(lowest))]
