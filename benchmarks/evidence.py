"""How fast does the log grow, how fast is a proof made and checked at 60 million leaves, and what does it cost others?

    python benchmarks/evidence.py [--quick] [--leaves N] [--seconds S]

Three questions: leaves a second appended in batches (SHA-256 alone, and both trees), beside what the blocks of the
digests alone would allow; proofs of a tree of 60 million leaves whose tiles lie on the disk; writes a second into the
ledger with and without the sequencer beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from _writes import acts_written

from lantai.kit import crypto
from lantai.kit.evidence import tiles
from lantai.kit.evidence.canonical import leaf_of
from lantai.kit.evidence.checkpoints import sign_checkpoint, tree_head
from lantai.kit.evidence.merkle import SHA256, SM3, HashAlgorithm, verify_inclusion
from lantai.kit.evidence.notes import verifier_key
from lantai.kit.evidence.tilemaker import TileMaker, hash_batch, tile_maker

BATCH = 10_000
LIMIT_ROUNDS = 20
APPENDED, QUICK_APPENDED = 2_000_000, 100_000
LEAVES = 60_000_000
DISTINCT_TILES = 1_024  # of level 0 with --quick: the same 262,144 leaves again and again
PROOFS, QUICK_PROOFS = 5_000, 1_000
SECONDS, QUICK_SECONDS = 30, 3
ORIGIN = "bench.example/log"
TILE_BYTES = tiles.TILE_WIDTH * 32

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its bar; `is_least` says whether the bar is a floor or a ceiling."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    is_least: bool = True


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    figures = list(_appending(arguments.appended))
    with tempfile.TemporaryDirectory(prefix="lantai-bench-", dir=arguments.folder) as folder:
        figures += _proving(Path(folder), arguments)
    figures += _writing(arguments.seconds)
    _print_table(figures)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer leaves appended, level 0 made of copies")
    parser.add_argument("--leaves", type=int, default=LEAVES, help="of the tree that proofs are made of")
    parser.add_argument("--seconds", type=int, default=0, help="of writing, each time")
    parser.add_argument("--folder", type=Path, help="where the tiles go (2 GB without --quick)")
    found = parser.parse_args()
    found.appended = QUICK_APPENDED if found.quick else APPENDED
    found.proofs = QUICK_PROOFS if found.quick else PROOFS
    found.seconds = found.seconds or (QUICK_SECONDS if found.quick else SECONDS)
    return found


class Folder:
    """Tiles as files; where level 0 is made of copies, one file stands for all tiles with the same content."""

    def __init__(self, folder: Path, distinct: int | None = None) -> None:
        self._folder, self._distinct = folder, distinct

    def read(self, level: int, index: int, width: int) -> bytes:
        """A tile, from its file."""
        path = self.path(level, index)
        return path.read_bytes()[: width * 32] if path.exists() else b""

    def path(self, level: int, index: int) -> Path:
        """Where a tile lies."""
        if level == 0 and self._distinct:
            index %= self._distinct
        return self._folder / tiles.tile_path(level, index)

    def write(self, level: int, index: int, data: bytes) -> None:
        """Keep a tile."""
        path = self.path(level, index)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


class Edge:
    """The tile at the right edge of each level: all that appending needs."""

    def __init__(self) -> None:
        self._held: dict[int, tiles.Tile] = {}

    def keep(self, made: list[tiles.Tile]) -> None:
        """Remember the last tile of each level."""
        self._held |= {tile.level: tile for tile in made}

    def read(self, level: int, index: int, width: int) -> bytes:
        """A tile."""
        held = self._held.get(level)
        return held.data if held and held.index == index else b""


def _appending(count: int) -> Iterator[Figure]:
    """Entries of the length that the ledger's leaves have, hashed and appended batch after batch."""
    entries = [_entry(number) for number in range(BATCH)]
    for name, algorithms in (("SHA-256", [SHA256]), ("SM3", [SM3]), ("both trees", [SHA256, SM3])):
        bar = 200_000 if name == "SHA-256" else None
        yield from _appended(f"appended, {name}", entries, count, algorithms, bar=bar)
        yield Figure(
            f"digest limit, {name}, a second of one core", _digest_limit(entries, algorithms), "leaves/s"
        )
    with tile_maker() as maker:
        _append(entries, BATCH, [SHA256, SM3], maker)  # it has started before the clock does
        name = "appended, both trees, a second process beside"
        yield from _appended(name, entries, count, [SHA256, SM3], maker, bar=200_000)
        if maker:
            yield Figure("memory of the second process", _resident_bytes(maker.pid) / 1024 / 1024, "MB", 64.0,
                         is_least=False)  # fmt: skip


