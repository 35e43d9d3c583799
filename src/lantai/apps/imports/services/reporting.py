"""The report of a check: the same sheets, with a column that says what is wrong with each row."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter

from lantai.apps.imports.models import Batch, Problem
from lantai.apps.imports.services.reading import lines_of
from lantai.apps.imports.types import Severity
from lantai.apps.imports.wording import said
from lantai.kit.packages.catalogue.importing import SHEETS
from lantai.kit.tabular.writing import BOOK_OPTIONS, CELL_LENGTH
from lantai.platform.blobs import services as blobs

ERRORS = "错误"  # heading of the column; the reader leaves a column of this name out
_COLOURS = {Severity.ERROR: "#F6C9C3", Severity.WARNING: "#FBE8BF"}


def write(batch: Batch, folder: Path) -> str:
    """Write the report and keep it; returns its key."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        target = Path(name) / "report.xlsx"
        _write(target, folder / SHEETS, _problems(batch))
        return blobs.put_file(target).key


def _problems(batch: Batch) -> dict[tuple[int, int], list[Problem]]:
    """By sheet and row; there are at most some thousands of each kind."""
    found: dict[tuple[int, int], list[Problem]] = defaultdict(list)
    for problem in Problem.objects.filter(batch=batch).order_by("sheet", "number", "column", "pk").iterator():
        found[problem.sheet, problem.number].append(problem)
    return found


def _write(target: Path, rows: Path, problems: Mapping[tuple[int, int], list[Problem]]) -> None:
    widths = _widths(rows)
    with xlsxwriter.Workbook(str(target), {**BOOK_OPTIONS, "tmpdir": str(target.parent)}) as book:
        text = book.add_format({"num_format": "@", "valign": "top"})
        marked = {
            severity: book.add_format({"num_format": "@", "valign": "top", "bg_color": colour})
            for severity, colour in _COLOURS.items()
        }
        index, heading_row, sheet = -1, 0, None
        for line in lines_of(rows):
            if "sheet" in line:
                index, heading_row = index + 1, int(line["heading_row"])
                sheet = book.add_worksheet(_title(str(line["sheet"]), index))
                sheet.freeze_panes(heading_row, 0)
                sheet.set_column(widths[index], widths[index], 70, text)
                continue
            number, texts = int(line["n"]), list(line["t"])
            wrong = problems.get((index, number), [])
            _write_row(sheet, number - 1, texts, wrong, widths[index], (text, marked), number == heading_row)


def _write_row(
    sheet: xlsxwriter.worksheet.Worksheet,
    at: int,
    texts: list[str],
    wrong: list[Problem],
    width: int,
    formats: tuple[xlsxwriter.format.Format, Mapping[str, xlsxwriter.format.Format]],
    is_heading: bool,
) -> None:
    plain, marked = formats
    cells = {problem.column: marked[problem.severity] for problem in reversed(wrong) if problem.column >= 0}
    for column, value in enumerate(texts):
        if value and column not in cells:
            sheet.write_string(at, column, value[:CELL_LENGTH], plain)
        elif column in cells:
            sheet.write_string(at, column, value[:CELL_LENGTH], cells[column])
    for column in cells.keys() - set(range(len(texts))):
        sheet.write_blank(at, column, None, cells[column])
    if is_heading or wrong:
        told = "\n".join(map(said, wrong))
        text = f"{ERRORS}\n{told}" if is_heading and told else ERRORS if is_heading else told
        sheet.write_string(at, width, text[:CELL_LENGTH], plain)


def _widths(rows: Path) -> list[int]:
    """How many columns each sheet has."""
    found: list[int] = []
    for line in lines_of(rows):
        if "sheet" in line:
            found.append(1)
        else:
            found[-1] = max(found[-1], len(line["t"]))
    return found


def _title(name: str, index: int) -> str:
    """A name that a worksheet may have, never twice."""
    kept = "".join(sign for sign in name if sign not in "[]:*?/\\'").strip()
    return f"{kept[:24] or '1'}" if not index else f"{kept[:24]} ({index + 1})"
