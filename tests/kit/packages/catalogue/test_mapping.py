from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.packages.catalogue import How, map_columns, vocabulary
from lantai.kit.tabular import Row

WORDS = vocabulary()


def rows(*texts: tuple[str, ...]) -> list[Row]:
    return [Row(number, one) for number, one in enumerate(texts, 1)]


@pytest.mark.parametrize(
    ("headings", "identifiers"),
    [
        # DA/T 22 归档文件目录
        (
            ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注"),
            "sequence archivalCode documentNumber author title date securityClassification "
            "totalNumberOfPages annotation",
        ),
        # 案卷目录
        (
            ("序号", "档号", "案卷题名", "起止日期", "保管期限", "页数", "备注"),
            "sequence archivalCode volumeTitle date retentionPeriod totalNumberOfPages annotation",
        ),
        # 卷内文件目录
        (
            ("顺序号", "文号", "责任者", "题名", "日期", "页号", "备注"),
            "sequence documentNumber author title date pageNumber annotation",
        ),
        # DA/T 93 目录文件
        (
            ("顺序号", "档号", "责任者", "题名", "日期", "保管期限", "密级", "页数", "备注"),
            "sequence archivalCode author title date retentionPeriod securityClassification "
            "totalNumberOfPages annotation",
        ),
        # DA/T 18 and what systems in use write
        (
            ("Archival Code*", "文件题名（全称）", "发文机关", "成文\n日期", "开放标识", "密 级", "SM3值"),
            "- title author date controlIdentifier securityClassification digest-sm3",
        ),
    ],
)
def test_the_columns_of_every_usual_list_are_known(headings: tuple[str, ...], identifiers: str) -> None:
    found = map_columns(rows(headings), WORDS)
    assert found is not None
    named = [column.element.identifier if column.element else "-" for column in found.columns]
    assert named == [("archivalCode" if name == "-" else name) for name in identifiers.split()]


def test_headings_stand_where_they_are_proven_not_in_the_first_row() -> None:
    found = map_columns(
        rows(("样例单位归档文件目录",), ("全宗号：Z109", "年度：2011"), ("档号", "题名"), ("a", "b")), WORDS
    )
    assert found is not None and found.heading_row == 3


def test_headings_of_two_rows_are_read_together() -> None:
    found = map_columns(
        rows(
            ("档号", "题名", "开放审核", "", "数字摘要", ""),
            ("", "", "到期开放意见", "理由条款", "算法", "值"),
            ("甲", "乙", "开放", "", "SM3", "00"),
        ),
        WORDS,
    )
    assert found is not None and found.heading_row == 2
    assert set(found.by_identifier) == {
        *("archivalCode", "title", "openingOpinion", "openingClause", "digestAlgorithm", "digest"),
    }


def test_a_saved_mapping_of_an_agency_goes_before_everything() -> None:
    saved = {"标识甲": "archivalCode", "内容": "title", "备注": ""}
    found = map_columns(rows(("标识甲", "内容", "备注")), WORDS, saved)
    assert found is not None
    assert [column.how for column in found.columns] == [How.SAVED, How.SAVED, How.KEPT]


def test_a_column_without_heading_is_known_by_the_codes_in_it() -> None:
    codes = [(f"Z109-WS·2011·Y-{n:03d}", "样例", "样例单位") for n in range(1, 6)]
    found = map_columns(rows(("", "题名", "责任者"), *codes), WORDS)
    assert found is not None
    first = found.columns[0]
    assert first.element is not None and first.element.identifier == "archivalCode"
    assert first.how is How.CONTENT and first.confidence < 0.7


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["档号", "题名", "日期", "备注", "", "存放处", "自编号", "备注"]),
            st.text(max_size=4),
        ),
        min_size=1,
        max_size=9,
    )
)
def test_no_column_with_a_heading_is_ever_lost(headings: list[str]) -> None:
    cells = ("档号", "题名", *headings)
    found = map_columns(rows(cells, tuple("x" for _ in cells)), WORDS)
    assert found is not None
    assert [column.column for column in found.columns] == list(range(len(cells)))
    kept = [column.label for column in found.columns if column.element is None]
    assert len(kept) == len(set(kept))