def _appended(
    name: str,
    entries: list[bytes],
    count: int,
    algorithms: list[HashAlgorithm],
    maker: TileMaker | None = None,
    *,
    bar: float | None,
) -> Iterator[Figure]:
    started, worked = time.perf_counter(), _cpu_seconds(maker)
    roots = _append(entries, count, algorithms, maker)
    seconds, cpu_seconds = time.perf_counter() - started, _cpu_seconds(maker) - worked
    if maker and roots != _append(entries, count, algorithms, None):
        raise SystemExit("two processes make another tree than one")
    yield Figure(name, count / seconds, "leaves/s", bar)
    yield Figure(f"{name}, a second of one core", count / cpu_seconds, "leaves/s")


def _append(
    entries: list[bytes], count: int, algorithms: list[HashAlgorithm], maker: TileMaker | None
) -> list[bytes]:
    """As the sequencer does: hashed batch by batch, then each tree grown; the roots at the end."""
    stores = {algorithm.name: Edge() for algorithm in algorithms}
    roots = []
    for size in range(0, count, len(entries)):
        roots = []
        for algorithm, hashed in zip(algorithms, hash_batch(entries, size, algorithms, maker), strict=True):
            store = stores[algorithm.name]
            grown = tiles.append_row(hashed.row, size, store, algorithm, roots=hashed.roots)
            store.keep(grown.tiles)
            roots.append(grown.root)
    return roots


