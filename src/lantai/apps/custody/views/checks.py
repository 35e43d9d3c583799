"""Reports of four-property tests: on the page, on paper, as files, and two beside each other."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.custody import queries, reports
from lantai.apps.custody.models import CheckOverride, CheckResult, CheckRun
from lantai.apps.custody.permissions import P
from lantai.apps.custody.services import reporting
from lantai.apps.custody.tables import CONCLUSIONS, CheckTable
from lantai.apps.custody.types import Conclusion, FindingsWanted, OtherSubject
from lantai.apps.schemes import queries as schemes
from lantai.kit.fourprops.vocabulary import OUTCOME_LABELS, PROPERTY_LABELS, Outcome, Property
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPEN = (Outcome.MANUAL.value, Outcome.NOT_RUN.value)


@needs(P.CHECK_READ)
@require_GET
def checks(request: HttpRequest) -> HttpResponseBase:
    """Four-property tests in my sight."""
    empty = Empty(_("还没有四性检测"), _("归档批次和移交批次检测之后，报告会出现在这里。"))
    rows = queries.visible_checks(request.ctx)  # type: ignore[attr-defined]
    return respond(request, CheckTable(rows), title=_("四性检测"), empty=empty)


@needs(P.CHECK_READ)
@require_GET
def check(request: HttpRequest, check_id: int) -> HttpResponse:
    """One report: conclusion, the four properties as bars, what is wrong where, what waits for a person."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_check(ctx, check_id)
    override = queries.override_of(row)
    wanted = _wanted(request)
    found = queries.findings(row.pk, wanted)
    page = queries.findings_page(found, after=_number(request, "after"), before=_number(request, "before"))
    lines = reports.lines(queries.results(row.pk, is_summary=True))
    return pages.detail(
        request,
        title=_("四性检测报告"),
        kicker=_("检测编号 %(n)d") % {"n": row.pk},
        state=CONCLUSIONS[row.conclusion],
        facts=facts_of(ctx, row),
        acts=_acts(ctx, row, override),
        crumbs=crumbs_of(row),
        template="custody/check.html",
        row=row,
        sentence=reports.sentence(row, override),
        override=override,
        bars=queries.bars([row.counts]),
        lines=lines,
        open_lines=_open_lines(ctx, row, lines),
        groups=reports.groups(ctx, row, page.rows),
        wanted=wanted,
        filters=_filters(wanted, lines),
        total=found.count(),
        pager=_pager(wanted, page),
    )


def _wanted(request: HttpRequest) -> FindingsWanted:
    said = {name: request.GET.get(name, "")[:80] for name in ("property", "outcome", "code", "text")}
    return FindingsWanted(**said)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _filters(
    wanted: FindingsWanted, lines: list[reports.Line]
) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """Name, label, choices and what is chosen, for each condition."""
    properties = [(one.value, _(PROPERTY_LABELS[one])) for one in Property]
    outcomes = [(one.value, _(OUTCOME_LABELS[one])) for one in Outcome if one is not Outcome.PASS]
    rules = [(line.code, f"{line.code} {line.name}") for line in lines]
    return [
        ("property", _("四性"), properties, wanted.property),
        ("outcome", _("结果"), outcomes, wanted.outcome),
        ("code", _("检测项"), rules, wanted.code),
    ]


def _pager(wanted: FindingsWanted, page: queries.FindingsPage) -> dict[str, str]:
    said = {"property": wanted.property, "outcome": wanted.outcome, "code": wanted.code, "text": wanted.text}
    kept = {name: value for name, value in said.items() if value}

    def url(way: str, row: CheckResult) -> str:
        return f"?{urlencode({**kept, way: row.pk})}#findings"

    rows = page.rows
    return {
        "before": url("before", rows[0]) if rows and page.has_before else "",
        "after": url("after", rows[-1]) if rows and page.has_after else "",
    }


def _open_lines(ctx: Ctx, row: CheckRun, lines: list[reports.Line]) -> list[tuple[reports.Line, str]]:
    """Checks that wait for a person, with the page of the worksheet for whoever may fill it in."""
    may = row.org_id in ctx.actor.orgs_with(P.CHECK_JUDGE)
    return [
        (line, reverse("custody:judge", args=[row.pk, line.code]) if may else "")
        for line in lines
        if line.outcome in OPEN
    ]


def facts_of(ctx: Ctx, row: CheckRun) -> list[Fact]:
    """What was tested, when, by whom and by which version of which scheme."""
    keeper = row.org.archives_id or row.org_id
    own = schemes.version_of(ctx, keeper, row.scheme, row.scheme_version)
    return [
        Fact(_("检测对象"), row.subject_name),
        Fact(_("时机"), row.get_occasion_display()),
        Fact(_("环节"), row.get_stage_display()),
        Fact(
            _("检测方案"),
            _("%(title)s %(version)s") % {"title": _(row.scheme_title), "version": row.scheme_version},
            url=own.get_absolute_url() if own else "",
        ),
        Fact(_("检测单位"), row.org.name),
        Fact(_("被检测单位"), row.subject_org.name),
        Fact(_("检测人"), row.operator_name),
        Fact(_("件数"), row.item_count, "number"),
        Fact(_("不合格件数"), row.failed_item_count, "number"),
        Fact(_("检测时间"), row.finished_at, "moment"),
    ]


