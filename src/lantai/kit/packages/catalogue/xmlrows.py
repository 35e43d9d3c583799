"""An XML file of rows as a table: one element a record, its children (or attributes) the cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.packages.xml import End, Start, XmlBroken, XmlHostile, XmlLimits, read_events
from lantai.kit.tabular import Row, Table, TableBroken, TableKind, TableLimits, TableTooLarge, cleaned

NAMED_CELL = "栏目"  # a cell whose heading cannot be an element's name carries it here
NAME_ATTRIBUTE = "名称"
_ROW_DEPTH, _CELL_DEPTH = 2, 3
_LONGEST_PROOF = 400

Record = dict[str, list[str]]


def open_xml(path: Path, name: str, limits: TableLimits) -> tuple[Table, ...]:
    """The one table of an XML file; raises `TableBroken` and `TableTooLarge`.

    Its first row holds the names of the cells in the order of their first occurrence.
    """
    names: dict[str, None] = {}
    for record in _records(path, name, limits):
        names.update(dict.fromkeys(record))
        if len(names) > limits.columns:
            raise TableTooLarge(name=name, what=N_("列数"), most=limits.columns)
    columns = tuple(names)
    return (Table(name, TableKind.XML, partial(_rows, path, name, limits, columns), columns=columns),)


def first_names(path: Path) -> tuple[str, ...]:
    """Names of cells in the first records, as far as the file can be read at all."""
    names: dict[str, None] = {}
    try:
        for record in islice(_records(path, path.name, TableLimits()), _LONGEST_PROOF):
            names.update(dict.fromkeys(record))
    except (TableBroken, TableTooLarge):
        pass  # what is wrong is told when the file is read in earnest
    return tuple(names)


def _rows(path: Path, name: str, limits: TableLimits, columns: tuple[str, ...]) -> Iterator[Row]:
    yield Row(1, columns)
    for number, record in enumerate(_records(path, name, limits), 2):
        yield Row(number, tuple("\n".join(record.get(column, ())) for column in columns))


def _records(path: Path, name: str, limits: TableLimits) -> Iterator[Record]:
    count = 0
    caps = XmlLimits(total_bytes=limits.file_bytes, depth=16, text=limits.cell_length)
    try:
        with path.open("rb") as stream:
            for record in _gathered(read_events(stream, limits=caps)):
                count += 1
                if count > limits.rows:
                    raise TableTooLarge(name=name, what=N_("行数"), most=limits.rows)
                yield record
    except (XmlBroken, XmlHostile) as refused:
        raise TableBroken(name=name, reason=str(refused)) from refused


def _gathered(events: Iterator[Start | End]) -> Iterator[Record]:
    record: Record = {}
    heading = ""
    for event in events:
        if isinstance(event, Start):
            if event.depth == _ROW_DEPTH:
                record = {key: [cleaned(value)] for key, value in event.attributes.items() if value.strip()}
            elif event.depth == _CELL_DEPTH:
                heading = _heading(event.name, event.attributes)
        elif event.depth == _CELL_DEPTH and event.is_leaf:
            record.setdefault(heading, []).append(cleaned(event.text))
        elif event.depth == _ROW_DEPTH:
            yield record


def _heading(name: str, attributes: Mapping[str, str]) -> str:
    return attributes.get(NAME_ATTRIBUTE, name) if name == NAMED_CELL else name
