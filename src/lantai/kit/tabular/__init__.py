"""Tables that people send: xlsx, xls, ods, CSV and TSV, read with cell addresses and under limits."""

from __future__ import annotations

from lantai.kit.tabular.addresses import Span, address, letters
from lantai.kit.tabular.opening import EXTENSIONS, kind_of, open_tables
from lantai.kit.tabular.types import (
    DEFAULT_LIMITS,
    Mark,
    Row,
    Table,
    TableBroken,
    TableEncrypted,
    TableKind,
    TableLimits,
    TableRefused,
    TableTooLarge,
    TableUnknown,
)
from lantai.kit.tabular.values import cleaned, day_of_serial, narrow
from lantai.kit.tabular.writing import SheetWriter, TooMuchForSheet, guarded, write_csv

__all__ = [
    "DEFAULT_LIMITS",
    "EXTENSIONS",
    "Mark",
    "Row",
    "SheetWriter",
    "Span",
    "Table",
    "TableBroken",
    "TableEncrypted",
    "TableKind",
    "TableLimits",
    "TableRefused",
    "TableTooLarge",
    "TableUnknown",
    "TooMuchForSheet",
    "address",
    "cleaned",
    "day_of_serial",
    "guarded",
    "kind_of",
    "letters",
    "narrow",
    "open_tables",
    "write_csv",
]
