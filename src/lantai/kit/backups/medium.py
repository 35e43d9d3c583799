"""A medium that explains, checks and heals itself.

Beside the files of a set lie `README.txt`, `SHA256SUMS` (for `sha256sum -c`), and recovery blocks. All files,
in order of name, are one row of bytes, cut into blocks; neighbouring blocks belong to different groups, so that
a scratch across a medium takes few blocks of each group.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lantai.kit.backups import parity
from lantai.kit.backups.types import safe
from lantai.kit.errors import N_, Invalid

SUMS, README, INDEX = "SHA256SUMS", "README.txt", "parity/index.json"
INDEX_AGAIN = "index.json"  # the index may lie in the scratch itself
_FORMAT = "lantai-medium/1"
_LEAST_BLOCK, _MOST_BLOCK, _BLOCKS = 4096, 1 << 20, 20_000
_MARK = 32  # hex digits of SHA-256 by which a block is known


class NoMedium(Invalid):
    """There is no index that can be read."""

    message = N_("“%(path)s”不是兰台写的介质，或两份索引都已损坏。")


@dataclass(frozen=True, slots=True)
class Index:
    """What lies on a medium, and the digests of its blocks."""

    block: int
    files: tuple[tuple[str, int, str], ...]
    data: tuple[str, ...]
    parity: tuple[tuple[str, ...], ...]

    @property
    def groups(self) -> int:
        """How many groups of blocks there are."""
        return -(-len(self.data) // parity.DATA)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(size for _, size, _ in self.files)


@dataclass(frozen=True, slots=True)
class Checked:
    """What reading a whole medium has shown."""

    files: int
    bytes: int
    damaged: tuple[str, ...]
    lost_blocks: int
    lost_parity: int
    is_repairable: bool

    @property
    def is_good(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.damaged and not self.lost_parity


def finish(folder: Path, readme: str) -> Index:
    """Write README, sums and recovery blocks for what lies in `folder`."""
    (folder / README).write_text(readme, "utf-8")
    files = tuple((name, (folder / name).stat().st_size, _sha256(folder / name)) for name in _names(folder))
    (folder / SUMS).write_text("".join(f"{digest}  {name}\n" for name, _, digest in files), "utf-8")
    total = sum(size for _, size, _ in files)
    wanted = -(-total // _BLOCKS // _LEAST_BLOCK) * _LEAST_BLOCK
    plain = Index(max(_LEAST_BLOCK, min(_MOST_BLOCK, wanted)), files, (), ())
    index = _with_recovery(folder, plain)
    text = _render(index)
    for name in (INDEX, INDEX_AGAIN):
        (folder / name).write_text(text, "ascii")
    return index


def _names(folder: Path) -> list[str]:
    left = {SUMS, INDEX_AGAIN}
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if name not in left and not name.startswith("parity/"))


def _with_recovery(folder: Path, plain: Index) -> Index:
    count = -(-plain.size // plain.block)
    reader = _Row(folder, plain)
    marks = [""] * count
    groups = -(-count // parity.DATA)
    (folder / "parity").mkdir(exist_ok=True)
    found: list[list[str]] = [[] for _ in range(parity.PARITY)]
    with _opened(folder) as outs:
        for group in range(groups):
            numbers = range(group, count, groups)
            blocks = [reader.block(number) or bytes(plain.block) for number in numbers]
            for number, block in zip(numbers, blocks, strict=True):
                marks[number] = _mark(block)
            for row, block in enumerate(parity.recovery_blocks(blocks)):
                outs.files[row].write(block)
                found[row].append(_mark(block))
    return Index(plain.block, plain.files, tuple(marks), tuple(map(tuple, found)))


class _opened:
    def __init__(self, folder: Path) -> None:
        self.files = [_parity_file(folder, row).open("wb") for row in range(parity.PARITY)]

    def __enter__(self) -> _opened:
        return self

    def __exit__(self, *_why: object) -> None:
        for file in self.files:
            file.close()


def _parity_file(folder: Path, row: int) -> Path:
    return folder / "parity" / f"recovery-{row + 1}.bin"


def _render(index: Index) -> str:
    body = json.dumps({
        "format": _FORMAT, "block": index.block, "files": index.files, "data": index.data, "parity": index.parity,
    })  # fmt: skip
    return f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}\n"


def read_index(folder: Path) -> Index:
    """The index, from whichever of its two places is whole; raises `NoMedium`."""
    for name in (INDEX, INDEX_AGAIN):
        with suppress(OSError, ValueError, KeyError, TypeError):
            digest, _, body = (folder / name).read_text("ascii").rstrip("\n").partition("\n")
            form = json.loads(body)
            if hashlib.sha256(body.encode()).hexdigest() == digest and form["format"] == _FORMAT:
                files = tuple((safe(path), int(size), str(sha)) for path, size, sha in form["files"])
                rows = tuple(tuple(row) for row in form["parity"])
                return Index(int(form["block"]), files, tuple(form["data"]), rows)
    raise NoMedium(path=str(folder))


class _Row:
    """The files of a medium as one row of bytes; what is missing or short is nothing."""

    def __init__(self, folder: Path, index: Index) -> None:
        self._folder, self._index = folder, index

    def block(self, number: int) -> bytes | None:
        """One block, filled with zeros at the end of the row; None where a file of it is short or gone."""
        start, found = number * self._index.block, b""
        for name, at, size in self._parts(start, start + self._index.block):
            try:
                with (self._folder / name).open("rb") as file:
                    file.seek(at)
                    part = file.read(size)
            except OSError:
                return None
            if len(part) < size:
                return None
            found += part
        return found.ljust(self._index.block, b"\0")

    def _parts(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        begins = 0
        for name, size, _ in self._index.files:
            low, high = max(start, begins), min(end, begins + size)
            if low < high:
                yield name, low - begins, high - low
            begins += size
            if begins >= end:
                return


def check(folder: Path) -> Checked:
    """Read everything on a medium once; says what is damaged and whether it can be repaired."""
    index = read_index(folder)
    damaged = tuple(name for name, size, digest in index.files if not _is_good(folder / name, size, digest))
    lost = _lost_blocks(folder, index) if damaged else set()
    left = [
        [_recovery(folder, index, row, group) for row in range(parity.PARITY)]
        for group in range(index.groups)
    ]
    gone = [sum(block is None for block in row) for row in left]
    per_group = [sum(1 for number in lost if number % index.groups == group) for group in range(index.groups)]
    is_repairable = all(a + b <= parity.PARITY for a, b in zip(per_group, gone, strict=True))
    return Checked(len(index.files), index.size, damaged, len(lost), sum(gone), is_repairable)


def _lost_blocks(folder: Path, index: Index) -> set[int]:
    row = _Row(folder, index)
    return {n for n, mark in enumerate(index.data) if (block := row.block(n)) is None or _mark(block) != mark}


def _recovery(folder: Path, index: Index, row: int, group: int) -> bytes | None:
    try:
        with _parity_file(folder, row).open("rb") as file:
            file.seek(group * index.block)
            block = file.read(index.block)
    except OSError:
        return None
    return block if _mark(block) == index.parity[row][group] else None


def repair(folder: Path, target: Path) -> Checked:
    """Write a whole copy of a medium to `target`, with what was damaged healed; the medium is not touched.

    Raises `TooMuchLost`; a file that still is not what it was raises `Invalid`.
    """
    index, found = read_index(folder), check(folder)
    lost = _lost_blocks(folder, index)
    healed: dict[int, bytes] = {}
    for group in sorted({number % index.groups for number in lost}):
        healed |= _heal(folder, index, group, lost)
    row = _Row(folder, index)
    begins = 0
    for name, size, digest in index.files:
        out = target / name
        out.parent.mkdir(parents=True, exist_ok=True)
        _write(out, row, healed, index.block, (begins, begins + size))
        if not _is_good(out, size, digest):
            raise Invalid(N_("“%(name)s”修复后仍与清单不符。"), name=name)
        begins += size
    lines = "".join(f"{digest}  {name}\n" for name, _, digest in index.files)
    (target / SUMS).write_text(lines, "utf-8")
    return found


def _heal(folder: Path, index: Index, group: int, lost: set[int]) -> dict[int, bytes]:
    numbers = list(range(group, len(index.data), index.groups))
    row = _Row(folder, index)
    whole = {at: row.block(number) or b"" for at, number in enumerate(numbers) if number not in lost}
    left = {
        r: block for r in range(parity.PARITY) if (block := _recovery(folder, index, r, group)) is not None
    }
    found = parity.recover(whole, left, count=len(numbers), size=index.block, group=group)
    return {numbers[at]: block for at, block in found.items()}


def _write(out: Path, row: _Row, healed: dict[int, bytes], block: int, span: tuple[int, int]) -> None:
    start, end = span
    with out.open("wb") as file:
        for number in range(start // block, -(-end // block)):
            data = healed.get(number) or row.block(number) or bytes(block)
            low, high = max(start - number * block, 0), min(end - number * block, block)
            file.write(data[low:high])


def _is_good(path: Path, size: int, digest: str) -> bool:
    return path.is_file() and path.stat().st_size == size and _sha256(path) == digest


def _mark(block: bytes) -> str:
    return hashlib.sha256(block).hexdigest()[:_MARK]


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def readme(set_ids: Sequence[str], *, origin: str, until: str) -> str:
    """The page that whoever finds the medium reads first."""
    return _README.replace("{sets}", ", ".join(set_ids)).replace("{origin}", origin).replace("{until}", until)


_README = """\
兰台数字档案系统 · 离线备份介质
================================
备份集：{sets}
来源日志：{origin}        内容截至：{until}

