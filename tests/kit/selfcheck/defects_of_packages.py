"""Defects of packages in every layout, and of what is around a package."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from lantai.kit.fourprops import AntivirusFacts, Outcome, PlannedClass, Stage, WeaknessScan
from tests.kit.selfcheck.checking import CARRIER, CLIMATE
from tests.kit.selfcheck.mutations import (
    ATTACHED,
    CODE,
    FOLDER,
    MAIN,
    Defect,
    add,
    around,
    delete,
    edit,
    exchange,
    flip,
    rename,
    swap,
    tampered,
)

README, CATALOGUE, LIST = "说明文件.TXT", "目录文件.XML", "manifest-sm3.txt"
METADATA = f"{CODE(2)}元数据.XML"
ITEM = f"{FOLDER}{CODE(2)}"


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def without_line(word: str):
    return lambda data: b"".join(line for line in data.splitlines(True) if word.encode() not in line)


def as_gbk(data: bytes) -> bytes:
    """Written in another charset than it says."""
    return data.decode().encode("gbk", "replace")


def link(package: Path) -> None:
    (package / ITEM / MAIN).unlink()
    (package / ITEM / MAIN).symlink_to("/etc/hostname")


TRANSFER = [
    tampered("file deleted", "1-14", MAIN, delete(MAIN), also=("1-11",)),
    tampered("attachment deleted", "1-14", ATTACHED, delete(ATTACHED), also=("1-11",)),
    tampered("one bit of a file", "1-14", MAIN, flip(MAIN), also=("1-1-1",)),
    tampered("one bit of an attachment", "1-1-1", ATTACHED, flip(ATTACHED)),
    tampered("two files exchanged", "1-1-1", MAIN, exchange(MAIN, ATTACHED), also=("1-10",)),
    tampered("file lengthened", "1-10", MAIN, edit(MAIN, lambda data: data + b"\n"), also=("1-1-1",)),
    tampered("file shortened", "1-10", MAIN, edit(MAIN, lambda data: data[:-1]), also=("1-1-1",)),
    tampered("file renamed", "1-11", MAIN, rename(MAIN, "别名.pdf")),
    tampered("file that nobody listed", "4-3", "缩略图.db", add("缩略图.db")),
    tampered(
        "file of a system beside the item", "1-14", "Thumbs.db", add(f"{ITEM}/Thumbs.db"), also=("3-3",)
    ),
    tampered("program on the carrier", "4-3", "autorun.inf", add("autorun.inf")),
    tampered("folder of an item deleted", "1-11", CODE(2), lambda package: _remove(package / ITEM)),
    tampered("folder of an item renamed", "1-11", CODE(2), lambda p: (p / ITEM).rename(p / FOLDER / CODE(8))),
    tampered(
        "item moved to another year", "1-14", CODE(2), lambda p: _move(p / ITEM, p / "Z109/2012" / CODE(2))
    ),
    tampered("link for a file", "1-13", MAIN, link),
    tampered("no catalogue", "1-12", "目录文件", delete(CATALOGUE)),
    tampered("catalogue cut off", "1-12", "目录文件", edit(CATALOGUE, cut)),
    tampered(
        "catalogue in another charset", "1-12", "目录文件", edit(CATALOGUE, as_gbk), outcome=Outcome.WARN
    ),
    tampered("catalogue lists one less", "2-1", ("3", "2"), edit(CATALOGUE, lambda data: _less(data))),
    tampered("catalogue lists one twice", "1-12", CODE(1), edit(CATALOGUE, swap(CODE(2), CODE(1)))),
    tampered(
        "catalogue with a document type",
        "1-12",
        "目录文件",
        edit(
            CATALOGUE,
            lambda data: data.replace(b"?>", b'?><!DOCTYPE x SYSTEM "http://sample.example/x.dtd">', 1),
        ),
    ),
    tampered(
        "title of the catalogue altered", "1-14", CATALOGUE, edit(CATALOGUE, swap("样例工作2", "别的工作"))
    ),
    tampered("no readme", "1-12", "", delete(README)),
    tampered("readme without a sender", "1-12", "移交单位", edit(README, without_line("移交单位"))),
    tampered("readme without an environment", "1-12", "软硬件环境", edit(README, without_line("软硬件环境"))),
    tampered(
        "readme with an empty description",
        "1-12",
        "内容描述",
        edit(README, swap("内容描述: 样例移交", "内容描述: ")),
    ),
    tampered("more announced than sent", "2-1", ("4", "3"), edit(README, swap("档案数量: 3", "档案数量: 4"))),
    tampered("less announced than sent", "2-1", ("2", "3"), edit(README, swap("档案数量: 3", "档案数量: 2"))),
    tampered(
        "range of codes differs",
        "1-12",
        CODE(9),
        edit(README, swap(f"～{CODE(3)}", f"～{CODE(9)}")),
        outcome=Outcome.WARN,
    ),
    tampered("no metadata of an item", "1-13", CODE(2), delete(METADATA)),
    tampered("metadata of an item cut off", "2-10", CODE(2), edit(METADATA, cut), also=("3-1",)),
    tampered("metadata in another charset", "2-10", CODE(2), edit(METADATA, as_gbk), also=("3-1",)),
    tampered(
        "metadata altered after sending", "1-14", METADATA, edit(METADATA, swap("样例工作2", "别的工作2"))
    ),
    tampered(
        "metadata with an entity bomb",
        "2-10",
        CODE(2),
        edit(METADATA, lambda data: data.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "cc">]>', 1)),
        also=("3-1",),
    ),
    tampered(
        "list names a file that is not there",
        "1-14",
        "没有.pdf",
        edit(LIST, lambda data: data + f"{'0' * 64}  {ITEM}/没有.pdf\n".encode()),
    ),
    tampered("list leaves a file out", "1-14", MAIN, edit(LIST, without_line(f"{CODE(2)}/{MAIN}"))),
    tampered("wrong digest in the list", "1-14", MAIN, edit(LIST, lambda data: _other_digest(data))),
    tampered("list of no form", "1-14", "", edit(LIST, lambda data: b"no list at all\n" + data)),
]


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def _move(folder: Path, target: Path) -> None:
    target.parent.mkdir()
    folder.rename(target)


def _less(data: bytes) -> bytes:
    """Without the entry of the second item."""
    text = data.decode()
    start = text.index("<文件>", text.index(CODE(1)))
    return (text[:start] + text[text.index("</文件>", start) + len("</文件>") :]).encode()


def _other_digest(data: bytes) -> bytes:
    lines = data.decode().splitlines(keepends=True)
    return "".join(
        ("0" * 64 + line[64:]) if line.endswith(f"{CODE(2)}/{MAIN}\n") else line for line in lines
    ).encode()


BAG = [
    tampered("bag: one bit of a file", "1-14", MAIN, flip(MAIN), "bagit", also=("1-1-1",)),
    tampered("bag: file deleted", "1-14", MAIN, delete(MAIN), "bagit", also=("1-11",)),
    tampered(
        "bag: file that nobody listed", "1-14", "多余.pdf", add("data/包/多余.pdf"), "bagit", also=("4-3",)
    ),
    tampered(
        "bag: no list of digests for a tag file",
        "1-14",
        "bag-info.txt",
        edit("bag-info.txt", swap("Oxum", "Oxun")),
        "bagit",
    ),
    tampered(
        "bag: bytes announced differ", "2-2", "", edit("bag-info.txt", lambda d: _oxum(d, 1, 0)), "bagit"
    ),
    tampered(
        "bag: files announced differ", "2-11", "", edit("bag-info.txt", lambda d: _oxum(d, 0, 1)), "bagit"
    ),
    tampered(
        "bag: declaration of no version",
        "1-14",
        "bagit.txt",
        edit("bagit.txt", swap("BagIt-Version", "Version")),
        "bagit",
    ),
    tampered(
        "bag: list of digests deleted", "1-14", "manifest-sha512.txt", delete("manifest-sha512.txt"), "bagit"
    ),
    tampered(
        "bag: list of digests altered",
        "1-14",
        "manifest-sm3.txt",
        edit("manifest-sm3.txt", lambda d: b"0" * 8 + d[8:]),
        "bagit",
    ),
    tampered(
        "bag: path that leads out",
        "1-14",
        "..",
        edit("manifest-sha256.txt", lambda d: d + b"0" * 64 + b"  data/../../x\n"),
        "bagit",
    ),
]


def _oxum(data: bytes, more_bytes: int, more_files: int) -> bytes:
    text = data.decode()
    start = text.index("Payload-Oxum: ") + len("Payload-Oxum: ")
    end = text.index("\n", start)
    size, _dot, count = text[start:end].strip().partition(".")
    return f"{text[:start]}{int(size) + more_bytes}.{int(count) + more_files}{text[end:]}".encode()


METS = "METS.xml"
EARK = [
    tampered("eark: one bit of a file", "1-14", MAIN, flip(MAIN), "eark"),
    tampered("eark: file deleted", "1-14", MAIN, delete(MAIN), "eark"),
    tampered(
        "eark: file that nobody listed", "4-3", "多余.pdf", add("representations/rep1/data/多余.pdf"), "eark"
    ),
    tampered("eark: METS cut off", "1-13", "METS.xml", edit(METS, cut), "eark"),
    tampered("eark: no profile", "1-13", "PROFILE", edit(METS, swap("PROFILE=", "PROFIL=")), "eark"),
    tampered(
        "eark: no identifier of the object", "1-13", "OBJID", edit(METS, swap("OBJID=", "OBJIDX=")), "eark"
    ),
]
SPREADSHEET = [
    tampered("spreadsheet: file deleted", "1-11", MAIN, delete(MAIN), "spreadsheet"),
    tampered("spreadsheet: file that nobody listed", "4-3", "多余.pdf", add("多余.pdf"), "spreadsheet"),
    tampered(
        "spreadsheet: folder deleted",
        "1-11",
        CODE(2),
        lambda p: _remove(next(p.rglob(CODE(2)))),
        "spreadsheet",
    ),
    tampered(
        "spreadsheet: catalogue is no workbook",
        "1-13",
        "",
        edit("*.xlsx", lambda data: b"PK" + data[2:200]),
        "spreadsheet",
    ),
]


def _bigger(data: bytes) -> bytes:
    text = data.decode()
    start = text.index("计算机文件大小>") + len("计算机文件大小>")
    return (text[:start] + "9" + text[start:]).encode()


def _shorter(data: bytes) -> bytes:
    text = data.decode()
    end = text.index("</编码数据>")
    start = text.rindex(">", 0, end) + 1
    body = "".join(text[start:end].split())
    return (text[:start] + body[: len(body) // 8 * 4] + text[end:]).encode()


def _other_signature(data: bytes) -> bytes:
    """Four letters in the middle of the signature."""
    text = data.decode()
    start, end = text.index("签名结果>") + len("签名结果>"), text.index("</签名结果")
    middle = (start + end) // 2 // 4 * 4
    other = "AAAA" if text[middle : middle + 4] != "AAAA" else "BBBB"
    return (text[:middle] + other + text[middle + 4 :]).encode()


EEP = [
    tampered("eep: envelope cut off", "1-13", CODE(2), edit("*0002.eep", cut), "eep"),
    tampered(
        "eep: no record number",
        "2-3",
        "电子文件号",
        edit("*0002.eep", swap("电子文件号>样例0002<", "电子文件号><")),
        "eep",
    ),
    tampered("eep: size stated wrongly", "1-10", CODE(2), edit("*0002.eep", lambda d: _bigger(d)), "eep"),
    tampered(
        "eep: content of another file", "1-10", CODE(2), edit("*0002.eep", lambda d: _shorter(d)), "eep"
    ),
    tampered(
        "eep: no kind of envelope",
        "2-10",
        CODE(2),
        edit("*0002.eep", swap("<封装包类型>原始型</封装包类型>", "")),
        "eep",
    ),
    *(
        tampered(
            f"eep: {layout} altered after signing",
            "1-1-2",
            CODE(2),
            edit("*0002.eep", swap("样例工作2", "别的工作2")),
            layout,
        )
        for layout in ("eep-sm2", "eep-rsa")
    ),
    *(
        tampered(
            f"eep: {layout} with another signature",
            "1-1-2",
            CODE(2),
            edit("*0002.eep", _other_signature),
            layout,
        )
        for layout in ("eep-sm2", "eep-rsa")
    ),
    tampered(
        "eep: certificate that nobody trusts",
        "1-1-2",
        CODE(2),
        lambda package: None,
        "eep-sm2",
        outcome=Outcome.NOT_RUN,
    ),
]


NOT_RUN, WARN = Outcome.NOT_RUN, Outcome.WARN
INFECTED = AntivirusFacts("样例杀毒软件", date(2024, 6, 1), 1_000, (f"{ITEM}/{MAIN}",))
CLEAN = replace(INFECTED, infected=())
BC = Stage.PRESERVATION
SURROUNDINGS = [
    around("virus", "4-2", MAIN, antivirus=INFECTED),
    around("scanner is down", "4-2", outcome=NOT_RUN, antivirus=None),
    around("scanner is not there", "4-1", outcome=NOT_RUN, antivirus=None),
    around("old definitions", "4-1", "60", antivirus=replace(CLEAN, definitions_on=date(2024, 4, 4))),
    around(
        "file too large for the scanner",
        "4-2",
        MAIN,
        outcome=NOT_RUN,
        antivirus=replace(CLEAN, not_scanned=(f"{ITEM}/{MAIN}",)),
    ),
    around("not all files scanned", "4-2", "2", outcome=NOT_RUN, antivirus=replace(CLEAN, scanned_files=2)),
    around("slow carrier", "4-4", "20", carrier=replace(CARRIER, read_bytes_per_s=200)),
    around("scratched carrier", "4-5", CARRIER.identifier, carrier=replace(CARRIER, looks_good=False)),
    around(
        "nobody looked at the carrier",
        "4-5",
        outcome=Outcome.MANUAL,
        carrier=replace(CARRIER, looks_good=None),
    ),
    around(
        "disc out of its limits",
        "4-6",
        CARRIER.identifier,
        carrier=replace(CARRIER, disc_is_within_limits=False),
    ),
    around("no reader of carriers", "4-4", outcome=NOT_RUN, carrier=None),
    around("log was altered", "4-7", log_is_intact=False),
    around("database is away", "3-2", database_reachable=False),
    around("filing plan not met", "2-9", "WS", plan=(PlannedClass("WS", "文书", 5, 3),)),
    around("clocks differ", "1-5-2", "4320", outcome=WARN, sent_at=datetime(2024, 6, 6, 2, tzinfo=UTC)),
    around(
        "weakness of the software",
        "4-8",
        "2",
        stage=BC,
        weaknesses=WeaknessScan("样例机构", date(2024, 5, 1), 2),
    ),
    around(
        "old scan for weaknesses",
        "4-8",
        outcome=NOT_RUN,
        stage=BC,
        weaknesses=WeaknessScan("样例机构", date(2022, 5, 1), 0),
    ),
    around("storeroom too warm", "4-9", "样例库房", stage=BC, climate=replace(CLIMATE, most_celsius=31)),
    around(
        "storeroom too damp", "4-9", "样例库房", stage=BC, climate=replace(CLIMATE, most_humidity_percent=80)
    ),
    around(
        "log of the climate ended",
        "4-9",
        "样例库房",
        outcome=NOT_RUN,
        stage=BC,
        climate=replace(CLIMATE, last_on=date(2024, 1, 1)),
    ),
    around("restore never tried", "3-7", outcome=NOT_RUN, stage=BC, last_restored_on=None),
    around("restore tried long ago", "3-7", stage=BC, last_restored_on=date(2020, 1, 1)),
]

ALL: list[Defect] = [*TRANSFER, *BAG, *EARK, *SPREADSHEET, *EEP, *SURROUNDINGS]
