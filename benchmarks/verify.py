"""How many items a second pass the complete transfer test, against the floor and the peers' way in the same run?

    python benchmarks/verify.py [--quick] [--items N] [--processes N] [--no-peer]

A package of DA/T 93 is made before the clock starts: each item is a PDF/A or an OFD of about 100 KB, an
attachment and its metadata, no two files alike. Then the same bytes are

- *ours*: the self-check that a clerk and the archives run (structure, lists, digests, every file identified and
  opened behind walls, every check of the transfer stage, the report);
- *floor*: each file read once for all our digests and opened once by the library of its format, as many processes,
  no walls, no checks;
- *peer*: `bagit.py --validate` over the same files as a bag, and fido over each of them.

A figure counts only when the report finds the package good. Seconds of the clock are what a clerk waits; on a
machine where others work, the seconds that the processors computed (user and system, all processes) tell more.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TypeVar
from zipfile import ZIP_STORED, ZipFile

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import pikepdf  # noqa: E402
import pypdfium2  # noqa: E402
import typst  # noqa: E402
from lxml import etree  # noqa: E402
from PIL import Image, ImageDraw, ImageFilter  # noqa: E402

from lantai.kit.digests import digest_file  # noqa: E402
from lantai.kit.formats.ofd.blocks import DocumentInfo, ScannedPage, Word  # noqa: E402
from lantai.kit.formats.ofd.writer import write_scans  # noqa: E402
from lantai.kit.fourprops import EnvironmentFacts, Outcome, Report, Stage, scheme_for  # noqa: E402
from lantai.kit.packages.transfer import (  # noqa: E402
    CatalogueRow,
    OutgoingDescription,
    OutgoingItem,
    write_transfer,
)
from lantai.kit.selfcheck.run import check_package  # noqa: E402

SIZE, QUICK_SIZE = 10_000, 300
MODELS = 24  # different pages to begin with; every copy is then made a file of its own
FONTS = ROOT / "src/lantai/platform/documents/fonts"
T = TypeVar("T")
WORDS = "关于做好样例工作的通知各有关单位请按照要求认真组织落实并将进展情况及时报送样例办公室"


def main() -> None:
    """Make, measure and print."""
    arguments = _arguments()
    size = arguments.items or (QUICK_SIZE if arguments.quick else SIZE)
    with tempfile.TemporaryDirectory(prefix="lantai-bench-") as home:
        folder = Path(home, "package")
        made, _package = _timed(lambda: _make(folder, size))
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        megabytes = sum(path.stat().st_size for path in files) / 1e6
        print(f"package: {size} items, {len(files)} files, {megabytes:.0f} MB, made in {made.clock:.0f} s")
        _read_all(files)
        ours, report = _timed(lambda: _ours(folder, arguments.processes))
        _refuse_bad(report, size)
        floor = _timed(lambda: _floor(files, arguments.processes))[0]
        peer = None if arguments.no_peer else _peer(folder, Path(home, "bag"))
        _print(size, megabytes, ours, floor, peer, arguments.processes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZE} items instead of {SIZE}")
    parser.add_argument("--items", type=int, default=0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-peer", action="store_true", help="leave bagit.py and fido out")
    return parser.parse_args()


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long something took: by the clock, and of the processors."""

    clock: float
    cpu: float


def _timed(work: Callable[[], T]) -> tuple[Seconds, T]:
    clock, cpu = time.perf_counter(), _cpu_s()
    result = work()
    return Seconds(time.perf_counter() - clock, _cpu_s() - cpu), result


