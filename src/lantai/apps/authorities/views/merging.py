"""Duplicates: found, looked at, merged, undone, or told apart."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.authorities import queries, services
from lantai.apps.authorities.models import Merge
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.tables import AuthorityTable
from lantai.apps.authorities.views.records import crumbs
from lantai.kit.errors import Invalid, Missing
from lantai.kit.text.figures import is_number
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import selected
from lantai.platform.ui.types import Crumb

MOST_AT_ONCE = 50


def _ids(values: list[str]) -> list[int]:
    if any(not is_number(value) for value in values):
        raise Missing
    return [int(value) for value in values][:MOST_AT_ONCE]


@needs(P.AUTHORITY_MERGE)
@require_GET
def alike(request: HttpRequest) -> HttpResponse:
    """Pairs that may be the same, the likeliest first."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    asked = request.GET.get("page", "0")
    page = int(asked) if is_number(asked, 4) else 0
    orgs = sorted(ctx.actor.orgs_with(P.AUTHORITY_MERGE))
    pairs, has_more = queries.alike(ctx, orgs, page=page)
    return pages.show(
        request,
        "authorities/alike.html",
        {
            "title": _("疑似重复"),
            "pairs": pairs,
            "next_url": f"{request.path}?page={page + 1}" if has_more else "",
            "crumbs": [*crumbs(), Crumb(_("疑似重复"))],
        },
    )


@needs(P.AUTHORITY_MERGE)
@require_POST
def tell_apart(request: HttpRequest) -> HttpResponse:
    """These two are not the same."""
    first, second = _ids([request.POST.get("first", "x"), request.POST.get("second", "x")])
    services.tell_apart(request.ctx, first_id=first, second_id=second)  # type: ignore[attr-defined]
    return pages.done(request, _("已记下不是同一对象，不再列出。"), to=reverse("authorities:alike"))


@needs(P.AUTHORITY_MERGE)
@require_POST
def choose_merge(request: HttpRequest) -> HttpResponse:
    """From the rows selected in the list to the preview."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    rows = selected(request, AuthorityTable(queries.standing(ctx)))
    ids = list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
    query = urlencode([("ids", pk) for pk in ids])
    to = f"{reverse('authorities:merge')}?{query}"
    return pages.done(request, _("请核对后再合并。"), to=to)


@needs(P.AUTHORITY_MERGE)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest) -> HttpResponse:
    """What a merge would do; and doing it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    data = request.POST if request.method == "POST" else request.GET
    ids = _ids(data.getlist("ids"))
    rows = list(queries.standing(ctx).filter(pk__in=ids).order_by("began_year", "pk"))
    given = data.get("survivor", "")
    survivor = int(given) if is_number(given) else (rows[0].pk if rows else 0)
    page: dict[str, object] = {"title": _("合并规范记录"), "rows": rows, "survivor": survivor}
    page["crumbs"] = [*crumbs(), Crumb(_("合并规范记录"))]
    try:
        if request.method == "POST":
            kept = policy.one(queries.standing(ctx), pk=survivor)
            page["reason"] = reason = request.POST.get("reason", "").replace("\x00", "")
            if "look" not in request.POST:
                if request.POST.get("shown") == str(kept.pk):
                    return _merged(request, services.merge(ctx, survivor_id=survivor, ids=ids, reason=reason))
                said = _("改为保留“%(name)s”了，还没有合并。请看过下面的结果，再点“合并为一条”。")
                page["refusal"] = said % {"name": kept.name}
        page["plan"] = queries.plan(ctx, survivor, ids) if rows else None
    except Invalid as refusal:
        page["refusal"] = pages.said(refusal)
        return pages.show(request, "authorities/merge.html", page, status=422)
    return pages.show(request, "authorities/merge.html", page, status=422 if "refusal" in page else 200)


def _merged(request: HttpRequest, done: Merge) -> HttpResponse:
    said = ngettext(
        "已合并到“%(name)s”，改指 %(n)d 条著录。",
        "已合并到“%(name)s”，改指 %(n)d 条著录。",
        done.moved_count,
    )
    return pages.done(request, said % {"name": done.survivor.name, "n": done.moved_count}, to=done.survivor)


@needs(P.AUTHORITY_MERGE)
@require_POST
def undo_merge(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Take a merge back."""
    row = services.undo_merge(request.ctx, merge_id=merge_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已撤销合并，各条记录和著录中的引用都已复原。"), to=row.survivor)
