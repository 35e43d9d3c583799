"""Browsing by reference code and by the tree: both work with the index gone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.tables import DescriptionTable
from lantai.apps.catalogue.views.facts import facts_of
from lantai.apps.holdings import queries as holdings
from lantai.platform.context import Ctx
from lantai.platform.gates import signed_in
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Empty


@signed_in
@require_GET
def item_list(request: HttpRequest) -> HttpResponseBase:
    """The descriptions I may see, by reference code; a file takes only what I may export."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    rows = queries.exportable(ctx) if request.GET.get("export") else queries.visible(ctx)
    fonds = [(str(row.pk), str(row)) for row in holdings.visible_fonds(ctx)]
    empty = Empty(_("这里会出现目录"), _("归档批次封存、移交接收入库之后，每件档案自动登入目录。"))
    acts = [Act(_("全文检索"), reverse("catalogue:search"), icon="search", method="get")]
    if ctx.actor.holds(P.ITEM_DESCRIBE):
        acts.append(Act(_("新建著录"), reverse("catalogue:new"), icon="plus", method="get"))
        acts.append(Act(_("批量修改记录"), reverse("catalogue:bulk_changes"), icon="history", method="get"))
    return respond(request, DescriptionTable(rows, fonds), title=_("目录"), empty=empty, acts=acts)


@signed_in
@require_GET
def pane(request: HttpRequest, item_id: int) -> HttpResponse:
    """A row of the list on the right side."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, item_id)
    page = {"row": row, "facts": facts_of(ctx, row)}
    return pages.show(request, "catalogue/_pane.html", page)
