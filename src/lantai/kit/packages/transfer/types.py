"""The DA/T 93-2022 transfer package as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lantai.kit.digests import Source
from lantai.kit.packages.found import FoundFile
from lantai.kit.packages.listed import Listing

CATALOGUE_FILE = "目录文件.XML"

# element of <文件> → field of CatalogueRow, in the order of the standard's table
COLUMNS = {
    "顺序号": "sequence",
    "档号": "reference_code",
    "责任者": "author",
    "题名": "title",
    "日期": "dated_on",
    "保管期限": "retention",
    "密级": "classification",
    "页数": "page_count",
    "备注": "note",
}
LISTING = Listing(CATALOGUE_FILE, "文件目录", "文件", COLUMNS, required=("档号", "题名"))
REQUIRED_KEYS = ("移交单位", "内容描述", "起止档号", "档案数量", "软硬件环境")
CARRIER_KEYS = ("离线载体参数", "载体编号", "载体数量", "制作单位", "检查单位")


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One `<文件>` of 目录文件.XML, as written: text, not yet numbers or dates."""

    sequence: str = ""
    reference_code: str = ""
    author: str = ""
    title: str = ""
    dated_on: str = ""
    retention: str = ""
    classification: str = ""
    page_count: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TransferItem:
    """One item: its row, its folder, its files and the elements of its metadata file."""

    row: CatalogueRow
    folder: str
    files: tuple[FoundFile, ...]
    metadata_file: str
    metadata: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class OutgoingItem:
    """What the sender gives for one item; ``files`` are (name in the item's folder, content)."""

    row: CatalogueRow
    fonds: str
    class_path: tuple[str, ...]
    metadata: Mapping[str, Sequence[str]]
    files: Sequence[tuple[str, Path | Source]]


@dataclass(frozen=True, slots=True)
class OutgoingDescription:
    """What the sender says in 说明文件.TXT; the count and the first and last 档号 are worked out."""

    sender: str
    content: str
    environment: str
    carrier: Mapping[str, str] = field(default_factory=dict)  # keys out of CARRIER_KEYS, for offline transfer


@dataclass(frozen=True, slots=True)
class WrittenTransfer:
    """What was written; sizes in bytes, manifests not counted."""

    folder: Path
    item_count: int
    file_count: int
    byte_count: int
