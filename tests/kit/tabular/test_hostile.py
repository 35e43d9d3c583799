"""Tables made to do harm: refused by name, never a crash, never the memory."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from lantai.kit.tabular import (
    TableBroken,
    TableEncrypted,
    TableLimits,
    TableRefused,
    TableTooLarge,
    TableUnknown,
    open_tables,
)
from tests.kit.tabular.making import ods_cell, write_ods, write_xls


def simple_xlsx(path: Path, *cells: tuple[int, int]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, column in cells or ((0, 0),):
            sheet.write_string(row, column, "甲")
    return path


def with_part(source: Path, target: Path, part: str, *changes: tuple[str, str]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            for before, after in changes if name == part else ():
                assert before.encode() in text
                text = text.replace(before.encode(), after.encode())
            new.writestr(name, text)
    return target


SHEET = "xl/worksheets/sheet1.xml"


def test_two_cells_far_apart_do_not_fill_the_memory(tmp_path: Path) -> None:
    with pytest.raises(TableTooLarge):
        open_tables(simple_xlsx(tmp_path / "far.xlsx", (0, 0), (199_999, 500)))


def test_a_count_of_strings_that_lies_is_refused_before_memory_is_taken_for_it(tmp_path: Path) -> None:
    source = simple_xlsx(tmp_path / "a.xlsx")
    change = ('uniqueCount="1"', 'uniqueCount="9999999999"')
    with pytest.raises(TableBroken):
        open_tables(with_part(source, tmp_path / "b.xlsx", "xl/sharedStrings.xml", change))


def test_one_long_string_shown_by_many_cells_is_counted_as_often(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "长" * 5000)
        for row in range(1, 300):
            sheet.write_string(row, 0, "长" * 5000 if row % 3 == 0 else "短")
    assert open_tables(path, limits=TableLimits(characters=600_000))
    with pytest.raises(TableTooLarge):
        open_tables(path, limits=TableLimits(characters=400_000))


def test_cells_repeated_without_end_in_an_ods_are_refused(tmp_path: Path) -> None:
    row = f'<table:table-row table:number-rows-repeated="1000000">{ods_cell("甲")}</table:table-row>'
    with pytest.raises(TableTooLarge):
        open_tables(write_ods(tmp_path / "a.ods", row))
    endless = ods_cell("甲", 'table:number-columns-repeated="99999999999"')
    wide = f"<table:table-row>{endless}</table:table-row>"
    with pytest.raises(TableTooLarge):
        open_tables(write_ods(tmp_path / "b.ods", wide))


def test_a_sheet_that_inflates_beyond_its_packed_size_is_refused(tmp_path: Path) -> None:
    source = simple_xlsx(tmp_path / "a.xlsx")
    filler = ("<sheetData>", "<sheetData>" + " " * 3_000_000)
    bomb = with_part(source, tmp_path / "b.xlsx", SHEET, filler)
    with pytest.raises(TableTooLarge):
        open_tables(bomb, limits=TableLimits(unpacked_mb=2))


def test_an_entity_in_a_sheet_is_refused(tmp_path: Path) -> None:
    source = simple_xlsx(tmp_path / "a.xlsx")
    doctype = ("<worksheet", '<!DOCTYPE worksheet [<!ENTITY x "y">]><worksheet')
    with pytest.raises(TableBroken):
        open_tables(with_part(source, tmp_path / "b.xlsx", SHEET, doctype))


def test_a_sheet_in_an_encoding_that_the_parser_cannot_take_is_refused(tmp_path: Path) -> None:
    source = simple_xlsx(tmp_path / "a.xlsx")
    with pytest.raises(TableBroken):
        open_tables(with_part(source, tmp_path / "b.xlsx", SHEET, ('encoding="UTF-8"', 'encoding="GB18030"')))


def test_merged_cells_by_the_thousand_over_each_other_are_refused(tmp_path: Path) -> None:
    source = simple_xlsx(tmp_path / "a.xlsx", (0, 0), (999, 20))
    spans = '<mergeCells count="999">' + '<mergeCell ref="A1:U1000"/>' * 999 + "</mergeCells><pageMargins"
    with pytest.raises(TableTooLarge):
        open_tables(with_part(source, tmp_path / "b.xlsx", SHEET, ("<pageMargins", spans)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\n",
        b"<html><table><tr><td>1</td></tr></table></html>",
        b'<?xml version="1.0"?><Workbook/>',
    ],
    ids=["empty", "pdf", "web page", "xml workbook"],
)
def test_what_only_calls_itself_a_spreadsheet_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "导出.xls"
    path.write_bytes(content)
    with pytest.raises(TableUnknown):
        open_tables(path)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(TableUnknown):
        open_tables(tmp_path / "a.xlsx")


def test_a_locked_xls_is_told_apart_from_a_damaged_one(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", [["档号", "题名"], ["甲", "乙"], ["丙", "丁"], ["戊", "己"]])
    locked = path.read_bytes().replace(b"\x85\x00", b"\x2f\x00", 1)
    (tmp_path / "locked.xls").write_bytes(locked)
    with pytest.raises(TableEncrypted):
        open_tables(tmp_path / "locked.xls")


@pytest.mark.parametrize("seed", range(3))
def test_damage_anywhere_is_refused_or_read_but_never_fatal(tmp_path: Path, seed: int) -> None:
    noise = random.Random(seed)
    sources = [
        simple_xlsx(tmp_path / "a.xlsx", (0, 0), (3, 3)),
        write_ods(tmp_path / "a.ods", f"<table:table-row>{ods_cell('甲')}</table:table-row>"),
        write_xls(tmp_path / "a.xls", [["档号", "题名"], ["甲", "乙"], ["丙", "丁"], ["戊", "己"]]),
    ]
    for _ in range(60):
        source = noise.choice(sources)
        data = bytearray(source.read_bytes())
        for _change in range(noise.randint(1, 8)):
            data[noise.randrange(len(data))] = noise.randrange(256)
        damaged = tmp_path / f"damaged{source.suffix}"
        damaged.write_bytes(data)
        try:
            for table in open_tables(damaged):
                list(table.rows())
        except TableRefused as refused:
            assert str(refused)
