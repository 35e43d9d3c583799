"""Lists: one component for every list of the product."""

from lantai.platform.ui.tables.columns import Column, Kind
from lantai.platform.ui.tables.filters import Choice, DateRange, Filter, Flag, Range, Text
from lantai.platform.ui.tables.respond import respond, selected
from lantai.platform.ui.tables.table import Bulk, Table

__all__ = [
    "Bulk",
    "Choice",
    "Column",
    "DateRange",
    "Filter",
    "Flag",
    "Kind",
    "Range",
    "Table",
    "Text",
    "respond",
    "selected",
]
