"""A list as declared by an app: columns, filters, search, order, bulk acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import ngettext_lazy

from lantai.platform.ui.tables.columns import Column
from lantai.platform.ui.tables.facets import FACET_LIMIT, Counts, count_by
from lantai.platform.ui.tables.filters import Chip, Choice, Filter
from lantai.platform.ui.types import Text, Tone
from lantai.platform.ui.words import grouped

COUNT_LIMIT = FACET_LIMIT  # rows that are too many to count are too many for their facets


@dataclass(frozen=True, slots=True)
class Bulk:
    """An act on many rows: POST ``ids`` (or ``every=1`` with ``query``) to ``url_name``."""

    name: str
    label: Text
    url_name: str
    permissions: tuple[str, ...] = ()
    icon: str = ""
    tone: Tone = Tone.PLAIN
    confirm: Text = ""
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows match: exact, or honestly more than can be counted while a person waits."""

    number: int
    is_exact: bool


class Table:
    """Subclass it with class attributes; make one around rows that are already scoped to the actor."""

    name = ""
    noun: Any = ngettext_lazy("%(n)s 条", "%(n)s 条", "number")  # what is counted, as `counted` says it
    columns: Sequence[Column] = ()
    filters: Sequence[Filter] = ()
    bulk: Sequence[Bulk] = ()
    search: Sequence[str] = ()
    order = "-id"
    page_size = 50
    export_permission = ""

    def __init__(self, rows: QuerySet) -> None:
        self.rows = rows

    def counted(self, number: int, *, shown: str = "") -> str:
        """1 item, 18,204 items: the number, or what is ``shown`` for it, with its noun."""
        return str(self.noun % {"number": number, "n": shown or grouped(number)})

    def preview(self, row: Model) -> str:
        """Address of a fragment for the right pane; "" for none."""
        return ""

    def row_url(self, row: Model) -> str:
        """Where enter leads; "" for nowhere."""
        find = getattr(row, "get_absolute_url", None)
        return str(find()) if find is not None else ""

    def find(self, rows: QuerySet, text: str) -> QuerySet:
        """Rows in which every word of ``text`` occurs in some search field."""
        for word in text.split():
            asked = Q()
            for path in self.search:
                asked |= Q(**{f"{path}__icontains": word})
            rows = rows.filter(asked)
        return rows

    def narrowed(self, data: QueryDict, *, but: Filter | None = None) -> QuerySet:
        """The rows that meet every condition of ``data`` (``but`` one, for its own facet)."""
        rows = self.rows
        for condition in self.filters:
            if condition is not but:
                rows = condition.narrow(rows, data)
        text = data.get("q", "").strip()
        return self.find(rows, text) if text else rows

    def facets(self, data: QueryDict) -> dict[str, Counts]:
        """Rows that each choice would leave, by name of the condition; each leaves its own condition aside."""
        counted = [one for one in self.filters if isinstance(one, Choice) and one.facet]
        idle = [one for one in counted if not one.chosen(data)]
        found = count_by(self.narrowed(data), [one.path for one in idle])
        facets = {one.name: found[one.path] for one in idle}
        for one in counted:
            if one.name not in facets:
                facets[one.name] = count_by(self.narrowed(data, but=one), [one.path])[one.path]
        return facets

    def chips(self, data: QueryDict) -> list[Chip]:
        """The conditions of ``data`` in words, the search last."""
        chips = [chip for condition in self.filters for chip in condition.chips(data)]
        text = data.get("q", "").strip()
        return [*chips, Chip(f"“{text}”", (("q", data.get("q", "")),))] if text else chips

    def order_of(self, data: QueryDict) -> str:
        """The asked order when a column has it, or the table's own."""
        asked = data.get("sort", "")
        paths = {column.sort_path for column in self.columns} - {""}
        return asked if asked.removeprefix("-") in paths else self.order

    def ways_of(self, data: QueryDict) -> Sequence[Q]:
        """Conditions of which every row of the page meets one, each with an index in the asked order; () for none."""
        return ()

    def columns_of(self, asked: Sequence[str]) -> list[Column]:
        """The columns named in ``asked``, in the table's order; the default ones when none is known."""
        known = [column for column in self.columns if column.name in set(asked)]
        return known or [column for column in self.columns if column.default]

    def total_of(self, rows: QuerySet) -> Total:
        """How many ``rows`` there are, counted no further than ``COUNT_LIMIT``."""
        found = rows.order_by()[: COUNT_LIMIT + 1].count()
        return Total(min(found, COUNT_LIMIT), found <= COUNT_LIMIT)
