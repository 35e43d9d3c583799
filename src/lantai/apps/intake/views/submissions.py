"""Pages of this app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET

from lantai.apps.custody.types import Conclusion, Standing
from lantai.apps.intake import papers, queries
from lantai.apps.intake.models import Submission
from lantai.apps.intake.permissions import P
from lantai.apps.intake.states import SUBMISSION
from lantai.apps.intake.tables import STATES, FileTable, ItemTable, SubmissionTable
from lantai.apps.intake.types import OBJECT, TAKEN_IN, NoReceiptYet
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import progress_of
from lantai.platform.gates import needs
from lantai.platform.jobs import queries as runs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Clock, Crumb, Empty, Fact, State, Tab, Tone
from lantai.platform.workflow import queries as workflow

Row = Submission
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(P.SUBMISSION_READ)
@require_GET
def submissions(request: HttpRequest) -> HttpResponse:
    """Transfers in my sight, sent or received."""
    ctx = ctx_of(request)
    empty = Empty(_("还没有移交批次"), _("单位移交的信息包和载体会出现在这里，逐件检测，合格后接收。"))
    return respond(
        request,
        SubmissionTable(queries.visible(ctx)),
        title=_("移交批次"),
        acts=sending_acts(ctx),
        crumbs=[Crumb(_("移交接收"), reverse("intake:desk")), Crumb(_("移交批次"))],
        empty=empty,
    )


def sending_acts(ctx: Ctx) -> list[Act]:
    acts = []
    if ctx.actor.holds(P.SUBMISSION_SUBMIT):
        acts.append(
            Act(_("移交已封存的信息包"), reverse("intake:send_online"), Tone.PRIMARY, "send", method="get")
        )
    if ctx.actor.holds(P.SUBMISSION_SUBMIT) or ctx.actor.holds(P.SUBMISSION_TEST):
        acts.append(Act(_("上传移交信息包"), reverse("intake:send_package"), icon="upload", method="get"))
    return acts


def home() -> Crumb:
    return Crumb(_("移交接收"), reverse("intake:submissions"))


@needs(P.SUBMISSION_READ)
@require_GET
def submission(request: HttpRequest, submission_id: int) -> HttpResponse:
    """One transfer: what it is, how it stands, what the test found, what may be done."""
    ctx = ctx_of(request)
    row = queries.get(ctx, submission_id)
    run = runs.latest_about(OBJECT, row.pk)
    return page_of(
        request,
        row,
        "intake/submission.html",
        progress=progress_of(run) if run else None,
        bars=queries.bars(row),
        open_checks=queries.open_checks(row),
        standings=list(_standings(ctx, row)),
        problems=queries.package_problems(row),
        steps=list(_steps(row)),
        report_url=reverse("intake:report", args=[row.pk]) if row.check_run_id else "",
    )


_STEPS = {
    "announced": _lazy("预告"),
    "submitted": _lazy("提交"),
    "tested": _lazy("检测"),
    "decided": _lazy("决定"),
    "confirmed": _lazy("复核"),
    "sealed": _lazy("封存入库"),
    "registered": _lazy("双方登记"),
}
_STEP_STATES = {
    "good": State(_lazy("完成"), Tone.GOOD),
    "warn": State(_lazy("有不合格或未接收"), Tone.WARN),
    "busy": State(_lazy("进行中"), Tone.BUSY),
    "plain": State(_lazy("未到")),
}

_LET_COUNT = State(_lazy("未通过，已例外放行"), Tone.WARN)
_CONCLUSIONS = {
    Conclusion.PASSED: State(Conclusion.PASSED.label, Tone.GOOD),
    Conclusion.FAILED: State(Conclusion.FAILED.label, Tone.BAD),
    Conclusion.NEEDS_PERSON: State(Conclusion.NEEDS_PERSON.label, Tone.BUSY),
}


def _steps(row: Row) -> Iterator[tuple[object, State, datetime | None]]:
    for step in queries.steps_of(row):
        yield _STEPS[step.name], _STEP_STATES[step.tone], step.at


def _standings(ctx: Ctx, row: Row) -> Iterator[tuple[Standing, State, str]]:
    """Each report with what it counts as, and its page for those who may open it."""
    readable = set(queries.report_files(ctx, row))
    for one in queries.standings(row):
        url = reverse("custody:check", args=[one.check_id]) if one.check_id in readable else ""
        yield one, _LET_COUNT if one.is_let_count else _CONCLUSIONS[one.counts_as], url


def page_of(request: HttpRequest, row: Row, template: str, **context: object) -> HttpResponse:
    ctx = ctx_of(request)
    clock = workflow.clock_of(OBJECT, row.pk)
    today = timezone.localdate(ctx.now)
    clocks = [Clock(_("办理时限"), clock.due_on, workflow.days_left(clock.due_on, today))] if clock else []
    return pages.detail(
        request,
        title=row.title,
        kicker=row.number,
        state=STATES[row.state],
        acts=[*_moves(ctx, row), *_downloads(row)],
        facts=list(_facts(row)) if template == "intake/submission.html" else [],
        moments=pages.moments_of(workflow.timeline(OBJECT, row.pk)),
        clocks=clocks,
        tabs=_tabs(request, row),
        crumbs=[home(), Crumb(row.number)],
        template=template,
        **context,
    )


def _tabs(request: HttpRequest, row: Row) -> list[Tab]:
    pairs = [(_("概况"), "intake:submission", None), (_("条目"), "intake:items", row.item_count)]
    pairs.append((_("文件"), "intake:files", None))
    if row.check_run_id:
        pairs.append((_("检测报告"), "intake:report", None))
    return [
        Tab(label, url, is_current=request.path == url, count=count)
        for label, url, count in ((label, reverse(name, args=[row.pk]), n) for label, name, n in pairs)
    ]


_PAGES = {
    "return": ("intake:return_submission", "arrow-back-up"),
    "accept_part": ("intake:accept_part", "circle-half-2"),
    "object_passed": ("intake:object_to_acceptance", "ban"),
}
# Two machine moves for one act: who presses the button need not know which.
_HIDDEN = {"propose", "propose_part", "object_failed"}


def _moves(ctx: Ctx, row: Row) -> Iterator[Act]:
    for move in workflow.possible_moves(ctx, row, SUBMISSION):
        if move.name in _HIDDEN or (move.name == "accept_part" and not _can_part(row)):
            continue
        if move.name in _PAGES:
            name, icon = _PAGES[move.name]
            yield Act(move.label, reverse(name, args=[row.pk]), icon=icon, method="get")
        else:
            yield from pages.acts_of(
                [move],
                lambda name: reverse("intake:move_submission", args=[row.pk, name]),
                confirm={
                    "accept": _("接收后由本馆保管，登入目录，并出具登记表和回执。接收后不能再退回。"),
                    "confirm": _("复核同意后由本馆保管，登入目录，并出具登记表和回执。接收后不能再退回。"),
                    "check_again": _("重新检测会读出信息包的全部内容，原有检测报告保留。"),
                },
            )


def _can_part(row: Row) -> bool:
    """A part needs an item that passes."""
    return row.item_count > row.failed_item_count


def _downloads(row: Row) -> Iterator[Act]:
    register = reverse("intake:register", args=[row.pk])
    if row.register_key:
        yield Act(_("登记表"), register, icon="certificate", method="get")
    if row.returned_item_count or row.failed_item_count:
        yield Act(_("退回清单"), reverse("intake:returns", args=[row.pk]), icon="list", method="get")
    offers = (
        (_("下载登记表"), "intake:register_pdf", row.register_key),
        (_("下载回执"), "intake:receipt_json", row.receipt_key),
    )
    for label, name, there in offers:
        if there:
            yield Act(label, reverse(name, args=[row.pk]), icon="download", method="get")


def _facts(row: Row) -> Iterator[Fact]:
    yield Fact(_("移交单位"), row.agency.name)
    yield Fact(_("接收单位"), row.archives.name)
    yield Fact(_("全宗"), str(row.fonds))
    yield Fact(_("移交方式"), row.get_mode_display())
    if row.replaces:
        yield Fact(_("替代的批次"), row.replaces.number, "link", row.replaces.get_absolute_url())
    yield Fact(_("件数"), row.item_count, "number")
    if row.declared_item_count not in (None, row.item_count):
        yield Fact(_("申报件数"), row.declared_item_count, "number")
    yield Fact(_("不合格件数"), row.failed_item_count, "number")
    if row.state in TAKEN_IN:
        yield Fact(_("接收件数"), row.accepted_item_count, "number")
        yield Fact(_("退回件数"), row.returned_item_count, "number")
    if row.carrier:
        yield Fact(_("载体"), str(row.carrier), "link", row.carrier.get_absolute_url())
    if row.sent_package_id:
        yield Fact(_("移交的信息包"), row.sent_package.title)
    if row.announcement:
        yield Fact(_("移交预告"), row.announcement.number, "link", row.announcement.get_absolute_url())
    if row.agreement:
        yield Fact(_("移交协议"), row.agreement.title, "link", row.agreement.get_absolute_url())
    yield Fact(_("数据量"), row.byte_count, "size")
    if row.package:
        yield Fact(_("信息包标识"), row.package.object_id, "code")
    yield Fact(_("数字摘要 (SHA-512)"), row.content_sha512, "code")
    yield Fact(_("提交人"), row.submitter_name)
    yield Fact(_("提交时间"), row.submitted_at, "moment")
    if row.decided_at:
        yield Fact(_("办理人"), row.decider_name)
        yield Fact(_("办结时间"), row.decided_at, "moment")
    if row.confirmed_at:
        yield Fact(_("复核人"), row.confirmer_name)
        yield Fact(_("复核时间"), row.confirmed_at, "moment")
    if row.note:
        yield Fact(_("内容描述"), row.note)


@needs(P.SUBMISSION_READ)
@require_GET
def items(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The items with verdict and reasons."""
    row = queries.get(ctx_of(request), submission_id)
    empty = Empty(_("没有条目"), _("信息包还没有读取，或者没有能读出的档案；请看概况中的检测结果。"))
    return respond(
        request,
        ItemTable(queries.items_of(row.pk)),
        title=_("移交条目"),
        empty=empty,
        tabs=_tabs(request, row),
        crumbs=[home(), Crumb(row.number, row.get_absolute_url()), Crumb(_("条目"))],
        acts=[act for act in _downloads(row) if row.failed_item_count],
    )


