from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.tabular import Mark, TableBroken, TableLimits, TableTooLarge, guarded, open_tables, write_csv
from lantai.kit.tabular.delimited import delimiter_of, encoding_of, unguarded
from lantai.kit.tabular.values import cleaned

TEXT = "档号,题名,页数\r\nZ109-WS·2011·Y-001,关于样例的通知,3\r\n"


def rows_of(path: Path) -> list[tuple[str, ...]]:
    (table,) = open_tables(path)
    return [row.texts for row in table.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_is_read_in_whatever_encoding_it_came(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert rows_of(path) == [("档号", "题名", "页数"), ("Z109-WS·2011·Y-001", "关于样例的通知", "3")]


@pytest.mark.parametrize("sign", [",", "\t", ";", "|", "，"])
def test_the_delimiter_is_proven_by_the_rows(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT.replace(",", sign), encoding="utf-8")
    assert delimiter_of(path, encoding_of(path, "a.txt")) == sign


def test_quoted_line_ends_ragged_rows_and_blank_lines_keep_their_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b,c\n"x\ny","p ""q"""\n\n1,2,3,4\n', encoding="utf-8")
    (table,) = open_tables(path)
    assert [(row.number, row.texts) for row in table.rows()] == [
        (1, ("a", "b", "c")),
        (2, ("x\ny", 'p "q"')),
        (3, ()),
        (4, ("1", "2", "3", "4")),
    ]


def test_a_quote_that_never_ends_is_told_and_swallows_nothing_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"never,ends\n1,2\n', encoding="utf-8")
    with pytest.raises(TableBroken):
        rows_of(path)


def test_bytes_that_are_text_in_no_encoding_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n\xff\xff\xff\x81\n")
    with pytest.raises(TableBroken):
        rows_of(path)


def test_limits_hold_for_text_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" * 20, encoding="utf-8")
    for limits in (TableLimits(rows=10), TableLimits(columns=1)):
        with pytest.raises(TableTooLarge):
            list(open_tables(path, limits=limits)[0].rows())
    (table,) = open_tables(path, limits=TableLimits(cell_length=0))
    assert next(table.rows()).mark(0) == Mark.TOO_LONG


CELLS = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufeff"), max_size=12)


@settings(max_examples=60)
@given(rows=st.lists(st.lists(CELLS.map(cleaned), min_size=2, max_size=4), max_size=6))
def test_what_is_written_as_csv_is_read_back(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "a.csv"
    path.unlink(missing_ok=True)
    write_csv(path, ["甲", "乙", "丙", "丁"], rows)
    found = [list(texts) for texts in rows_of(path)[1:]]
    trimmed = [row[: max((n + 1 for n, text in enumerate(row) if text), default=0)] for row in rows]
    assert found == trimmed


@given(CELLS)
def test_no_cell_we_write_as_csv_can_be_run(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text
