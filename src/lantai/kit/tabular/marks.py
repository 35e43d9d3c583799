"""What the sheets of a workbook say beside the values: formulas, merged cells, what is hidden, the extent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from lantai.kit.errors import N_
from lantai.kit.tabular.addresses import Span
from lantai.kit.tabular.types import Mark, TableBroken, TableLimits, TableTooLarge

Attributes = dict[str, str]


@dataclass(slots=True)
class SheetMarks:
    """Of one sheet; rows from 1, columns from 0. ``errors`` are the texts of error cells."""

    marks: dict[int, dict[int, Mark]] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Span] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    last_row: int = 0
    last_column: int = -1

    def add(self, row: int, column: int, mark: Mark) -> None:
        """Mark a cell."""
        marks = self.marks.setdefault(row, {})
        marks[column] = marks.get(column, Mark(0)) | mark

    def reach(self, row: int, column: int) -> None:
        """Something stands here."""
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)

    def merge(self, span: Span) -> None:
        """Note merged cells; a single cell is none."""
        if (span.top, span.left) != (span.bottom, span.right):
            self.merged.append(span)

    def of_row(self, row: int) -> Mapping[int, Mark]:
        """Marks of the cells of a row."""
        return self.marks.get(row, {})


def spread_merged(name: str, sheet: SheetMarks, limits: TableLimits) -> None:
    """Mark every cell under a merged span, as far as the sheet is used."""
    spent = 0
    for span in sheet.merged:
        bottom, right = min(span.bottom, sheet.last_row), min(span.right, sheet.last_column)
        spent += max(0, bottom - span.top + 1) * max(0, right - span.left + 1)
        if spent > limits.merged:  # spans that lie on each other by the thousand
            raise TableTooLarge(name=name, what=N_("合并单元格"), most=limits.merged)
        for row in range(span.top, bottom + 1):
            for column in range(span.left, right + 1):
                sheet.add(row, column, Mark.MERGED)


def require_extent(name: str, sheet: SheetMarks, limits: TableLimits) -> None:
    """Raises `TableTooLarge` where the used rectangle is more than is read."""
    rows, columns = sheet.last_row, sheet.last_column + 1
    for what, found, most in (
        (N_("行数"), rows, limits.rows),
        (N_("列数"), columns, limits.columns),
        (N_("单元格数"), rows * columns, limits.cells),
    ):
        if found > most:
            raise TableTooLarge(name=name, what=what, most=most)


def scan(
    data: bytes,
    name: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk through one XML part; names come as ``namespace name`` pairs. Raises `TableBroken`.

    Office files have no DTD: one is refused as it is met, so that nothing can be expanded.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def refuse(*_ignored: object) -> None:
        raise TableBroken(name=name, reason=N_("含有 DTD 或实体声明"))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise TableBroken(name=name, reason=expat.ErrorString(error.code)) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows, or that expat cannot take
        raise TableBroken(name=name, reason=str(error)) from error


def local(name: str) -> str:
    """An element's or attribute's name without its namespace."""
    return name.rpartition(" ")[2]
