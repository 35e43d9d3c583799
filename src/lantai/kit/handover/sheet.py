"""The annex as a sheet: one line an item, found by its reference code; read where nothing is trusted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    WorksheetNotFound,
    XmlError,
    ZipError,
)

from lantai.kit.errors import N_, Invalid
from lantai.kit.handover.opinions import HEADINGS, field_of

CODE = "档号"
MOST_ROWS = 200_000
MOST_COLUMNS = 60
LONGEST_CELL = 2_000
MOST_BYTES = 64 * 1024 * 1024
HEAD_WITHIN = 20  # rows in which the head is looked for, below titles and notes
ENCODINGS = ("utf-8-sig", "gb18030")


class AnnexTooLarge(Invalid):
    """The file has more bytes than are read."""

    message = N_("附表超过 %(most)d 字节，没有采用其中任何内容。请只保留附表的各列后再上传。")


class AnnexTooLong(Invalid):
    """The sheet has more rows than are read."""

    message = N_("附表超过 %(most)d 行，没有采用其中任何内容。请分批上传。")


class AnnexUnopenable(Invalid):
    """The file is no sheet, is broken or encrypted."""

    message = N_("附表不是可以打开的 xlsx 或 csv 文件，或者已加密，没有采用其中任何内容。")


class AnnexWithoutHead(Invalid):
    """Nothing says which column is which."""

    message = N_(
        "附表前 %(rows)d 行里没有找到表头“档号”和“到期开放意见”等列，没有采用其中任何内容。"
        "请照附表的样式填写表头。"
    )


REFUSALS = frozenset(
    kind.__name__ for kind in (AnnexTooLarge, AnnexTooLong, AnnexUnopenable, AnnexWithoutHead)
)


def read_annex(path: str) -> list[dict[str, str]]:
    """Every line of the annex at ``path`` (xlsx or csv) by heading, with its row number as ``row``.

    Only the columns of the annex are kept. Raises `AnnexTooLarge`, `AnnexTooLong`, `AnnexUnopenable`,
    `AnnexWithoutHead`.
    """
    file = Path(path)
    if file.stat().st_size > MOST_BYTES:
        raise AnnexTooLarge(most=MOST_BYTES)
    data = file.read_bytes()
    rows = _xlsx(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    return list(_lines(rows))


def _xlsx(data: bytes) -> Iterator[list[str]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        yield from ([_cell(value) for value in row] for row in sheet.iter_rows())
    except (CalamineError, PasswordError, WorksheetNotFound, XmlError, ZipError, ValueError) as unreadable:
        raise AnnexUnopenable from unreadable


def _csv(data: bytes) -> Iterator[list[str]]:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        yield from csv.reader(io.StringIO(text, newline=""))
        return
    raise AnnexUnopenable


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _lines(rows: Iterable[list[str]]) -> Iterator[dict[str, str]]:
    head: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        cells = [cell.strip()[:LONGEST_CELL] for cell in row[:MOST_COLUMNS]]
        if number > MOST_ROWS:
            raise AnnexTooLong(most=MOST_ROWS)
        if not head:
            head = _head(cells)
            if not head and number >= HEAD_WITHIN:
                break
            continue
        line = {heading: cells[at] for at, heading in head.items() if at < len(cells) and cells[at]}
        if line.get(CODE):
            yield line | {"row": str(number)}
    if not head:
        raise AnnexWithoutHead(rows=HEAD_WITHIN)


def _head(cells: list[str]) -> dict[int, str]:
    """Column → heading where the row is the head: it names the code and at least one of ours."""
    found: dict[int, str] = {}
    for at, cell in enumerate(cells):
        plain = "".join(cell.split())
        if plain == CODE:
            found[at] = CODE
        elif name := field_of(plain):
            found[at] = HEADINGS[name]
    return found if CODE in found.values() and len(found) > 1 else {}
