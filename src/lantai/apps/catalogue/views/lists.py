"""Browsing by reference code and by the tree: both work with the index gone."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.tables import table_of
from lantai.apps.catalogue.views.facts import facts_of
from lantai.platform.context import Ctx
from lantai.platform.gates import signed_in
from lantai.platform.ui import pages
from lantai.platform.ui.context import url_or_nothing
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Empty

_OF_THE_PAGE = ("after", "before", "sort", "columns", "export", "print")  # no conditions


@signed_in
@require_GET
def item_list(request: HttpRequest) -> HttpResponseBase:
    """The descriptions I may see, by reference code; a file takes only what I may export."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    rows = queries.exportable(ctx) if request.GET.get("export") else queries.visible(ctx)
    empty = Empty(_("这里会出现目录"), _("归档批次封存、移交接收入库之后，每件档案自动登入目录。"))
    acts = [Act(_("全文检索"), reverse("catalogue:search"), icon="search", method="get")]
    if ctx.actor.holds(P.ITEM_DESCRIBE):
        acts.append(Act(_("新建著录"), reverse("catalogue:new"), icon="plus", method="get"))
        acts.append(Act(_("批量修改记录"), reverse("catalogue:bulk_changes"), icon="history", method="get"))
    export_url = url_or_nothing("imports:export_choose")
    if export_url and ctx.actor.holds(P.ITEM_EXPORT):
        shown = urlencode([pair for pair in request.GET.lists() if pair[0] not in _OF_THE_PAGE], doseq=True)
        to = f"{export_url}?{urlencode({'list': shown})}"
        acts.append(Act(_("导出其他格式"), to, icon="download", method="get"))
    return respond(request, table_of(ctx, rows), title=_("目录"), empty=empty, acts=acts)


@signed_in
@require_GET
def pane(request: HttpRequest, item_id: int) -> HttpResponse:
    """A row of the list on the right side."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, item_id)
    page = {"row": row, "facts": facts_of(ctx, row)}
    return pages.show(request, "catalogue/_pane.html", page)
