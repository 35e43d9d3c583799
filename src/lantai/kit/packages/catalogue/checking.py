"""Checking a catalogue row by row: every cell against its rule, every code against the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lantai.kit.numbering import (
    LegacyRetention,
    Level,
    ReferenceCode,
    ReferenceCodeInvalid,
    Retention,
    RetentionPartInvalid,
)
from lantai.kit.packages.catalogue.mapping import ColumnMap, MappedColumn
from lantai.kit.packages.catalogue.numbers import Numbers
from lantai.kit.packages.catalogue.rules import Rule, code_text, is_rounded, read_code, rule_for
from lantai.kit.packages.problems import Findings
from lantai.kit.tabular import DEFAULT_LIMITS, Mark, Row, Table

REQUIRED = ("archivalCode", "title", "author", "date", "retentionPeriod")  # DA/T 18-2022 §5, item level
EXAMPLE_WORD = "样例"  # in the column of numbers
EXAMPLE_CODE = "Z000-WS·2011·D30·样例-0001"  # numbers are not imported: there only the code tells the row
_COLUMNS_REQUIRED = frozenset({"archivalCode", "title"})
_SHOWN = 80
_SPLIT = {"descriptor": "；", "attachments": "；"}
_ANY_DATE = Mark.DATE | Mark.MOMENT
_ODD = Mark.FORMULA | Mark.MERGED | Mark.ERROR | Mark.TOO_LONG


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as understood; values in the form of the standard, or as read where they are wrong."""

    place: str  # of its first cell
    number: int  # of the row, from 1
    code: str
    values: Mapping[str, tuple[str, ...]]  # identifier → values
    extra: Mapping[str, str]  # columns that nobody knows, under their headings
    as_read: Mapping[str, str]  # identifier → the text of the cell
    places: tuple[str, ...] = ()  # of its code, and where something was found to be wrong

    def first(self, identifier: str) -> str:
        """The first value of an element, or ""."""
        values = self.values.get(identifier, ())
        return values[0] if values else ""


@dataclass(slots=True)
class Cells:
    """What the cells of one row have come to."""

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    as_read: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    is_code_sound: bool = False


