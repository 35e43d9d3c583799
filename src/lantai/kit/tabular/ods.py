"""The marks of an OpenDocument spreadsheet (ODF 1.2 part 1 §9), read from its content.xml."""

from __future__ import annotations

from lantai.kit.errors import N_
from lantai.kit.formats.zips import CappedZip
from lantai.kit.tabular.addresses import Span
from lantai.kit.tabular.marks import Attributes, SheetMarks, local, scan
from lantai.kit.tabular.types import Mark, TableBroken, TableLimits, TableTooLarge

CONTENT = "content.xml"
MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_LARGEST_PART_MB = 256
_ERRORS = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "Err:")
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_FAR = 1 << 24


def sheet_marks(archive: CappedZip, name: str, limits: TableLimits) -> dict[str, SheetMarks]:
    """Marks by sheet name; raises `TableBroken`, `TableTooLarge` and what `CappedZip.read` raises."""
    part = archive.find(CONTENT)
    if part is None:
        raise TableBroken(name=name, reason=N_("缺少工作表的内容"))
    content = _Content(name, limits)
    scan(archive.read(part, limit_mb=_LARGEST_PART_MB), name, content.start, content.end, content.text)
    return content.sheets


class _Content:
    def __init__(self, name: str, limits: TableLimits) -> None:
        self._name = name
        self._limits = limits
        self.sheets: dict[str, SheetMarks] = {}
        self._sheet = SheetMarks()
        self._row = self._rows = 0
        self._column = -1
        self._columns = 1
        self._listed_columns = 0
        self._words: list[str] | None = None
        self._cell: dict[str, str] = {}

    def start(self, element: str, attributes: Attributes) -> None:
        name = element.rpartition(" ")[2]
        if name in _CELLS:
            self._begin_cell(attributes, is_covered=name != "table-cell")
        elif name == "table-row":
            self._row += self._rows or 1
            self._begin_row(attributes)
        elif name == "table-column":
            self._column_definition(attributes)
        elif name == "table":
            self._begin_table(attributes)

    def _begin_table(self, attributes: Attributes) -> None:
        plain = {local(key): value for key, value in attributes.items()}
        self._sheet = SheetMarks()
        self.sheets[plain.get("name", "")] = self._sheet
        if len(self.sheets) > self._limits.sheets:
            raise TableTooLarge(name=self._name, what=N_("工作表数"), most=self._limits.sheets)
        self._row, self._rows, self._listed_columns = 0, 0, 0

    def _column_definition(self, attributes: Attributes) -> None:
        plain = {local(key): value for key, value in attributes.items()}
        count = _count(plain.get("number-columns-repeated"))
        if plain.get("visibility") in ("collapse", "filter"):
            last = min(self._listed_columns + count, self._limits.columns)
            self._sheet.hidden_columns.update(range(self._listed_columns, last))
        self._listed_columns += count

    def _begin_row(self, attributes: Attributes) -> None:
        plain = {local(key): value for key, value in attributes.items()}
        self._rows = _count(plain.get("number-rows-repeated"))
        self._column, self._columns = -1, 1
        if plain.get("visibility") in ("collapse", "filter"):
            self._sheet.hidden_rows.update(range(self._row, min(self._row + self._rows, self._limits.rows)))

    def _begin_cell(self, attributes: Attributes, *, is_covered: bool) -> None:
        self._cell = plain = {local(key): value for key, value in attributes.items()}
        self._column += self._columns if self._column >= 0 else 1
        self._columns = _count(plain.get("number-columns-repeated"))
        if self._column < 0 or self._column > _FAR:
            self._column = _FAR
        self._words = []
        if not is_covered:
            down, right = (
                _count(plain.get("number-rows-spanned")),
                _count(plain.get("number-columns-spanned")),
            )
            self._sheet.merge(Span(self._row, self._column, self._row + down - 1, self._column + right - 1))
        if "formula" in plain:
            self._sheet.add(self._row, self._column, Mark.FORMULA)
        if "formula" in plain or plain.get("value-type"):
            self._reach()

    def _reach(self) -> None:
        self._sheet.reach(self._row + self._rows - 1, self._column + self._columns - 1)

    def text(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)

    def end(self, element: str) -> None:
        if self._words is None or element.rpartition(" ")[2] not in _CELLS:
            return
        shown = "".join(self._words).strip()
        self._words = None
        if shown:
            self._reach()
        if shown.startswith(_ERRORS) and "formula" in self._cell:
            self._sheet.errors[self._row, self._column] = shown
            self._sheet.add(self._row, self._column, Mark.ERROR)


def _count(text: str | None) -> int:
    """A repetition, at least 1; one without end counts as far beyond every limit."""
    if text is None or not (text.isascii() and text.isdecimal()):
        return 1
    return max(1, int(text)) if len(text) < 8 else _FAR
