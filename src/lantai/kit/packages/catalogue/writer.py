"""Writing a catalogue as xlsx, CSV or XML: every column that any item has, none lost, none run.

What the columns will be is known only after the last item, so that rows wait in a file of their own.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Literal

from lantai.kit.errors import N_, Invalid
from lantai.kit.packages.building import new_folder
from lantai.kit.packages.catalogue.vocabulary import vocabulary
from lantai.kit.packages.catalogue.xmlrows import NAME_ATTRIBUTE, NAMED_CELL
from lantai.kit.packages.transfer.types import COLUMNS, OutgoingItem
from lantai.kit.packages.xml import is_name, write_element
from lantai.kit.tabular import SheetWriter, write_csv

Form = Literal["xlsx", "csv", "xml"]
CATALOGUE_NAME, FILE_LIST_NAME = "目录", "文件清单"
_XML_ROWS = {CATALOGUE_NAME: "件", FILE_LIST_NAME: "文件"}


class NothingToList(Invalid):
    """A catalogue without a single item."""

    message = N_("目录里一件档案也没有，没有生成。")


class FilesNotCarried(Invalid):
    """A catalogue alone has no place for files."""

    message = N_("“%(code)s”带有文件，单独的目录不能携带；请改用“文件夹和目录表”的形式。")


def write_catalogue(target: Path, items: Iterable[OutgoingItem], *, form: Form = "xlsx") -> int:
    """A new folder ``target`` with the catalogue alone; how many items it lists.

    Raises `TargetExists`, `NothingToList`, `FilesNotCarried`, `TooMuchForSheet`, `XmlUnsayable`, `StoreFull`.
    """
    with new_folder(target) as folder, RowSpool() as rows:
        for item in items:
            if item.files:
                raise FilesNotCarried(code=item.row.reference_code, field="files")
            rows.add(cells_of(item, rows.count + 1))
        if not rows.count:
            raise NothingToList
        write_tables(folder, {CATALOGUE_NAME: rows}, form)
        return rows.count


class RowSpool:
    """Rows as they come, with columns in the order of their first occurrence; kept on disk."""

    def __init__(self, headings: Sequence[str] = tuple(COLUMNS)) -> None:
        self._headings = dict.fromkeys(headings)
        self._stack = ExitStack()
        self._stream: IO[str] | None = None
        self.count = 0

    def __enter__(self) -> RowSpool:
        spooled = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")
        self._stream = self._stack.enter_context(spooled)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    @property
    def headings(self) -> tuple[str, ...]:
        """All columns so far."""
        return tuple(self._headings)

    def add(self, cells: Mapping[str, str]) -> None:
        """The next row."""
        assert self._stream is not None
        self._headings.update(dict.fromkeys(cells))
        self._stream.write(json.dumps(cells, ensure_ascii=False) + "\n")
        self.count += 1

    def rows(self) -> Iterator[list[str]]:
        """Every row with a cell in every column."""
        for cells in self.records():
            yield [cells.get(heading, "") for heading in self._headings]

    def records(self) -> Iterator[dict[str, str]]:
        """Every row as it was added."""
        assert self._stream is not None
        self._stream.seek(0)
        for line in self._stream:
            yield json.loads(line)


def cells_of(item: OutgoingItem, number: int) -> dict[str, str]:
    """One item's cells by heading; several values stand in lines of their own."""
    words = vocabulary()
    cells = {heading: getattr(item.row, field) for heading, field in COLUMNS.items()}
    cells["顺序号"] = str(number)
    for name, values in item.metadata.items():
        known = words.find(name)
        heading = known[0].name if known else name
        heading = heading if heading not in ("附注",) or cells["备注"] else "备注"
        if not cells.get(heading):
            cells[heading] = values if isinstance(values, str) else "\n".join(values)
    return cells


def write_tables(folder: Path, tables: Mapping[str, RowSpool], form: Form) -> None:
    """Write the tables into ``folder``: sheets of one workbook, or a file each."""
    if form == "xlsx":
        with SheetWriter(folder / f"{CATALOGUE_NAME}.xlsx") as book:
            for title, spool in tables.items():
                book.sheet(title, spool.headings, spool.rows())
        return
    for title, spool in tables.items():
        if form == "csv":
            write_csv(folder / f"{title}.csv", spool.headings, spool.rows())
        else:
            _write_xml(folder / f"{title}.xml", title, spool)


def _write_xml(target: Path, title: str, spool: RowSpool) -> None:
    row = _XML_ROWS[title]
    with target.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{title}>\n')
        for cells in spool.records():
            lines = "".join(
                f"    {line}\n" for heading, text in cells.items() for line in _cell(heading, text)
            )
            stream.write(f"  <{row}>\n{lines}  </{row}>\n")
        stream.write(f"</{title}>\n")


def _cell(heading: str, text: str) -> Iterator[str]:
    if not text:
        return
    if is_name(heading):
        yield write_element(heading, text)
        return
    named = write_element(NAMED_CELL, text)
    label = (
        write_element(NAMED_CELL, heading).removeprefix(f"<{NAMED_CELL}>").removesuffix(f"</{NAMED_CELL}>")
    )
    quoted = label.replace('"', "&quot;").replace("\n", " ")
    yield named.replace(f"<{NAMED_CELL}>", f'<{NAMED_CELL} {NAME_ATTRIBUTE}="{quoted}">', 1)
