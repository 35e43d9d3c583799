"""The marks of an xlsx workbook (ECMA-376), read from the XML of its sheets."""

from __future__ import annotations

import posixpath

from lantai.kit.errors import N_
from lantai.kit.formats.zips import CappedZip
from lantai.kit.tabular.addresses import column_of, read_span
from lantai.kit.tabular.marks import Attributes, SheetMarks, local, scan
from lantai.kit.tabular.types import Mark, TableBroken, TableLimits, TableTooLarge

WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"
_LARGEST_PART_MB = 256
_DIGITS = "0123456789"
_REMEMBERED = 1_000


def sheet_marks(archive: CappedZip, name: str, limits: TableLimits) -> dict[str, SheetMarks]:
    """Marks by sheet name; raises `TableBroken`, `TableTooLarge` and what `CappedZip.read` raises."""
    found = _sheet_parts(archive, name)
    if len(found) > limits.sheets:
        raise TableTooLarge(name=name, what=N_("工作表数"), most=limits.sheets)
    marks: dict[str, SheetMarks] = {}
    shared = _Shared(archive, name)
    for title, part in found.items():
        sheet = SheetMarks()
        reading = _Sheet(sheet)
        data = archive.read(part, limit_mb=_LARGEST_PART_MB)
        scan(data, title, *reading.handlers)
        marks[title] = sheet
        if reading.references * shared.longest > limits.characters:
            shared.require(data, title, limits)
    return marks


class _Shared:
    """The strings that cells refer to: one long one, shown by every cell, is more than it seems to be."""

    def __init__(self, archive: CappedZip, name: str) -> None:
        self._lengths: list[int] = []
        part = archive.find(_STRINGS)
        if part is not None:
            scan(archive.read(part, limit_mb=_LARGEST_PART_MB), name, self._start, text=self._text)
        self.longest = max(self._lengths, default=0)

    def _start(self, element: str, _attributes: Attributes) -> None:
        if element.endswith(" si"):
            self._lengths.append(0)

    def _text(self, data: str) -> None:
        if self._lengths:
            self._lengths[-1] += len(data)

    def require(self, sheet: bytes, title: str, limits: TableLimits) -> None:
        """Count what the cells of a sheet really show; raises `TableTooLarge`."""
        index: list[str] = []
        is_value, total = False, 0

        def start(element: str, _attributes: Attributes) -> None:
            nonlocal is_value
            is_value = element.endswith(" v")
            index.clear()

        def end(_element: str) -> None:
            nonlocal is_value, total
            text = "".join(index) if is_value else ""
            is_value = False
            if _is_count(text) and int(text) < len(self._lengths):
                total += self._lengths[int(text)]
            if total > limits.characters:
                raise TableTooLarge(name=title, what=N_("总字数"), most=limits.characters)

        scan(sheet, title, start, end, lambda data: index.append(data) if is_value else None)


def _sheet_parts(archive: CappedZip, name: str) -> dict[str, str]:
    """Sheet name → its part, in the order of the workbook; chart sheets have no cells."""
    sheets: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(element: str, attributes: Attributes) -> None:
        if local(element) == "sheet":
            plain = {local(key): value for key, value in attributes.items()}
            sheets[plain.get("name", "")] = plain.get("id", "")

    def relation(element: str, attributes: Attributes) -> None:
        if local(element) == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    relations = archive.find(_RELATIONS)
    workbook = archive.find(WORKBOOK)
    if relations is None or workbook is None:
        raise TableBroken(name=name, reason=N_("工作簿的目录不完整"))
    scan(archive.read(workbook, limit_mb=16), name, sheet)
    scan(archive.read(relations, limit_mb=16), name, relation)
    parts: dict[str, str] = {}
    for title, key in sheets.items():
        if key in targets:
            part = archive.find(posixpath.join("xl", targets[key]))
            if part is None:
                raise TableBroken(name=name, reason=N_("缺少工作表的内容"))
            parts[title] = part
    return parts


class _Sheet:
    """Collects from the events of one sheet; positions left out follow on (ECMA-376 18.3.1.4)."""

    def __init__(self, sheet: SheetMarks) -> None:
        self._sheet = sheet
        self._row = 0
        self._column = -1
        self._is_error = False
        self.references = 0  # cells whose text is a shared string
        self._value: list[str] | None = None
        self._names: dict[
            str, str
        ] = {}  # as the parser says them → without namespace: few, met by the million
        self._columns: dict[str, int] = {}
        self.handlers = (self._start, self._end, self._text)

    def _start(self, element: str, attributes: Attributes) -> None:
        name = self._names.get(element) or self._name(element)
        if name == "c":
            self._cell(attributes)
        elif name == "v" or name == "t":
            if self._row > self._sheet.last_row or self._column > self._sheet.last_column:
                self._sheet.reach(self._row, self._column)
            self._value = [] if self._is_error else None
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._sheet.add(self._row, self._column, Mark.FORMULA)
            self._sheet.reach(self._row, self._column)
        elif name == "mergeCell":
            span = read_span(attributes.get("ref", ""))
            if span is not None:
                self._sheet.merge(span)
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            self._hide_columns(attributes)

    def _name(self, element: str) -> str:
        name = local(element)
        if len(self._names) < _REMEMBERED:
            self._names[element] = name
        return name

    def _begin_row(self, attributes: Attributes) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if _is_count(number) else self._row + 1
        self._column = -1
        if attributes.get("hidden") in ("1", "true"):
            self._sheet.hidden_rows.add(self._row)

    def _cell(self, attributes: Attributes) -> None:
        place = attributes.get("r", "").rstrip(_DIGITS)
        column = self._columns.get(place)
        if column is None:
            column = column_of(place) if place.isascii() and place.isupper() else self._column + 1
            if 0 < len(place) <= 3 and place.isascii() and place.isupper():
                self._columns[place] = column
        self._column = column
        kind = attributes.get("t")
        self._is_error = kind == "e"
        self.references += kind == "s"

    def _hide_columns(self, attributes: Attributes) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if _is_count(first) and _is_count(last):
            self._sheet.hidden_columns.update(range(int(first) - 1, min(int(last), 16_384)))

    def _text(self, data: str) -> None:
        if self._value is not None:
            self._value.append(data)

    def _end(self, _element: str) -> None:
        if self._value is not None:
            self._sheet.errors[self._row, self._column] = "".join(self._value)
            self._sheet.add(self._row, self._column, Mark.ERROR)
            self._value = None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 9
