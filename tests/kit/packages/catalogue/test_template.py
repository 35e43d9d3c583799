from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from lantai.kit import cli
from lantai.kit.metadata import load
from lantai.kit.packages.catalogue import CatalogueReader, importing
from lantai.kit.packages.catalogue.template import STANDARD, write_template
from lantai.kit.tabular import open_tables
from tests.kit.packages.catalogue.making import check_catalogue


def test_the_template_is_read_by_our_own_reader_and_its_example_is_left_out(tmp_path: Path) -> None:
    write_template(tmp_path / "模板.xlsx", tuple(load("scanned_page")))
    reader = CatalogueReader([tmp_path / "模板.xlsx"])
    assert list(reader.entries()) == []
    assert [problem.code for problem in reader.findings] == ["row-example", "catalogue-empty"]
    (mapped,) = reader.catalogues
    assert set(STANDARD) <= set(mapped.columns.by_identifier)
    assert not any(
        column.element is None for column in mapped.columns.columns if column.column < len(STANDARD)
    )


def test_the_example_is_left_out_where_numbers_are_no_column(tmp_path: Path) -> None:
    write_template(tmp_path / "模板.xlsx")
    read = importing.read(
        str(tmp_path / "模板.xlsx"), "模板.xlsx", [], {"顺序号": ""}, (), "item", True, str(tmp_path)
    )
    found = [json.loads(line)["code"] for line in (tmp_path / importing.PROBLEMS).read_text().splitlines()]
    assert (read["rows"], found) == (0, ["row-example", "catalogue-empty"])


def test_the_example_says_that_it_is_one(tmp_path: Path) -> None:
    write_template(tmp_path / "模板.xlsx")
    sheet, _notes = open_tables(tmp_path / "模板.xlsx")
    example = list(sheet.rows())[1]
    assert example.text(0) == "样例" and "样例" in example.text(4)


def test_what_has_a_list_of_values_gets_a_drop_down(tmp_path: Path) -> None:
    write_template(tmp_path / "模板.xlsx")
    with zipfile.ZipFile(tmp_path / "模板.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    for words in ("永久,30年,10年", "公开,国内,内部,限制", "开放,延期,控制", "主动公开,依申请公开,不予公开"):
        assert (
            f"<formula1>&quot;{words}&quot;</formula1>" in sheet or f'<formula1>"{words}"</formula1>' in sheet
        )


def test_a_template_that_was_not_filled_in_is_refused(tmp_path: Path) -> None:
    write_template(tmp_path / "模板.xlsx")
    assert any(problem.code == "catalogue-empty" for problem in check_catalogue(tmp_path / "模板.xlsx"))


def test_a_clerk_gets_the_template_at_the_command_line_and_never_over_a_filled_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "目录.xlsx"
    assert cli.main(["template", str(path), "--elements", "scanned_page"]) == 0
    assert [problem.code for problem in check_catalogue(path)] == ["row-example", "catalogue-empty"]
    filled = path.read_bytes()
    assert cli.main(["template", str(path)]) == 2
    assert path.read_bytes() == filled and "已经存在" in capsys.readouterr().err
