"""Fonds and their classification schemes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.holdings import queries, services
from lantai.apps.holdings.forms import ClassForm, FondsChangeForm, FondsForm
from lantai.apps.holdings.models import Fonds
from lantai.apps.holdings.permissions import P
from lantai.apps.holdings.tables import FondsTable
from lantai.kit.errors import N_, Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ledger import queries as ledger
from lantai.platform.ui import pages
from lantai.platform.ui.registry import tabs_for
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Moment, Tone

WORDS = {
    "holdings:fonds:founded": N_("设立全宗"),
    "holdings:fonds:changed": N_("修改全宗"),
    "holdings:class:added": N_("增加类目"),
    "holdings:class:retired": N_("停用类目"),
    "holdings:class:restored": N_("启用类目"),
}


@needs(P.FONDS_READ)
@require_GET
def fonds_list(request: HttpRequest) -> HttpResponseBase:
    """The fonds I may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("设立全宗"), reverse("holdings:new_fonds"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.FONDS_MANAGE) else []
    empty = Empty(
        _("这里会出现全宗"),
        _("一个立档单位的全部档案构成一个全宗。先设立全宗，再归档和接收。"),
        acts[0] if acts else None,
    )
    return respond(request, FondsTable(queries.visible_fonds(ctx)), title=_("全宗"), empty=empty, acts=acts)


@needs(P.FONDS_READ)
@require_GET
def fonds(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """One fonds with its scheme."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_fonds(ctx, fonds_id)
    manages = row.archives_id in ctx.actor.orgs_with(P.FONDS_MANAGE)
    return pages.detail(
        request,
        title=row.name,
        kicker=row.code,
        acts=_acts(row) if manages else (),
        facts=_facts(row),
        moments=_moments(row),
        tabs=tabs_for(ctx.actor, "holdings:fonds", row.pk, current="holdings:fonds"),
        crumbs=[Crumb(_("全宗"), reverse("holdings:fonds_list")), Crumb(row.code)],
        template="holdings/fonds.html",
        classes=queries.class_rows(row.pk),
        note=row.note,
        manages=manages,
        items_url=f"{reverse('catalogue:list')}?fonds={row.pk}",
    )


def _acts(row: Fonds) -> tuple[Act, ...]:
    return (
        Act(_("增加类目"), reverse("holdings:new_class", args=[row.pk]), icon="plus", method="get"),
        Act(_("修改全宗"), reverse("holdings:edit_fonds", args=[row.pk]), icon="edit", method="get"),
    )


def _facts(row: Fonds) -> list[Fact]:
    return [
        Fact(_("全宗号"), row.code, "code"),
        Fact(_("立档单位"), row.creator.name if row.creator else ""),
        Fact(_("档案馆"), row.archives.name),
        Fact(_("全宗类型"), row.get_kind_display()),
        Fact(_("起始年度"), row.started_year or ""),
        Fact(_("终止年度"), row.ended_year or ""),
    ]


def _moments(row: Fonds) -> list[Moment]:
    entries = ledger.entries_about("holdings:fonds", row.pk).reverse()[:100]
    return [
        Moment(e.at, f"{e.actor_name} · {e.org_name}", _(WORDS.get(e.act, e.act)), request_id=e.request_id)
        for e in entries
    ]


@needs(P.FONDS_MANAGE)
@require_http_methods(["GET", "POST"])
def new_fonds(request: HttpRequest) -> HttpResponse:
    """Set up a fonds."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = FondsForm(
        request.POST or None, archives=queries.archives_to_manage(ctx), creators=queries.creators_for(ctx)
    )
    if form.is_valid():
        try:
            row = services.found_fonds(ctx, **form.values())
            return pages.done(request, _("已设立全宗“%(name)s”。") % {"name": row}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("设立全宗"),
        submit=_("设立全宗"),
        crumbs=[Crumb(_("全宗"), reverse("holdings:fonds_list"))],
        cancel_url=reverse("holdings:fonds_list"),
    )


@needs(P.FONDS_MANAGE)
@require_http_methods(["GET", "POST"])
def edit_fonds(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """Correct what is said of a fonds."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_fonds(ctx, fonds_id)
    form = FondsChangeForm(request.POST or None, fonds=row, creators=queries.creators_for(ctx))
    if form.is_valid():
        try:
            services.change_fonds(ctx, fonds_id=row.pk, **form.values())
            return pages.done(request, _("全宗“%(name)s”的说明已保存。") % {"name": row.code}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("修改全宗"),
        submit=_("保存全宗"),
        crumbs=[Crumb(_("全宗"), reverse("holdings:fonds_list")), Crumb(row.code, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )


@needs(P.FONDS_MANAGE)
@require_http_methods(["GET", "POST"])
def new_class(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """Add a class to the scheme."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_fonds(ctx, fonds_id)
    form = ClassForm(request.POST or None, classes=queries.classes_of(row.pk, only_active=True))
    if form.is_valid():
        try:
            made = services.add_class(ctx, fonds_id=row.pk, **form.values())
            return pages.done(request, _("已增加类目“%(name)s”。") % {"name": made}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("增加类目"),
        submit=_("增加类目"),
        crumbs=[Crumb(_("全宗"), reverse("holdings:fonds_list")), Crumb(row.code, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )


@needs(P.FONDS_MANAGE)
@require_POST
def switch_class(request: HttpRequest, class_id: int) -> HttpResponse:
    """Take a class out of use or back."""
    is_active = request.POST.get("active") == "1"
    row = services.retire_class(request.ctx, class_id=class_id, is_active=is_active)  # type: ignore[attr-defined]
    said = _("类目“%(name)s”已启用。") if is_active else _("类目“%(name)s”已停用，已归入的档案不变。")
    return pages.done(request, said % {"name": row}, to=row.fonds)
