from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.worksheet import Worksheet

from lantai.kit.metadata import load
from lantai.kit.packages.catalogue import CatalogueReader, vocabulary
from lantai.kit.packages.catalogue.findings import MOST_OF_A_KIND
from lantai.kit.packages.catalogue.rules import rule_for
from lantai.kit.packages.problems import Problem
from lantai.kit.tabular import Mark, write_csv
from tests.kit.packages.catalogue.making import HEADINGS, check_catalogue, code, row, write_sheet


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.code, problem.place) for problem in problems]


def csv_of(folder: Path, rows: list[list[str]], headings: tuple[str, ...] = HEADINGS) -> Path:
    path = folder / "目录.csv"
    write_csv(path, headings, rows)
    return path


@pytest.mark.parametrize(
    ("identifier", "text", "standard"),
    [
        ("date", "2011-3-5", "20110305"),
        ("date", "2011/03/05", "20110305"),
        ("date", "２０１１年３月５日", "20110305"),
        ("date", "2011年3月", "201103"),
        ("date", "[2011]", "[2011]"),
        ("date", "20110305.0", "20110305"),
        ("date", "20110101-20111231", "20110101/20111231"),
        ("date", "2011.1.1～2011.12.31", "20110101/20111231"),
        ("retentionPeriod", "D30", "30年"),
        ("retentionPeriod", "定期（30年）", "30年"),
        ("retentionPeriod", "Ｙ", "永久"),
        ("retentionPeriod", "30", "30年"),
        ("securityClassification", "机密 * 10年", "机密★10年"),
        ("securityClassification", "非密", "公开"),
        ("totalNumberOfPages", "12.0", "12"),
        ("totalNumberOfPages", "１２", "12"),
        ("year", "2011.0", "2011"),
        ("year", "2011年度", "2011"),
        ("openingOpinion", "延期", "延期"),
    ],
)
def test_what_people_write_is_brought_to_the_form_of_the_standard(
    identifier: str, text: str, standard: str
) -> None:
    element = vocabulary().element(identifier)
    assert element is not None
    assert rule_for(element)(text, Mark(0)) == (standard, None)


@pytest.mark.parametrize(
    ("identifier", "text", "problem"),
    [
        ("date", "20230230", "cell-date"),
        ("date", "20111231-20110101", "cell-date"),
        ("date", "5/3/2011", "cell-date"),
        ("date", "40607", "cell-serial"),
        ("retentionPeriod", "100", "retention-unknown"),
        ("retentionPeriod", "长期", "retention-legacy"),
        ("securityClassification", "机密★", "classification-unknown"),
        ("totalNumberOfPages", "0", "cell-whole"),
        ("totalNumberOfPages", "3页", "cell-whole"),
        ("year", "11", "cell-year"),
        ("openingOpinion", "不开放", "cell-word"),
        ("documentNumber", "1.2E+10", "cell-rounded"),
        ("manuscriptType", "初稿本", "cell-word"),
    ],
)
def test_what_cannot_be_meant_is_told(identifier: str, text: str, problem: str) -> None:
    element = vocabulary().element(identifier)
    assert element is not None
    value, trouble = rule_for(element)(text, Mark(0))
    assert trouble is not None and trouble.code == problem
    assert value == text


def test_a_code_that_a_spreadsheet_turned_into_a_date_is_told() -> None:
    element = vocabulary().element("agencyItemNumber")
    assert element is not None
    _value, trouble = rule_for(element)("20110102", Mark.DATE)
    assert trouble is not None and trouble.code == "cell-became-date"


def test_a_gap_in_the_item_numbers_is_told_at_the_row_after_it(tmp_path: Path) -> None:
    path = csv_of(tmp_path, [row(1), row(2), row(6), row(7)])
    (problem,) = check_catalogue(path)
    assert (problem.code, problem.place) == ("code-gap", "目录.csv!B4")
    assert problem.params["count"] == 3 and "00003、00004、00005" in str(problem)


def test_a_wrong_code_is_not_told_a_second_time_as_a_gap(tmp_path: Path) -> None:
    twice = [row(1)[0], code(1), *row(1)[2:]]
    path = csv_of(tmp_path, [row(1), twice, row(3)])
    assert told(check_catalogue(path)) == [("code-twice", "目录.csv!B3")]


