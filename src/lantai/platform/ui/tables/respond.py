"""Answer a request for a list: page, fragment, print view or file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lantai.kit.errors import N_, Denied
from lantai.kit.text.figures import is_number
from lantai.platform.ledger import services as ledger
from lantai.platform.ui import queries
from lantai.platform.ui.context import ctx_of, url_or_nothing
from lantai.platform.ui.registry import may_see
from lantai.platform.ui.tables.address import Address
from lantai.platform.ui.tables.columns import Column, Kind
from lantai.platform.ui.tables.export import respond_with_file
from lantai.platform.ui.tables.facets import Counts
from lantai.platform.ui.tables.filters import Choice, Filter, Flag, Option
from lantai.platform.ui.tables.paging import Slice, slice_of
from lantai.platform.ui.tables.table import Table, Total
from lantai.platform.ui.types import Act, Crumb, Empty, Tab, Text

PRINT_LIMIT = 1000
FRAGMENT = "ui/_list.html"


class ExportDenied(Denied):
    """The list may be read but not taken away."""

    message = N_("您可以查看这个列表，但没有导出它的权限。需要导出时请联系本单位的系统管理员。")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: what a click would sort by, and how it is sorted now."""

    label: Text
    kind: str
    help: Text
    sort_url: str
    direction: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row as shown."""

    key: object
    url: str
    preview: str
    cells: list[tuple[str, Text, SafeString]]


@dataclass(frozen=True, slots=True)
class Control:
    """A condition as shown in the filter panel."""

    name: str
    label: Text
    kind: str
    options: list[Option]
    values: list[tuple[str, str]]
    many: bool


@dataclass(frozen=True, slots=True)
class BulkButton:
    """A bulk act as shown."""

    label: Text
    url: str
    icon: str
    tone: str
    confirm: Text
    needs_reason: bool


_MANY = 2  # a number of things, where the page counts them


class Listing:
    """One table looked at from one address: everything the template shows."""

    def __init__(self, request: HttpRequest, table: Table, title: Text) -> None:
        self.table, self.title = table, title
        self.ctx = ctx_of(request)
        self.address = Address.of(request)
        self.preference = queries.preference(self.ctx, table.name)
        self.matching = table.narrowed(self.address.data)
        self.order = table.order_of(self.address.data)
        asked = self.address.data.get("columns", "")
        self.columns = table.columns_of(asked.split(",") if asked else self.preference.columns)

    def load(self) -> None:
        """Read the page and its total: two queries, however many rows there are."""
        data = self.address.data
        self.slice: Slice = slice_of(
            self.matching,
            self.order,
            after=data.get("after", ""),
            before=data.get("before", ""),
            size=self.table.page_size,
            ways=self.table.ways_of(data),
        )
        self.total: Total = self.table.total_of(self.matching)
        self.rows = [self._row(row) for row in self.slice.rows]
        self.chips = [(chip.text, self.address.without(chip.removes)) for chip in self.table.chips(data)]
        # Without its own condition a facet looks at more rows: too many, where there are too many with it.
        facets = self.table.facets(data) if self.total.is_exact else {}
        self.controls = [self._control(one, facets.get(one.name, {})) for one in self.table.filters]
        self.views = queries.views_of(self.ctx, self.table.name)

    @property
    def counted(self) -> str:
        """18,204 items: the total with its noun."""
        return self.table.counted(self.total.number)

    @property
    def some(self) -> str:
        """%s items: a number that the page fills in, with its noun."""
        return self.table.counted(_MANY, shown="%s")

    @property
    def heads(self) -> list[Head]:
        """The heads of the shown columns."""
        return [self._head(column) for column in self.columns]

    @property
    def choosable(self) -> list[tuple[Column, bool]]:
        """Every column with whether it is shown."""
        return [(column, column in self.columns) for column in self.table.columns]

    @property
    def buttons(self) -> list[BulkButton]:
        """The bulk acts this actor may do."""
        allowed = [bulk for bulk in self.table.bulk if may_see(self.ctx.actor, bulk.permissions)]
        return [
            BulkButton(b.label, url, b.icon, b.tone.value, b.confirm, b.needs_reason)
            for b in allowed
            if (url := url_or_nothing(b.url_name))
        ]

    @property
    def asks_reason(self) -> bool:
        """Whether any bulk act wants a reason."""
        return any(button.needs_reason for button in self.buttons)

    @property
    def before_url(self) -> str:
        """The page before; "" on the first."""
        return self.address.link(before=self.slice.before) if self.slice.before else ""

    @property
    def after_url(self) -> str:
        """The page after; "" on the last."""
        return self.address.link(after=self.slice.after) if self.slice.after else ""

    @property
    def bare_url(self) -> str:
        """The list without conditions."""
        return self.address.bare()

    @property
    def may_export(self) -> bool:
        """Whether this actor may take the list away."""
        wanted = self.table.export_permission
        return self.ctx.actor.id is not None and (not wanted or self.ctx.actor.holds(wanted))

    @property
    def exports(self) -> list[tuple[str, str]]:
        """Format and address of each kind of file."""
        kinds = (("xlsx", _("Excel 工作簿")), ("csv", _("CSV 文本")))
        return [(label, self.address.link(export=kind)) for kind, label in kinds] if self.may_export else []

    @property
    def print_url(self) -> str:
        """The list as a sheet of paper."""
        return self.address.link(print="1")

    @property
    def can_search(self) -> bool:
        """Whether the list has a search box of its own."""
        return bool(self.table.search) or type(self.table).find is not Table.find

    @property
    def asked(self) -> str:
        """What was typed into the list's search box."""
        return self.address.data.get("q", "")

    @property
    def here(self) -> str:
        """This list without the place in it: where a form leads back to."""
        return self.address.link()

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """What the filter form carries along."""
        names = [name for condition in self.table.filters for name in condition.parameters]
        return self.address.kept(*names)

    @property
    def kept_by_search(self) -> list[tuple[str, str]]:
        """What the search form carries along."""
        return self.address.kept("q")

    def ordered(self) -> QuerySet[Model]:
        """All matching rows in the order of the page, for print and files."""
        sign = "-" if self.order.startswith("-") else ""
        return self.matching.order_by(self.order, f"{sign}pk")

    def _row(self, row: Model) -> Row:
        cells = [(column.kind.value, column.label, column.cell(row)) for column in self.columns]
        return Row(row.pk, self.table.row_url(row), self.table.preview(row), cells)

    def _head(self, column: Column) -> Head:
        path = column.sort_path
        if not path:
            return Head(column.label, column.kind.value, column.help, "", "")
        direction = {path: "ascending", f"-{path}": "descending"}.get(self.order, "")
        # Newest and largest first is what a first click on a date or a number means.
        falls_first = column.kind in {Kind.DATE, Kind.MOMENT, Kind.NUMBER, Kind.SIZE}
        turned = {"ascending": f"-{path}", "descending": path}
        return Head(
            column.label,
            column.kind.value,
            column.help,
            self.address.link(sort=turned.get(direction, f"-{path}" if falls_first else path)),
            direction,
        )

    def _control(self, condition: Filter, counts: Counts) -> Control:
        data = self.address.data
        options: list[Option] = []
        if isinstance(condition, Choice):
            options = condition.options(data, counts)
        elif isinstance(condition, Flag):
            options = condition.options(data)
        values = [(name, data.get(name, "")) for name in condition.parameters]
        many = isinstance(condition, Choice) and condition.many
        return Control(condition.name, condition.label, condition.kind, options, values, many)


