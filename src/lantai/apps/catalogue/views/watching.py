"""Saved searches and what they tell."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lantai.apps.catalogue import queries, services
from lantai.kit.errors import Missing
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import signed_in
from lantai.platform.ui import pages
from lantai.platform.ui.types import Crumb


@signed_in
@require_GET
def searches(request: HttpRequest) -> HttpResponse:
    """My saved searches and those shared here."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    page = {
        "title": _("保存的检索"),
        "crumbs": [Crumb(_("检索"), reverse("catalogue:search")), Crumb(_("保存的检索"))],
        "searches": queries.saved_searches(ctx),
    }
    return pages.show(request, "catalogue/searches.html", page)


@signed_in
@require_POST
def save_search(request: HttpRequest) -> HttpResponse:
    """Save the search of the page under a name."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    view = services.save_search(
        ctx,
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        is_shared=request.POST.get("shared") == "1",
        is_watched=request.POST.get("watched") == "1",
    )
    said = _("已保存检索“%(name)s”。") % {"name": view.name}
    return pages.done(request, said, to=f"{view.path}?{view.query}")


@signed_in
@require_POST
def watch(request: HttpRequest) -> HttpResponse:
    """Begin or end telling me."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    if request.POST.get("on") == "1":
        services.watch(ctx, view_id=_view_id(request))
        said = _("今后有新结果时会提醒您。")
    else:
        services.unwatch(ctx, view_id=_view_id(request))
        said = _("不再提醒这个检索的新结果。")
    return pages.done(request, said, to=reverse("catalogue:searches"))


@signed_in
@require_POST
def forget_search(request: HttpRequest) -> HttpResponse:
    """Delete one of my saved searches."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    services.forget_search(ctx, view_id=_view_id(request))
    return pages.done(request, _("已删除保存的检索。"), to=reverse("catalogue:searches"))


def _view_id(request: HttpRequest) -> int:
    given = request.POST.get("view", "")
    if not is_number(given):
        raise Missing
    return int(given)
