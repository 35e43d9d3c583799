"""The pages' own settings: appearance, table arrangement, saved views, the command palette."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lantai.platform.gates import public, signed_in
from lantai.platform.ui import pages, queries, services
from lantai.platform.ui.context import MODE_COOKIE, MODES, THEME_COOKIE, THEMES, Page, ctx_of
from lantai.platform.ui.tables import Bulk, Column, Kind, Table, respond, selected
from lantai.platform.ui.types import Empty, Tone

YEAR_SECONDS = 365 * 24 * 3600


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours and wanted.startswith("/") else "/"


@public
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Remember theme or mode on this device."""
    response = pages.done(request, _("显示方式已改变，并记在这台设备上。"), to=_back(request))
    for parameter, cookie, known in (("theme", THEME_COOKIE, THEMES), ("mode", MODE_COOKIE, MODES)):
        if (chosen := request.POST.get(parameter, "")) in known:
            response.set_cookie(
                cookie,
                chosen,
                max_age=YEAR_SECONDS,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
    return response


@signed_in
@require_POST
def arrange(request: HttpRequest) -> HttpResponse:
    """Remember columns and density of a table."""
    services.arrange_table(
        ctx_of(request),
        table=request.POST.get("table", ""),
        columns=request.POST.getlist("columns"),
        density=request.POST.get("density", "dense"),
    )
    return pages.done(request, _("列表的样子已按您的选择保存。"), to=_back(request))


@signed_in
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Save the query of a list under a name."""
    view = services.save_view(
        ctx_of(request),
        table=request.POST.get("table", ""),
        name=request.POST.get("name", ""),
        path=request.POST.get("path", ""),
        query=request.POST.get("query", ""),
        is_shared=request.POST.get("shared") == "1",
    )
    return pages.done(request, _("已保存视图“%(name)s”。") % {"name": view.name}, to=_back(request))


class SavedViewTable(Table):
    """The views a person sees: own and shared."""

    name = "ui.views"
    noun = ngettext_lazy("%(n)s 个", "%(n)s 个", "number")
    order = "name"
    search = ("name",)
    columns = (
        Column(
            "name",
            gettext_lazy("名称"),
            kind=Kind.TITLE,
            sort=True,
            link=lambda row: f"{row.path}?{row.query}",
        ),
        Column("owner", gettext_lazy("建立人")),
        Column("is_shared", gettext_lazy("本单位共用"), kind=Kind.FLAG),
        Column("created_at", gettext_lazy("建立时间"), kind=Kind.MOMENT, sort=True),
    )
    bulk = (
        Bulk(
            "delete",
            gettext_lazy("删除视图"),
            "ui:delete_views",
            icon="trash",
            tone=Tone.BAD,
            confirm=gettext_lazy("只删除您自己的视图，列表里的内容不受影响。"),
        ),
    )


@signed_in
@require_GET
def saved_views(request: HttpRequest) -> HttpResponseBase:
    """The list of saved views."""
    empty = Empty(_("这里会出现保存的视图"), _("在任何列表里设好条件，再点“视图”保存下来。"))
    table = SavedViewTable(queries.visible_views(ctx_of(request)))
    return respond(request, table, title=_("保存的视图"), empty=empty)


@signed_in
@require_POST
def delete_views(request: HttpRequest) -> HttpResponse:
    """Delete the selected views that are the actor's own."""
    ctx = ctx_of(request)
    rows = selected(request, SavedViewTable(queries.visible_views(ctx)))
    gone = services.delete_views(ctx, view_ids=list(rows.values_list("pk", flat=True)))
    return pages.done(request, _("已删除 %(n)d 个视图。") % {"n": gone}, to="ui:views")


@signed_in
@require_GET
def palette(request: HttpRequest) -> JsonResponse:
    """Where this actor may go, for the command palette."""
    lines = [
        {"label": str(line.label), "section": str(section.label), "url": line.url, "icon": line.icon}
        for section in Page(request).menu
        for line in section.lines
    ]
    views = queries.visible_views(ctx_of(request)).order_by("name", "pk")[:100]
    named = [
        {"label": v.name, "section": _("视图"), "url": f"{v.path}?{v.query}", "icon": "bookmark"}
        for v in views
    ]
    return JsonResponse({"lines": lines + named})
