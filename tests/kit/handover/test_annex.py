"""The annex of R-30: opinions line by line, as people write them into sheets."""

from __future__ import annotations

from datetime import date

import pytest
import xlsxwriter

from lantai.kit.handover import sheet
from lantai.kit.handover.opinions import HEADINGS, Opinion, as_row, check, read
from lantai.kit.handover.sheet import AnnexTooLarge, AnnexUnopenable, AnnexWithoutHead, read_annex
from lantai.kit.tabular import TableLimits

ON = date(2024, 6, 1)
HEAD = ["档号", HEADINGS["opening"], HEADINGS["clause"], "存放处"]
ROWS = [
    ["样例单位移交附表"],
    HEAD,
    ["X001-0001", "延期", "第一条", "样例架"],
    [],
    ["X001-0002", "开放", "", ""],
]
LINES = [
    {"档号": "X001-0001", HEADINGS["opening"]: "延期", HEADINGS["clause"]: "第一条", "row": "3"},
    {"档号": "X001-0002", HEADINGS["opening"]: "开放", "row": "5"},
]


def csv_of(tmp_path, rows, encoding="utf-8"):
    path = tmp_path / "附表.csv"
    path.write_bytes("".join(",".join(row) + "\r\n" for row in rows).encode(encoding))
    return str(path)


def xlsx_of(tmp_path, rows):
    path = tmp_path / "附表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    return str(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_file_is_read_in_its_encoding(tmp_path, encoding):
    assert read_annex(csv_of(tmp_path, ROWS, encoding)) == LINES


def test_a_workbook_says_the_same(tmp_path):
    assert read_annex(xlsx_of(tmp_path, ROWS)) == LINES


def test_a_day_that_a_workbook_keeps_as_a_date_is_that_day(tmp_path):
    path = tmp_path / "附表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["档号", HEADINGS["disclosed_on"]])
        page.write(1, 0, "X001-0001")
        page.write_datetime(1, 1, date(2024, 5, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    (line,) = read_annex(str(path))
    assert read(line) == (Opinion(disclosed_on=date(2024, 5, 1)), ())


@pytest.mark.parametrize("rows", [[], [["档号", "题名"], ["X001-0001", "样例"]], [["空"]] * 20 + ROWS])
def test_a_sheet_without_a_head_is_refused(tmp_path, rows):
    with pytest.raises(AnnexWithoutHead):
        read_annex(xlsx_of(tmp_path, rows))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04cut", b"\xff\xfe\x00"])
def test_what_is_no_sheet_is_refused(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(AnnexUnopenable):
        read_annex(str(tmp_path / "a"))


def test_a_sheet_over_its_limits_is_refused_and_says_which(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "LIMITS", TableLimits(rows=3))
    with pytest.raises(AnnexTooLarge) as refused:
        read_annex(csv_of(tmp_path, ROWS))
    assert refused.value.params["most"] == 3


def test_what_was_said_is_written_as_it_was_read():
    said = {
        "到期开放意见": "延期",
        **{HEADINGS[name]: text for name, text in (("clause", "第一条"), ("disclosed_on", "2024-05-01"))},
    }
    opinion, troubles = read(said)
    assert not troubles and as_row(opinion).items() >= {HEADINGS["clause"]: "第一条"}.items()
    assert read(as_row(opinion)) == (opinion, ())


@pytest.mark.parametrize(
    ("said", "classification", "columns"),
    [
        ({"opening": "开放"}, "", []),
        ({"opening": "延期"}, "", ["clause"]),
        ({"opening": "开放"}, "机密", ["opening"]),
        ({"disclosed_on": "2024-07-01"}, "", ["disclosed_on"]),
        ({"basis": "样例决定"}, "", ["change"]),
    ],
)
def test_words_that_do_not_go_together_are_told_at_their_column(said, classification, columns):
    opinion, troubles = read(said)
    assert not troubles
    assert [one.column for one in check(opinion, classification=classification, on=ON)] == columns


def test_a_word_that_is_none_is_told_with_those_that_are():
    opinion, (trouble,) = read({"opening": "随便"})
    assert opinion.is_empty and trouble.column == "opening" and "开放" in trouble.params["allowed"]
