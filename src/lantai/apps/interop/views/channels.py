"""Pages of reporting: where to, what was sent, acknowledged and refused."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.interop import queries, services
from lantai.apps.interop.forms import ChannelForm, ReviseChannelForm
from lantai.apps.interop.permissions import P
from lantai.apps.interop.tables import ChannelTable, problem_of
from lantai.kit.errors import Refusal
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone

_SHOWN = 50


def _crumbs() -> list[Crumb]:
    return [Crumb(_("目录报送"), reverse("interop:channels"))]


@needs(P.REPORT_READ)
@require_GET
def channels(request: HttpRequest) -> HttpResponseBase:
    """Where the catalogue is reported to."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    acts = []
    if ctx.actor.holds(P.REPORT_MANAGE):
        acts = [Act(_("登记报送"), reverse("interop:register_channel"), Tone.PRIMARY, "plus", method="get")]
    empty = Empty(
        _("这里会出现目录报送"),
        _("登记上级平台后，按间隔只报送有变化的目录；每一批都有回执，退回的逐条写明原因。"),
        acts[0] if acts else None,
    )
    return respond(request, ChannelTable(queries.channels(ctx)), title=_("目录报送"), empty=empty, acts=acts)


@needs(P.REPORT_READ)
@require_GET
def channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """One channel with its batches."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = policy.one(queries.channels(ctx), pk=channel_id)
    acts = []
    if row.org_id in ctx.actor.orgs_with(P.REPORT_MANAGE):
        start, revise = (
            reverse(f"interop:{name}", args=[row.pk]) for name in ("start_report", "revise_channel")
        )
        acts = [
            Act(_("立即报送"), start, Tone.PRIMARY, "send"),
            Act(_("修改报送"), revise, icon="edit", method="get"),
        ]
    problem = problem_of(row)
    return pages.detail(
        request,
        title=row.name,
        kicker=_("目录报送"),
        acts=acts,
        facts=[
            Fact(_("报送单位"), row.org.name),
            Fact(_("上级平台地址"), row.address, "code"),
            Fact(_("报送范围"), _("只报送开放目录") if row.only_open else _("全部目录")),
            Fact(_("间隔（小时）"), row.every_hours, "number"),
            Fact(_("已报送到"), row.sent_until, "moment"),
            Fact(_("下次报送"), row.next_at, "moment"),
            Fact(_("最近差错"), problem),
        ],
        crumbs=[*_crumbs(), Crumb(row.name)],
        template="interop/channel.html",
        dispatches=queries.dispatches(ctx).filter(channel=row)[:_SHOWN],
        problem=problem,
    )


@needs(P.REPORT_MANAGE)
@require_http_methods(["GET", "POST"])
def register_channel(request: HttpRequest) -> HttpResponse:
    """Enter a superior."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = ChannelForm(request.POST or None, orgs=queries.orgs_to_report_for(ctx))
    if form.is_valid():
        try:
            row = services.register_channel(ctx, **form.said())
            return pages.done(request, _("已登记“%(name)s”。") % {"name": row.name}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    cancel = reverse("interop:channels")
    return pages.form(
        request, form, title=_("登记报送"), submit=_("登记"), crumbs=_crumbs(), cancel_url=cancel
    )


@needs(P.REPORT_MANAGE)
@require_http_methods(["GET", "POST"])
def revise_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Change a channel."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = policy.one(queries.channels(ctx), pk=channel_id)
    names = ("name", "address", "key_name", "every_hours", "only_open", "is_enabled")
    form = ReviseChannelForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    if form.is_valid():
        try:
            services.revise_channel(ctx, channel_id=row.pk, **form.said())
            return pages.done(request, _("已保存。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    crumbs = [*_crumbs(), Crumb(row.name, row.get_absolute_url())]
    return pages.form(
        request,
        form,
        title=_("修改报送"),
        submit=_("保存"),
        crumbs=crumbs,
        cancel_url=row.get_absolute_url(),
    )


@needs(P.REPORT_MANAGE)
@require_POST
def start_report(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Report now."""
    services.start_report(request.ctx, channel_id=channel_id)  # type: ignore[attr-defined]
    return pages.done(
        request, _("已开始报送，进度见“任务”。"), to=reverse("interop:channel", args=[channel_id])
    )
