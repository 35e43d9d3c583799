"""Descriptions as a table that is filled like a sheet: paste from Excel, saved by one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantai.apps.catalogue import services
from lantai.apps.catalogue.models import BulkChange, Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import bulk as reading
from lantai.apps.catalogue.queries.wording import scheme_of_row, values_of
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.types import KindField, KindScheme, is_masked, shown
from lantai.kit.errors import Missing
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.fields import label_of
from lantai.platform.ui.types import Crumb

ROWS_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as it stands in the table; ``name`` is the name of its input, "" where the row has no such field."""

    field: KindField
    name: str = ""
    value: str = ""
    was: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One description as a line of the table."""

    row: Description
    cells: tuple[Cell, ...]


@needs(P.ITEM_DESCRIBE)
@require_http_methods(["GET", "POST"])
def grid(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """The rows chosen, a hundred a page; of what is posted only what differs is saved, all or nothing."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    bulk = reading.get_bulk(ctx, bulk_id)
    page = Paginator(reading.chosen_rows(ctx, bulk), ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    schemes = _schemes(rows)
    columns = _columns(ctx, bulk, list(schemes.values()))
    lines = [_line(row, columns, schemes[row.pk], request.POST) for row in rows]
    if request.method == "POST" and not any(cell.error for line in lines for cell in line.cells):
        return _save(request, ctx, bulk, lines, page.number)
    count = sum(bool(cell.error) for line in lines for cell in line.cells)
    context = {
        "title": _("表格编辑"),
        "bulk": bulk,
        "sheet": page,
        "columns": [(one, label_of(one)) for one in columns],
        "lines": lines,
        "errors": count,
        "crumbs": [Crumb(_("目录"), reverse("catalogue:list")), Crumb(_("表格编辑"))],
    }
    return pages.show(request, "catalogue/grid.html", context, status=422 if count else 200)


def _schemes(rows: list[Description]) -> dict[int, KindScheme]:
    """The fields of each row; rows that were described alike share one reading."""
    found: dict[tuple[int, int, int | None], KindScheme] = {}
    by_row = {}
    for row in rows:
        key = (row.kind_id, row.fonds.archives_id, row.kind_version_id)
        if key not in found:
            found[key] = scheme_of_row(row)
        by_row[row.pk] = found[key]
    return by_row


def _columns(ctx: Ctx, bulk: BulkChange, schemes: list[KindScheme]) -> list[KindField]:
    """The fields that kinds show in lists, in the order of the first kind that has each."""
    found: dict[str, KindField] = {}
    for scheme in schemes:
        for field in scheme.asked:
            if field.in_list or field.column == "note":
                found.setdefault(field.name, field)
    return list(found.values())


def _line(row: Description, columns: list[KindField], scheme: KindScheme, posted: QueryDict) -> Line:
    values = values_of(row, scheme)
    return Line(row, tuple(_cell(row, scheme.by_name.get(one.name), one, values, posted) for one in columns))


def _cell(
    row: Description,
    field: KindField | None,
    column: KindField,
    values: Mapping[str, object],
    posted: QueryDict,
) -> Cell:
    if field is None:
        return Cell(column)
    name, was = f"c-{row.pk}-{field.name}", shown(field, values[field.name])
    text = posted.get(name, was).replace("\x00", "")
    return Cell(field, name, text, was, _wrong(field, text) if text != was else "")


def _wrong(field: KindField, text: str) -> str:
    if field.is_sealed and is_masked(text):
        return _("请填写完整的号码，或者保持原样不动。")
    scheme = KindScheme(kind_id=0, slug="", name="", version=0, fields=(field,))
    found = kinds.problems(scheme, {field.name: text})
    return "；".join(_(one.message) % one.params for one in found)


def _save(request: HttpRequest, ctx: Ctx, bulk: BulkChange, lines: list[Line], number: int) -> HttpResponse:
    changes = [
        (line.row.pk, _revision(request, line.row), {cell.field.name: cell.value for cell in changed})
        for line in lines
        if (changed := [cell for cell in line.cells if cell.value != cell.was])
    ]
    here = f"{reverse('catalogue:grid', args=[bulk.pk])}?page={number}"
    if not changes:
        return pages.done(request, _("没有改动。"), to=here)
    result = services.describe_many(ctx, changes=changes, summary=_("表格编辑"))
    said = _("已保存 %(n)d 条。") % {"n": result.changed}
    if result.skipped_count:
        said += _("%(n)d 条在您打开后由别人改过，没有保存，请核对。") % {"n": result.skipped_count}
    return pages.done(request, said, to=here)


def _revision(request: HttpRequest, row: Description) -> int:
    text = request.POST.get(f"r-{row.pk}", "")
    if not is_number(text, 9):
        raise Missing
    return int(text)
