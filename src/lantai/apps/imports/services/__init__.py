"""Every write of this app."""

from __future__ import annotations

from lantai.apps.imports.services.attaching import (
    ask_to_seal,
    check_again,
    give_up_attachment,
    open_attachment,
    take_files,
)
from lantai.apps.imports.services.checking import check
from lantai.apps.imports.services.entering import ask_to_enter, ask_to_undo, enter, give_up, remap, undo
from lantai.apps.imports.services.exporting import FORMATS, export, rows_of
from lantai.apps.imports.services.matching import read_attachment
from lantai.apps.imports.services.moves import ATTACHMENT_MOVES, BATCH_MOVES
from lantai.apps.imports.services.receiving import map_columns, receive, survey
from lantai.apps.imports.services.sealing import seal_attachment

__all__ = [
    "ATTACHMENT_MOVES",
    "BATCH_MOVES",
    "FORMATS",
    "ask_to_enter",
    "ask_to_seal",
    "ask_to_undo",
    "check",
    "check_again",
    "enter",
    "export",
    "give_up",
    "give_up_attachment",
    "map_columns",
    "open_attachment",
    "read_attachment",
    "receive",
    "remap",
    "rows_of",
    "seal_attachment",
    "survey",
    "take_files",
    "undo",
]
