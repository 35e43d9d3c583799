"""A catalogue of made-up items, to plant errors in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from lantai.kit.packages.catalogue import CatalogueReader
from lantai.kit.packages.problems import Problem

HEADINGS = (
    "序号",
    "档号",
    "文号",
    "责 任 者",
    "题名",
    "日期",
    "密级",
    "页数",
    "保管期限",
    "备注",
    "存放处所",
)
FIRST_ROW = 2  # below a merged title and the headings, from 0


def check_catalogue(path: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with the catalogue ``path``."""
    reader = CatalogueReader([path])
    for _entry in reader.entries():
        pass
    reader.findings.tell_uncounted()
    return reader.findings.as_tuple()


def code(number: int) -> str:
    """The 档号 of one item."""
    return f"Z109-WS·2011·D30·办公室-{number:05d}"


def row(number: int) -> list[str]:
    """The cells of one item."""
    document, title = f"样例发〔2011〕{number}号", f"关于样例事项{number}的通知"
    return [
        *(str(number), code(number), document, "样例单位", title),
        *("20110305", "公开", str(number % 9 + 1), "30年", "", "样例架一"),
    ]


def write_sheet(path: Path, count: int, plant: Callable[[Worksheet], None] | None = None) -> Path:
    """A workbook with ``count`` good rows, after which ``plant`` may write over them."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("目录")
        sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, "样例单位归档文件目录")
        sheet.write_row(1, 0, HEADINGS)
        for number in range(1, count + 1):
            for column, text in enumerate(row(number)):
                if text:
                    sheet.write_string(FIRST_ROW + number - 1, column, text)
        if plant is not None:
            plant(sheet)
    return path
