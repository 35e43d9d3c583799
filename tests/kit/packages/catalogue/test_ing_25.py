"""Reliability ING 25: a catalogue with 37 planted errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from xlsxwriter.worksheet import Worksheet

from lantai.kit.packages.problems import Severity
from lantai.kit.tabular.addresses import split_address
from tests.kit.packages.catalogue.making import FIRST_ROW, check_catalogue, code, write_sheet


def plant(sheet: Worksheet) -> set[str]:
    """Write 37 errors over rows 21 and on; at which cells."""
    at: set[str] = set()

    def wrong(kind: str, column: int, count: int, value: object, write: str = "write_string") -> None:
        for _ in range(count):
            place = FIRST_ROW + 20 + len(at) * 4
            arguments = (value,) if write != "write_formula" else ("=1+1", None, value)
            getattr(sheet, write)(place, column, *arguments)
            at.add(f"{kind} 目录!{'ABCDEFGHI'[column]}{place + 1}")

    wrong("cell-date", 5, 6, "20230230")
    wrong("cell-date", 5, 2, "二〇一一年")
    wrong("cell-serial", 5, 1, 40607, "write_number")
    wrong("code-twice", 1, 5, code(3))
    wrong("code-invalid", 1, 2, "Z109-WS2011-1")
    wrong("cell-rounded", 1, 1, 1.2e10, "write_number")
    wrong("retention-unknown", 8, 5, "永远")
    wrong("retention-differs", 8, 1, "10年")
    wrong("cell-formula", 7, 4, 2, "write_formula")
    wrong("classification-unknown", 6, 2, "绝蜜")
    wrong("cell-whole", 7, 3, "三页")
    wrong("cell-empty", 4, 1, "\u3000")
    for _ in range(4):
        place = FIRST_ROW + 20 + len(at) * 4
        sheet.merge_range(place, 3, place + 1, 3, "样例单位")
        at.add(f"cell-merged 目录!D{place + 1}")
    assert len(at) == 37
    return at


@pytest.mark.parametrize("count", [250, 20_000])
def test_ing_25_a_catalogue_with_37_planted_errors_reports_exactly_these_at_their_cells(
    tmp_path: Path, count: int
) -> None:
    planted: set[str] = set()
    path = write_sheet(tmp_path / "目录.xlsx", count, lambda sheet: planted.update(plant(sheet)))
    problems = check_catalogue(path)
    assert {f"{problem.code} {problem.place}" for problem in problems} == planted
    assert len(problems) == 37
    assert all(problem.severity is Severity.ERROR for problem in problems)
    for problem in problems:
        assert problem.place in str(problem) and split_address(problem.place.rpartition("!")[2])


def test_ing_25_the_corrected_catalogue_passes(tmp_path: Path) -> None:
    assert check_catalogue(write_sheet(tmp_path / "目录.xlsx", 250)) == ()
