"""How much memory does a very big package take, and how fast is it read?

    python benchmarks/big_packages.py [--quick] [--files N] [--gigabytes N] [--home FOLDER]

The same 50,000 small files as a transfer (DA/T 93), a bag and an E-ARK package, each read in a process of
its own as the sandbox reads it; the transfer also out of a tar. Then one bag with a single sparse file of 20 GB.
The memory is also measured for a tenth of the files: what is flat does not grow with them. The floor reads and
digests the same files in the same run, and does nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import shutil
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

from lantai.kit.digests import digest_file  # noqa: E402
from lantai.kit.packages.bagit import write_bag  # noqa: E402
from lantai.kit.packages.eark import write_eark  # noqa: E402
from lantai.kit.packages.found import walk  # noqa: E402
from lantai.kit.packages.reading import ABOUT, ITEMS, LOOSE, PACKAGE, read_unpacked, unpack_into  # noqa: E402
from lantai.kit.packages.transfer import (  # noqa: E402
    CatalogueRow,
    OutgoingDescription,
    OutgoingItem,
    write_transfer,
)

FILES, QUICK_FILES = 50_000, 3_000
GIGABYTES, QUICK_GIGABYTES = 20, 1
FILES_PER_ITEM = 4
ABOUT_IT = OutgoingDescription("样例办公室", "大信息包样例", "任意环境")
AT = datetime(2024, 5, 1, tzinfo=UTC)
GIGABYTE, MEGABYTE = 1024**3, 1024**2


@dataclass(frozen=True, slots=True)
class Measured:
    """One reading in a process of its own; memory is its highest resident set."""

    name: str
    files: int
    bytes: int
    seconds: float
    peak_mb: float


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    files = arguments.files or (QUICK_FILES if arguments.quick else FILES)
    gigabytes = arguments.gigabytes or (QUICK_GIGABYTES if arguments.quick else GIGABYTES)
    with tempfile.TemporaryDirectory(prefix="lantai-big-", dir=arguments.home) as home:
        bare = _measured("nothing", _nothing, Path(home), 0, 0)
        small = list(_readings(Path(home, "small"), files // 10))
        big = list(_readings(Path(home, "big"), files))
        sparse = _one_big_file(Path(home, "sparse"), gigabytes)
    _print_table(bare, small, [*big, sparse])
    _print_figures(small, big, sparse)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="smaller, for a first look")
    parser.add_argument("--files", type=int, help="how many small files")
    parser.add_argument("--gigabytes", type=int, help="size of the sparse file")
    parser.add_argument("--home", help="folder to work in (a package of 50,000 files takes 1 GB of blocks)")
    return parser.parse_args()


def _items(files: int) -> Iterator[OutgoingItem]:
    for number in range(1, files // FILES_PER_ITEM + 1):
        code = f"J109-WS·2019·Y·BGS-{number:05}"
        names = ["正文.txt", *(f"附件{n}.txt" for n in range(1, FILES_PER_ITEM))]
        held = [(name, [f"{code} {name} ".encode() * 40]) for name in names]
        yield OutgoingItem(
            CatalogueRow(reference_code=code, title=f"样例 {number}"),
            "J109",
            ("2019",),
            {"题名": [f"样例 {number}"]},
            held,
        )


def _readings(home: Path, files: int) -> Iterator[Measured]:
    """Each layout made, read, and taken away; the floor first, on the files of the transfer."""
    home.mkdir()
    transfer = home / "transfer" / "t"
    transfer.parent.mkdir()
    write_transfer(transfer, ABOUT_IT, _items(files))
    count, size = _size_of(transfer)
    yield _measured("floor: read and digest", _floor, transfer, count, size)
    yield _measured("transfer (DA/T 93)", _read, transfer.parent, count, size)
    with tarfile.open(home / "t.tar", "w") as archive:
        archive.add(transfer, "t")
    shutil.rmtree(transfer)
    yield _measured("transfer out of a tar", _unpack, home / "t.tar", count, size)
    (home / "t.tar").unlink()
    shutil.rmtree(home / "t.tar.out")
    bag = home / "bag" / "b"
    bag.parent.mkdir()
    write_bag(
        bag,
        (
            (f"{item.row.reference_code}/{name}", source)
            for item in _items(files)
            for name, source in item.files
        ),
    )
    yield _measured("bag", _read, bag.parent, *_size_of(bag))
    shutil.rmtree(bag)
    package = home / "eark" / "e"
    package.parent.mkdir()
    write_eark(package, ABOUT_IT, _items(files), at=AT)
    yield _measured("E-ARK", _read, package.parent, *_size_of(package))
    shutil.rmtree(home)


def _one_big_file(home: Path, gigabytes: int) -> Measured:
    """A bag with one sparse file, whose digest is worked out here."""
    size = gigabytes * GIGABYTE
    bag = write_bag(home / "b", [("大.bin", [b""])], algorithms=("sha512",))
    with (bag / "data/大.bin").open("r+b") as stream:
        stream.truncate(size)
    digest, block = hashlib.sha512(), bytes(MEGABYTE)
    for _number in range(size // MEGABYTE):
        digest.update(block)
    (bag / "manifest-sha512.txt").write_text(f"{digest.hexdigest()}  data/大.bin\n")
    (bag / "bag-info.txt").write_text(f"Payload-Oxum: {size}.1\n")
    (bag / "tagmanifest-sha512.txt").unlink()
    return _measured(f"bag with one sparse file of {gigabytes} GB", _read, home, 1, size)


def _size_of(folder: Path) -> tuple[int, int]:
    sizes = [size for seen in walk(folder) for _name, size in seen.files]
    return len(sizes), sum(sizes)


def _measured(name: str, work: Callable[[Path], None], path: Path, files: int, size: int) -> Measured:
    """``work`` on ``path`` in a new process, so that the memory is its own."""
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=_in_process, args=(work, path, answers))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{name}: the process ended with {process.exitcode}")
    seconds, peak_mb = answers.get()
    return Measured(name, files, size, seconds, peak_mb)


def _in_process(
    work: Callable[[Path], None], path: Path, answers: multiprocessing.SimpleQueue[tuple[float, float]]
) -> None:
    started = time.perf_counter()
    work(path)
    seconds = time.perf_counter() - started
    answers.put((seconds, _peak_mb()))


def _peak_mb() -> float:
    """Highest resident set since this program was started; `getrusage` would count the parent's before that."""
    status = Path("/proc/self/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024


def _nothing(_path: Path) -> None:
    """The memory of the program itself."""


def _floor(path: Path) -> None:
    for seen in walk(path):
        for name, _size in seen.files:
            digest_file(path / seen.at(name))


def _read(path: Path) -> None:
    out = path.with_name(f"{path.name}.facts")
    out.mkdir()
    read_unpacked(str(path), str(out))
    _prove(out)


def _unpack(path: Path) -> None:
    out = path.with_name(f"{path.name}.out")
    out.mkdir()
    unpack_into(str(path), str(out), {})
    read_unpacked(str(out / PACKAGE), str(out))
    _prove(out)


def _prove(out: Path) -> None:
    """Whatever was fast has also understood the package and found nothing wrong."""
    facts = json.loads((out / ABOUT).read_bytes())["facts"]
    areas = ("structure_problems", "catalogue_problems", "manifest_problems", "metadata_problems")
    wrong = [one for area in areas for one in facts[area] or () if one["is_error"]]
    with (out / ITEMS).open("rb") as items:
        found = sum(1 for _line in items)
    if wrong or not found or not (out / LOOSE).exists():
        raise SystemExit(f"not understood: {wrong[:3]}")


def _print_table(bare: Measured, small: list[Measured], measured: list[Measured]) -> None:
    less = {one.name: one for one in small}
    print(
        f"{'':44}{'files':>8}{'MB':>9}{'s':>8}{'files/s':>9}{'MB/s':>8}{'peak MB':>9}{'peak of a tenth':>17}"
    )
    for one in (bare, *measured):
        megabytes = one.bytes / MEGABYTE
        speed = f"{one.files / one.seconds:9.0f}{megabytes / one.seconds:8.1f}" if one.files else f"{'':17}"
        tenth = f"{less[one.name].peak_mb:17.1f}" if one.name in less else ""
        print(f"{one.name:44}{one.files:8}{megabytes:9.1f}{one.seconds:8.2f}{speed}{one.peak_mb:9.1f}{tenth}")


def _print_figures(small: list[Measured], big: list[Measured], sparse: Measured) -> None:
    floor, *readings = big
    for one, less in zip(readings, small[1:], strict=True):
        ours, most = one.files / one.seconds, floor.files / floor.seconds
        _print_figure(one.name, "files_per_s", "files/s", one.files, ours, most, most / ours)
        kilobytes = (one.peak_mb - less.peak_mb) * 1024 / (one.files - less.files)
        _print_figure(one.name, "kb_of_memory_a_file", "KB/file", one.files, kilobytes)
        _print_figure(one.name, "peak_mb", "MB", one.files, one.peak_mb)
    _print_figure(sparse.name, "mb_per_s", "MB/s", sparse.bytes, sparse.bytes / MEGABYTE / sparse.seconds)
    _print_figure(sparse.name, "peak_mb", "MB", sparse.bytes, sparse.peak_mb)


def _print_figure(
    name: str,
    figure: str,
    unit: str,
    size: int,
    ours: float,
    floor: float | None = None,
    ratio: float | None = None,
) -> None:
    told: dict[str, object] = {
        "benchmark": "big_packages",
        "figure": f"{figure}: {name}",
        "ours": round(ours, 2),
    }
    if floor is not None and ratio is not None:
        told |= {"floor": round(floor, 2), "ratio": round(ratio, 2)}
    print(json.dumps({**told, "unit": unit, "size": size}, ensure_ascii=False))


if __name__ == "__main__":
    main()
