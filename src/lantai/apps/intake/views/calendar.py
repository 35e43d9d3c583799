"""Pages of the calendar of what is due when."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.intake import queries, services
from lantai.apps.intake.forms import ExtensionForm, ReasonForm
from lantai.apps.intake.models import Due
from lantai.apps.intake.permissions import P
from lantai.apps.intake.tables import AnnouncementTable, DueTable
from lantai.apps.intake.tables.agreements import DUE_STATES
from lantai.apps.intake.types import DueStatus
from lantai.apps.intake.views.submissions import home
from lantai.kit.errors import LantaiError
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond, selected
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone


def _table(ctx: Ctx) -> DueTable:
    return DueTable(queries.with_status(queries.dues(ctx), timezone.localdate(ctx.now)))


@needs(P.AGREEMENT_READ)
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """What is due when: planned, near, overdue, done."""
    ctx = ctx_of(request)
    counts = queries.counts_by_status(ctx)
    figures = [
        (DUE_STATES[status.value], counts.get(status.value, 0), f"?status={status.value}")
        for status in DueStatus
    ]
    return respond(
        request,
        _table(ctx),
        title=_("移交日历"),
        template="intake/calendar.html",
        crumbs=[home(), Crumb(_("移交日历"))],
        figures=figures,
        empty=Empty(_("移交日历是空的"), _("移交协议施行后，按约定的期限逐年列出应移交的档案。")),
    )


@needs(P.AGREEMENT_READ)
@require_GET
def due(request: HttpRequest, due_id: int) -> HttpResponse:
    """One line: its day, what was announced and sent for it."""
    ctx = ctx_of(request)
    row = queries.due(ctx, due_id)
    return pages.detail(
        request,
        title=str(row),
        kicker=row.agency.name,
        state=DUE_STATES[row.status],
        acts=list(_acts(ctx, row)),
        facts=list(_facts(row)),
        crumbs=[home(), Crumb(_("移交日历"), reverse("intake:calendar")), Crumb(str(row))],
        template="intake/due.html",
        announcements=row.announcements.order_by("-pk"),
        submissions=row.submissions.order_by("-pk"),
    )


def _acts(ctx: Ctx, row: Due) -> Iterator[Act]:
    if row.settled_at or row.waived_at:
        return
    if row.agency_id in ctx.actor.orgs_with(P.SUBMISSION_SUBMIT):
        url = f"{reverse('intake:announce')}?due={row.pk}"
        yield Act(_("预告移交"), url, Tone.PRIMARY, "calendar", method="get")
    if row.archives_id in ctx.actor.orgs_with(P.SUBMISSION_DECIDE):
        yield Act(_("同意延期"), reverse("intake:extend_due", args=[row.pk]), icon="clock", method="get")
        yield Act(_("免予移交"), reverse("intake:waive_due", args=[row.pk]), icon="ban", method="get")
        url = reverse("intake:close_due", args=[row.pk])
        yield Act(_("标为完成"), url, icon="check", confirm=_("这一项的档案已全部移交时才标为完成。"))


def _facts(row: Due) -> Iterator[Fact]:
    yield Fact(_("移交单位"), row.agency.name)
    yield Fact(_("接收单位"), row.archives.name)
    yield Fact(_("档案种类"), _(row.kind.name))
    yield Fact(_("年度"), str(row.year))
    yield Fact(_("应移交日期"), row.due_on, "date")
    if row.extended_to:
        yield Fact(_("延期至"), row.extended_to, "date")
        yield Fact(_("延期依据"), row.extension_basis)
    if row.waived_at:
        yield Fact(_("免予移交理由"), row.waived_reason)
    if row.settled_at:
        yield Fact(_("完成时间"), row.settled_at, "moment")
    if row.settled_by:
        yield Fact(_("完成的批次"), row.settled_by.number, "link", row.settled_by.get_absolute_url())
    if row.reminded_on:
        yield Fact(_("最近提醒"), row.reminded_on, "date")


@needs(P.SUBMISSION_DECIDE)
@require_http_methods(["GET", "POST"])
def extend_due(request: HttpRequest, due_id: int) -> HttpResponse:
    """Allow a later day."""
    ctx = ctx_of(request)
    row = queries.due(ctx, due_id)
    form = ExtensionForm(request.POST or None)
    if form.is_valid():
        try:
            services.extend_due(
                ctx, due_id=row.pk, to=form.cleaned_data["to"], basis=form.cleaned_data["basis"]
            )
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            return pages.done(request, _("已延期，移交单位已得到通知。"), to=row)
    return pages.form(
        request,
        form,
        title=_("同意延期移交"),
        submit=_("同意延期"),
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(row, _("延期")),
    )


def _crumbs(row: Due, last: str) -> list[Crumb]:
    steps = [home(), Crumb(_("移交日历"), reverse("intake:calendar"))]
    return [*steps, Crumb(str(row), row.get_absolute_url()), Crumb(last)]


@needs(P.SUBMISSION_DECIDE)
@require_http_methods(["GET", "POST"])
def waive_due(request: HttpRequest, due_id: int) -> HttpResponse:
    """Say that nothing has to come."""
    ctx = ctx_of(request)
    row = queries.due(ctx, due_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        services.waive_due(ctx, due_id=row.pk, reason=form.cleaned_data["reason"])
        return pages.done(request, _("已记为免予移交。"), to=row)
    return pages.form(
        request,
        form,
        title=_("免予移交"),
        submit=_("免予移交"),
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(row, _("免予移交")),
    )


@needs(P.SUBMISSION_DECIDE)
@require_POST
def waive_dues(request: HttpRequest) -> HttpResponse:
    """The same for many lines, with one reason."""
    ctx = ctx_of(request)
    rows = selected(request, _table(ctx))
    count = services.waive_dues(
        ctx, due_ids=list(rows.values_list("pk", flat=True)), reason=request.POST.get("reason", "")
    )
    return pages.done(request, _("已记 %(n)d 项免予移交。") % {"n": count}, to="intake:calendar")


@needs(P.SUBMISSION_DECIDE)
@require_POST
def close_due(request: HttpRequest, due_id: int) -> HttpResponse:
    """Mark a line as done."""
    row = services.close_due(ctx_of(request), due_id=due_id)
    return pages.done(request, _("“%(title)s”已标为完成。") % {"title": str(row)}, to=row)


@needs(P.SUBMISSION_READ)
@require_GET
def announcements(request: HttpRequest) -> HttpResponse:
    """What has been announced."""
    ctx = ctx_of(request)
    act = Act(_("预告移交"), reverse("intake:announce"), Tone.PRIMARY, "calendar", method="get")
    return respond(
        request,
        AnnouncementTable(queries.announcements(ctx)),
        title=_("移交预告"),
        acts=[act] if ctx.actor.holds(P.SUBMISSION_SUBMIT) else [],
        crumbs=[home(), Crumb(_("移交预告"))],
        empty=Empty(
            _("还没有移交预告"), _("移交单位预告要移交什么、多少、何时、以何种方式，档案馆答复后按约移交。")
        ),
    )
