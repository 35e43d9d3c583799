"""Pages of agreements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.intake import queries, services
from lantai.apps.intake.forms import AgreementForm, YearForm
from lantai.apps.intake.models import Agreement
from lantai.apps.intake.permissions import P
from lantai.apps.intake.states import AGREED
from lantai.apps.intake.tables import AgreementTable
from lantai.apps.intake.tables.agreements import AGREEMENT_STATES
from lantai.apps.intake.types import AGREEMENT
from lantai.apps.intake.views.submissions import home
from lantai.kit.errors import LantaiError, Missing
from lantai.kit.fourprops.scheme import scheme_for
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow


def _list() -> Crumb:
    return Crumb(pgettext("many", "移交协议"), reverse("intake:agreements"))


@needs(P.AGREEMENT_READ)
@require_GET
def agreements(request: HttpRequest) -> HttpResponse:
    """Every agreement in my sight."""
    ctx = ctx_of(request)
    draft = Act(_("起草移交协议"), reverse("intake:new_agreement"), Tone.PRIMARY, "plus", method="get")
    acts = [draft] if ctx.actor.holds(P.AGREEMENT_DRAFT) else []
    return respond(
        request,
        AgreementTable(queries.agreements(ctx)),
        title=pgettext("many", "移交协议"),
        acts=acts,
        crumbs=[home(), Crumb(pgettext("many", "移交协议"))],
        empty=Empty(
            _("还没有移交协议"), _("移交单位和档案馆约定移交什么、怎样移交、何时移交，双方确认后施行。")
        ),
    )


@needs(P.AGREEMENT_DRAFT)
@require_http_methods(["GET", "POST"])
def new_agreement(request: HttpRequest) -> HttpResponse:
    """Draft an agreement."""
    ctx = ctx_of(request)
    initial = {"due_within_years": queries.rule_value(ctx.now.date(), "transfer_within_years", 5)}
    form = AgreementForm(request.POST or None, ctx=ctx, is_new=True, initial=initial)
    return _edit(
        request,
        form,
        lambda: services.draft_agreement(ctx, agency_id=form.cleaned_data["agency"].pk, terms=form.terms),
        title=_("起草移交协议"),
        cancel_url=reverse("intake:agreements"),
    )


def _edit(
    request: HttpRequest, form: AgreementForm, save: Callable[[], Agreement], *, title: str, cancel_url: str
) -> HttpResponse:
    if form.is_valid():
        try:
            row = save()
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            return pages.done(request, _("协议已保存，双方确认后施行。"), to=row)
    return pages.form(
        request,
        form,
        title=title,
        submit=_("保存协议"),
        cancel_url=cancel_url,
        crumbs=[home(), _list(), Crumb(title)],
    )


@needs(P.AGREEMENT_DRAFT)
@require_http_methods(["GET", "POST"])
def revise_agreement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Change a draft."""
    ctx = ctx_of(request)
    row = queries.agreement(ctx, agreement_id)
    initial = AgreementForm.initial_of(queries.terms_of(row))
    form = AgreementForm(request.POST or None, ctx=ctx, is_new=False, initial=initial)
    return _edit(
        request,
        form,
        lambda: services.revise_agreement(ctx, agreement_id=row.pk, terms=form.terms),
        title=_("修改移交协议"),
        cancel_url=row.get_absolute_url(),
    )


@needs(P.AGREEMENT_READ)
@require_GET
def agreement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """One version: what it says, how it stands, what may be done."""
    ctx = ctx_of(request)
    row = queries.agreement(ctx, agreement_id)
    return pages.detail(
        request,
        title=row.title,
        kicker=_("%(number)s 第 %(version)d 版") % {"number": row.number, "version": row.version},
        state=AGREEMENT_STATES[row.state],
        acts=list(_acts(ctx, row)),
        facts=list(_facts(row)),
        moments=pages.moments_of(workflow.timeline(AGREEMENT, row.pk)),
        crumbs=[home(), _list(), Crumb(row.number)],
        template="intake/agreement.html",
        kinds=[
            (_(one.kind.name), _(scheme_for(one.scheme).title)) for one in row.kinds.select_related("kind")
        ],
        versions=queries.versions_of(row),
        plan_url=reverse("intake:plan_year", args=[row.pk]),
        year_form=YearForm() if row.state == "in_force" and _receives(ctx, row) else None,
    )


