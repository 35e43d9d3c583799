"""Tables out: xlsx with constant memory and text cells, CSV that no spreadsheet can run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from lantai.kit.errors import N_, Refusal
from lantai.kit.tabular.delimited import RISKY_SIGNS

SHEET_ROWS = 1_048_576
CELL_LENGTH = 32_767
BOOK_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_WIDEST = 60


class TooMuchForSheet(Refusal):
    """A worksheet or one of its cells cannot hold so much."""

    message = N_("电子表格装不下（%(what)s，最多 %(most)d）；请改用 CSV 或 XML，或分成几个文件。")


def guarded(text: str) -> str:
    """``text`` with an apostrophe in front where a spreadsheet would run it, or would take ours away."""
    return f"'{text}" if text.startswith(RISKY_SIGNS) else text


def write_csv(target: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """A new UTF-8 file with byte order mark and CRLF; how many rows were written."""
    count = 0
    with target.open("x", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([guarded(text) for text in headings])
        for row in rows:
            writer.writerow([guarded(text) for text in row])
            count += 1
    return count


class SheetWriter:
    """A workbook of text sheets, one after the other; nothing in it is a formula, link or number."""

    def __init__(self, target: Path) -> None:
        self._book = xlsxwriter.Workbook(str(target), BOOK_OPTIONS)
        self._text = self._book.add_format({"num_format": "@", "text_wrap": False, "valign": "top"})
        self._head = self._book.add_format({"num_format": "@", "bold": True, "bottom": 1, "valign": "top"})

    def __enter__(self) -> SheetWriter:
        return self

    def __exit__(self, *_error: object) -> None:
        self._book.close()

    def sheet(self, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
        """Write a sheet; how many rows. Raises `TooMuchForSheet`."""
        sheet = self._book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, min(_WIDEST, max(10, 2 * len(heading) + 4)), self._text)
            sheet.write_string(0, column, heading, self._head)
        count = 0
        for count, row in enumerate(rows, 1):
            if count >= SHEET_ROWS:
                raise TooMuchForSheet(what=N_("行数"), most=SHEET_ROWS - 1)
            for column, text in enumerate(row):
                if len(text) > CELL_LENGTH:
                    raise TooMuchForSheet(what=N_("一格的字数"), most=CELL_LENGTH)
                if text:
                    sheet.write_string(count, column, text, self._text)
        return count