def _cpu_seconds(maker: TileMaker | None) -> float:
    """Of this process and the second one."""
    if maker is None:
        return time.process_time()
    said = Path(f"/proc/{maker.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return time.process_time() + (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def _digest_limit(entries: list[bytes], algorithms: list[HashAlgorithm]) -> float:
    """Leaves a second if nothing cost anything but the blocks of the digests: those of a leaf and of a node each."""
    octets = 64 * sum(_blocks(1 + len(entry)) + _blocks(1 + 2 * 32) for entry in entries)
    started = time.process_time()
    for _ in range(LIMIT_ROUNDS):
        for algorithm in algorithms:
            algorithm.digest(bytes(octets))
    return LIMIT_ROUNDS * len(entries) / (time.process_time() - started)


def _blocks(octets: int) -> int:
    """Blocks of 64 bytes that a message fills, with the padding that both digests add."""
    return -(-(octets + 9) // 64)


def _entry(number: int) -> bytes:
    return leaf_of(
        {"act": "custody:package:sealed", "at": "2026-03-02T01:02:03.000000+00:00", "nonce": f"{number:032x}"}
    )


def _proving(folder: Path, arguments: argparse.Namespace) -> Iterator[Figure]:
    size, key = arguments.leaves, crypto.generate("ed25519")
    distinct = DISTINCT_TILES if arguments.quick else None
    store = Folder(folder, distinct)
    started = time.perf_counter()
    root = _build(store, size, distinct)
    yield Figure("tree of tiles built", size / (time.perf_counter() - started), "leaves/s")
    note = sign_checkpoint(tree_head(ORIGIN, size, root), [key])
    public = verifier_key(ORIGIN, key.public)
    before = _resident_bytes()
    chosen = random.Random(7).sample(range(size), arguments.proofs)
    kept = tiles.Prover(store, most_kept=1_024)
    times: dict[str, list[tuple[float, float]]] = {"kept": [], "alone": [], "checked": []}
    for index in chosen:
        leaf = store.read(0, index // tiles.TILE_WIDTH, tiles.TILE_WIDTH)[index % tiles.TILE_WIDTH * 32 :][
            :32
        ]
        proof, spent = _timed(lambda at=index: kept.inclusion(at, size))
        times["kept"].append(spent)
        times["alone"].append(_timed(lambda at=index: tiles.inclusion(at, size, store))[1])
        is_good, spent = _timed(
            lambda at=index, hashed=leaf, path=proof: (
                verify_inclusion(hashed, at, size, path, root)
                and public.verify(note.text, note.signatures[0].blob)
            )
        )
        times["checked"].append(spent)
        if not is_good:
            raise SystemExit(f"the proof of leaf {index} does not verify")
    grown = (_resident_bytes() - before) / 1024 / 1024
    yield from _in_ms("proof made, tiles used last kept", times["kept"], bar=1.0)
    yield from _in_ms("proof made, nothing kept", times["alone"])
    yield from _in_ms("proof and signature checked", times["checked"], bar=1.0)
    yield Figure("memory of the process", _resident_bytes() / 1024 / 1024, "MB")
    yield Figure("memory grown by the proofs", grown, "MB", 64.0, is_least=False)


def _build(store: Folder, size: int, distinct: int | None) -> bytes:
    """Write all tiles level by level; returns the root."""
    level, row = 1, _level_zero(store, size, distinct)
    while row:
        full = []
        for index in range(-(-len(row) // TILE_BYTES)):
            data = row[index * TILE_BYTES :][:TILE_BYTES]
            store.write(level, index, data)
            full += [_top(data)] if len(data) == TILE_BYTES else []
        level, row = level + 1, b"".join(full)
    return tiles.root(size, store)


def _level_zero(store: Folder, size: int, distinct: int | None) -> bytes:
    """Write level 0 and return the roots of its whole tiles: 32 bytes for 256 leaves."""
    roots: list[bytes] = []
    for index in range(-(-size // tiles.TILE_WIDTH)):
        width = min(tiles.TILE_WIDTH, size - index * tiles.TILE_WIDTH)
        if distinct and index >= distinct:
            root = roots[index % distinct]
        else:
            first = index * tiles.TILE_WIDTH
            leaves = SHA256.leaves(
                number.to_bytes(8, "big") for number in range(first, first + tiles.TILE_WIDTH)
            )
            data = b"".join(leaves)
            store.write(0, index, data[: width * 32])
            root = _top(data)
        roots += [root] if width == tiles.TILE_WIDTH else []
    return b"".join(roots)


def _top(row: bytes) -> bytes:
    while len(row) > 32:
        row = SHA256.parents(row)
    return row


def _timed(act: Callable[[], T]) -> tuple[T, tuple[float, float]]:
    """What an act gives, and its seconds by the clock and of the processor."""
    started, worked = time.perf_counter(), time.thread_time()
    found = act()
    return found, (time.perf_counter() - started, time.thread_time() - worked)


def _in_ms(name: str, times: list[tuple[float, float]], bar: float | None = None) -> Iterator[Figure]:
    clock, processor = ([1e3 * spent[which] for spent in times] for which in (0, 1))
    yield Figure(f"{name}, median", statistics.median(clock), "ms", bar, is_least=False)
    yield Figure(f"{name}, 99 of 100", statistics.quantiles(clock, n=100)[98], "ms")
    yield Figure(f"{name}, median of processor time", statistics.median(processor), "ms")


def _resident_bytes(process: int | str = "self") -> int:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _writing(seconds: float) -> Iterator[Figure]:
    for name, value, unit in acts_written(seconds):
        yield Figure(name, value, unit)


def _print_table(figures: list[Figure]) -> None:
    print(f"evidence · {platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print("| what | figure | bar |\n|---|---:|---:|")
    for one in figures:
        sign = "≥" if one.is_least else "<"
        bar = "" if one.bar is None else f"{sign} {one.bar:,.0f} {one.unit}"
        shown = f"{one.value:,.0f}" if one.value >= 100 else f"{one.value:.3f}"
        print(f"| {one.name} | {shown} {one.unit} | {bar} |")
    print()
    for one in figures:
        said = {"benchmark": "evidence", "figure": one.name, "ours": round(one.value, 4), "unit": one.unit}
        is_met = one.bar is None or (one.value >= one.bar if one.is_least else one.value < one.bar)
        print(
            json.dumps(
                said | ({} if one.bar is None else {"bar": one.bar, "is_met": is_met}), ensure_ascii=False
            )
        )


if __name__ == "__main__":
    main()