def _cpu_s() -> float:
    """What this process and those of its children that have ended have computed so far."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


# --- what is tested -------------------------------------------------------------------------------------


def _make(folder: Path, size: int) -> None:
    models = [_model(number) for number in range(MODELS)]
    sender = OutgoingDescription("样例市办公室", "样例移交", "任意环境")
    write_transfer(folder, sender, (_item(number, models) for number in range(1, size + 1)))


def _item(number: int, models: list[tuple[bytes, bytes, bytes]]) -> OutgoingItem:
    code = f"Z109-WS·2011-Y-{number:05d}"
    pdf, ofd, picture = models[number % MODELS]
    main = ("正文.pdf", _own_pdf(pdf, number)) if number % 2 else ("正文.ofd", _own_ofd(ofd, number))
    files = [main, ("附件1.jpg", _own_jpeg(picture, number))]
    title = f"关于样例工作{number}的通知"
    metadata = {
        "聚合层次": ["文件"],
        "立档单位名称": ["样例市办公室"],
        "电子文件号": [f"样例{number:05d}"],
        "档号": [code],
        "全宗号": ["Z109"],
        "年度": ["2011"],
        "保管期限": ["永久"],
        "题名": [title],
        "责任者": ["样例市办公室"],
        "日期": ["20110305"],
        "文件编号": [f"样办〔2011〕{number}号"],
        "密级": ["公开"],
        "文件组合类型": ["组合文件"],
        "页数": ["3"],
        "计算机文件名": [name for name, _ in files],
        "计算机文件大小": [str(len(content)) for _, content in files],
        "机构人员名称": ["样例归档员"],
        "业务状态": ["历史行为"],
        "业务行为": ["归档"],
        "行为时间": ["2012-06-01T09:00:00+08:00"],
    }
    row = CatalogueRow(reference_code=code, title=title, page_count="3")
    contents = [(name, [content]) for name, content in files]
    return OutgoingItem(row, "Z109", ("2011",), metadata, contents)


def _model(number: int) -> tuple[bytes, bytes, bytes]:
    page, attached = _scan(number, 760, 60), _scan(number, 300, 50)
    return _typed_pdf(number, page), _scanned_ofd(number, page), attached


def _scan(number: int, width: int, quality: int) -> bytes:
    """A grey page with lines of ink and the grain of paper."""
    size = (width, width * 297 // 210)
    grain = Image.effect_noise(size, 9).point(lambda value: min(255, value + 100))
    draw = ImageDraw.Draw(grain)
    for line in range(34):
        top = 60 + line * size[1] // 38
        end = size[0] - 60 - size[0] // 32 * ((line * 7 + number) % 11)
        draw.rectangle((60, top, end, top + 9), fill=40)
    out = BytesIO()
    grain.filter(ImageFilter.GaussianBlur(0.8)).save(out, "JPEG", quality=quality, dpi=(120, 120))
    return out.getvalue()


def _typed_pdf(number: int, page: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "page.jpg").write_bytes(page)
        body = "\n\n".join(WORDS[k % 9 :] + WORDS for k in range(number, number + 30))
        source = f'#set text(font: "Lantai Sans", lang: "zh")\n= 样例 {number}\n{body}\n#image("page.jpg", width: 80%)'
        Path(folder, "main.typ").write_text(source, encoding="utf-8")
        return typst.compile(
            Path(folder, "main.typ"),
            format="pdf",
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            pdf_standards=["a-2b"],
            timestamp=0,
        )


def _scanned_ofd(number: int, page: bytes) -> bytes:
    words = [Word(WORDS[k % 20 : k % 20 + 12], 20, 20 + 7 * k, 120, 5) for k in range(34)]
    scanned = ScannedPage(page, 210, 297, words)
    out = BytesIO()
    write_scans(
        out,
        [scanned, ScannedPage(_scan(number, 300, 60), 210, 297)],
        info=DocumentInfo(title=f"样例 {number}"),
    )
    return out.getvalue()


def _own_pdf(model: bytes, number: int) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(model)) as document:
        document.docinfo["/Keywords"] = f"样例 {number}"
        document.save(out, deterministic_id=True)
    return out.getvalue()


def _own_ofd(model: bytes, number: int) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(model)) as old, ZipFile(out, "w", ZIP_STORED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "OFD.xml":
                data = data.replace("<ofd:Title>样例".encode(), f"<ofd:Title>样例 {number}".encode())
            new.writestr(entry.filename, data, entry.compress_type)
    return out.getvalue()


def _own_jpeg(model: bytes, number: int) -> bytes:
    note = f"sample {number}".encode()
    return model[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + model[2:]


# --- the three ways -------------------------------------------------------------------------------------


def _read_all(files: list[Path]) -> None:
    for path in files:
        path.read_bytes()  # into the page cache, for all


def _ours(folder: Path, processes: int) -> Report:
    environment = EnvironmentFacts(
        checked_on=datetime.now(UTC).date(), is_online=True, received_at=datetime.now(UTC)
    )
    return check_package(
        folder,
        environment=environment,
        stage=Stage.TRANSFER,
        scheme=scheme_for("document"),
        processes=processes,
    )


def _refuse_bad(report: Report, size: int) -> None:
    failed = [result for result in report.results if result.counts.get(Outcome.FAIL)]
    for result in failed:
        print(
            f"  {result.code} {result.name}: {[str(f.place) for f in result.findings[:2]]}", file=sys.stderr
        )
    if failed or report.items_checked != size:
        sys.exit("the package is not found good: no figure")


def _floor(files: list[Path], processes: int) -> None:
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for _ in pool.imap_unordered(_read_and_open, files, chunksize=16):
            pass


def _read_and_open(path: Path) -> int:
    digest_file(path)
    match path.suffix.casefold():
        case ".pdf":
            return _open_pdf(path)
        case ".ofd":
            return _open_ofd(path)
        case ".jpg":
            with Image.open(path) as image:
                image.load()
            return 1
        case ".xml":
            for _, node in etree.iterparse(path, resolve_entities=False, no_network=True):
                node.clear()
    return 1


def _open_pdf(path: Path) -> int:
    with pikepdf.open(path) as document:
        pages = len(document.pages)
    document = pypdfium2.PdfDocument(path)
    try:
        for number in range(pages):
            document[number].get_textpage().get_text_bounded()
    finally:
        document.close()
    return pages


def _open_ofd(path: Path) -> int:
    with ZipFile(path) as package:
        for name in package.namelist():
            content = package.read(name)
            if name.endswith(".xml"):
                etree.fromstring(content)
    return 1


def _peer(folder: Path, bag: Path) -> Seconds:
    """Of bagit.py and of fido; the bag is made before the clock starts."""
    programs = Path(sys.executable).parent
    shutil.copytree(folder, bag, copy_function=os.link)
    make = [str(programs / "bagit.py"), "--sha256", "--sha512", "--quiet", str(bag)]
    subprocess.run(make, check=True)
    validate = [str(programs / "bagit.py"), "--validate", "--quiet", str(bag)]
    fido = [str(programs / "fido"), "-q", "-recurse", str(bag / "data")]

    def both() -> None:
        for command in (validate, fido):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    return _timed(both)[0]


def _print(
    size: int, megabytes: float, ours: Seconds, floor: Seconds, peer: Seconds | None, processes: int
) -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {processes} processes")
    for name, took in (("ours", ours), ("floor", floor), ("bagit.py + fido", peer)):
        if took:
            speed = f"{size / took.clock:9.1f} items/s {megabytes / took.clock:9.1f} MB/s"
            print(f"{name:<16}{took.clock:9.1f} s {speed} {took.cpu:9.1f} s of the processors")
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"peak of one process: {peak / 1024:.0f} MB")
    for name, other in (("floor", floor), ("peer", peer)):
        if other:
            print(json.dumps(_figure(size, ours, name, other)))


def _figure(size: int, ours: Seconds, name: str, other: Seconds) -> dict[str, object]:
    return {
        "benchmark": "verify",
        "figure": "items_per_s",
        "ours": round(size / ours.clock, 2),
        name: round(size / other.clock, 2),
        "ratio": round(ours.clock / other.clock, 2),
        "cpu_ratio": round(ours.cpu / other.cpu, 2),
        "unit": "items/s",
        "size": size,
    }


if __name__ == "__main__":
    main()
