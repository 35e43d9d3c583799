"""Further arrangements of a fonds: made, looked at, filled by rule or by hand, removed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Arrangement, Placement
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.tree import PlacedBy
from lantai.apps.catalogue.tree_forms import ArrangementForm, PlaceForm
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Refusal
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Act, Crumb


@needs(P.ITEM_ARRANGE)
@require_http_methods(["GET", "POST"])
def new_arrangement(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """Arrange the records of a fonds in a further way."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    fonds = holdings.get_fonds(ctx, fonds_id)
    form = ArrangementForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.make_arrangement(
                ctx, fonds_id=fonds.pk, name=form.cleaned_data["name"], rule=form.rule()
            )
            return pages.done(request, _("已建立排列方式“%(name)s”。") % {"name": made.name}, to=made)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("新建排列方式"),
        submit=_("建立排列方式"),
        intro=_("同一批档案可以有几种排列方式，档号和原来的位置不变。一级也不选时，由手工放置。"),
        crumbs=[Crumb(str(fonds), reverse("catalogue:tree", args=[fonds.pk])), Crumb(_("新建排列方式"))],
        cancel_url=reverse("catalogue:tree", args=[fonds.pk]),
    )


@needs(P.ITEM_READ)
@require_GET
def arrangement(request: HttpRequest, arrangement_id: int) -> HttpResponse:
    """An arrangement; ``?under=`` shows what lies under one of its headings."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    found = queries.get_arrangement(ctx, arrangement_id)
    return _page(request, ctx, found, _under(request.GET.get("under", ""), found), PlaceForm())


def _page(
    request: HttpRequest, ctx: Ctx, found: Arrangement, under: Placement | None, form: PlaceForm
) -> HttpResponse:
    after = request.GET.get("after", "")
    way = queries.placement_path(under) if under else []
    here = found.get_absolute_url()
    page = {
        "title": found.name,
        "arrangement": found,
        "rule": "—".join(str(PlacedBy(one).label) for one in found.rule),
        "under": under,
        "window": queries.placement_window(ctx, found, under, after=int(after) if is_number(after) else 0),
        "may_arrange": found.custodian_id in ctx.actor.orgs_with(P.ITEM_ARRANGE),
        "form": form,
        "acts": _acts(ctx, found),
        "crumbs": [
            Crumb(str(found.fonds), reverse("catalogue:tree", args=[found.fonds_id])),
            Crumb(found.name, here if way else ""),
            *(Crumb(one.heading, f"{here}?under={one.pk}" if one != under else "") for one in way),
        ],
    }
    return pages.show(request, "catalogue/arrangement.html", page, status=422 if form.errors else 200)


def _acts(ctx: Ctx, found: Arrangement) -> list[Act]:
    if found.custodian_id not in ctx.actor.orgs_with(P.ITEM_ARRANGE):
        return []
    fill = Act(_("按依据重新排列"), reverse("catalogue:fill_arrangement", args=[found.pk]), icon="refresh")
    remove = Act(
        _("删除这种排列方式"),
        reverse("catalogue:remove_arrangement", args=[found.pk]),
        icon="trash",
        confirm=_("只删除排列方式，档案、档号和原来的位置都不变。手工放置的要重新放。"),
    )
    return [*([fill] if found.rule else []), remove]


def _under(text: str, found: Arrangement) -> Placement | None:
    return queries.get_placement(found, int(text)) if is_number(text) else None


@needs(P.ITEM_ARRANGE)
@require_POST
def place(request: HttpRequest, arrangement_id: int) -> HttpResponse:
    """Put a heading, or records by their codes, under the heading shown."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    found = queries.get_arrangement(ctx, arrangement_id)
    under = _under(request.POST.get("under", ""), found)
    form = PlaceForm(request.POST)
    if form.is_valid():
        try:
            said = services.place_written(
                ctx,
                arrangement_id=found.pk,
                under_id=under.pk if under else None,
                heading=form.cleaned_data["heading"],
                codes=form.cleaned_data["codes"].split("\n"),
            )
            url = f"{found.get_absolute_url()}?under={said.under_id or ''}"
            return pages.done(request, _("已放入 %(n)d 条。") % {"n": said.count}, to=url)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _page(request, ctx, found, under, form)


@needs(P.ITEM_ARRANGE)
@require_POST
def unplace(request: HttpRequest, arrangement_id: int) -> HttpResponse:
    """Take places out; the records stay where they are."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    found = queries.get_arrangement(ctx, arrangement_id)
    ids = [int(one) for one in request.POST.getlist("place") if is_number(one)]
    count = services.unplace(ctx, arrangement_id=found.pk, placement_ids=ids)
    under = request.POST.get("under", "")
    url = f"{found.get_absolute_url()}?under={under}" if is_number(under) else found.get_absolute_url()
    return pages.done(request, _("已移出 %(n)d 条。") % {"n": count}, to=url)


@needs(P.ITEM_ARRANGE)
@require_POST
def fill_arrangement(request: HttpRequest, arrangement_id: int) -> HttpResponse:
    """Follow the rule anew."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    found = queries.get_arrangement(ctx, arrangement_id)
    count = services.fill(ctx, arrangement_id=found.pk)
    return pages.done(request, _("已按依据排列 %(n)d 条。") % {"n": count}, to=found)


@needs(P.ITEM_ARRANGE)
@require_POST
def remove_arrangement(request: HttpRequest, arrangement_id: int) -> HttpResponse:
    """Remove an arrangement."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    found = queries.get_arrangement(ctx, arrangement_id)
    services.remove_arrangement(ctx, arrangement_id=found.pk)
    said = _("已删除排列方式“%(name)s”。") % {"name": found.name}
    return pages.done(request, said, to=reverse("catalogue:tree", args=[found.fonds_id]))
