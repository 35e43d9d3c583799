"""Transfer packages made at a desk: a good one, and ones with the faults that come in real life."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from itertools import count, islice
from pathlib import Path

from lantai.kit.packages.transfer import CatalogueRow, OutgoingDescription, OutgoingItem, write_transfer
from lantai.site.demo import papers
from lantai.site.demo.papers import Made

PARTLY = "六件中有一件缺责任者"
FIRST = 900_000  # far beyond the numbers of the documents that the OA systems hand in


@dataclass(frozen=True, slots=True)
class Package:
    """A package file as an agency sends it; ``note`` says what is wrong with it, ``make`` makes it."""

    name: str
    note: str
    make: Callable[[], bytes]


def good(sender: str, fonds: str, size: int = 12) -> Package:
    """A package without faults."""
    return Package(
        "移交信息包（样例）.zip",
        "符合 DA/T 93 的移交信息包",
        partial(_package, sender, fonds, "GH", FIRST, size),
    )


def partly(sender: str, fonds: str) -> Package:
    """A package of which one item lacks an element that it must have: the others are taken in."""
    make = partial(_package, sender, fonds, "XM", FIRST + 2_000, 6, unsigned=3)
    return Package("一件不合格（样例）.zip", PARTLY, make)


def broken(sender: str, fonds: str) -> Iterator[Package]:
    """One package for each fault."""
    whole = cache(partial(_package, sender, fonds, "DW", FIRST + 1_000, 6))
    yield Package("缺文件（样例）.zip", "清单中的文件缺失", lambda: _without_one_file(whole()))
    yield Package("内容改动（样例）.zip", "一个文件被改动一个字节", lambda: _with_one_byte_flipped(whole()))
    yield Package(
        "越界路径（样例）.zip",
        "压缩包内有指向目录之外的路径",
        lambda: _with_entry(whole(), "../越界.pdf", b"%PDF-1.7\n"),
    )
    yield Package("带实体的元数据（样例）.zip", "元数据 XML 引用外部实体", lambda: _with_entity(whole()))
    yield Package(
        "空白压缩包（样例）.zip",
        "不是移交信息包",
        lambda: _zip([("读我.txt", "没有移交内容".encode())]),
    )


def _package(sender: str, fonds: str, section: str, first: int, size: int, *, unsigned: int = 0) -> bytes:
    """``size`` items; the one with the number ``unsigned`` names no author in its metadata."""
    items = letters(sender, fonds, section, first, size)
    if unsigned:
        metadata = {name: value for name, value in items[unsigned - 1].metadata.items() if name != "责任者"}
        items[unsigned - 1] = replace(items[unsigned - 1], metadata=metadata)
    with tempfile.TemporaryDirectory(prefix="lantai-demo-") as folder:
        write_transfer(Path(folder) / "移交信息包", described(sender), items)
        return zipped(Path(folder))


def letters(sender: str, fonds: str, section: str, first: int, size: int) -> list[OutgoingItem]:
    """``size`` made documents from the number ``first`` on, as items of ``section``."""
    made = (item for item in map(papers.make, count(first)) if item.kind == "document")
    return list(numbered(sender, fonds, section, islice(made, size)))


def described(sender: str) -> OutgoingDescription:
    """What the sender says of such a package."""
    return OutgoingDescription(sender=sender, content=f"{sender}文书档案（样例）", environment="PDF 阅读软件")


def zipped(folder: Path) -> bytes:
    """The files below ``folder`` as an archive; the same files, the same bytes."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return _zip((path.relative_to(folder).as_posix(), path.read_bytes()) for path in files)


def numbered(sender: str, fonds: str, section: str, made: Iterable[Made]) -> Iterator[OutgoingItem]:
    """Items of a section that sends nothing online, numbered from 1 in every year, without gaps."""
    last: Counter[int] = Counter()
    for item in made:
        last[item.dated_on.year] += 1
        code = f"{fonds}-WS·{item.dated_on.year}-Y-{section}-{last[item.dated_on.year]:04d}"
        yield _item(sender, fonds, code, item)


def _item(sender: str, fonds: str, code: str, made: Made) -> OutgoingItem:
    day, main = made.dated_on, made.files[0]
    title = made.title.replace(made.place.name, sender)
    row = CatalogueRow(
        reference_code=code, author=sender, title=title, dated_on=f"{day:%Y%m%d}", retention="永久",
        classification="公开", page_count="1", note="样例",
    )  # fmt: skip
    name = main.name.replace(made.place.name, sender)
    return OutgoingItem(row, fonds, ("WS", str(day.year)), _metadata(sender, fonds, code, title, day),
                        [(name, [main.data])])  # fmt: skip


def _metadata(sender: str, fonds: str, code: str, title: str, day: date) -> dict[str, list[str]]:
    said = {
        "聚合层次": "文件",
        "立档单位名称": sender,
        "电子文件号": f"样例-{code}",
        "档号": code,
        "全宗号": fonds,
        "年度": str(day.year),
        "保管期限": "永久",
        "题名": title,
        "责任者": sender,
        "日期": f"{day:%Y%m%d}",
        "密级": "公开",
        "文件组合类型": "单件",
        "业务状态": "历史行为",
        "业务行为": "形成",
        "行为时间": f"{day:%Y-%m-%d}T09:00:00+08:00",
        "机构人员名称": sender,
    }
    return {name: [value] for name, value in said.items()}


def _zip(entries: Iterator[tuple[str, bytes]] | list[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return made.getvalue()


def _entries(package: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _without_one_file(package: bytes) -> bytes:
    entries = _entries(package)
    gone = next(name for name, _data in entries if name.endswith(".pdf"))
    return _zip([entry for entry in entries if entry[0] != gone])


def _with_one_byte_flipped(package: bytes) -> bytes:
    entries = _entries(package)
    index = next(i for i, (name, _data) in enumerate(entries) if name.endswith(".pdf"))
    name, data = entries[index]
    entries[index] = (name, data[:200] + bytes([data[200] ^ 1]) + data[201:])
    return _zip(entries)


def _with_entry(package: bytes, name: str, data: bytes) -> bytes:
    return _zip([*_entries(package), (name, data)])


def _with_entity(package: bytes) -> bytes:
    entries = _entries(package)
    index = next(
        i for i, (name, _data) in enumerate(entries) if "元数据" in name and name.lower().endswith(".xml")
    )
    name, data = entries[index]
    _declaration, _mark, rest = data.partition(b"?>")
    trap = b'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    entries[index] = (name, trap + rest)
    return _zip(entries)
