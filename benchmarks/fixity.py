"""How fast is everything read again for fixity, against the speed of the digests themselves in the same run?

    python benchmarks/fixity.py [--quick] [--files N] [--megabytes N] [--threads N] [--no-peer]

An OCFL object of 10,000 small files and one of two files of 1 GB are made before the clock starts, with random
bytes, in a folder place. Then the same bytes are

- *ours*: read as a round of fixity reads a copy (every file of the object through the place, SHA-512 and SM3,
  compared with what the object says), by as many threads;
- *floor*: the digest limit: SHA-512 and SM3 of the same bytes when they lie in memory, by as many threads;
- *peer*: `bagit.py --validate` over the same files as a bag with SHA-512 and SHA-256, as many processes.

``ratio`` is the digest limit's time over ours: 1 would mean that reading costs nothing beside the digests. A figure
counts only when everything was found whole; one flipped bit is then planted and must be found.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ["DJANGO_SETTINGS_MODULE"] = "lantai.site.settings"
os.environ.setdefault("LANTAI_SECRET_KEY", "b" * 60)

import django  # noqa: E402

django.setup()

from lantai.apps.copies.models import Copy  # noqa: E402
from lantai.apps.copies.services.examining import PARTS_A_BATCH, Slice, read  # noqa: E402
from lantai.apps.copies.services.shelf import Shelf  # noqa: E402
from lantai.kit.digests import pair_of_bytes  # noqa: E402
from lantai.kit.packages.ocfl import ObjectWriter  # noqa: E402
from lantai.kit.packages.ocfl.inventory import INVENTORY  # noqa: E402
from lantai.kit.packages.ocfl.parts import parts_of  # noqa: E402
from lantai.platform.places.models import Place  # noqa: E402

SMALL_BYTES = 100_000
BLOCK = 16 * 1024 * 1024
TURNS = 3
T = TypeVar("T")


def main() -> None:
    """Make, measure and print."""
    asked = _arguments()
    files = asked.files or (2_000 if asked.quick else 10_000)
    megabytes = asked.megabytes or (256 if asked.quick else 1_000)
    figures: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="lantai-bench-", dir=asked.folder) as home:
        for name, count, size in (("small", files, SMALL_BYTES), ("large", 2, megabytes * 1_000_000)):
            figures += _measure(Path(home, name), name, count, size, asked)
            shutil.rmtree(Path(home, name))
    print(
        f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {asked.threads} threads"
    )
    for figure in figures:
        print(json.dumps(figure))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="2,000 small files and two of 256 MB")
    parser.add_argument("--files", type=int, default=0)
    parser.add_argument("--megabytes", type=int, default=0, help="size of each large file")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", default=None, help="where the files are made")
    parser.add_argument("--no-peer", action="store_true", help="leave bagit.py out")
    return parser.parse_args()


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor: what the clock cannot say where others share the cores."""
    worked = time.process_time()
    seconds, _done = _timed(work)
    return seconds, time.process_time() - worked


def _measure(
    home: Path, name: str, count: int, size: int, asked: argparse.Namespace
) -> list[dict[str, object]]:
    shelf = _make(home, count, size)
    total = count * size / 1e6
    _warm(home / "root")
    turns = [  # in turn, so that what else the machine does falls on both alike
        (
            _spent(lambda: _ours(shelf, asked.threads, 0)),
            _spent(lambda: _floor(count, size, asked.threads)),
        )
        for _turn in range(TURNS)
    ]
    (ours, ours_cpu), (floor, floor_cpu) = (
        [min(seconds) for seconds in zip(*column, strict=True)] for column in zip(*turns, strict=True)
    )
    peer = 0.0 if asked.no_peer else _peer(home, asked.threads)
    _plant_and_find(home / "root", shelf, asked.threads)
    print(f"{name}: {count} files, {total:.0f} MB")
    print(f"  ours   {ours:8.2f} s  {total / ours:8.0f} MB/s  {count / ours:9.0f} files/s")
    print(f"  floor  {floor:8.2f} s  {total / floor:8.0f} MB/s  {count / floor:9.0f} files/s")
    if peer:
        print(f"  bagit  {peer:8.2f} s  {total / peer:8.0f} MB/s  {count / peer:9.0f} files/s")
    unit, amount = ("files/s", count) if name == "small" else ("MB/s", total)
    figure: dict[str, object] = {
        "benchmark": "fixity",
        "figure": f"{name}_{unit.replace('/', '_per_').lower()}",
        "ours": round(amount / ours, 1),
        "floor": round(amount / floor, 1),
        "ratio": round(floor / ours, 3),
        "cpu_ratio": round(floor_cpu / ours_cpu, 3),
        "unit": unit,
        "size": count if name == "small" else round(total),
    }
    if peer:
        figure["peer"] = round(amount / peer, 1)
    return [figure]


