"""Browsing by reference code and by the tree: both work with the index gone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.tables import DescriptionTable
from lantai.apps.catalogue.views.facts import facts_of
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Invalid
from lantai.platform.context import Ctx
from lantai.platform.gates import signed_in
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty


@signed_in
@require_GET
def item_list(request: HttpRequest) -> HttpResponseBase:
    """The descriptions I may see, by reference code; a file takes only what I may export."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    rows = queries.exportable(ctx) if request.GET.get("export") else queries.visible(ctx)
    fonds = [(str(row.pk), str(row)) for row in holdings.visible_fonds(ctx)]
    empty = Empty(_("这里会出现目录"), _("归档批次封存、移交接收入库之后，每件档案自动登入目录。"))
    acts = [Act(_("全文检索"), reverse("catalogue:search"), icon="search", method="get")]
    return respond(request, DescriptionTable(rows, fonds), title=_("目录"), empty=empty, acts=acts)


@signed_in
@require_GET
def pane(request: HttpRequest, item_id: int) -> HttpResponse:
    """A row of the list on the right side."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, item_id)
    page = {"row": row, "facts": facts_of(ctx, row)}
    return pages.show(request, "catalogue/_pane.html", page)


@signed_in
@require_GET
def tree(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """A fonds with its files; ``?open=`` shows what is in one of them."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    fonds = holdings.get_fonds(ctx, fonds_id)
    opened = request.GET.get("open", "")
    page: dict[str, object] = {
        "title": fonds.name,
        "crumbs": [
            Crumb(_("全宗"), reverse("holdings:fonds_list")),
            Crumb(str(fonds), fonds.get_absolute_url()),
        ],
        "fonds": fonds,
        "files": queries.top_of(ctx, fonds.pk),
        "loose": queries.loose_items(ctx, fonds.pk),
        "opened_id": 0,
    }
    text = request.GET.get("q", "").strip().replace("\x00", "")
    if text:
        page |= _hits(ctx, fonds.pk, text)
    if opened.isdecimal():
        row = queries.get(ctx, int(opened))
        page |= {"opened_id": row.pk, "items": queries.children(ctx, row)}
    return pages.show(request, "catalogue/tree.html", page)


def _hits(ctx: Ctx, fonds_id: int, text: str) -> dict[str, object]:
    """What a search within the fonds adds to its tree: the volumes that hold hits, with their numbers."""
    try:
        found = queries.hits_by_file(ctx, fonds_id, text)
    except Invalid as refusal:
        return {"text": text, "refusal": pages.said(refusal)}
    if found is None:
        return {"text": text, "refusal": _("检索库还没有建好。目录不受影响，可以按档号浏览。")}
    total, by_file = found
    files = list(queries.visible(ctx).filter(pk__in=by_file).order_by("reference_code", "pk"))
    return {
        "text": text,
        "total": total,
        "found_files": [(row, by_file[row.pk]) for row in files],
        "outside": total - sum(by_file[row.pk] for row in files),
    }


@signed_in
@require_GET
def branch(request: HttpRequest, item_id: int) -> HttpResponse:
    """What is in one file, for the tree."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, item_id)
    return pages.show(request, "catalogue/_branch.html", {"items": queries.children(ctx, row)})
