"""Pages of the register."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.carriers import queries, services
from lantai.apps.carriers.forms import InspectForm, RegisterForm, ReviseForm
from lantai.apps.carriers.models import Carrier
from lantai.apps.carriers.permissions import P
from lantai.apps.carriers.states import CARRIER
from lantai.apps.carriers.tables import STATES, CarrierTable
from lantai.apps.carriers.types import OBJECT, CarrierState
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow


@needs(P.CARRIER_READ)
@require_GET
def carriers(request: HttpRequest) -> HttpResponseBase:
    """The register."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("登记载体"), reverse("carriers:register"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.CARRIER_MANAGE) else []
    empty = Empty(
        _("这里会出现离线载体"),
        _("登记光盘、硬盘、磁带等载体，记录存放位置和每次检查，接收时可引用。"),
        acts[0] if acts else None,
    )
    rows = queries.visible(ctx)
    return respond(request, CarrierTable(rows), title=pgettext("many", "离线载体"), empty=empty, acts=acts)


@needs(P.CARRIER_READ)
@require_GET
def carrier(request: HttpRequest, carrier_id: int) -> HttpResponse:
    """One carrier with its inspections and copies."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, carrier_id)
    return pages.detail(
        request,
        title=row.label,
        kicker=row.number,
        state=STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row),
        moments=pages.moments_of(workflow.timeline(OBJECT, row.pk)),
        crumbs=[*_crumbs(), Crumb(row.number)],
        template="carriers/carrier.html",
        inspections=queries.inspections_of(row.pk),
        copies=queries.visible(ctx).filter(copy_of=row),
    )


def _crumbs() -> list[Crumb]:
    return [Crumb(pgettext("many", "离线载体"), reverse("carriers:carriers"))]


def _facts(row: Carrier) -> list[Fact]:
    return [
        Fact(_("载体类型"), row.get_kind_display()),
        Fact(_("套别"), row.get_role_display()),
        Fact(_("复制自"), str(row.copy_of or ""), url=row.copy_of.get_absolute_url() if row.copy_of else ""),
        Fact(_("存放位置"), row.place),
        Fact(_("容量"), row.capacity_bytes, "size"),
        Fact(_("标称读取速度"), f"{row.normal_bytes_per_s / 1e6:g} MB/s" if row.normal_bytes_per_s else ""),
        Fact(_("入库日期"), row.received_on, "date"),
        Fact(_("来源"), row.came_from),
        Fact(_("下次检查"), row.inspect_by, "date"),
        Fact(_("保管单位"), row.org.name),
        Fact(_("内容"), row.content),
    ]


def _acts(ctx: Ctx, row: Carrier) -> list[Act]:
    acts = list(
        pages.acts_of(
            workflow.possible_moves(ctx, row, CARRIER),
            lambda name: reverse("carriers:move", args=[row.pk, name]),
        )
    )
    if row.org_id in ctx.actor.orgs_with(P.CARRIER_MANAGE) and row.state != CarrierState.RETIRED:
        see = reverse("carriers:inspect", args=[row.pk])
        acts.insert(0, Act(_("登记检查"), see, Tone.PRIMARY, "clipboard-list", method="get"))
        revise_url = reverse("carriers:revise", args=[row.pk])
        acts.append(Act(_("修改登记"), revise_url, icon="edit", method="get"))
    return acts


@needs(P.CARRIER_MANAGE)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Enter a carrier."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = RegisterForm(
        request.POST or None,
        orgs=queries.orgs_to_manage(ctx),
        originals=queries.visible(ctx),
        initial={"received_on": timezone.localdate(ctx.now)},
    )
    if form.is_valid():
        try:
            row = services.register(ctx, **form.said())
            return pages.done(request, _("已登记载体“%(number)s”。") % {"number": row.number}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("登记载体"),
        submit=_("登记"),
        crumbs=_crumbs(),
        cancel_url=reverse("carriers:carriers"),
    )


@needs(P.CARRIER_MANAGE)
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, carrier_id: int) -> HttpResponse:
    """Correct the register."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, carrier_id)
    names = ("label", "place", "content", "role", "copy_of")
    form = ReviseForm(
        request.POST or None,
        originals=queries.visible(ctx).filter(org_id=row.org_id).exclude(pk=row.pk),
        initial={name: getattr(row, name) for name in names},
    )
    if form.is_valid():
        try:
            services.revise(ctx, carrier_id=row.pk, **form.said())
            return pages.done(request, _("已保存。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _form(request, row, form, _("修改登记"), _("保存"))


@needs(P.CARRIER_MANAGE)
@require_http_methods(["GET", "POST"])
def inspect(request: HttpRequest, carrier_id: int) -> HttpResponse:
    """Enter an inspection."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, carrier_id)
    form = InspectForm(request.POST or None, initial={"inspected_on": timezone.localdate(ctx.now)})
    if form.is_valid():
        try:
            services.inspect(ctx, carrier_id=row.pk, **form.said())
            return pages.done(request, _("检查已登记。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _form(request, row, form, _("登记检查"), _("登记"))


def _form(
    request: HttpRequest, row: Carrier, form: ReviseForm | InspectForm, title: str, submit: str
) -> HttpResponse:
    crumbs = [*_crumbs(), Crumb(row.number, row.get_absolute_url())]
    return pages.form(
        request, form, title=title, submit=submit, crumbs=crumbs, cancel_url=row.get_absolute_url()
    )


@needs(P.CARRIER_MANAGE)
@require_POST
def move(request: HttpRequest, carrier_id: int, move: str) -> HttpResponse:
    """Lend, give back, put right, retire."""
    reason = request.POST.get("reason", "")
    row = services.move(request.ctx, carrier_id=carrier_id, name=move, reason=reason)  # type: ignore[attr-defined]
    said = {"number": row.number, "state": STATES[row.state].label}
    return pages.done(request, _("载体“%(number)s”现在是：%(state)s。") % said, to=row)
