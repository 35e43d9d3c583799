"""A table file, whatever it is called: told by its content."""

from __future__ import annotations

import re
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.tabular.delimited import open_delimited
from lantai.kit.tabular.types import (
    DEFAULT_LIMITS,
    Table,
    TableKind,
    TableLimits,
    TableTooLarge,
    TableUnknown,
)
from lantai.kit.tabular.workbooks import open_workbook, zipped_kind

EXTENSIONS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".tab", ".txt"})
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|table|meta|\?xml|\?mso)", re.IGNORECASE)
_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8", "JPEG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
)


def kind_of(path: Path, name: str = "") -> TableKind:
    """The kind of table by content; raises `TableUnknown` with what was found instead."""
    name = name or path.name
    with path.open("rb") as stream:
        head = stream.read(512)
    if not head:
        raise TableUnknown(name=name, found=N_("空文件"))
    if head.startswith(_ZIP):
        return zipped_kind(path, name)
    if head.startswith(_OLE):
        return TableKind.XLS
    other = next((label for mark, label in _OTHERS if head.startswith(mark)), "")
    if other:
        raise TableUnknown(name=name, found=other)
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):  # many systems "export Excel" as a web page
        raise TableUnknown(name=name, found=N_("网页或 XML，扩展名与内容不符"))
    return TableKind.CSV


def open_tables(path: Path, *, name: str = "", limits: TableLimits = DEFAULT_LIMITS) -> tuple[Table, ...]:
    """The tables of ``path`` in their order, hidden ones too; raises a `TableRefused`."""
    name = name or path.name
    if path.stat().st_size > limits.file_bytes:
        raise TableTooLarge(name=name, what=N_("字节数"), most=limits.file_bytes)
    kind = kind_of(path, name)
    if kind is TableKind.CSV:
        return open_delimited(path, name, limits)
    return open_workbook(path, kind, name, limits)
