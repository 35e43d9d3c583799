"""What people decide about a report: open checks, and whether a failed run may count."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantai.apps.custody import queries
from lantai.apps.custody.forms import DecideForm, JudgeForm, OverrideForm
from lantai.apps.custody.permissions import P
from lantai.apps.custody.services import reporting
from lantai.apps.custody.tables import CONCLUSIONS
from lantai.apps.custody.views.checks import crumbs_of
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages


@needs(P.CHECK_JUDGE)
@require_http_methods(["GET", "POST"])
def judge(request: HttpRequest, check_id: int, code: str) -> HttpResponse:
    """Fill in the worksheet of an open check."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_check(ctx, check_id)
    result = queries.report_of(row).result(code)
    form = JudgeForm(request.POST or None, sheet=result.worksheet)
    if form.is_valid():
        said = form.cleaned_data
        try:
            row = reporting.judge_check(
                ctx,
                check_id=row.pk,
                code=code,
                passes=said["conclusion"] == "pass",
                note=said["note"].strip(),
                answers=form.answers(),
            )
            told = {"code": code, "state": CONCLUSIONS[row.conclusion].label}
            return pages.done(
                request, _("检测项 %(code)s 已记录，检测结论现在是：%(state)s。") % told, to=row
            )
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("人工检测：%(code)s %(name)s") % {"code": code, "name": _(result.name)},
        submit=_("记录结论"),
        template="custody/judge.html",
        crumbs=crumbs_of(row, code),
        cancel_url=row.get_absolute_url(),
        sheet=result.worksheet,
        task=_(result.worksheet.task) if result.worksheet else "",
        look_at=[_(one) for one in result.worksheet.look_at] if result.worksheet else [],
        basis=result.basis,
    )


@needs(P.CHECK_JUDGE)
@require_http_methods(["GET", "POST"])
def ask_override(request: HttpRequest, check_id: int) -> HttpResponse:
    """Ask a second person to let a failed run count."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row, form = queries.get_check(ctx, check_id), OverrideForm(request.POST or None)
    if form.is_valid():
        try:
            reporting.ask_override(ctx, check_id=row.pk, reason=form.cleaned_data["reason"].strip())
            return pages.done(request, _("已提出例外放行，等待另一人决定。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    intro = _("检测结果不变。写明为什么不合格也可以继续办理，由另一人决定；理由和决定都留在报告里。")
    return pages.form(
        request,
        form,
        title=_("提出例外放行"),
        submit=_("提出例外放行"),
        intro=intro,
        crumbs=crumbs_of(row, _("例外放行")),
        cancel_url=row.get_absolute_url(),
    )


@needs(P.CHECK_OVERRIDE)
@require_http_methods(["GET", "POST"])
def decide_override(request: HttpRequest, check_id: int) -> HttpResponse:
    """Grant or refuse it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row, form = queries.get_check(ctx, check_id), DecideForm(request.POST or None)
    asked = queries.override_of(row)
    if form.is_valid():
        said = form.cleaned_data
        try:
            grants = said["decision"] == "grant"
            reporting.decide_override(ctx, check_id=row.pk, grants=grants, note=said["note"].strip())
            return pages.done(request, _("已记录决定。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    told = {"who": asked.asked_by, "reason": asked.reason} if asked else {"who": "", "reason": ""}
    return pages.form(
        request,
        form,
        title=_("决定例外放行"),
        submit=_("记录决定"),
        intro=_("%(who)s 提出，理由：%(reason)s") % told,
        crumbs=crumbs_of(row, _("例外放行")),
        cancel_url=row.get_absolute_url(),
    )
