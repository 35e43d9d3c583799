"""Pages about peers and the policy."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.witness import queries, services
from lantai.platform.witness.forms import ChangePeerForm, PeerForm, PolicyForm
from lantai.platform.witness.models import Peer
from lantai.platform.witness.permissions import P
from lantai.platform.witness.states import MACHINE
from lantai.platform.witness.tables import STATES, PeerTable
from lantai.platform.witness.types import PEER
from lantai.platform.workflow import queries as workflow


@needs(P.PEER_READ)
@require_GET
def peers(request: HttpRequest) -> HttpResponseBase:
    """Who witnesses whom."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("登记伙伴"), reverse("witness:add_peer"), Tone.PRIMARY, "plus", method="get")
    rules = Act(_("见证策略"), reverse("witness:policy"), icon="gavel", method="get")
    acts = [new, rules] if ctx.actor.holds(P.PEER_MANAGE) else []
    empty = Empty(
        _("这里会出现见证伙伴"),
        _("请其他档案馆为本机的存证日志签名见证，也为对方见证：任何一方改写历史都会被发现。"),
        acts[0] if acts else None,
    )
    return respond(
        request, PeerTable(queries.peers(ctx)), title=pgettext("many", "见证伙伴"), empty=empty, acts=acts
    )


def _crumbs() -> list[Crumb]:
    return [Crumb(pgettext("many", "见证伙伴"), reverse("witness:peers"))]


@needs(P.PEER_READ)
@require_GET
def peer(request: HttpRequest, peer_id: int) -> HttpResponse:
    """One peer: keys, how it fares, what it signed last."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_peer(ctx, peer_id)
    return pages.detail(
        request,
        title=row.name,
        kicker=row.log_origin,
        state=STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row),
        moments=pages.moments_of(workflow.timeline(PEER, row.pk)),
        crumbs=[*_crumbs(), Crumb(row.name)],
        template="witness/peer.html",
        keys=row.keys.split(),
        cosignatures=queries.last_cosignatures(row.pk),
        seen=queries.last_seen(row.pk),
    )


def _facts(row: Peer) -> list[Fact]:
    return [
        Fact(_("关系"), row.get_role_display()),
        Fact(_("途径"), row.get_way_display()),
        Fact(_("见证地址"), row.address),
        Fact(_("日志名称"), row.log_origin),
        Fact(_("策略组"), row.group),
        Fact(_("互相普查"), _("是") if row.is_polled else _("否")),
        Fact(_("已见证到"), row.cosigned_size, "number"),
        Fact(_("最近应答"), row.answered_at, "moment"),
        Fact(_("连续失败"), row.failures, "number"),
        Fact(_("最近的问题"), row.last_error),
        Fact(_("登记单位"), row.org.name),
        Fact(_("登记时间"), row.added_at, "moment"),
    ]


def _acts(ctx: Ctx, row: Peer) -> list[Act]:
    acts = list(
        pages.acts_of(
            workflow.possible_moves(ctx, row, MACHINE),
            lambda name: reverse("witness:move_peer", args=[row.pk, name]),
            confirm={"retire": _("停用后不能恢复；要再次使用，须重新登记。")},
        )
    )
    if row.org_id in ctx.actor.orgs_with(P.PEER_MANAGE):
        acts.append(Act(_("修改"), reverse("witness:change_peer", args=[row.pk]), icon="edit", method="get"))
    return acts


@needs(P.PEER_MANAGE)
@require_http_methods(["GET", "POST"])
def add_peer(request: HttpRequest) -> HttpResponse:
    """Enter a peer, its keys checked by the number that was read out over another channel."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = PeerForm(request.POST or None, orgs=queries.orgs_to_manage(ctx))
    if form.is_valid():
        try:
            row = services.add_peer(ctx, **form.said())
            return pages.done(request, _("已登记伙伴“%(name)s”。") % {"name": row.name}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    ours = services.own_keys()
    intro = _("请把本机的核对号 %(number)s 通过电话告诉对方。") % {"number": services.grouped(ours.check)}
    return pages.form(
        request,
        form,
        title=_("登记伙伴"),
        submit=_("登记"),
        crumbs=_crumbs(),
        cancel_url=reverse("witness:peers"),
        intro=intro,
    )


@needs(P.PEER_MANAGE)
@require_http_methods(["GET", "POST"])
def change_peer(request: HttpRequest, peer_id: int) -> HttpResponse:
    """Another address, another group."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_peer(ctx, peer_id)
    form = ChangePeerForm(
        request.POST or None, initial={"address": row.address, "group": row.group, "is_polled": row.is_polled}
    )
    if form.is_valid():
        try:
            services.change_peer(ctx, peer_id=row.pk, **form.cleaned_data)
            return pages.done(request, _("已保存。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("修改伙伴"),
        submit=_("保存"),
        crumbs=[*_crumbs(), Crumb(row.name, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )


@needs(P.PEER_MANAGE)
@require_POST
def move_peer(request: HttpRequest, peer_id: int, move: str) -> HttpResponse:
    """Pause, resume, retire."""
    reason = request.POST.get("reason", "")
    row = services.move_peer(request.ctx, peer_id=peer_id, name=move, reason=reason)  # type: ignore[attr-defined]
    said = {"name": row.name, "state": STATES[row.state].label}
    return pages.done(request, _("伙伴“%(name)s”现在是：%(state)s。") % said, to=row)


@needs(P.PEER_MANAGE)
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """When a checkpoint of ours counts as witnessed."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = PolicyForm(request.POST or None, initial={"text": queries.policy_text()})
    if form.is_valid():
        try:
            services.set_policy(ctx, text=form.cleaned_data["text"])
            return pages.done(request, _("见证策略已保存。"), to="witness:peers")
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("见证策略"),
        submit=_("保存"),
        crumbs=_crumbs(),
        cancel_url=reverse("witness:peers"),
        intro=_("没有设定时，任何一个使用中的伙伴见证即可。"),
    )
