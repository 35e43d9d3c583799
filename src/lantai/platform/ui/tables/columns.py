"""The columns of a list and how one of their values reads on a page and in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lantai.platform.ui.types import State, Text
from lantai.platform.ui.words import day_tag, grouped, moment_tag, size, state_tag

Value = Callable[[object], object]
NOTHING = "—"


class Kind(StrEnum):
    """How a value is set: alignment, figures, clipping."""

    TEXT = "text"
    CODE = "code"
    TITLE = "title"
    DATE = "date"
    MOMENT = "moment"
    NUMBER = "number"
    SIZE = "size"
    STATE = "state"
    LINK = "link"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``name`` is a field path and the column's key in addresses and preferences."""

    name: str
    label: Text
    kind: Kind = Kind.TEXT
    value: Value | None = None
    sort: bool | str = False
    link: Callable[[object], str] | None = None
    states: Mapping[str, State] | None = None
    default: bool = True
    help: Text = ""
    export: Value | None = None

    @property
    def sort_path(self) -> str:
        """The field path that sorts this column; "" when it cannot be sorted."""
        if self.sort is True:
            return self.name
        return self.sort or ""

    def value_of(self, row: object) -> object:
        """The value of ``row`` in this column."""
        if self.value is not None:
            return self.value(row)
        found: object = row
        for part in self.name.split("__"):
            found = getattr(found, part, None)
        return found

    def state_of(self, value: object) -> State:
        """The word of a state; an unknown slug is shown as it is rather than hidden."""
        states = self.states or {}
        found = states.get(value) or states.get(str(value))  # type: ignore[call-overload]
        return found if found is not None else State(str(value))

    def cell(self, row: object) -> SafeString:
        """The value as HTML."""
        text = self._shown(self.value_of(row))
        url = self.link(row) if self.link is not None else ""
        return format_html('<a href="{}">{}</a>', url, text) if url else format_html("{}", text)

    def plain(self, row: object) -> str | int | float | date | datetime | None:
        """The value for a spreadsheet: numbers and dates stay numbers and dates, in local time."""
        value = self.export(row) if self.export is not None else self.value_of(row)
        if value is None or value == "":
            return None
        if self.kind is Kind.STATE:
            return str(self.state_of(value).label)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        if isinstance(value, datetime):
            return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        return value if isinstance(value, int | float | date) else str(value)

    def _shown(self, value: object) -> object:
        if self.kind is Kind.FLAG:
            return _("是") if value else _("否")
        if value is None or value == "":
            return NOTHING
        return as_kind(value, self.kind, self.state_of)


def as_kind(
    value: object, kind: Kind, state_of: Callable[[object], State] = lambda v: State(str(v))
) -> object:
    """A value that is there, as text or HTML of its kind."""
    if kind is Kind.STATE:
        return state_tag(value if isinstance(value, State) else state_of(value))
    if kind is Kind.SIZE and isinstance(value, int):
        return size(value)
    if kind is Kind.NUMBER and isinstance(value, int):
        return grouped(value)
    if isinstance(value, datetime):
        return moment_tag(value)
    if isinstance(value, date):
        return day_tag(value)
    return value
