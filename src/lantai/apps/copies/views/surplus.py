"""Copies that no policy asks for any more: what would go, who asked, who approved, what went."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.copies import queries, services
from lantai.apps.copies.forms import ClearanceForm
from lantai.apps.copies.models import Clearance
from lantai.apps.copies.permissions import P
from lantai.apps.copies.states import CLEARING
from lantai.apps.copies.tables import CLEARANCE_STATES, ClearanceTable
from lantai.apps.copies.types import CLEARANCE, ClearanceState
from lantai.apps.copies.views.tabs import tabs
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import going_on
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow


@needs(P.COPY_READ)
@require_GET
def clearances(request: HttpRequest) -> HttpResponseBase:
    """Removals in my sight."""
    ctx = ctx_of(request)
    ask = Act(_("撤除多余副本"), reverse("copies:ask_clearance"), Tone.PRIMARY, "trash", method="get")
    acts = [ask] if ctx.actor.holds(P.COPY_MOVE) else []
    empty = Empty(
        _("没有撤除过多余副本"), _("策略的份数减少或换了位置之后，不再要求的副本由一人提出、另一人批准撤除。")
    )
    rows = queries.visible_clearances(ctx)
    return respond(
        request, ClearanceTable(rows), title=_("多余副本"), acts=acts, tabs=tabs("surplus"), empty=empty
    )


def _crumbs(*more: Crumb) -> list[Crumb]:
    above = Crumb(pgettext("many", "副本"), reverse("copies:overview"))
    return [above, Crumb(_("多余副本"), reverse("copies:surplus")), *more]


@needs(P.COPY_MOVE)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask that they be removed; somebody else decides."""
    ctx = ctx_of(request)
    orgs = queries.orgs_with(ctx, P.COPY_MOVE)
    places = queries.visible_places(ctx).exclude(slug="primary")
    form = ClearanceForm(request.POST or None, orgs=orgs, places=places, initial={"org": ctx.org_id})
    if form.is_valid():
        try:
            row = services.ask_clearance(ctx, **form.said())
            return pages.done(request, _("已提出，由另一人批准后撤除。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("撤除多余副本"),
        submit=_("提出"),
        intro=_intro(ctx),
        crumbs=_crumbs(),
        cancel_url=reverse("copies:surplus"),
    )


def _intro(ctx: Ctx) -> str:
    found = queries.preview_of(ctx.org_id or 0)
    said = {"n": sum(one.copies for one in found), "ready": sum(one.ready for one in found)}
    return _("本单位现有多余副本 %(n)d 份，其中 %(ready)d 份可以撤除，其余要等其他副本核对完好。") % said


@needs(P.COPY_READ)
@require_GET
def clearance(request: HttpRequest, clearance_id: int) -> HttpResponse:
    """One removal: what would go now, who may decide, what went."""
    ctx = ctx_of(request)
    row = queries.get_clearance(ctx, clearance_id)
    is_open = row.state in (ClearanceState.ASKED, ClearanceState.CLEARING)
    return pages.detail(
        request,
        title=str(row),
        kicker=_("撤除多余副本"),
        state=CLEARANCE_STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row),
        moments=pages.moments_of(workflow.timeline(CLEARANCE, row.pk)),
        crumbs=_crumbs(Crumb(str(row.pk))),
        template="copies/clearance.html" if is_open else "ui/detail.html",
        progress=going_on(ctx, row.run_id),
        preview=queries.preview_of(row.org_id, row.place_id) if is_open else [],
    )


def _facts(row: Clearance) -> list[Fact]:
    return [
        Fact(_("保管单位"), row.org.name),
        Fact(_("存储位置"), row.place.title if row.place else _("全部位置")),
        Fact(_("理由"), row.reason),
        Fact(_("提出人"), row.asked_by),
        Fact(_("提出时间"), row.asked_at, "moment"),
        Fact(_("提出时的多余副本"), row.copy_count, "number"),
        Fact(_("提出时的数据量"), row.byte_count, "size"),
        Fact(_("批准时间"), row.approved_at, "moment"),
        Fact(_("已撤除"), row.cleared_count, "number"),
        Fact(_("未撤除"), row.kept_count, "number", help=_("其他副本没有全部核对完好，这些副本保留。")),
        Fact(_("结束时间"), row.finished_at, "moment"),
    ]


def _acts(ctx: Ctx, row: Clearance) -> list[Act]:
    acts = list(
        pages.acts_of(
            workflow.possible_moves(ctx, row, CLEARING),
            lambda name: reverse("copies:decide_clearance", args=[row.pk, name]),
            confirm={"approve": _("撤除之后不能撤回；其他副本会先全部通读。")},
        )
    )
    if row.run_id:
        acts.append(Act(_("查看任务"), reverse("desk:run", args=[row.run_id]), method="get"))
    return acts


@needs(P.COPY_MOVE, P.POLICY_MANAGE)
@require_POST
def decide(request: HttpRequest, clearance_id: int, move: str) -> HttpResponse:
    """Approve, refuse, withdraw."""
    row = services.decide_clearance(
        ctx_of(request), clearance_id=clearance_id, name=move, reason=request.POST.get("reason", "")
    )
    return pages.done(request, _("现为“%(state)s”。") % {"state": row.get_state_display()}, to=row)
