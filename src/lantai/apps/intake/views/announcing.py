"""Pages of one announcement."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.intake import queries, services
from lantai.apps.intake.forms import AnnouncementForm, DayForm
from lantai.apps.intake.models import Announcement
from lantai.apps.intake.permissions import P
from lantai.apps.intake.states import ANNOUNCED
from lantai.apps.intake.tables.agreements import ANNOUNCEMENT_STATES
from lantai.apps.intake.types import ANNOUNCEMENT
from lantai.apps.intake.views.submissions import home
from lantai.kit.errors import LantaiError, Missing
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.types import Act, Clock, Crumb, Fact
from lantai.platform.workflow import queries as workflow


def _list() -> Crumb:
    return Crumb(_("移交预告"), reverse("intake:announcements"))


@needs(P.SUBMISSION_SUBMIT)
@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest) -> HttpResponse:
    """Say what is coming."""
    ctx = ctx_of(request)
    form = AnnouncementForm(request.POST or None, ctx=ctx, initial=_initial(ctx, request.GET.get("due", "")))
    if form.is_valid():
        try:
            row = services.announce(ctx, agency_id=form.cleaned_data["agency"].pk, plan=form.plan)
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            return pages.done(request, _("已预告，档案馆答复后会通知您。"), to=row)
    return pages.form(
        request,
        form,
        title=_("预告移交"),
        submit=_("提交预告"),
        cancel_url=reverse("intake:announcements"),
        crumbs=[home(), _list(), Crumb(_("预告移交"))],
    )


def _initial(ctx: Ctx, due_id: str) -> dict[str, object]:
    is_id = due_id.isdecimal() and len(due_id) < 18
    found = queries.dues_to_announce(ctx).filter(pk=int(due_id)).first() if is_id else None
    if found is None:
        return {}
    return {"due": found.pk, "kind": found.kind_id, "title": f"{found.agency.name} {found}"}


@needs(P.SUBMISSION_READ)
@require_GET
def announcement(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """One announcement and the transfers that kept it."""
    ctx = ctx_of(request)
    row = queries.announcement(ctx, announcement_id)
    clock = workflow.clock_of(ANNOUNCEMENT, row.pk)
    today = timezone.localdate(ctx.now)
    return pages.detail(
        request,
        title=row.title,
        kicker=row.number,
        state=ANNOUNCEMENT_STATES[row.state],
        acts=list(_acts(ctx, row)),
        facts=list(_facts(row)),
        moments=pages.moments_of(workflow.timeline(ANNOUNCEMENT, row.pk)),
        clocks=[Clock(_("答复时限"), clock.due_on, workflow.days_left(clock.due_on, today))] if clock else [],
        crumbs=[home(), _list(), Crumb(row.number)],
        template="intake/announcement.html",
        submissions=row.submissions.order_by("-pk"),
    )


def _acts(ctx: Ctx, row: Announcement) -> Iterator[Act]:
    for move in workflow.possible_moves(ctx, row, ANNOUNCED):
        if move.name == "propose":
            url = reverse("intake:propose_day", args=[row.pk])
            yield Act(move.label, url, icon="calendar", method="get")
        else:
            yield from pages.acts_of(
                [move], lambda name: reverse("intake:move_announcement", args=[row.pk, name])
            )
    if row.state in queries.ANNOUNCED and row.agency_id in ctx.actor.orgs_with(P.SUBMISSION_SUBMIT):
        name = "intake:send_online" if row.mode == "online" else "intake:send_package"
        yield Act(_("现在移交"), f"{reverse(name)}?announcement={row.pk}", icon="send", method="get")


def _facts(row: Announcement) -> Iterator[Fact]:
    yield Fact(_("移交单位"), row.agency.name)
    yield Fact(_("接收单位"), row.archives.name)
    if row.due:
        yield Fact(_("应移交"), str(row.due), "link", row.due.get_absolute_url())
    yield Fact(_("档案种类"), _(row.kind.name))
    yield Fact(_("移交方式"), row.get_mode_display())
    if row.carrier:
        yield Fact(_("载体类型和数量"), row.carrier)
    yield Fact(_("预计件数"), row.item_count, "number")
    yield Fact(_("预计数据量"), row.byte_count or None, "size")
    yield Fact(_("计划移交日期"), row.planned_on, "date")
    if row.proposed_on:
        yield Fact(_("档案馆建议日期"), row.proposed_on, "date")
    yield Fact(_("预告人"), row.announcer_name)
    yield Fact(_("预告时间"), row.announced_at, "moment")
    if row.note:
        yield Fact(_("内容描述"), row.note)


@needs(P.SUBMISSION_DECIDE)
@require_http_methods(["GET", "POST"])
def propose_day(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """Propose another day."""
    ctx = ctx_of(request)
    row = queries.announcement(ctx, announcement_id)
    form = DayForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.propose_day(ctx, announcement_id=row.pk, day=said["day"], reason=said["reason"])
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            return pages.done(request, _("已建议另一日期，移交单位已得到通知。"), to=row)
    return pages.form(
        request,
        form,
        title=_("另提移交日期"),
        submit=_("建议这一天"),
        cancel_url=row.get_absolute_url(),
        crumbs=[home(), _list(), Crumb(row.number, row.get_absolute_url()), Crumb(_("另提日期"))],
    )


@needs(P.SUBMISSION_DECIDE, P.SUBMISSION_SUBMIT)
@require_POST
def move_announcement(request: HttpRequest, announcement_id: int, move: str) -> HttpResponse:
    """Agree to the day, or take the announcement back."""
    ctx = ctx_of(request)
    if move in ("confirm", "agree"):
        row = services.confirm_announcement(ctx, announcement_id=announcement_id)
    elif move == "withdraw":
        reason = request.POST.get("reason", "")
        row = services.withdraw_announcement(ctx, announcement_id=announcement_id, reason=reason)
    else:
        raise Missing
    said = _("预告 %(number)s 现在是：%(state)s。") % {"number": row.number, "state": row.get_state_display()}
    return pages.done(request, said, to=row)
