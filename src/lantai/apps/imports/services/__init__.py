"""Every write of this app."""

from __future__ import annotations

from lantai.apps.imports.services.checking import check
from lantai.apps.imports.services.entering import ask_to_enter, ask_to_undo, enter, give_up, remap, undo
from lantai.apps.imports.services.exporting import FORMATS, export, rows_of
from lantai.apps.imports.services.receiving import map_columns, receive, survey
from lantai.apps.imports.services.reporting import said

__all__ = [
    "FORMATS",
    "ask_to_enter",
    "ask_to_undo",
    "check",
    "enter",
    "export",
    "give_up",
    "map_columns",
    "receive",
    "remap",
    "rows_of",
    "said",
    "survey",
    "undo",
]