@needs(P.SUBMISSION_READ)
@require_GET
def files(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Every file with its own state."""
    row = queries.get(ctx_of(request), submission_id)
    empty = Empty(_("没有文件"), _("信息包还没有读取；读取后，这里列出每一个文件和它的可读性、格式和摘要。"))
    return respond(
        request,
        FileTable(queries.sent_files(row.pk)),
        title=_("移交文件"),
        empty=empty,
        tabs=_tabs(request, row),
        crumbs=[home(), Crumb(row.number, row.get_absolute_url()), Crumb(_("文件"))],
    )


@needs(P.SUBMISSION_READ)
@require_GET
def report(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Every check of the newest test, for both sides."""
    ctx = ctx_of(request)
    row = queries.get(ctx, submission_id)
    checks = queries.checks_of(row)
    if not checks:
        raise Missing
    files = queries.report_files(ctx, row)
    return page_of(
        request,
        row,
        "intake/report.html",
        bars=queries.bars(row),
        lines=queries.report_lines(checks, is_summary=True),
        findings=queries.report_lines(checks, is_summary=False),
        files=[
            (
                reverse("custody:check", args=[pk]),
                reverse("custody:check_pdf", args=[pk]),
                reverse("custody:check_xlsx", args=[pk]),
            )
            for pk in files
        ],
    )


@needs(P.SUBMISSION_READ)
@require_GET
def register_pdf(request: HttpRequest, submission_id: int) -> HttpResponse:
    """电子档案移交与接收登记表."""
    row = queries.get(ctx_of(request), submission_id)
    return download(queries.kept(row.register_key), "application/pdf", f"{row.number}.pdf")


@needs(P.SUBMISSION_READ)
@require_GET
def receipt_json(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The receipt, which a stranger can verify offline."""
    row = queries.get(ctx_of(request), submission_id)
    if not row.receipt_key:
        raise NoReceiptYet(number=row.number)
    return download(queries.kept(row.receipt_key), "application/json", f"{row.number}-receipt.json")


@needs(P.SUBMISSION_READ)
@require_GET
def return_list(request: HttpRequest, submission_id: int) -> HttpResponse:
    """不合格清单 as a spreadsheet."""
    row = queries.get(ctx_of(request), submission_id)
    return download(papers.return_list(row), XLSX, f"{row.number}-items.xlsx")


@needs(P.SUBMISSION_READ)
@require_GET
def return_list_pdf(request: HttpRequest, submission_id: int) -> HttpResponse:
    """退回清单 as a sheet of paper."""
    row = queries.get(ctx_of(request), submission_id)
    return download(papers.return_list_pdf(row), "application/pdf", f"{row.number}-returned.pdf")


def download(data: bytes, kind: str, name: str) -> HttpResponse:
    plain = name.encode("ascii", "ignore").decode().replace('"', "")
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{plain}"'}
    )
