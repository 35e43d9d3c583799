"""A table from outside as values: rows of text with their cell addresses, and what is odd about a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum

from lantai.kit.errors import N_, Invalid
from lantai.kit.tabular.addresses import Span, address


class TableKind(StrEnum):
    """The formats that are read."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    XML = "xml"  # one element a row; read by those who know what its rows are called


class Mark(IntFlag):
    """What a reader must know of a cell beyond its text; a plain text cell has none."""

    NUMBER = 1  # stored as a number: leading zeros and long digits may be gone
    DATE = 2  # stored as a date; its text is YYYYMMDD
    MOMENT = 4  # stored as a date with a time, or as a duration
    BOOLEAN = 8
    FORMULA = 16  # the text is what the program that saved the file had worked out
    MERGED = 32  # one of several cells that are shown as one
    ERROR = 64  # #REF!, #N/A …
    TOO_LONG = 128  # cut at the limit


NO_MARK = Mark(0)


@dataclass(frozen=True, slots=True)
class TableLimits:
    """Caps on one file; ``cells`` counts the rectangle that is used, since that is what takes memory."""

    file_bytes: int = 128 * 1024 * 1024
    unpacked_mb: int = 512
    ratio: int = 400  # unpacked to packed; sheets of equal rows shrink well
    sheets: int = 64
    rows: int = 200_000
    columns: int = 512
    cells: int = 6_000_000
    characters: int = 200_000_000  # of all cells together, each as often as it is shown
    merged: int = 300_000  # cells under merged spans
    cell_length: int = 32_767  # what a cell of a spreadsheet can hold


DEFAULT_LIMITS = TableLimits()


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``number`` counts from 1 as the spreadsheet does, ``marks`` are by column from 0."""

    number: int
    texts: tuple[str, ...]
    marks: Mapping[int, Mark] = field(default_factory=dict)
    is_hidden: bool = False

    def text(self, column: int) -> str:
        """The text of a cell, trimmed; "" beyond the end of a ragged row."""
        return self.texts[column] if column < len(self.texts) else ""

    def mark(self, column: int) -> Mark:
        """What is odd about a cell."""
        return self.marks.get(column, NO_MARK)

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(self.texts)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet, or the one table of a text file. ``rows`` reads it from its beginning each time.

    ``columns`` are the names of columns that have no letters (XML); its first row then holds these names.
    """

    name: str
    kind: TableKind
    rows: Callable[[], Iterator[Row]]
    merged: tuple[Span, ...] = ()
    hidden_columns: frozenset[int] = frozenset()
    is_hidden: bool = False
    columns: tuple[str, ...] = ()

    def place(self, row: int, column: int) -> str:
        """Where a cell stands, as people write it: ``Sheet1!C5``, or ``a.xml[4]/题名``."""
        if self.columns:
            return f"{self.name}[{row - 1}]/{self.columns[column]}"
        return f"{self.name}!{address(row, column)}"


class TableRefused(Invalid):
    """Any reason not to read a table at all."""

    message = N_("表格“%(name)s”没有读取。")


class TableUnknown(TableRefused):
    """Not one of the formats that are read."""

    message = N_(
        "“%(name)s”不是能读取的表格（%(found)s）；"
        "只接收 xlsx、xls、ods 和 CSV，请在表格软件里另存为 xlsx 后再提交。"
    )


class TableBroken(TableRefused):
    """Damaged, cut off or not what it claims."""

    message = N_("表格“%(name)s”无法读取（%(reason)s）；请在表格软件里打开检查，重新保存后再提交。")


class TableEncrypted(TableRefused):
    """Locked with a password."""

    message = N_("表格“%(name)s”有密码保护，没有读取；请去掉密码后再提交。")


class TableTooLarge(TableRefused):
    """More than is read."""

    message = N_(
        "表格“%(name)s”超过上限（%(what)s，最多 %(most)d），没有读取；请删去多余的空行空列，或分成几个文件。"
    )