这个介质自成一体，不需要数据库和服务器就能检查：
1. 逐个文件核对摘要：   sha256sum -c SHA256SUMS
2. 检查并判断能否修复： lantai-kit medium <本文件夹>
3. 修复到新文件夹：     lantai-kit medium <本文件夹> --repair <新文件夹>
4. 恢复成可用的系统：   lantai restore --from <本文件夹或新文件夹> --to <空文件夹> --keys <私钥文件夹>

内容说明
  sets/<备份集>/NNNNN.json        说明：00000 是完整备份，以后各号是增量；旁边的 .note 是签名
  sets/<备份集>/NNNNN-*.jsonl.gz  文件清单：每行一个文件，写明路径、SHA-256、在哪个存储包的什么位置
  packs/                          存储包：.tar 为普通 tar（成员以内容的 SHA-256 命名），
                                  .bin 为单个文件，.gz 为压缩的单个文件
  parity/                         修复块：任意连续损坏约 15% 以内可以修复
没有兰台程序时：解开清单（gzip），按 pack、at、stored 取出字节，how 为 gzip 的再解压，路径照清单还原。
路径以 store/ocfl 开头的是 OCFL 存储根，可用任何 OCFL 工具读取；以 database 开头的是 PostgreSQL 数据目录。
介质不含私钥。请与私钥分开保管，避光、防潮、防磁，每年检查一次。

