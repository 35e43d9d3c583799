from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.tabular import Mark, SheetWriter, Span, TableKind, address, kind_of, open_tables
from lantai.kit.tabular.addresses import column_of, letters, read_span, split_address
from lantai.kit.tabular.values import cleaned, day_of_serial, narrow
from tests.kit.tabular.making import ods_cell, write_ods, write_xls


@pytest.fixture
def odd_xlsx(tmp_path: Path) -> Path:
    path = tmp_path / "odd.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("目录")
        sheet.write_string(2, 1, "题\u00a0名\u3000")
        sheet.write_number(3, 2, 12_000_000_000)
        sheet.write_number(3, 3, 2011.0)
        sheet.write_formula(4, 1, "=1+1", None, 2)
        sheet.write_formula(4, 2, "=A0", None, "#REF!")
        sheet.merge_range(5, 1, 6, 2, "合并")
        sheet.write_datetime(7, 1, date(2011, 3, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_boolean(8, 1, True)
        sheet.set_row(8, None, None, {"hidden": True})
        sheet.set_column(3, 3, None, None, {"hidden": True})
        book.add_worksheet("藏").hide()
    return path


def test_every_oddity_of_an_xlsx_is_told_at_its_cell(odd_xlsx: Path) -> None:
    table, hidden = open_tables(odd_xlsx)
    rows = {row.number: row for row in table.rows()}
    assert table.kind is TableKind.XLSX and hidden.is_hidden and not table.is_hidden
    assert rows[3].text(1) == "题 名"
    assert (rows[4].text(2), rows[4].mark(2)) == ("12000000000", Mark.NUMBER)
    assert rows[4].text(3) == "2011"
    assert (rows[5].text(1), rows[5].mark(1)) == ("2", Mark.NUMBER | Mark.FORMULA)
    assert (rows[5].text(2), rows[5].mark(2)) == ("#REF!", Mark.FORMULA | Mark.ERROR)
    assert table.merged == (Span(6, 1, 7, 2),)
    assert all(rows[row].mark(column) == Mark.MERGED for row in (6, 7) for column in (1, 2))
    assert (rows[8].text(1), rows[8].mark(1)) == ("20110305", Mark.DATE)
    assert rows[9].is_hidden and not rows[8].is_hidden
    assert table.hidden_columns == frozenset({3})
    assert table.place(5, 2) == "目录!C5"


def test_an_old_xls_tells_its_formulas_merged_cells_and_hidden_rows(tmp_path: Path) -> None:
    rows = [["档号", "页数", "题名"], ["a", "", "b"], ["m", "1", "z"], ["", "2", "y"], ["h", "3", "w"]]
    (table,) = open_tables(write_xls(tmp_path / "old.xls", rows))
    found = list(table.rows())
    assert table.kind is TableKind.XLS and table.name == "目录"
    assert found[1].mark(1) == Mark.NUMBER | Mark.FORMULA and found[1].text(1) == "42"
    assert table.merged == (Span(3, 0, 4, 0),)
    assert [row.is_hidden for row in found] == [False] * 4 + [True]


def test_an_ods_tells_the_same_and_its_endless_empty_rows_are_not_counted(tmp_path: Path) -> None:
    formula = 'table:formula="of:=1+1" office:value-type="float" office:value="2"'
    spanned = ods_cell("乙", 'table:number-rows-spanned="2"')
    rows = (
        f"<table:table-row>{ods_cell('档号')}{ods_cell('题名')}</table:table-row>"
        f'<table:table-row table:visibility="collapse">{ods_cell("甲")}'
        f"<table:table-cell {formula}><text:p>2</text:p></table:table-cell></table:table-row>"
        f"<table:table-row>{spanned}{ods_cell('丙')}</table:table-row>"
        f"<table:table-row><table:covered-table-cell/>{ods_cell('丁')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    (table,) = open_tables(write_ods(tmp_path / "a.ods", rows))
    found = list(table.rows())
    assert table.kind is TableKind.ODS
    assert found[1].mark(1) == Mark.NUMBER | Mark.FORMULA and found[1].is_hidden
    assert table.merged == (Span(3, 0, 4, 0),)
    assert found[3].texts == ("", "丁")


def test_a_workbook_called_xls_is_read_by_its_content(odd_xlsx: Path, tmp_path: Path) -> None:
    renamed = tmp_path / "目录.xls"
    renamed.write_bytes(odd_xlsx.read_bytes())
    assert kind_of(renamed) is TableKind.XLSX
    assert open_tables(renamed)[0].name == "目录"


def test_nothing_that_we_write_is_run_or_turned_into_a_number(tmp_path: Path) -> None:
    texts = ["=1+1", "+86", "-5", "@sum", "00123", "1.2E+10", "https://a.invalid", "{=1}"]
    path = tmp_path / "out.xlsx"
    with SheetWriter(path) as book:
        book.sheet("目录", ["题名"], [[text] for text in texts])
    (table,) = open_tables(path)
    rows = list(table.rows())[1:]
    assert [row.text(0) for row in rows] == texts
    assert not any(row.marks for row in rows)


@given(st.integers(0, 16_383), st.integers(1, 1_048_576))
def test_an_address_leads_back_to_its_cell(column: int, row: int) -> None:
    assert split_address(address(row, column)) == (row, column)
    assert column_of(letters(column)) == column
    assert read_span(f"A1:{address(row, column)}") == Span(1, 0, row, column)


def test_odd_spaces_go_and_wide_digits_are_known_as_digits() -> None:
    assert cleaned("\ufeff\u3000题\u00a0名\u200b ") == "题 名"
    assert narrow("２０１１") == "2011"


def test_a_day_number_of_a_spreadsheet_is_known() -> None:
    assert day_of_serial("40607") == date(2011, 3, 5)
    assert day_of_serial("20110305") is None and day_of_serial("00012") is None
