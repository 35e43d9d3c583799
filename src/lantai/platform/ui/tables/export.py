"""What is seen, as a file: CSV streamed row by row, XLSX written with constant memory."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import IO

import xlsxwriter
from django.db.models import Model, QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from lantai.kit.errors import N_, Invalid, Refusal
from lantai.platform.ui.tables.columns import Column

CHUNK = 2000
SHEET_ROWS = 1_048_575  # a worksheet has 2^20 rows; one is the head
RISKY = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooLongForSheet(Refusal):
    """A worksheet cannot hold so many rows."""

    message = N_("电子表格最多容纳 %(limit)s 行，当前结果更多。请改为导出 CSV，或先增加筛选条件。")


def guarded(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay."""
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


class _Echo:
    """A file that hands every line straight back to its writer."""

    def write(self, line: str) -> str:
        return line


def csv_lines(columns: Sequence[Column], rows: QuerySet) -> Iterator[str]:
    """The file line by line: UTF-8 byte order mark (for spreadsheets), head, rows."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([str(column.label) for column in columns])
    for row in rows.iterator(chunk_size=CHUNK):
        yield writer.writerow([_csv_value(column.plain(row)) for column in columns])


def _csv_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return guarded("" if value is None else value)


def write_sheet(target: IO[bytes], title: str, columns: Sequence[Column], rows: QuerySet) -> int:
    """Write a workbook of one sheet to ``target``; returns the number of rows. Raises TooLongForSheet."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {date: book.add_format({"num_format": "yyyy-mm-dd"})}
        formats[datetime] = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [str(column.label) for column in columns], head)
        return _write_rows(sheet, columns, rows, formats)


def _write_rows(
    sheet: xlsxwriter.worksheet.Worksheet,
    columns: Sequence[Column],
    rows: QuerySet,
    formats: dict[type, xlsxwriter.format.Format],
) -> int:
    number = 0
    for number, row in enumerate(rows.iterator(chunk_size=CHUNK), start=1):
        if number > SHEET_ROWS:
            raise TooLongForSheet(limit=SHEET_ROWS)
        for place, column in enumerate(columns):
            value = column.plain(row)
            if isinstance(value, date):
                sheet.write_datetime(number, place, value, formats[type(value)])
            elif value is not None:
                sheet.write(number, place, value)
    return number


def _sheet_name(title: str) -> str:
    kept = "".join(char for char in title if char not in "[]:*?/\\'")
    return kept[:31] or "1"


def respond_with_file(
    kind: str, title: str, columns: Sequence[Column], rows: QuerySet[Model]
) -> HttpResponseBase:
    """The list as a download of ``kind`` ``csv`` or ``xlsx``. Raises Invalid for another kind."""
    name = f"{slugify(title, allow_unicode=True) or 'list'}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        return response
    if kind == "xlsx":
        target = tempfile.TemporaryFile()  # noqa: SIM115  closed by the response
        write_sheet(target, title, columns, rows)
        target.seek(0)
        return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)
    raise Invalid(N_("不能导出为“%(kind)s”，可选 xlsx 或 csv。"), field="export", kind=kind)