Lantai digital archives · offline backup medium
===============================================
Sets: {sets}
Log of origin: {origin}        Content up to: {until}

This medium needs neither a database nor a server to be checked:
1. Compare every digest:     sha256sum -c SHA256SUMS
2. Check, and see whether it can be repaired:  lantai-kit medium <this folder>
3. Repair into a new folder: lantai-kit medium <this folder> --repair <new folder>
4. Make a running system:    lantai restore --from <this or the new folder> --to <empty folder> --keys <key folder>

What lies here
  sets/<set>/NNNNN.json        what the set says of itself: 00000 is the full backup, later numbers are
                               increments; the .note beside it is the signature
  sets/<set>/NNNNN-*.jsonl.gz  list of files: a line each, with path, SHA-256, and where in which pack
  packs/                       .tar is plain tar (members named by SHA-256), .bin one file, .gz one file compressed
  parity/                      recovery blocks: about 15 % lost in one stretch can be repaired
Without Lantai: unzip the list, take `stored` bytes from `at` of `pack`, gunzip those whose `how` is gzip, and put
them back under `path`. What begins with store/ocfl is an OCFL storage root that any OCFL tool reads; what begins
with database is a data folder of PostgreSQL.
There are no private keys here. Keep them apart. Keep the medium dark, dry, away from magnets; check it every year.
"""
