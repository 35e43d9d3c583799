"""How fast are 10,000 items sealed into one object, against a bare copy with both digests in the same run?

    python benchmarks/seal.py [--quick] [--items N] [--kilobytes N]

The items are files of random bytes, made before the clock starts. Then the same bytes are

- *ours*: sealed as custody seals them: copied and hashed in one read (SHA-256, SHA-512, SM3), made durable, read
  back from the device and compared by both digests, the inventory written, the whole put in place by one rename;
- *linked*: the same where the files lie in the staging store already and are taken in by hard link;
- *floor*: each file copied, SHA-512 and SM3 computed on the way, and the object made durable at its end (syncfs):
  no names, no inventory, no reading back.

``ratio`` is our time over the floor's. A figure counts only when the object is found valid, every byte read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

from lantai.kit.packages import durable, ocfl  # noqa: E402
from lantai.kit.packages.ocfl.writer import NewContent  # noqa: E402

SIZE, QUICK_SIZE = 10_000, 1_500
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    """Make, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZE} items instead of {SIZE}")
    parser.add_argument("--items", type=int, default=0)
    parser.add_argument("--kilobytes", type=int, default=30)
    parser.add_argument("--at", type=Path, help="a folder on the disk to measure")
    arguments = parser.parse_args()
    size = arguments.items or (QUICK_SIZE if arguments.quick else SIZE)
    with tempfile.TemporaryDirectory(prefix="lantai-bench-", dir=arguments.at) as home:
        files = _make(Path(home, "given"), size, arguments.kilobytes * 1000)
        floor = _timed(lambda: _floor(files, Path(home, "copied")))
        ours = _timed(lambda: _seal(files, Path(home, "ours", "ocfl"), link=False))
        linked = _timed(lambda: _seal(files, Path(home, "linked", "ocfl"), link=True))
        floor = min(floor, _timed(lambda: _floor(files, Path(home, "again"))))
        for name in ("ours", "linked"):
            _require_valid(Path(home, name, "ocfl"), size)
    _print(size, arguments.kilobytes, ours, linked, floor)


def _make(folder: Path, count: int, size: int) -> list[Path]:
    folder.mkdir()
    made = []
    for number in range(count):
        path = folder / f"{number:06d}.bin"
        path.write_bytes(os.urandom(size))
        made.append(path)
    os.sync()
    return made


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor: what the clock cannot say where others share the cores."""
    began, worked = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - began, time.process_time() - worked


def _floor(files: list[Path], folder: Path) -> None:
    folder.mkdir()
    sync = durable.TreeSync(folder)
    for path in files:
        one, other = hashlib.sha512(), hashlib.new("sm3")
        with path.open("rb", buffering=0) as source, (folder / path.name).open("xb", buffering=0) as target:
            while data := source.read(1 << 20):
                one.update(data)
                other.update(data)
                target.write(data)
        one.hexdigest()
        other.hexdigest()
    sync.flush()
    sync.close()


def _seal(files: list[Path], root: Path, *, link: bool) -> None:
    root.parent.mkdir()
    if link:
        staged = root.parent / "blobs"
        shutil.copytree(files[0].parent, staged, copy_function=os.link)
        files = sorted(staged.iterdir())
    with ocfl.ObjectWriter(root, "urn:lantai:bench") as writer:
        writer.add_files(NewContent(f"content/{path.stem}/{path.name}", path, link) for path in files)
        writer.finish(
            created=WHEN, message="benchmark", user_name="benchmark", user_address="mailto:a@example.org"
        )


def _require_valid(root: Path, size: int) -> None:
    found = [problem for _folder, problems in ocfl.validate_root(root) for problem in problems]
    stored = ocfl.open_object(next(iter(ocfl.object_folders(root))))
    if found or sum(1 for _file in stored.files()) != size + 1:
        raise SystemExit(f"not sealed as it should be: {found[:3]}")


def _print(
    size: int,
    kilobytes: int,
    ours: tuple[float, float],
    linked: tuple[float, float],
    floor: tuple[float, float],
) -> None:
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, {size} items of {kilobytes} kB, {datetime.now(UTC):%F}"
    )
    floor_s, floor_cpu_s = floor
    for name, (seconds, cpu_s) in (("ours", ours), ("linked", linked), ("floor", floor)):
        rate = size * kilobytes / 1000 / seconds
        print(
            f"{name:<8}{seconds:8.2f} s {size / seconds:9.0f} items/s {rate:8.1f} MB/s {seconds / floor_s:6.2f} x"
            f"   processor {cpu_s:6.2f} s {cpu_s / floor_cpu_s:6.2f} x"
        )
    for figure, (seconds, cpu_s) in (("items_per_s", ours), ("linked_items_per_s", linked)):
        line = {"benchmark": "seal", "figure": figure, "ours": round(size / seconds, 1),
                "floor": round(size / floor_s, 1), "ratio": round(seconds / floor_s, 2),
                "cpu_ratio": round(cpu_s / floor_cpu_s, 2), "unit": "items/s", "size": size}  # fmt: skip
        print(json.dumps(line))


if __name__ == "__main__":
    main()