def respond(
    request: HttpRequest,
    table: Table,
    *,
    title: Text,
    template: str = "ui/list.html",
    empty: Empty | None = None,
    acts: Sequence[Act] = (),
    crumbs: Sequence[Crumb] = (),
    tabs: Sequence[Tab] = (),
    **context: object,
) -> HttpResponseBase:
    """The list as page, fragment (htmx), print view or file, as the address asks.

    Raises ExportDenied, TooLongForSheet and Invalid for files that may not or cannot be made.
    """
    if is_number(view_id := request.GET.get("view", "")):
        view = queries.view(ctx_of(request), int(view_id))
        return redirect(f"{view.path}?{view.query}")
    listing = Listing(request, table, title)
    if kind := request.GET.get("export", ""):
        return _export(listing, kind)
    if request.GET.get("print"):
        return _print(request, listing)
    listing.load()
    template = FRAGMENT if request.headers.get("HX-Target") == "list" else template
    if empty and empty.act and not listing.rows and not listing.chips:
        acts = [act for act in acts if act.url != empty.act.url]  # offered below, where one looks
    page = {"listing": listing, "title": title, "empty": empty, "acts": acts, "crumbs": crumbs, "tabs": tabs}
    response = render(request, template, {**page, **context})
    response.headers["Vary"] = "HX-Target, Cookie"
    return response


def _export(listing: Listing, kind: str) -> HttpResponseBase:
    if not listing.may_export:
        raise ExportDenied
    response = respond_with_file(kind, str(listing.title), listing.columns, listing.ordered())
    conditions = sorted({name for name, value in listing.address.kept() if value})
    # Which conditions, never their values: a value may be a person's name.
    ledger.record(
        listing.ctx,
        "ui:list:exported",
        object_type="ui:list",
        object_id=listing.table.name,
        object_name=str(listing.title),
        detail={"format": kind, "conditions": ",".join(conditions)},
    )
    return response


def _print(request: HttpRequest, listing: Listing) -> HttpResponse:
    rows = list(listing.ordered()[: PRINT_LIMIT + 1])
    listing.rows = [listing._row(row) for row in rows[:PRINT_LIMIT]]
    listing.chips = [(chip.text, "") for chip in listing.table.chips(listing.address.data)]
    listing.total = listing.table.total_of(listing.matching)
    page = {
        "listing": listing,
        "title": listing.title,
        "limit": PRINT_LIMIT,
        "is_cut": len(rows) > PRINT_LIMIT,
    }
    return render(request, "ui/list_print.html", page)


def selected(request: HttpRequest, table: Table) -> QuerySet[Model]:
    """The rows a bulk act was posted for: the ticked ones, or all that match.

    Never beyond the rows the table was made around.
    """
    if request.POST.get("every") == "1":
        data = QueryDict(mutable=True)
        for name, value in parse_qsl(request.POST.get("query", "")):
            data.appendlist(name, value.replace("\x00", ""))
        return table.narrowed(data)
    ids = [int(value) for value in request.POST.getlist("ids") if is_number(value)]
    return table.rows.filter(pk__in=ids)
