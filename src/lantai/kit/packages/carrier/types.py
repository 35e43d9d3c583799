"""The carrier layout of 2012 as values: 《电子档案移交与接收办法》(档发〔2012〕7号) annex 2."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lantai.kit.digests import Source
from lantai.kit.packages.found import FoundFile
from lantai.kit.packages.listed import Listing

CONTENT = "电子档案"
# between the names of several files in 电子档案名称: what we write, and what is read
SEPARATOR = "；"
BETWEEN = re.compile(r"[;；|\n]")

# element of a row → field of CarrierRow, in the order of the annex
COLUMNS = {
    "顺序号": "sequence",
    "档号": "reference_code",
    "责任者": "author",
    "题名": "title",
    "日期": "dated_on",
    "密级": "classification",
    "电子档案名称": "names",
    "备注": "note",
}
ITEMS = Listing("文件目录.XML", "文件目录", "文件", COLUMNS, required=("档号", "题名", "电子档案名称"))
# a volume has no computer files of its own
VOLUMES = Listing("案卷目录.XML", "案卷目录", "案卷", COLUMNS, required=("档号", "题名"))

# What 说明文件.TXT tells of the carrier, and words by which a key is known: the annex fixes no spelling.
TOLD = {
    "载体容量": ("容量",),
    "载体类型": ("类型", "种类"),
    "载体编号": ("编号",),
    "保管单位": ("保管单位",),
    "制作单位": ("制作单位",),
    "检查单位": ("检查单位",),
    "软硬件环境": ("软硬件", "环境"),
}


@dataclass(frozen=True, slots=True)
class CarrierRow:
    """One row of 文件目录.XML or 案卷目录.XML, as written; ``names`` is 电子档案名称."""

    sequence: str = ""
    reference_code: str = ""
    author: str = ""
    title: str = ""
    dated_on: str = ""
    classification: str = ""
    names: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CarrierItem:
    """One item: its row, its files, the names of which no file was found, and its metadata."""

    row: CarrierRow
    files: tuple[FoundFile, ...]
    missing: tuple[str, ...]
    metadata_file: str
    metadata: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class OutgoingCarrierItem:
    """What the sender gives for one item; ``folders`` are those below 电子档案/ (year, category; or none).

    ``files`` are (name in the folder of the item, content); 电子档案名称 is worked out from them.
    """

    row: CarrierRow
    folders: tuple[str, ...]
    metadata: Mapping[str, Sequence[str]]
    files: Sequence[tuple[str, Path | Source]]
