"""A catalogue to be imported, read where nothing can happen: what it holds and what is wrong with it, as lines.

Called through the sandbox. The rows as they stand, the records as understood and the findings go into files of
JSON lines, so that neither side ever holds a whole catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, Any

from lantai.kit.errors import N_
from lantai.kit.formats.xmlsafe import BrokenXml, UnsafeXml, check_stream, split_tag
from lantai.kit.metadata import Element, Obligation, ValueKind, load
from lantai.kit.numbering import Level, ReferenceCodeInvalid, parse
from lantai.kit.packages.catalogue.checking import CatalogueChecker, Cells, Entry
from lantai.kit.packages.catalogue.eadrows import open_ead
from lantai.kit.packages.catalogue.findings import CappedFindings
from lantai.kit.packages.catalogue.mapping import ROWS_OF_PROOF, ColumnMap, map_columns
from lantai.kit.packages.catalogue.messages import MESSAGES
from lantai.kit.packages.catalogue.numbers import Numbers
from lantai.kit.packages.catalogue.tables import NOTES_SHEET
from lantai.kit.packages.catalogue.vocabulary import DEFAULT_SCHEME, Vocabulary, of_scheme
from lantai.kit.packages.catalogue.xmlrows import open_xml
from lantai.kit.packages.problems import Problem
from lantai.kit.tabular import (
    DEFAULT_LIMITS,
    Mark,
    Row,
    Table,
    TableBroken,
    TableLimits,
    TableUnknown,
    open_tables,
)
from lantai.kit.tabular.addresses import split_address

LIMITS = replace(DEFAULT_LIMITS, rows=1_048_576, cells=16_000_000, characters=400_000_000)
OWN = "own:"  # before the name of a field of the kind
LEVELS = {  # words found in a column of levels → ours
    **dict.fromkeys(("全宗群",), "fonds_group"),
    **dict.fromkeys(("全宗", "全宗级"), "fonds"),
    **dict.fromkeys(("类", "类别", "类别级", "类目"), "series"),
    **dict.fromkeys(("案卷", "案卷级", "卷", "组", "册"), "file"),
    **dict.fromkeys(("件", "文件", "文件级", "卷内", "卷内文件"), "item"),
    **dict.fromkeys(("组件", "组件级", "组成部分", "文档"), "component"),
}
SHEETS, ENTRIES, PROBLEMS = "sheets.jsonl", "entries.jsonl", "problems.jsonl"
_SAMPLES = 3
_ROWS_LOOKED_AT = ROWS_OF_PROOF + 60
_NUMBERED = {"item": None, "file": Level.FILE}  # levels whose codes follow DA/T 13
_MESSAGES = {
    **MESSAGES,
    "code-long": N_("“%(place)s”的档号有 %(length)d 个字符，超过上限 %(most)d 个；请核对是否填错了列。"),
    "level-unknown": N_(
        "“%(place)s”的著录层级为“%(value)s”，应为全宗级、类别级、案卷级、文件级之一；请改正。"
    ),
}
_LONGEST_CODE = 120
_GROUPS_WITHIN_FILE = 4  # of the code of an item within a file (DA/T 13)

Field = Mapping[str, Any]  # name, label, aliases of a field of the kind


def survey(path: str, name: str, fields: Sequence[Field], saved: Mapping[str, str]) -> dict[str, object]:
    """The sheets of a file with their headings and what each column seems to be; raises a `TableRefused`."""
    words = words_for(fields)
    sheets = []
    for table in open_file(Path(path), name):
        top = _top(table)
        if table.is_hidden or table.name == NOTES_SHEET or all(row.is_blank for row in top):
            continue
        found = map_columns(top, words, saved)
        is_read = found is not None and found.is_catalogue
        sheets.append(
            {
                "name": table.name,
                "is_read": is_read,
                "columns": _columns(found, top) if found else _unknown(top),
            }
        )
    return {"sheets": sheets}


def read(
    path: str,
    name: str,
    fields: Sequence[Field],
    saved: Mapping[str, str],
    required: Sequence[str],
    level: str,
    checks_codes: bool,
    out: str,
) -> dict[str, object]:
    """Write the rows, records and findings of a file into ``out``; returns how many there are of each.

    ``level`` is what a row is where it does not say so itself. Raises a `TableRefused`.
    """
    words = words_for(fields)
    findings = CappedFindings(_MESSAGES)
    numbers = Numbers()
    with ExitStack() as stack:
        writer = _Writer(
            *(stack.enter_context((Path(out) / f).open("w", encoding="utf-8")) for f in (SHEETS, ENTRIES))
        )
        tables = open_file(Path(path), name)
        for table in tables:
            columns = _proven(table, words, saved, findings)
            if columns is None:
                continue
            checker = _Checker(table, columns, findings, numbers, required=required)
            checker.expect(level, checks_codes=checks_codes)
            writer.sheet(table, columns, checker)
    numbers.tell_gaps(findings)
    if not writer.sheet_count and not findings.error_count:
        findings.error("catalogue-none", name, rows=ROWS_OF_PROOF)
    if writer.sheet_count and not writer.entry_count:
        findings.error("catalogue-empty", name)
    findings.tell_uncounted()
    labels = {f"{OWN}{one['name']}": str(one["label"]) for one in fields}
    with (Path(out) / PROBLEMS).open("w", encoding="utf-8") as stream:
        for problem in findings:
            stream.write(_line(_problem(problem, writer.tables, labels)))
    return {"rows": writer.entry_count, "errors": findings.error_count, "problems": len(findings)}


def open_file(path: Path, name: str, limits: TableLimits = LIMITS) -> tuple[Table, ...]:
    """The tables of a workbook, a text file, a finding aid or an XML list, told apart by content."""
    with path.open("rb") as stream:
        head = stream.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"<?xml", b"<")) and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return open_tables(path, name=name, limits=limits)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") and b"<" not in head[:8]:
        return open_tables(path, name=name, limits=limits)
    if head.lower().startswith((b"<html", b"<!doctype html", b"<table")):
        return open_tables(path, name=name, limits=limits)  # says that it is a web page
    try:
        root = split_tag(check_stream(path))[1]
    except UnsafeXml as unsafe:
        raise TableUnknown(name=name, found=N_("带有 DTD 或实体声明的 XML")) from unsafe
    except BrokenXml as broken:
        raise TableBroken(name=name, reason=str(broken)) from broken
    return open_ead(path, name, limits) if root == "ead" else open_xml(path, name, limits)


def words_for(fields: Sequence[Field]) -> Vocabulary:
    """What a column can be: an element of a record, or a field of the kind."""
    known = of_scheme(load(DEFAULT_SCHEME))
    elements = [replace(one, max_length=16) if one.identifier == "fondsIdentifier" else one for one in known]
    own = [
        Element(f"K{n}", str(one["label"]), f"{OWN}{one['name']}", Obligation.OPTIONAL, ValueKind.TEXT)
        for n, one in enumerate(fields, 1)
    ]
    aliases = {f"{OWN}{one['name']}": tuple(one.get("aliases", ())) for one in fields}
    return Vocabulary((*own, *elements), {**known.aliases, **aliases})


class _Checker(CatalogueChecker):
    """As for a package, for rows of any level, each under the rule of its own."""

    _default, _checks_codes = "item", True

    def expect(self, level: str, *, checks_codes: bool) -> None:
        """What a row is where it does not say so, and whether codes follow the standard."""
        self._default = "file" if self._columns.is_of_volumes else level
        self._checks_codes = checks_codes
        self._seen: dict[str, str] = {}

    def level_of(self, cells: Mapping[str, Sequence[str]]) -> str:
        """The level of a row by what it says, "" where that is no level."""
        said = cells.get("level", ("",))[0]
        return LEVELS.get(said, "") if said else self._default

    def _compare_with_code(self, row: Row, code: str, cells: Cells) -> None:
        level = self.level_of(cells.values)
        if not level:
            self._tell(
                "level-unknown", row, self._columns.by_identifier["level"], cells, cells.values["level"][0]
            )
        if self._checks_codes and level in _NUMBERED:
            self._level = _NUMBERED[level]
            super()._compare_with_code(row, code, cells)
            return
        mapped = self._columns.by_identifier.get("archivalCode")
        if mapped is None or not code:
            return
        if row.mark(mapped.column) & (Mark.DATE | Mark.MOMENT):
            self._tell("cell-became-date", row, mapped, cells, code)
        elif len(code) > _LONGEST_CODE:
            self._tell("code-long", row, mapped, cells, code, length=len(code), most=_LONGEST_CODE)
        elif other := self._seen.get(f"{level}\t{code}"):
            self._tell("code-twice", row, mapped, cells, code, other=other)
        else:
            self._seen[f"{level}\t{code}"] = self._table.place(row.number, mapped.column)


class _Writer:
    """Writes the rows of every sheet, and after each the record that it is."""

    def __init__(self, rows: IO[str], entries: IO[str]) -> None:
        self._rows, self._entries = rows, entries
        self.tables: list[Table] = []
        self.entry_count = 0

    @property
    def sheet_count(self) -> int:
        return len(self.tables)

    def sheet(self, table: Table, columns: ColumnMap, checker: _Checker) -> None:
        self.tables.append(table)
        head = {
            "sheet": table.name,
            "heading_row": columns.heading_row,
            "names": list(table.columns),
            "columns": {key: one.column for key, one in columns.by_identifier.items()},
        }
        self._rows.write(_line(head))
        for entry in checker.entries(self._passing(table.rows())):
            self.entry_count += 1
            self._entries.write(_line(_entry(entry, checker, len(self.tables) - 1)))

    def _passing(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            self._rows.write(_line({"n": row.number, "t": list(row.texts)}))
            yield row


def _entry(entry: Entry, checker: _Checker, sheet: int) -> dict[str, object]:
    level = checker.level_of(entry.values)
    values = {key: list(found) for key, found in entry.values.items()}
    return {
        "s": sheet,
        "n": entry.number,
        "code": entry.code,
        "level": level,
        "above": "".join(entry.first("parentCode").split())
        or (_file_of(entry.code) if level == "item" else ""),
        "said_above": bool(entry.first("parentCode")),
        "v": values,
    }


def _file_of(code: str) -> str:
    """The code of the 案卷 that an item's code names, or ""."""
    if code.count("-") != _GROUPS_WITHIN_FILE - 1:  # most are none: not worth an exception a row
        return ""
    try:
        return parse(code, Level.FILE_ITEM).prefix.removesuffix("-")
    except ReferenceCodeInvalid:
        return ""


