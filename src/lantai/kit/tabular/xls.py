"""The marks of an xls workbook (BIFF8, [MS-XLS]), read record by record from its stream."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import olefile  # type: ignore[import-untyped]

from lantai.kit.errors import N_
from lantai.kit.tabular.addresses import Span
from lantai.kit.tabular.marks import SheetMarks
from lantai.kit.tabular.types import Mark, TableBroken, TableEncrypted, TableLimits, TableTooLarge

_HEAD = struct.Struct("<HH")
_BOF, _EOF, _BOUNDSHEET, _FILEPASS = 0x0809, 0x000A, 0x0085, 0x002F
_FORMULA, _ROW, _MERGED, _COLINFO, _BOOLERR, _MULRK = 0x0006, 0x0208, 0x00E5, 0x007D, 0x0205, 0x00BD
_VALUES = frozenset({0x0203, 0x0204, 0x00FD, 0x00D6, 0x027E, _FORMULA, _BOOLERR})
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_WORKSHEET = 0


def sheet_marks(path: Path, name: str, limits: TableLimits) -> dict[str, SheetMarks]:
    """Marks by sheet name; raises `TableBroken`, `TableEncrypted` and `TableTooLarge`."""
    try:
        with olefile.OleFileIO(str(path)) as ole:
            if ole.exists("EncryptedPackage"):
                raise TableEncrypted(name=name)
            book = next((part for part in ("Workbook", "Book") if ole.exists(part)), None)
            if book is None:
                raise TableBroken(name=name, reason=N_("缺少工作表的内容"))
            with ole.openstream(book) as stream:
                return _Book(stream, name, limits).marks()
    except (OSError, ValueError, IndexError, struct.error) as broken:  # olefile's ways to say "damaged"
        raise TableBroken(name=name, reason=str(broken)) from broken


class _Book:
    def __init__(self, stream: BinaryIO, name: str, limits: TableLimits) -> None:
        self._stream = stream
        self._name = name
        self._limits = limits

    def marks(self) -> dict[str, SheetMarks]:
        places = dict(self._sheets())
        if len(places) > self._limits.sheets:
            raise TableTooLarge(name=self._name, what=N_("工作表数"), most=self._limits.sheets)
        return {title: self._sheet(offset) for title, offset in places.items()}

    def _records(self, offset: int) -> Iterator[tuple[int, bytes]]:
        self._stream.seek(offset)
        while len(head := self._stream.read(_HEAD.size)) == _HEAD.size:
            kind, length = _HEAD.unpack(head)
            yield kind, self._stream.read(length)
            if kind == _EOF:
                return

    def _sheets(self) -> Iterator[tuple[str, int]]:
        for kind, data in self._records(0):
            if kind == _FILEPASS:
                raise TableEncrypted(name=self._name)
            if kind == _BOUNDSHEET and data[5] == _WORKSHEET:
                length, is_wide = data[6], data[7] & 1
                raw = data[8 : 8 + length * (2 if is_wide else 1)]
                yield raw.decode("utf-16-le" if is_wide else "latin-1", "replace"), _unsigned(data, 0, 4)

    def _sheet(self, offset: int) -> SheetMarks:
        sheet = SheetMarks()
        for kind, data in self._records(offset):
            if kind in _VALUES:
                _value(sheet, kind, data)
            elif kind == _MULRK:
                sheet.reach(_unsigned(data, 0) + 1, _unsigned(data, len(data) - 2))
            elif kind == _ROW and data[12] & 0x20:
                sheet.hidden_rows.add(_unsigned(data, 0) + 1)
            elif kind == _COLINFO and data[8] & 1:
                sheet.hidden_columns.update(range(_unsigned(data, 0), min(_unsigned(data, 2), 255) + 1))
            elif kind == _MERGED:
                for at in range(2, 2 + _unsigned(data, 0) * 8, 8):
                    top, bottom, left, right = struct.unpack_from("<4H", data, at)
                    sheet.merge(Span(top + 1, left, bottom + 1, right))
        return sheet


def _value(sheet: SheetMarks, kind: int, data: bytes) -> None:
    row, column = _unsigned(data, 0) + 1, _unsigned(data, 2)
    sheet.reach(row, column)
    if kind == _FORMULA:
        sheet.add(row, column, Mark.FORMULA)
        if data[6] == 2 and data[12:14] == b"\xff\xff":  # the cached value is an error
            _error(sheet, row, column, data[8])
    elif kind == _BOOLERR and data[7]:
        _error(sheet, row, column, data[6])


def _error(sheet: SheetMarks, row: int, column: int, code: int) -> None:
    sheet.add(row, column, Mark.ERROR)
    sheet.errors[row, column] = _ERRORS.get(code, "#ERR")


def _unsigned(data: bytes, at: int, size: int = 2) -> int:
    return int.from_bytes(data[at : at + size], "little")