class CatalogueChecker:
    """Checks the rows of one table as they pass; `finish` adds what only all of them show.

    ``numbers`` is shared by the tables of one catalogue, so that a 档号 is unique among all of them.
    """

    def __init__(
        self,
        table: Table,
        columns: ColumnMap,
        findings: Findings,
        numbers: Numbers,
        *,
        level: Level | None = None,
        required: Sequence[str] = REQUIRED,
    ) -> None:
        self._table = table
        self._columns = columns
        self._findings = findings
        self._numbers = numbers
        self._level = Level.FILE if level is None and columns.is_of_volumes else level
        self._required = frozenset(required) | ({"volumeTitle"} if columns.is_of_volumes else frozenset())
        self._rules: dict[int, Rule] = {
            mapped.column: rule_for(mapped.element) for mapped in columns.columns if mapped.element
        }
        self._plan = [
            (mapped, mapped.element is not None and mapped.element.identifier in self._required)
            for mapped in columns.columns
        ]
        self._heads = {(span.top, span.left): span for span in table.merged}
        self._check_columns(required)

    def entries(self, rows: Iterator[Row]) -> Iterator[Entry]:
        """Each row below the headings that is not blank."""
        for row in rows:
            if row.number <= self._columns.heading_row or row.is_blank:
                continue
            if self._is_example(row):
                self._findings.warning("row-example", self._table.place(row.number, 0))
            else:
                yield self._entry(row)

    def _is_example(self, row: Row) -> bool:
        """Whether this is the row that our template shows how to fill in."""
        said = (("sequence", EXAMPLE_WORD), ("archivalCode", EXAMPLE_CODE))
        found = ((self._columns.column_of(key), text) for key, text in said)
        return any(column is not None and row.text(column) == text for column, text in found)

    def _check_columns(self, required: Sequence[str]) -> None:
        here = self._columns.by_identifier
        for identifier in required:
            if identifier in here or (identifier == "title" and self._columns.is_of_volumes):
                continue
            tell = self._findings.error if identifier in _COLUMNS_REQUIRED else self._findings.warning
            tell("column-missing", self._table.name, name=_NAMES.get(identifier, identifier))
        for mapped in self._columns.columns:
            place = self._table.place(self._columns.heading_row, mapped.column)
            if mapped.confidence and mapped.confidence < 0.7:
                self._findings.warning("column-unsure", place, name=mapped.label)
            if mapped.column in self._table.hidden_columns:
                self._findings.warning("column-hidden", place, name=mapped.label)

    def _entry(self, row: Row) -> Entry:
        cells = Cells()
        place = self._table.place(row.number, 0)
        if row.is_hidden:
            self._findings.warning("row-hidden", place)
        for mapped, is_needed in self._plan:
            if is_needed or row.marks or row.text(mapped.column):  # of an empty cell there is nothing to say
                self._cell(row, mapped, cells)
        code = code_text(cells.as_read.get("archivalCode", ""))
        if code:
            cells.values["archivalCode"] = (code,)
        self._compare_with_code(row, code, cells)
        at_code = self._columns.column_of("archivalCode")
        known = () if at_code is None else (self._table.place(row.number, at_code),)
        places = tuple(dict.fromkeys((place, *known, *cells.wrong)))
        return Entry(place, row.number, code, cells.values, cells.extra, cells.as_read, places)

    def _cell(self, row: Row, mapped: MappedColumn, cells: Cells) -> None:
        text, mark = row.text(mapped.column), row.mark(mapped.column)
        if mapped.element is None:
            if text:
                cells.extra[mapped.label] = text
            return
        identifier = mapped.element.identifier
        if mark and mark & _ODD:
            self._tell_odd(row, mapped, text, mark, cells)
            self._keep(identifier, text, cells)
            return
        if not text:
            if identifier in self._required:
                self._tell("cell-empty", row, mapped, cells, text)
            return
        if identifier == "archivalCode":
            cells.as_read[identifier] = text
            cells.is_code_sound = True
            return
        pieces = _pieces(identifier, text) if mapped.element.is_repeatable else (text,)
        found = []
        for piece in pieces:
            value, trouble = self._rules[mapped.column](piece, mark)
            if trouble is not None:
                self._tell(
                    trouble.code, row, mapped, cells, piece, is_error=trouble.is_error, **trouble.params
                )
            found.append(value)
        cells.as_read.setdefault(identifier, text)
        cells.values[identifier] = (*cells.values.get(identifier, ()), *found)

    def _keep(self, identifier: str, text: str, cells: Cells) -> None:
        if text:
            cells.as_read.setdefault(identifier, text)
            cells.values.setdefault(identifier, (text,))

    def _tell_odd(self, row: Row, mapped: MappedColumn, text: str, mark: Mark, cells: Cells) -> None:
        """Tell of a cell that holds no plain value; nothing more is said of it."""
        if mark & Mark.MERGED:  # told once, at the cell in which the value stands
            span = self._heads.get((row.number, mapped.column))
            if span is not None:
                self._tell("cell-merged", row, mapped, cells, text, span=str(span))
        elif mark & Mark.ERROR:
            self._tell("cell-error", row, mapped, cells, text)
        elif mark & Mark.FORMULA:
            self._tell("cell-formula", row, mapped, cells, text)
        elif mark & Mark.TOO_LONG:
            self._tell("cell-cut", row, mapped, cells, text, most=DEFAULT_LIMITS.cell_length)

    def _compare_with_code(self, row: Row, code: str, cells: Cells) -> None:
        mapped = self._columns.by_identifier.get("archivalCode")
        if mapped is None:
            return
        found = self._code(row, mapped, code, cells) if cells.is_code_sound else None
        if found is None:
            self._numbers.unreadable()
            return
        place = self._table.place(row.number, mapped.column)
        other = self._numbers.add(found, code, place)
        if other:
            self._tell("code-twice", row, mapped, cells, code, other=other)
            return
        retention = cells.values.get("retentionPeriod", ("",))[0]
        if found.retention is not None and _retention_of(retention) not in (None, found.retention):
            column = self._columns.by_identifier["retentionPeriod"]
            self._tell("retention-differs", row, column, cells, retention, in_code=found.retention.code)
        year = cells.values.get("year", ("",))[0]
        if found.year is not None and len(year) == 4 and year.isdecimal() and int(year) != found.year:
            column = self._columns.by_identifier["year"]
            self._tell("year-differs", row, column, cells, year, in_code=found.year)

    def _code(self, row: Row, mapped: MappedColumn, code: str, cells: Cells) -> ReferenceCode | None:
        mark = row.mark(mapped.column)
        if mark & _ANY_DATE:
            self._tell("cell-became-date", row, mapped, cells, row.text(mapped.column))
        elif mark & Mark.NUMBER or is_rounded(code):
            self._tell("cell-rounded", row, mapped, cells, row.text(mapped.column))
        else:
            try:
                return read_code(code, self._level)
            except ReferenceCodeInvalid as refused:
                reason = str(refused)
                self._tell("code-invalid", row, mapped, cells, row.text(mapped.column), reason=reason)
        return None

    def _tell(
        self,
        code: str,
        row: Row,
        mapped: MappedColumn,
        cells: Cells,
        value: str,
        *,
        is_error: bool = True,
        **params: str | int,
    ) -> None:
        place = self._table.place(row.number, mapped.column)
        cells.wrong.append(place)
        tell = self._findings.error if is_error else self._findings.warning
        shown = value if len(value) <= _SHOWN else f"{value[: _SHOWN - 1]}…"
        tell(code, place, name=mapped.label, value=shown, **params)


def _pieces(identifier: str, text: str) -> tuple[str, ...]:
    """The values of a repeatable element in one cell: a line each, or parted by the sign usual for it."""
    sign = _SPLIT.get(identifier)
    parted = text.replace(";", sign).replace(sign, "\n") if sign else text
    return tuple(piece.strip() for piece in parted.splitlines() if piece.strip())


@lru_cache(maxsize=256)  # every row says one of a few
def _retention_of(label: str) -> Retention | None:
    try:
        return Retention.parse(label) if label else None
    except (LegacyRetention, RetentionPartInvalid):
        return None


_NAMES = {
    "archivalCode": "档号",
    "title": "题名",
    "author": "责任者",
    "date": "日期",
    "retentionPeriod": "保管期限",
}
