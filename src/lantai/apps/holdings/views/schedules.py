"""Retention schedules: drafted by the agency, approved by the archival authority."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.holdings import queries, services
from lantai.apps.holdings.forms import ApprovalForm, ScheduleForm
from lantai.apps.holdings.models import RetentionSchedule
from lantai.apps.holdings.permissions import P
from lantai.apps.holdings.states import SCHEDULE
from lantai.apps.holdings.tables import SCHEDULE_STATES, ScheduleTable
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow

PAGES_OF_MOVES = {
    "submit": "holdings:submit_schedule",
    "approve": "holdings:approve_schedule",
    "send_back": "holdings:send_back_schedule",
}


@needs(P.FONDS_READ)
@require_GET
def schedules(request: HttpRequest) -> HttpResponseBase:
    """The schedules I may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("起草保管期限表"), reverse("holdings:new_schedule"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.SCHEDULE_DRAFT) else []
    empty = Empty(
        _("这里会出现保管期限表"),
        _("由立档单位起草，报同级档案主管部门批准后施行。"),
        acts[0] if acts else None,
    )
    rows = queries.visible_schedules(ctx)
    return respond(request, ScheduleTable(rows), title=_("保管期限表"), empty=empty, acts=acts)


@needs(P.FONDS_READ)
@require_GET
def schedule(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """One version with its lines."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_schedule(ctx, schedule_id)
    lines = queries.lines_of(row.pk)
    return pages.detail(
        request,
        title=row.title,
        kicker=row.org.name,
        state=SCHEDULE_STATES[row.state],
        waits_for=workflow.awaited(ctx, row, "holdings:schedule"),
        acts=_acts(ctx, row),
        facts=[
            Fact(_("立档单位"), row.org.name),
            Fact(_("版次"), row.version, "number"),
            Fact(_("施行日期"), row.valid_from, "date"),
            Fact(_("批准机关"), row.approved_by),
            Fact(_("批复文号"), row.citation),
            Fact(_("起草时间"), row.drafted_at, "moment"),
        ],
        moments=pages.moments_of(workflow.timeline("holdings:schedule", row.pk)),
        crumbs=[Crumb(_("保管期限表"), reverse("holdings:schedules")), Crumb(row.title)],
        template="holdings/schedule.html",
        lines=[(line.number, line.scope, queries.retention_said(line.retention)) for line in lines],
    )


def _acts(ctx: Ctx, row: RetentionSchedule) -> list[Act]:
    acts = [
        Act(
            move.label,
            reverse(PAGES_OF_MOVES[move.name], args=[row.pk]),
            Tone.PRIMARY if move.is_primary else Tone.PLAIN,
            needs_reason=move.needs_reason,
            method="get" if move.name == "approve" else "post",
        )
        for move in workflow.possible_moves(ctx, row, SCHEDULE)
    ]
    if row.state == "draft" and row.org_id in ctx.actor.orgs_with(P.SCHEDULE_DRAFT):
        url = reverse("holdings:edit_schedule", args=[row.pk])
        acts.append(Act(_("修改草稿"), url, icon="edit", method="get"))
    return acts


@needs(P.SCHEDULE_DRAFT)
@require_http_methods(["GET", "POST"])
def new_schedule(request: HttpRequest) -> HttpResponse:
    """Draft the next version."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = ScheduleForm(request.POST or None, orgs=queries.orgs_to_draft_for(ctx))
    if form.is_valid():
        try:
            said = form.cleaned_data
            row = services.draft_schedule(
                ctx, org_id=said["org"].pk, title=said["title"], lines=said["lines"]
            )
            return pages.done(request, _("已保存草稿。核对无误后报送审批。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _form(request, form, _("起草保管期限表"), reverse("holdings:schedules"))


@needs(P.SCHEDULE_DRAFT)
@require_http_methods(["GET", "POST"])
def edit_schedule(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Go on with a draft."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_schedule(ctx, schedule_id)
    text = "\n".join(f"{one.number}\t{one.scope}\t{one.retention}" for one in queries.lines_of(row.pk))
    initial = {"org": row.org_id, "title": row.title, "lines": text}
    form = ScheduleForm(request.POST or None, orgs=queries.orgs_to_draft_for(ctx), initial=initial)
    form.fields["org"].disabled = True
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.revise_schedule(ctx, schedule_id=row.pk, title=said["title"], lines=said["lines"])
            return pages.done(request, _("草稿已保存。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _form(request, form, _("修改草稿"), row.get_absolute_url())


def _form(request: HttpRequest, form: ScheduleForm, title: str, cancel_url: str) -> HttpResponse:
    crumbs = [Crumb(_("保管期限表"), reverse("holdings:schedules"))]
    return pages.form(request, form, title=title, submit=_("保存草稿"), crumbs=crumbs, cancel_url=cancel_url)


@needs(P.SCHEDULE_DRAFT)
@require_POST
def submit_schedule(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Send a draft to the authority."""
    row = services.submit_schedule(request.ctx, schedule_id=schedule_id)  # type: ignore[attr-defined]
    return pages.done(request, _("“%(title)s”已报送审批。") % {"title": row.title}, to=row)


@needs(P.SCHEDULE_APPROVE)
@require_http_methods(["GET", "POST"])
def approve_schedule(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Approve a submitted version."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_schedule(ctx, schedule_id)
    form = ApprovalForm(request.POST or None, initial={"approved_by": ctx.org_name})
    if form.is_valid():
        try:
            services.approve_schedule(ctx, schedule_id=row.pk, **form.cleaned_data)
            return pages.done(request, _("“%(title)s”已批准。") % {"title": row.title}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("批准保管期限表"),
        submit=_("批准保管期限表"),
        intro=_("批准后这一版不能再改，现行版同时由它替代。"),
        crumbs=[
            Crumb(_("保管期限表"), reverse("holdings:schedules")),
            Crumb(row.title, row.get_absolute_url()),
        ],
        cancel_url=row.get_absolute_url(),
    )


@needs(P.SCHEDULE_APPROVE)
@require_POST
def send_back_schedule(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Return a submitted version with the reason."""
    reason = request.POST.get("reason", "")
    row = services.send_back_schedule(request.ctx, schedule_id=schedule_id, reason=reason)  # type: ignore[attr-defined]
    return pages.done(request, _("“%(title)s”已退回修改。") % {"title": row.title}, to=row)
