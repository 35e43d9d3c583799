"""Sheets for imports: rows that are right, and errors of every kind planted at known cells. All made up."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

HEADINGS = (
    "档号", "题名", "责任者", "文号", "日期", "年度", "保管期限", "密级", "页数", "人名", "开放标识",
    "全宗号", "上级档号", "著录层级", "女方出生日期", "女方证件号", "登记类型", "备注",
)  # fmt: skip
FONDS = "J109"
_OFFICES = ("办公室", "人事科", "财务科", "业务科", "保管科")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = ("伟", "芳", "秀英", "敏", "静", "磊", "建国", "桂兰", "志强", "小红", "𠮷")


def code(number: int) -> str:
    """The code of a row, which says year and retention."""
    office, at = divmod(number, 50_000)
    return f"{FONDS}-WS·2011·D30·{_OFFICES[office]}-{at + 1:05d}"


def good_row(number: int) -> dict[str, str]:
    """A row without an error."""
    who = f"{_SURNAMES[number % 20]}{_GIVEN[number % 11]}"
    return {
        "档号": code(number),
        "题名": f"关于做好第{number}号样例工作的通知",
        "责任者": "样例市人民政府办公室",
        "文号": f"样例发〔2011〕{number}号",
        "日期": "20110305",
        "年度": "2011",
        "保管期限": "30年",
        "密级": "公开",
        "页数": str(number % 30 + 1),
        "人名": who,
        "登记类型": "结婚",
    }


def csv_of(
    rows: Iterable[Mapping[str, str]], headings: Iterable[str] = HEADINGS, encoding: str = "utf-8-sig"
) -> bytes:
    """The rows as a CSV file."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(headings), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode(encoding)


@dataclass(frozen=True)
class Kind:
    """One kind of error: the column it is told at, and how a good row is spoilt."""

    name: str
    column: str
    spoil: Callable[[dict[str, object], int], None]


class Formula(str):
    """A cell that is a formula."""


class Number(float):
    """A cell that is stored as a number."""


class Day(str):
    """A cell that is stored as a date."""


def _set(column: str, value: object) -> Callable[[dict[str, object], int], None]:
    def spoil(row: dict[str, object], _number: int) -> None:
        row[column] = value

    return spoil


def _code(made: Callable[[int], object]) -> Callable[[dict[str, object], int], None]:
    def spoil(row: dict[str, object], number: int) -> None:
        row["档号"] = made(number)

    return spoil


KINDS: tuple[Kind, ...] = (
    Kind("cell-empty", "题名", _set("题名", "")),
    Kind("cell-empty", "档号", _set("档号", "")),
    Kind("cell-date", "日期", _set("日期", "20230230")),
    Kind("cell-serial", "日期", _set("日期", "40607")),
    Kind("date-future", "日期", _set("日期", "20990101")),
    Kind("cell-year", "年度", _set("年度", "二〇一一")),
    Kind("year-differs", "年度", _set("年度", "2012")),
    Kind("retention-unknown", "保管期限", _set("保管期限", "很久")),
    Kind("retention-differs", "保管期限", _set("保管期限", "永久")),
    Kind("classification-unknown", "密级", _set("密级", "不详")),
    Kind("secret", "密级", _set("密级", "绝密")),
    Kind("cell-whole", "页数", _set("页数", "三页")),
    Kind("persons", "人名", _set("人名", "长" * 70)),
    Kind("cell-word", "开放标识", _set("开放标识", "大概开放")),
    Kind("fonds-unknown", "全宗号", _set("全宗号", "Z999")),
    Kind("fonds-differs", "档号", _code(lambda n: code(n).replace(FONDS, "K200"))),
    Kind("code-invalid", "档号", _code(lambda n: f"{FONDS}·2011-{n}号")),
    Kind("code-twice", "档号", _code(lambda _n: code(1))),
    Kind("parent-unknown", "上级档号", _set("上级档号", f"{FONDS}-WS·2011·D30-9999")),
    Kind("level-unknown", "著录层级", _set("著录层级", "抽屉")),
    Kind("cell-long", "责任者", _set("责任者", "责" * 250)),
    Kind("cell-formula", "备注", _set("备注", Formula("=1+1"))),
    Kind("cell-error", "备注", _set("备注", Formula("=1/0"))),
    Kind("cell-rounded", "文号", _set("文号", "1.2E+10")),
    Kind("cell-became-date", "文号", _set("文号", Day("2011-03-05"))),
    Kind("own", "女方证件号", _set("女方证件号", "110105194912310021")),
    Kind("own", "女方出生日期", _set("女方出生日期", "去年")),
    Kind("own", "登记类型", _set("登记类型", "拜堂")),
    Kind("cell-empty", "登记类型", _set("登记类型", "")),
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """An error in a sheet: its cell as the report must name it."""

    kind: str
    row: int  # as the sheet counts
    column: int


def spoilt(count: int, errors: int, seed: int = 7) -> tuple[Iterable[dict[str, object]], list[Planted]]:
    """Rows 2 … count+1 of a sheet, with errors of all kinds in turn at rows that chance picks."""
    numbers = sorted(random.Random(seed).sample(range(2, count + 1), errors))
    plan = {number: KINDS[at % len(KINDS)] for at, number in enumerate(numbers)}
    planted = [Planted(kind.name, number + 1, HEADINGS.index(kind.column)) for number, kind in plan.items()]

    def rows() -> Iterable[dict[str, object]]:
        for number in range(1, count + 1):
            row: dict[str, object] = dict(good_row(number))
            if number in plan:
                plan[number].spoil(row, number)
            yield row

    return rows(), planted


def write_xlsx(target: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """The rows as a workbook, typed cells where a row says so."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(target), options) as book:
        sheet = book.add_worksheet("目录")
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADINGS)
        for at, row in enumerate(rows, 1):
            for column, heading in enumerate(HEADINGS):
                value = row.get(heading, "")
                if isinstance(value, Formula):
                    is_error = "/0" in value
                    sheet.write_formula(at, column, str(value), None, "#DIV/0!" if is_error else 2)
                elif isinstance(value, Day):
                    from datetime import datetime

                    sheet.write_datetime(at, column, datetime.fromisoformat(str(value)), day)
                elif value:
                    sheet.write_string(at, column, str(value), text)
