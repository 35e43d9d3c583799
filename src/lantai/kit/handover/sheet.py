"""The annex as a sheet: one line an item, found by its reference code; read where nothing is trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from lantai.kit.errors import N_, Invalid
from lantai.kit.handover.opinions import HEADINGS, field_of
from lantai.kit.tabular import Row, TableLimits, TableRefused, TableTooLarge, open_tables

CODE = "档号"
LONGEST_CELL = 2_000
HEAD_WITHIN = 20  # rows in which the head is looked for, below titles and notes
LIMITS = TableLimits(file_bytes=64 * 1024 * 1024, rows=200_000)


class AnnexTooLarge(Invalid):
    """The file has more bytes, rows or cells than are read."""

    message = N_(
        "附表过大（%(what)s，最多 %(most)d），没有采用其中任何内容。请只保留附表的各列，或分批上传。"
    )


class AnnexUnopenable(Invalid):
    """The file is no sheet, is broken or encrypted."""

    message = N_("附表不是可以打开的 xlsx、xls、ods 或 csv 文件，或者已加密，没有采用其中任何内容。")


class AnnexWithoutHead(Invalid):
    """Nothing says which column is which."""

    message = N_(
        "附表前 %(rows)d 行里没有找到表头“档号”和“到期开放意见”等列，没有采用其中任何内容。"
        "请照附表的样式填写表头。"
    )


def read_annex(path: str) -> list[dict[str, str]]:
    """Every line of the first sheet of the annex at ``path`` by heading, with its row number as ``row``.

    Only the columns of the annex are kept. Raises `AnnexTooLarge`, `AnnexUnopenable`, `AnnexWithoutHead`.
    """
    try:
        tables = open_tables(Path(path), limits=LIMITS)
        return list(_lines(tables[0].rows() if tables else ()))
    except TableTooLarge as refused:
        raise AnnexTooLarge(what=refused.params["what"], most=refused.params["most"]) from refused
    except TableRefused as refused:
        raise AnnexUnopenable from refused


def _lines(rows: Iterable[Row]) -> Iterator[dict[str, str]]:
    head: dict[int, str] = {}
    for row in rows:
        if not head and row.number <= HEAD_WITHIN:
            head = _head(row.texts)
        elif head:
            cells = {heading: row.text(column)[:LONGEST_CELL] for column, heading in head.items()}
            if cells[CODE]:
                yield {heading: cell for heading, cell in cells.items() if cell} | {"row": str(row.number)}
        else:
            break
    if not head:
        raise AnnexWithoutHead(rows=HEAD_WITHIN)


def _head(cells: Iterable[str]) -> dict[int, str]:
    """Column → heading where the row is the head: it names the code and at least one of ours."""
    found: dict[int, str] = {}
    for column, cell in enumerate(cells):
        plain = "".join(cell.split())
        if plain == CODE:
            found[column] = CODE
        elif name := field_of(plain):
            found[column] = HEADINGS[name]
    return found if CODE in found.values() and len(found) > 1 else {}