def _make(home: Path, count: int, size: int) -> Shelf:
    root, random = home / "root", Random(size)
    with ObjectWriter(root, "urn:lantai:bench") as writer:
        for number in range(count):
            writer.add(f"content/{number:05d}.bin", _bytes(random, number, size))
        writer.finish(created=datetime.now(UTC), message="made up", user_name="bench")
    place = Place(pk=1, slug="bench", title="bench", kind="folder", address=str(root))
    return Shelf(place, "urn:lantai:bench")


def _bytes(random: Random, number: int, size: int) -> list[bytes]:
    """Random bytes of that many, no two files alike; a large one repeats a block."""
    block = random.randbytes(min(size, BLOCK))
    whole, rest = divmod(size, len(block))
    return [*([block] * whole), block[:rest]] if rest else [block] * whole


def _warm(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb", buffering=0) as stream:
                while stream.read(BLOCK):
                    pass


def _ours(shelf: Shelf, threads: int, wanted: int) -> None:
    """All parts of the object as a round reads them; so many faults are expected."""
    parts, faults = parts_of(shelf.read(INVENTORY), shelf.read), 0
    shelf.held()
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(parts), PARTS_A_BATCH):
            one = Slice(Copy(), shelf, None, parts[start : start + PARTS_A_BATCH])
            read([one], pool, None)
            faults += len(one.faults)
    if faults != wanted:
        sys.exit(f"{faults} faults where {wanted} were expected: the figure does not count")


def _plant_and_find(root: Path, shelf: Shelf, threads: int) -> None:
    path = next(path for path in sorted(root.rglob("content/*/*")) if path.stat().st_size > 1)
    path.chmod(0o644)
    with path.open("r+b") as stream:
        first = stream.read(1)
        stream.seek(0)
        stream.write(bytes([first[0] ^ 1]))
    _ours(shelf, threads, 1)


def _floor(count: int, size: int, threads: int) -> None:
    """Both digests of as many bytes that lie in memory."""
    block = Random(1).randbytes(min(size, BLOCK))
    if size <= BLOCK:
        with ThreadPoolExecutor(threads) as pool:
            share = -(-count // (threads * 8))
            spans = [range(i, min(i + share, count)) for i in range(0, count, share)]
            list(pool.map(lambda span: [pair_of_bytes(block) for _one in span], spans))
        return
    whole = [block] * (size // len(block)) + [block[: size % len(block)]]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _number: _digest_all(whole), range(count)))


def _digest_all(pieces: list[bytes]) -> str:
    import hashlib

    first, second = hashlib.sha512(), hashlib.new("sm3")
    for piece in pieces:
        first.update(piece)
        second.update(piece)
    return first.hexdigest() + second.hexdigest()


def _peer(home: Path, processes: int) -> float:
    bag = home / "bag"
    bag.mkdir()
    for number, path in enumerate(sorted((home / "root").rglob("content/*/*"))):
        os.link(path, bag / f"{number:05d}.bin")
    command = [sys.executable, "-m", "bagit", "--quiet"]
    subprocess.run([*command, "--sha512", "--sha256", "--processes", str(processes), str(bag)], check=True)
    seconds, _done = _timed(
        lambda: subprocess.run([*command, "--validate", "--processes", str(processes), str(bag)], check=True)
    )
    shutil.rmtree(bag)
    return seconds


if __name__ == "__main__":
    main()