def _nothing_to_compare(request: HttpRequest, row: CheckRun) -> HttpResponse:
    text = _("这一批档案用这个方案只检测过一次。改正后再检测一次，或等下一次定期检测，就可以在这里看出变化。")
    back = Act(_("回到检测报告"), row.get_absolute_url(), method="get")
    return pages.detail(
        request,
        title=_("两次检测比较"),
        kicker=row.subject_name,
        crumbs=crumbs_of(row, _("两次检测比较")),
        template="custody/compare.html",
        empty=Empty(_("还没有可以比较的检测"), text, back),
    )


def crumbs_of(row: CheckRun, *more: str) -> list[Crumb]:
    """The way to a page about a report."""
    own = Crumb(str(row.pk), row.get_absolute_url() if more else "")
    return [Crumb(_("四性检测"), reverse("custody:checks")), own, *(Crumb(one) for one in more)]


def _acts(ctx: Ctx, row: CheckRun, override: CheckOverride | None) -> list[Act]:
    acts = [
        _link(_("下载 PDF"), "custody:check_pdf", row, "download"),
        _link(_("下载表格"), "custody:check_xlsx", row, "table"),
        _link(_("下载 JSON"), "custody:check_json", row, "download"),
        _link(_("打印"), "custody:check_print", row, "printer"),
    ]
    if queries.other_runs(ctx, row):
        acts.append(_link(_("与另一次检测比较"), "custody:compare_checks", row, "list"))
    waits = override is not None and override.is_granted is None
    if waits and row.org_id in ctx.actor.orgs_with(P.CHECK_OVERRIDE):
        acts.insert(0, Act(_("决定例外放行"), reverse("custody:decide_override", args=[row.pk]), Tone.PRIMARY,
                           "gavel", method="get"))  # fmt: skip
    is_free = override is None or override.is_granted is False
    if row.conclusion == Conclusion.FAILED and is_free and row.org_id in ctx.actor.orgs_with(P.CHECK_JUDGE):
        acts.append(_link(_("提出例外放行"), "custody:ask_override", row, "gavel"))
    return acts


def _link(label: str, name: str, row: CheckRun, icon: str) -> Act:
    return Act(label, reverse(name, args=[row.pk]), icon=icon, method="get")


@needs(P.CHECK_READ)
@require_GET
def check_pdf(request: HttpRequest, check_id: int) -> HttpResponse:
    """The report as PDF/A."""
    row = queries.get_check(request.ctx, check_id)  # type: ignore[attr-defined]
    return _export(request, row, "pdf", reports.document(row, subject=row.subject_name), "application/pdf")


@needs(P.CHECK_READ)
@require_GET
def check_xlsx(request: HttpRequest, check_id: int) -> HttpResponse:
    """The whole report as a workbook."""
    row = queries.get_check(request.ctx, check_id)  # type: ignore[attr-defined]
    return _export(request, row, "xlsx", reports.spreadsheet(queries.report_of(row)), XLSX)


@needs(P.CHECK_READ)
@require_GET
def check_json(request: HttpRequest, check_id: int) -> HttpResponse:
    """The whole report as the engine wrote it."""
    row = queries.get_check(request.ctx, check_id)  # type: ignore[attr-defined]
    return _export(request, row, "json", queries.report_of(row).to_json().encode(), "application/json")


def _export(request: HttpRequest, row: CheckRun, kind: str, data: bytes, content_type: str) -> HttpResponse:
    reporting.note_export(request.ctx, row, kind)  # type: ignore[attr-defined]
    headers = {"Content-Disposition": f'attachment; filename="check-{row.pk}.{kind}"'}
    return HttpResponse(data, content_type=content_type, headers=headers)


@needs(P.CHECK_READ)
@require_GET
def check_print(request: HttpRequest, check_id: int) -> HttpResponse:
    """The report for the printer, with as many findings as a file of paper bears."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_check(ctx, check_id)
    context = {
        "title": _("四性检测报告"),
        "source": _("检测编号 %(n)d") % {"n": row.pk},
        "row": row,
        "facts": facts_of(ctx, row),
        "state": CONCLUSIONS[row.conclusion],
        "sentence": reports.sentence(row, queries.override_of(row)),
        "bars": queries.bars([row.counts]),
        "lines": reports.lines(queries.results(row.pk, is_summary=True)),
        "findings": reports.lines(queries.results(row.pk, is_summary=False)[: reports.MOST_PRINTED]),
        "most": reports.MOST_PRINTED,
        "total": queries.results(row.pk, is_summary=False).count(),
    }
    return pages.show(request, "custody/check_print.html", context)


@needs(P.CHECK_READ)
@require_GET
def compare(request: HttpRequest, check_id: int) -> HttpResponse:
    """What this run has fixed, newly found and still has, against another run over the same records."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_check(ctx, check_id)
    others = queries.other_runs(ctx, row)
    asked = request.GET.get("with", "")
    earlier = [one for one in others if one.pk < row.pk] or others
    other = (
        next((one for one in others if str(one.pk) == asked), None) if asked else next(iter(earlier), None)
    )
    if not others:
        return _nothing_to_compare(request, row)
    if other is None:
        raise OtherSubject
    first, second = sorted((other, row), key=lambda one: one.pk)
    return pages.detail(
        request,
        title=_("两次检测比较"),
        kicker=row.subject_name,
        crumbs=crumbs_of(row, _("两次检测比较")),
        template="custody/compare.html",
        first=first,
        second=second,
        others=others,
        other=other,
        found=schemes.side_by_side(queries.report_of(first), queries.report_of(second)),
    )
