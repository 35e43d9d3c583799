"""How many files a second are identified, against fido on the same files in the same run?

    python benchmarks/identify.py [--quick] [--files N] [--folder FOLDER]

Both load their signatures before the clock starts and read the same files from the page cache. Every answer is
compared: a figure counts only when the two agree on each file, our own formats aside.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from fido import fido  # noqa: E402

from lantai.kit.digests import digest_stream  # noqa: E402
from lantai.kit.formats.ends import EndsKeeper  # noqa: E402
from lantai.kit.formats.identify import identify, identify_ends, warm  # noqa: E402

SIZE, QUICK_SIZE = 5_000, 1_000
OWN = "lantai-fmt/"


class Peer(fido.Fido):
    """fido with the signature files and buffers of its command line, its answers kept instead of printed."""

    def __init__(self) -> None:
        files = ["formats-v109.xml", "format_extensions.xml"]
        super().__init__(quiet=True, format_files=files, handle_matches=self._keep)
        self.found: dict[str, set[str]] = {}

    def _keep(self, name: str, matches: list[tuple[object, str]], seconds: float, kind: str = "") -> None:
        self.found[name] = {self.get_puid(match[0]) for match in matches}


def main() -> None:
    """Measure, compare and print."""
    arguments = _arguments()
    wanted = arguments.files or (QUICK_SIZE if arguments.quick else SIZE)
    with tempfile.TemporaryDirectory(prefix="lantai-bench-") as home:
        files = _files_of(arguments.folder) if arguments.folder else _zoo(Path(home), wanted)
        total = sum(p.stat().st_size for p in files)
        for path in files:
            path.read_bytes()  # into the page cache, for both
        warm()
        ours_s = _seconds(identify, files)
        digested_s = _seconds(_digest_only, files)
        both_s = _seconds(_digest_and_identify, files)
        peer = Peer()
        with contextlib.redirect_stderr(io.StringIO()):
            peer_s = _seconds(lambda p: peer.identify_file(str(p)), files)
        differing = [p for p in files if not _agree(p, peer.found.get(str(p), set()))]
    _print(files, total, ours_s, peer_s, max(0.0, both_s - digested_s), differing)
    sys.exit(1 if differing else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZE} files")
    parser.add_argument("--files", type=int, default=0, help=f"how many; {SIZE} without --quick")
    parser.add_argument("--folder", type=Path, help="identify what lies in this folder instead")
    return parser.parse_args()


def _files_of(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _zoo(home: Path, count: int) -> list[Path]:
    """The animals of the tests, copied until there are ``count``."""
    from tests.kit.formats import zoo, zoo_media, zoo_office

    for name, make in {**zoo.ANIMALS, **zoo_office.ANIMALS, **zoo_media.PICTURES}.items():
        make(home / name)
    if zoo_media.FFMPEG:
        zoo_media.film(home, zoo_media.MEDIA)
    made = _files_of(home)
    kinds = len(made)
    for number in range(kinds, count):
        source = made[number % kinds]
        made.append(home / f"{number}-{source.name}")
        shutil.copyfile(source, made[-1])
    return made[:count]


def _seconds(act: Callable[[Path], object], files: Iterable[Path]) -> float:
    began = time.perf_counter()
    for path in files:
        act(path)
    return time.perf_counter() - began


def _digest_only(path: Path) -> None:
    with path.open("rb") as file:
        digest_stream(iter(lambda: file.read(1 << 20), b""))


def _digest_and_identify(path: Path) -> None:
    keeper = EndsKeeper()
    with path.open("rb") as file:
        digest_stream(keeper.passing(iter(lambda: file.read(1 << 20), b"")))
    identify_ends(keeper.ends(), lambda: path.open("rb"), name=path.name)


def _agree(path: Path, theirs: set[str]) -> bool:
    """Whether our answer is fido's; ids of fido's own are no PUIDs."""
    ours = identify(path)
    if ours.puid.startswith(OWN):
        return True
    if not theirs:
        return not ours.puid
    known = {puid for puid in theirs if not puid.startswith("fido-fmt/")}
    return not known or ours.puid in known


def _print(
    files: list[Path], total: int, ours_s: float, peer_s: float, beside_s: float, differing: list[Path]
) -> None:
    count = len(files)
    print(f"{count} files, {total / 1e6:.1f} MB · {platform.machine()}, Python {platform.python_version()}\n")
    for name, seconds in (
        ("identify", ours_s),
        ("identify beside digesting, extra", beside_s),
        ("fido", peer_s),
    ):
        print(f"{name:34} {seconds:8.2f} s {count / seconds if seconds else float('inf'):10.1f} files/s")
    print(f"\nanswers that differ: {len(differing)} {' '.join(p.name for p in differing[:10])}\n")
    figure = {"benchmark": "identify", "figure": "files_per_s", "ours": round(count / ours_s, 1)}
    figure |= {"peer": round(count / peer_s, 1), "ratio": round(peer_s / ours_s, 1)}
    print(json.dumps(figure | {"unit": "files/s", "size": count, "differing": len(differing)}))


if __name__ == "__main__":
    main()
