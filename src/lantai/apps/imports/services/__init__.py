"""Every write of this app."""

from __future__ import annotations

from lantai.apps.imports.services.checking import check
from lantai.apps.imports.services.entering import ask_to_enter, ask_to_undo, enter, give_up, remap, undo
from lantai.apps.imports.services.receiving import map_columns, receive, survey
from lantai.apps.imports.services.reporting import said

__all__ = [
    "ask_to_enter",
    "ask_to_undo",
    "check",
    "enter",
    "give_up",
    "map_columns",
    "receive",
    "remap",
    "said",
    "survey",
    "undo",
]
