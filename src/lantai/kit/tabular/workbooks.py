"""Workbooks: values by python-calamine, everything it does not tell by the sheets' own records.

Nothing is given to calamine before the ZIP was inflated under limits and the used rectangle of each
sheet was measured: it holds a sheet as one dense block, so that two cells far apart would fill memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from lantai.kit.errors import N_
from lantai.kit.formats.zips import CappedZip, ZipBomb, ZipBroken, ZipEncrypted
from lantai.kit.tabular import ods, xls, xlsx
from lantai.kit.tabular.marks import SheetMarks, require_extent, spread_merged
from lantai.kit.tabular.types import (
    Mark,
    Row,
    Table,
    TableBroken,
    TableEncrypted,
    TableKind,
    TableLimits,
    TableTooLarge,
    TableUnknown,
)
from lantai.kit.tabular.values import plain

_LARGEST_PART_MB = 256
_LEAST_RATIO_BYTES = 32 << 20
_COUNTED = re.compile(rb"""ount\s*=\s*["']\s*\+?([0-9]{5,})""")


def zipped_kind(path: Path, name: str) -> TableKind:
    """Which workbook a ZIP is; raises `TableUnknown` and `TableBroken`."""
    try:
        with CappedZip(path) as archive:
            if archive.find(xlsx.WORKBOOK) is not None:
                return TableKind.XLSX
            if archive.find("xl/workbook.bin") is not None:
                raise TableUnknown(name=name, found=N_("二进制工作簿 xlsb"))
            has_type = archive.find("mimetype") is not None
            if has_type and archive.read("mimetype", limit_mb=1).strip().startswith(ods.MIMETYPE):
                return TableKind.ODS
    except ZipBroken as broken:
        raise TableBroken(name=name, reason=N_("压缩结构已损坏")) from broken
    except (ZipBomb, ZipEncrypted) as refused:
        raise TableUnknown(name=name, found=N_("压缩包")) from refused
    raise TableUnknown(name=name, found=N_("压缩包"))


def open_workbook(path: Path, kind: TableKind, name: str, limits: TableLimits) -> tuple[Table, ...]:
    """The sheets of a workbook in their order; raises a `TableRefused`."""
    marks = _marks(path, kind, name, limits)
    for title, sheet in marks.items():
        require_extent(title, sheet, limits)
        spread_merged(title, sheet, limits)
    with _answering(name), path.open("rb") as stream:
        reading = _Reading(CalamineWorkbook.from_filelike(stream))
    return tuple(
        Table(
            name=sheet.name,
            kind=kind,
            rows=partial(_rows, reading, sheet.name, marks.get(sheet.name, SheetMarks()), name, limits),
            merged=tuple(marks[sheet.name].merged) if sheet.name in marks else (),
            hidden_columns=frozenset(marks[sheet.name].hidden_columns)
            if sheet.name in marks
            else frozenset(),
            is_hidden=sheet.visible != SheetVisibleEnum.Visible,
        )
        for sheet in reading.book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
    )


def _marks(path: Path, kind: TableKind, name: str, limits: TableLimits) -> Mapping[str, SheetMarks]:
    if kind is TableKind.XLS:
        return xls.sheet_marks(path, name, limits)
    try:
        with CappedZip(path, total_mb=limits.unpacked_mb) as archive:
            if archive.duplicates:
                raise TableBroken(name=name, reason=N_("压缩包里有同名的部件"))
            _measure(archive, path, name, limits)
        with CappedZip(path, total_mb=limits.unpacked_mb) as archive:
            reader = ods.sheet_marks if kind is TableKind.ODS else xlsx.sheet_marks
            return reader(archive, name, limits)
    except ZipBroken as broken:
        raise TableBroken(name=name, reason=N_("压缩结构已损坏")) from broken
    except ZipEncrypted as locked:
        raise TableEncrypted(name=name) from locked
    except ZipBomb as bomb:
        raise TableTooLarge(name=name, what=N_("展开后的大小（MB）"), most=limits.unpacked_mb) from bomb


def _measure(archive: CappedZip, path: Path, name: str, limits: TableLimits) -> None:
    """Inflate every part that a reader may inflate, and count what really comes out.

    A count that the part states of itself (``uniqueCount``) is believed by calamine, which takes the
    memory for it at once and dies when there is not so much.
    """
    inflated = 0
    for part in archive.names:
        if part.casefold().endswith((".xml", ".rels")):
            data = archive.read(part, limit_mb=_LARGEST_PART_MB)
            inflated += len(data)
            if any(int(found[1]) > len(data) for found in _COUNTED.finditer(data)):
                raise TableBroken(name=name, reason=N_("写明的个数多于实有的内容"))
    if inflated > _LEAST_RATIO_BYTES and inflated > limits.ratio * path.stat().st_size:
        raise TableTooLarge(name=name, what=N_("展开后与原来大小之比"), most=limits.ratio)


@contextmanager
def _answering(name: str) -> Iterator[None]:
    """Turn what calamine raises into our refusals; it panics on some damaged xls files."""
    try:
        yield
    except PasswordError as locked:
        raise TableEncrypted(name=name) from locked
    except (CalamineError, OSError, ValueError) as broken:
        raise TableBroken(name=name, reason=str(broken)) from broken
    except BaseException as panic:  # boundary: a panic of Rust is no Exception and cannot be imported
        if type(panic).__module__ != "pyo3_runtime":
            raise
        raise TableBroken(name=name, reason=N_("结构已损坏")) from panic


class _Reading:
    """Holds the sheet that was asked for last: its headings are looked at first, then all of it is gone through."""

    def __init__(self, book: CalamineWorkbook) -> None:
        self.book = book
        self._held: CalamineSheet | None = None

    def sheet(self, title: str) -> CalamineSheet:
        if self._held is None or self._held.name != title:
            self._held = None  # never two in memory
            self._held = self.book.get_sheet_by_name(title)
        return self._held


def _rows(reading: _Reading, title: str, sheet: SheetMarks, name: str, limits: TableLimits) -> Iterator[Row]:
    with _answering(name):
        read = reading.sheet(title)
    if read.start is None:
        return
    lead = ("",) * read.start[1]  # calamine leaves out empty columns before the first used one
    for number, values in enumerate(read.iter_rows(), 1):
        yield _row(number, lead, values, sheet, limits)


def _row(
    number: int, lead: tuple[str, ...], values: Sequence[object], sheet: SheetMarks, limits: TableLimits
) -> Row:
    texts = list(lead)
    marks = dict(sheet.of_row(number))
    for column, value in enumerate(values, len(lead)):
        if value == "":  # a third of all cells
            texts.append("")
            continue
        text, mark = plain(value)
        if len(text) > limits.cell_length:
            text, mark = text[: limits.cell_length], mark | Mark.TOO_LONG
        if mark:
            marks[column] = marks[column] | mark if column in marks else mark
        texts.append(text)
    for column, mark in marks.items():
        if mark != Mark.NUMBER and mark & Mark.ERROR:
            texts.extend([""] * (column + 1 - len(texts)))
            texts[column] = sheet.errors.get((number, column), texts[column])
    while texts and not texts[-1] and len(texts) - 1 not in marks:
        texts.pop()
    return Row(number, tuple(texts), marks, number in sheet.hidden_rows)
