"""Pages of what follows a decision: the list of what goes back, the register."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lantai.apps.intake import papers, queries, services
from lantai.apps.intake.forms import ReasonForm, RegisterForm
from lantai.apps.intake.models import Register, Submission
from lantai.apps.intake.permissions import P
from lantai.apps.intake.states import REGISTERED, RETURNED
from lantai.apps.intake.tables import EntryTable
from lantai.apps.intake.types import REGISTER, RETURN_LIST, ReturnListState
from lantai.apps.intake.views.submissions import home
from lantai.kit.errors import LantaiError, Missing
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Clock, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow

RETURN_STATES = pages.states_of(RETURNED.states)
REGISTER_STATES = pages.states_of(REGISTERED.states)


@needs(P.SUBMISSION_READ)
@require_GET
def returns(request: HttpRequest, submission_id: int) -> HttpResponse:
    """退回清单: each item with reasons, remedy, and how it was answered."""
    ctx = ctx_of(request)
    row = queries.get(ctx, submission_id)
    asked = queries.return_list_of(row)
    clock = workflow.clock_of(RETURN_LIST, asked.pk) if asked else None
    is_open = asked is not None and asked.state == ReturnListState.OPEN
    drops = is_open and row.archives_id in ctx.actor.orgs_with(P.SUBMISSION_DECIDE)
    today = timezone.localdate(ctx.now)
    return respond(
        request,
        EntryTable(queries.returned_items(row), drops=drops),
        title=_("退回清单"),
        template="intake/returns.html",
        empty=Empty(_("没有退回的件"), _("检测不合格和由人退回的件会列在这里，连同原因和补正办法。")),
        crumbs=[home(), Crumb(row.number, row.get_absolute_url()), Crumb(_("退回清单"))],
        acts=list(_return_acts(ctx, row)),
        submission=row,
        asked=asked,
        state=RETURN_STATES[asked.state] if asked else None,
        clock=Clock(_("补正时限"), clock.due_on, workflow.days_left(clock.due_on, today)) if clock else None,
        answers=row.replaced_by.order_by("-pk"),
    )


def _return_acts(ctx: Ctx, row: Submission) -> Iterator[Act]:
    asked = queries.return_list_of(row)
    is_open = asked is not None and asked.state == ReturnListState.OPEN
    if is_open and row.agency_id in ctx.actor.orgs_with(P.SUBMISSION_SUBMIT):
        url = f"{reverse('intake:send_package')}?replaces={row.pk}"
        yield Act(_("移交补正的件"), url, Tone.PRIMARY, "send", method="get")
    if is_open and row.archives_id in ctx.actor.orgs_with(P.SUBMISSION_DECIDE):
        yield Act(
            _("不再移交，结案"), reverse("intake:close_returns", args=[row.pk]), icon="ban", method="get"
        )
    yield Act("PDF", reverse("intake:return_list_pdf", args=[row.pk]), icon="download", method="get")
    yield Act("XLSX", reverse("intake:return_list", args=[row.pk]), icon="download", method="get")


@needs(P.SUBMISSION_DECIDE)
@require_http_methods(["GET", "POST"])
def close_returns(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Close a list although items are still out."""
    ctx = ctx_of(request)
    row = queries.get(ctx, submission_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        services.close_return_list(ctx, submission_id=row.pk, reason=form.cleaned_data["reason"])
        return pages.done(request, _("退回清单已结案。"), to=reverse("intake:returns", args=[row.pk]))
    return pages.form(
        request,
        form,
        title=_("不再移交，结案"),
        submit=_("结案"),
        cancel_url=reverse("intake:returns", args=[row.pk]),
        crumbs=[home(), Crumb(row.number, row.get_absolute_url()), Crumb(_("结案"))],
        intro=_("清单中尚未补正的件不再移交，理由写入清单。"),
    )


@needs(P.SUBMISSION_DECIDE)
@require_http_methods(["GET", "POST"])
def drop_entry(request: HttpRequest, submission_id: int, entry_id: int) -> HttpResponse:
    """Agree that one item will not come again."""
    ctx = ctx_of(request)
    row = queries.get(ctx, submission_id)
    entry = policy.one(queries.open_return_entries(ctx), pk=entry_id, return_list__submission=row)
    form = ReasonForm(request.POST or None)
    to = reverse("intake:returns", args=[row.pk])
    if form.is_valid():
        services.drop_entry(ctx, entry_id=entry.pk, reason=form.cleaned_data["reason"])
        return pages.done(request, _("这一件不再移交，理由已写入清单。"), to=to)
    item = entry.item
    return pages.form(
        request,
        form,
        title=_("这一件不再移交"),
        submit=_("不再移交"),
        cancel_url=to,
        crumbs=[home(), Crumb(row.number, row.get_absolute_url()), Crumb(_("退回清单"), to)],
        intro=_("%(code)s %(title)s") % {"code": item.reference_code or item.item_key, "title": item.title},
    )


@needs(P.SUBMISSION_READ)
@require_GET
def register(request: HttpRequest, submission_id: int) -> HttpResponse:
    """登记表 as it stands, with who has confirmed it."""
    ctx = ctx_of(request)
    row = queries.register_of(ctx, submission_id)
    things = papers.things_checked(row.submission)
    clock = workflow.clock_of(REGISTER, row.pk)
    today = timezone.localdate(ctx.now)
    return pages.detail(
        request,
        title=_("电子档案移交与接收登记表"),
        kicker=row.submission.number,
        state=REGISTER_STATES[row.state],
        acts=list(_register_acts(ctx, row)),
        facts=list(_register_facts(row)),
        moments=pages.moments_of(workflow.timeline(REGISTER, row.pk)),
        clocks=[Clock(_("确认时限"), clock.due_on, workflow.days_left(clock.due_on, today))] if clock else [],
        crumbs=[home(), Crumb(row.submission.number, row.submission.get_absolute_url()), Crumb(_("登记表"))],
        template="intake/register.html",
        checks=[
            (label, row.agency_checks.get(name, ""), row.archives_checks.get(name, ""))
            for name, label in things.items()
        ],
    )


def _register_acts(ctx: Ctx, row: Register) -> Iterator[Act]:
    labels = {"agency": _("代表移交单位确认"), "archives": _("代表接收单位确认")}
    for side in queries.sides_to_confirm(ctx, row):
        url = reverse("intake:confirm_register", args=[row.submission_id, side])
        yield Act(labels[side], url, Tone.PRIMARY, "stamp", method="get")
    pdf = reverse("intake:register_pdf", args=[row.submission_id])
    yield Act(_("下载登记表"), pdf, icon="download", method="get")


def _register_facts(row: Register) -> Iterator[Fact]:
    sent = row.submission
    yield Fact(_("交接工作名称"), sent.title)
    yield Fact(_("移交单位"), row.agency.name)
    yield Fact(_("接收单位"), row.archives.name)
    yield Fact(_("接收件数"), sent.accepted_item_count, "number")
    yield Fact(_("退回件数"), sent.returned_item_count, "number")
    if sent.package:
        yield Fact(_("移交数据量"), sent.package.byte_count, "size")
        yield Fact(_("信息包标识"), sent.package.object_id, "code")
    for label, name, at in (
        (_("移交单位确认"), row.agency_confirmed_by, row.agency_confirmed_at),
        (_("接收单位确认"), row.archives_confirmed_by, row.archives_confirmed_at),
    ):
        yield Fact(label, name or _("尚未确认"))
        if at:
            yield Fact(_("确认时间"), at, "moment")


@needs(P.SUBMISSION_SUBMIT, P.SUBMISSION_CONFIRM)
@require_http_methods(["GET", "POST"])
def confirm_register(request: HttpRequest, submission_id: int, side: str) -> HttpResponse:
    """Say what this side found, and confirm."""
    ctx = ctx_of(request)
    row = queries.register_of(ctx, submission_id)
    if side not in queries.sides_to_confirm(ctx, row):
        raise Missing
    found = row.agency_checks if side == "agency" else row.archives_checks
    things = papers.things_checked(row.submission)
    form = RegisterForm(request.POST or None, things=things, found=found)
    if form.is_valid():
        try:
            row = services.confirm_register(
                ctx, submission_id=submission_id, side=side, checks=form.cleaned_data
            )
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            return pages.done(request, _("已确认登记表，姓名、时间和存证记录已写入登记表。"), to=row)
    return pages.form(
        request,
        form,
        title=_("确认登记表"),
        submit=_("确认登记表"),
        cancel_url=row.get_absolute_url(),
        crumbs=[home(), Crumb(row.submission.number, row.get_absolute_url()), Crumb(_("确认登记表"))],
        intro=_("请核对检验内容。确认以您的姓名和当前时间写入存证日志，不能撤回。"),
    )
