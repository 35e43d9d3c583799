"""The catalogue files of a package: found by proof, opened, and their sheets told apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lantai.kit.packages import names
from lantai.kit.packages.catalogue.mapping import ROWS_OF_PROOF, ColumnMap, Saved, map_columns
from lantai.kit.packages.catalogue.vocabulary import Vocabulary
from lantai.kit.packages.catalogue.xmlrows import first_names, open_xml
from lantai.kit.packages.problems import Findings
from lantai.kit.tabular import (
    DEFAULT_LIMITS,
    EXTENSIONS,
    Row,
    Table,
    TableLimits,
    TableRefused,
    open_tables,
)

_XML = ".xml"
NOTES_SHEET = "填写说明"  # of our template: it is no catalogue, and no omission
_ROWS_LOOKED_AT = ROWS_OF_PROOF + 60


@dataclass(frozen=True, slots=True)
class MappedTable:
    """A table whose headings are proven."""

    file: str  # name of its file
    table: Table
    columns: ColumnMap


def is_table_name(name: str) -> bool:
    """Whether a file of this name can be a catalogue; a lock file of an office program is none."""
    suffix = Path(name).suffix.casefold()
    return (suffix in EXTENSIONS or suffix == _XML) and not name.startswith(("~$", ".~lock."))


def table_files(folder: Path) -> list[Path]:
    """The files directly in ``folder`` that can be catalogues, by name."""
    if not folder.is_dir():
        return []
    found = (
        path for path in folder.iterdir() if is_table_name(path.name) and not names.is_system_file(path.name)
    )
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def has_catalogue(folder: Path, words: Vocabulary) -> bool:
    """Whether one of the files in ``folder`` proves to be a catalogue."""
    return any(proves(path, words) for path in table_files(folder))


def proves(path: Path, words: Vocabulary) -> bool:
    """Whether ``path`` is a table with the headings of a catalogue; what cannot be read proves nothing."""
    if path.suffix.casefold() == _XML:
        found = map_columns([Row(1, first_names(path))], words)
        return found is not None and found.is_catalogue
    try:
        tables = open_tables(path)
        return any(
            found is not None and found.is_catalogue
            for found in (map_columns(_top(table), words) for table in tables if not table.is_hidden)
        )
    except TableRefused:
        return False


def mapped_tables(
    path: Path,
    words: Vocabulary,
    findings: Findings,
    saved: Saved | None = None,
    limits: TableLimits = DEFAULT_LIMITS,
) -> Iterator[MappedTable]:
    """The tables of one file whose headings are proven; the others are told, hidden ones are not read.

    Raises a `TableRefused` where the file as a whole cannot be read.
    """
    is_xml = path.suffix.casefold() == _XML
    for table in open_xml(path, path.name, limits) if is_xml else open_tables(path, limits=limits):
        top = _top(table)
        if table.name == NOTES_SHEET or all(row.is_blank for row in top):
            continue
        columns = map_columns(top, words, saved)
        if table.is_hidden:
            findings.warning("sheet-hidden", table.name)
        elif columns is None or not (columns.is_catalogue or columns.is_file_list):
            findings.warning("sheet-skipped", table.name)
        else:
            yield MappedTable(path.name, table, columns)


def _top(table: Table) -> list[Row]:
    """The first rows; the rest of the table is not read for them."""
    rows = table.rows()
    try:
        return list(islice(rows, _ROWS_LOOKED_AT))
    finally:
        close = getattr(rows, "close", None)
        if close is not None:
            close()