def _proven(
    table: Table, words: Vocabulary, saved: Mapping[str, str], findings: CappedFindings
) -> ColumnMap | None:
    top = _top(table)
    if table.name == NOTES_SHEET or all(row.is_blank for row in top):
        return None
    columns = map_columns(top, words, saved)
    if table.is_hidden:
        findings.warning("sheet-hidden", table.name)
    elif columns is None or not columns.is_catalogue:
        findings.warning("sheet-skipped", table.name)
    else:
        return columns
    return None


def _top(table: Table) -> list[Row]:
    return list(islice(table.rows(), _ROWS_LOOKED_AT))


def _columns(found: ColumnMap, top: Sequence[Row]) -> list[dict[str, object]]:
    below = [row for row in top if row.number > found.heading_row]
    return [
        {
            "column": one.column,
            "heading": one.heading,
            "identifier": one.element.identifier if one.element else "",
            "how": one.how.value,
            "samples": [row.text(one.column)[:60] for row in below if row.text(one.column)][:_SAMPLES],
        }
        for one in found.columns
    ]


def _unknown(top: Sequence[Row]) -> list[dict[str, object]]:
    """The columns under the first row that holds several texts, for a person to say what they are."""
    head = next((row for row in top if sum(map(bool, row.texts)) > 1), None)
    if head is None:
        return []
    below = [row for row in top if row.number > head.number]
    return [
        {
            "column": column,
            "heading": heading,
            "identifier": "",
            "how": "kept",
            "samples": [row.text(column)[:60] for row in below if row.text(column)][:_SAMPLES],
        }
        for column, heading in enumerate(head.texts)
        if heading
    ]


def _problem(problem: Problem, tables: Sequence[Table], labels: Mapping[str, str]) -> dict[str, object]:
    sheet, row, column = _located(problem.place, tables)
    return {
        "s": sheet,
        "n": row,
        "column": column,
        "code": problem.code,
        "place": problem.place,
        "message": problem.message,
        "params": {name: _plain(labels.get(str(value), value)) for name, value in problem.params.items()},
        "severity": problem.severity.value,
    }


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)


def _located(place: str, tables: Sequence[Table]) -> tuple[int, int, int]:
    """Sheet, row from 1 and column from 0 of a place; zeros where it names none."""
    for index, table in enumerate(tables):
        if not table.columns and place.startswith(f"{table.name}!"):
            cell = split_address(place[len(table.name) + 1 :])
            return (index, *cell) if cell else (index, 0, 0)
        if table.columns and place.startswith(f"{table.name}["):
            number, _, label = place[len(table.name) + 1 :].partition("]/")
            if number.isdecimal():
                return index, int(number) + 1, table.columns.index(label) if label in table.columns else 0
    return 0, 0, 0


def _line(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