def _receives(ctx: Ctx, row: Agreement) -> bool:
    return row.archives_id in ctx.actor.orgs_with(P.SUBMISSION_DECIDE)


def _acts(ctx: Ctx, row: Agreement) -> Iterator[Act]:
    moves = workflow.possible_moves(ctx, row, AGREED)
    yield from pages.acts_of(moves, lambda name: reverse("intake:move_agreement", args=[row.pk, name]))
    drafts = ctx.actor.orgs_with(P.AGREEMENT_DRAFT) & {row.agency_id, row.archives_id}
    if drafts and row.state == "draft":
        yield Act(_("修改协议"), reverse("intake:revise_agreement", args=[row.pk]), icon="edit", method="get")
    if drafts and row.state == "in_force":
        url = reverse("intake:follow_agreement", args=[row.pk])
        yield Act(_("起草新的一版"), url, icon="history", confirm=_("新版由双方确认后施行，届时替代这一版。"))


def _facts(row: Agreement) -> Iterator[Fact]:
    yield Fact(_("移交单位"), row.agency.name)
    yield Fact(_("接收单位"), row.archives.name)
    yield Fact(_("接受的信息包结构"), "、".join(row.layouts) or _("全部"))
    yield Fact(_("接受的文件格式"), "、".join(row.formats) or _("不限"))
    limits: tuple[tuple[str, Any, str], ...] = (
        (_("每批最大数据量"), row.most_bytes, "size"),
        (_("每批最多文件数"), row.most_files, "number"),
        (_("每批最多件数"), row.most_items, "number"),
    )
    for label, value, kind in limits:
        yield Fact(label, _("不限") if value is None else value, "text" if value is None else kind)
    yield Fact(_("交接双人"), _("一人决定，另一人复核") if row.needs_two_people else _("一人决定"))
    yield Fact(_("移交期限（年）"), row.due_within_years, "number")
    yield Fact(_("期限起算"), row.get_counts_from_display())
    yield Fact(_("施行日期"), row.valid_from, "date")
    if row.valid_until:
        yield Fact(_("终止日期"), row.valid_until, "date")
    for label, name, at in (
        (_("移交单位确认"), row.agency_signed_by, row.agency_signed_at),
        (_("接收单位确认"), row.archives_signed_by, row.archives_signed_at),
    ):
        if at:
            yield Fact(label, name)
            yield Fact(_("确认时间"), at, "moment")
    if row.note:
        yield Fact(_("其他约定"), row.note)


@needs(P.AGREEMENT_SIGN)
@require_POST
def move_agreement(request: HttpRequest, agreement_id: int, move: str) -> HttpResponse:
    """Confirm, send back or end."""
    ctx, reason = ctx_of(request), request.POST.get("reason", "")
    side, _underline, act = move.partition("_")
    if move == "end":
        row = services.end_agreement(ctx, agreement_id=agreement_id, reason=reason)
    elif side not in ("agency", "archives"):
        raise Missing
    elif act == "rejects":
        row = services.reject_agreement(ctx, agreement_id=agreement_id, side=side, reason=reason)
    elif act in ("first", "second"):
        row = services.sign_agreement(ctx, agreement_id=agreement_id, side=side)
    else:
        raise Missing
    said = _("协议“%(title)s”现在是：%(state)s。") % {"title": row.title, "state": row.get_state_display()}
    return pages.done(request, said, to=row)


@needs(P.AGREEMENT_DRAFT)
@require_POST
def follow_agreement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Draft the next version."""
    row = services.follow_agreement(ctx_of(request), agreement_id=agreement_id)
    return pages.done(request, _("已照现行版起草新的一版，可以修改。"), to=row)


@needs(P.SUBMISSION_DECIDE)
@require_POST
def plan_year(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Enter one more year into the calendar."""
    row = queries.agreement(ctx_of(request), agreement_id)
    form = YearForm(request.POST)
    if not form.is_valid():
        return pages.form(
            request, form, title=_("列入移交日历"), submit=_("列入"), cancel_url=row.get_absolute_url()
        )
    made = services.add_due(ctx_of(request), agreement_id=row.pk, year=form.cleaned_data["year"])
    return pages.done(request, _("移交日历新增 %(n)d 项。") % {"n": made}, to=row)