def test_codes_in_any_order_have_no_gaps(tmp_path: Path) -> None:
    assert check_catalogue(csv_of(tmp_path, [row(3), row(1), row(2)])) == ()


def test_a_year_or_retention_that_the_code_contradicts_is_told(tmp_path: Path) -> None:
    headings = ("档号", "题名", "责任者", "日期", "年度", "保管期限")
    path = csv_of(tmp_path, [[code(1), "样例", "样例单位", "20110305", "2012", "永久"]], headings)
    assert told(check_catalogue(path)) == [
        ("retention-differs", "目录.csv!F2"),
        ("year-differs", "目录.csv!E2"),
    ]


def test_hidden_rows_and_sheets_are_told_and_error_cells_refused(tmp_path: Path) -> None:
    def plant(sheet: Worksheet) -> None:
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.write_formula(4, 7, "=A0", None, "#REF!")

    problems = check_catalogue(write_sheet(tmp_path / "目录.xlsx", 5, plant))
    assert told(problems) == [("row-hidden", "目录!A4"), ("cell-error", "目录!H5")]


def test_a_catalogue_without_codes_or_titles_says_which_column_is_missing(tmp_path: Path) -> None:
    path = csv_of(
        tmp_path, [["样例", "样例单位", "20110305", "30年"]], ("题名", "责任者", "日期", "保管期限")
    )
    assert told(check_catalogue(path)) == [("column-missing", "目录.csv")]


def test_a_table_that_is_no_catalogue_is_told(tmp_path: Path) -> None:
    path = csv_of(tmp_path, [["1", "2"]], ("甲", "乙"))
    assert [problem.code for problem in check_catalogue(path)] == ["sheet-skipped", "catalogue-none"]


def test_a_list_of_volumes_is_read_as_volumes(tmp_path: Path) -> None:
    headings = ("序号", "档号", "案卷题名", "起止日期", "保管期限", "页数", "备注", "责任者")
    cells = ["1", "X032-KJ·JJ·02-005", "样例案卷", "20110101-20111231", "30年", "20", "", "样例单位"]
    path = csv_of(tmp_path, [cells], headings)
    reader = CatalogueReader([path])
    (entry,) = reader.entries()
    assert reader.findings.as_tuple() == ()
    assert entry.first("volumeTitle") == "样例案卷" and entry.first("date") == "20110101/20111231"


def test_every_message_can_be_said(tmp_path: Path) -> None:
    cells = row(1)
    cells[1:9] = ["1.2E+10", "", "", "", "20230230", "秘", "x", "永远"]
    for problem in check_catalogue(csv_of(tmp_path, [cells])):
        assert problem.place in str(problem) and "%" not in str(problem)


def test_every_scheme_that_ships_has_a_vocabulary() -> None:
    for name in ("da_t_46", "marriage", "scanned_page", "educated_youth"):
        words = vocabulary(name)
        assert words.find("档号") and words.find("题名")
        assert load(name).find("archivalCode")


def test_a_whole_column_in_a_wrong_form_is_told_in_bounded_space(tmp_path: Path) -> None:
    path = csv_of(tmp_path, [[*row(n)[:5], "x", *row(n)[6:]] for n in range(1, MOST_OF_A_KIND + 11)])
    problems = check_catalogue(path)
    assert len(problems) == MOST_OF_A_KIND + 1
    assert problems[-1].code == "more-of-kind" and problems[-1].params["count"] == 10


CELL = st.one_of(
    st.sampled_from(
        ["", "20110305", "2011-02-30", code(1), "永久", "D30", "机密★", "1.2E+10", "٣", "²", "①", "12/"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="%"), max_size=6),  # as of a place left open
)


@settings(max_examples=150)
@given(rows=st.lists(st.lists(CELL, min_size=11, max_size=11), min_size=1, max_size=4))
def test_whatever_stands_in_the_cells_is_read_or_told(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "目录.csv"
    path.unlink(missing_ok=True)
    with path.open("w", encoding="utf-8", newline="", errors="replace") as stream:
        csv.writer(stream).writerows([HEADINGS, *rows])
    for problem in check_catalogue(path):
        assert "%(" not in str(problem)
