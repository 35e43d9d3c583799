"""Pages of this app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.intake import papers, queries, services
from lantai.apps.intake.forms import MOST_ITEMS, OnlineForm, ReturnForm, SenderForm
from lantai.apps.intake.models import Submission
from lantai.apps.intake.permissions import P
from lantai.apps.intake.states import SUBMISSION
from lantai.apps.intake.tables import STATES, ItemTable, SubmissionTable
from lantai.apps.intake.types import OBJECT, NoReceiptYet, NothingUploaded
from lantai.kit.errors import LantaiError, Missing
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import Staged
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import progress_of
from lantai.platform.gates import needs
from lantai.platform.jobs import queries as runs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Clock, Crumb, Empty, Fact, Tab, Tone
from lantai.platform.workflow import queries as workflow

Row = Submission
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _ctx(request: HttpRequest) -> Ctx:
    return request.ctx  # type: ignore[attr-defined,no-any-return]


@needs(P.SUBMISSION_READ)
@require_GET
def submissions(request: HttpRequest) -> HttpResponse:
    """Transfers in my sight, sent or received."""
    ctx = _ctx(request)
    empty = Empty(_("还没有移交批次"), _("单位移交的信息包和载体会出现在这里，逐件检测，合格后接收。"))
    return respond(
        request,
        SubmissionTable(queries.visible(ctx)),
        title=_("移交接收"),
        acts=_sending_acts(ctx),
        empty=empty,
    )


def _sending_acts(ctx: Ctx) -> list[Act]:
    acts = []
    if ctx.actor.holds(P.SUBMISSION_SUBMIT):
        acts.append(
            Act(_("移交已封存的信息包"), reverse("intake:send_online"), Tone.PRIMARY, "send", method="get")
        )
    if ctx.actor.holds(P.SUBMISSION_SUBMIT) or ctx.actor.holds(P.SUBMISSION_TEST):
        acts.append(Act(_("上传移交信息包"), reverse("intake:send_package"), icon="upload", method="get"))
    return acts


@needs(P.SUBMISSION_SUBMIT)
@require_http_methods(["GET", "POST"])
def send_online(request: HttpRequest) -> HttpResponse:
    """Choose a sealed package and transfer it."""
    form = OnlineForm(request.POST or None, ctx=_ctx(request))
    if form.is_valid():
        try:
            said = form.cleaned_data
            row = services.submit_online(_ctx(request), package_id=said["package"].pk, note=said["note"])
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            return pages.done(request, _sent(row), to=row)
    return pages.form(
        request,
        form,
        title=_("移交已封存的信息包"),
        submit=_("提交移交"),
        cancel_url=reverse("intake:submissions"),
        crumbs=[_home(), Crumb(_("移交已封存的信息包"))],
    )


def _sent(row: Row) -> str:
    return _("已提交移交批次 %(number)s，正在检测，可以关闭本页。") % {"number": row.number}


def _home() -> Crumb:
    return Crumb(_("移交接收"), reverse("intake:submissions"))


@needs(P.SUBMISSION_SUBMIT, P.SUBMISSION_TEST)
@require_GET
def send_package(request: HttpRequest) -> HttpResponse:
    """First whose package and of what kind, then the file itself."""
    ctx = _ctx(request)
    form = SenderForm(request.GET if "agency" in request.GET else None, ctx=ctx, initial={"kind": "document"})
    done_url = ""
    if form.is_bound and form.is_valid():
        done_url = f"{reverse('intake:package_sent')}?{urlencode(request.GET.dict())}"
    page = {
        "form": form,
        "title": _("上传移交信息包"),
        "crumbs": [_home(), Crumb(_("上传移交信息包"))],
        "upload_url": reverse("blobs:uploads"),
        "done_url": done_url,
    }
    return pages.show(request, "intake/send_package.html", page, status=422 if form.errors else 200)


@needs(P.SUBMISSION_SUBMIT, P.SUBMISSION_TEST)
@require_POST
def package_sent(request: HttpRequest) -> HttpResponse:
    """Take over what was uploaded, resumably or with the form itself: one transfer for each file."""
    form = SenderForm(request.GET, ctx=_ctx(request))
    if not form.is_valid():
        raise Missing
    rows = [
        services.submit_package(_ctx(request), staged=staged, name=name, **form.values)
        for name, staged in list(_arrived(request))
    ]
    if not rows:
        raise NothingUploaded(field="files")
    if len(rows) == 1:
        return pages.done(request, _sent(rows[0]), to=rows[0])
    message = _("已提交 %(n)d 个移交批次，正在检测，可以关闭本页。") % {"n": len(rows)}
    return pages.done(request, message, to="intake:submissions")


def _arrived(request: HttpRequest) -> Iterator[tuple[str, Staged]]:
    for uploaded in blobs.take_uploads(_ctx(request), places=request.POST.getlist("uploads")):
        yield uploaded.name, uploaded.staged
    for file in request.FILES.getlist("files"):
        yield file.name or "", blobs.stage(file.chunks())


@needs(P.SUBMISSION_READ)
@require_GET
def submission(request: HttpRequest, submission_id: int) -> HttpResponse:
    """One transfer: what it is, how it stands, what the test found, what may be done."""
    ctx = _ctx(request)
    row = queries.get(ctx, submission_id)
    run = runs.latest_about(OBJECT, row.pk)
    return _page(
        request,
        row,
        "intake/submission.html",
        progress=progress_of(run) if run else None,
        bars=queries.bars(row),
        open_checks=queries.open_checks(row),
        problems=queries.package_problems(row),
        report_url=reverse("intake:report", args=[row.pk]) if row.check_run_id else "",
    )


def _page(request: HttpRequest, row: Row, template: str, **context: object) -> HttpResponse:
    ctx = _ctx(request)
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
        crumbs=[_home(), Crumb(row.number)],
        template=template,
        **context,
    )


def _tabs(request: HttpRequest, row: Row) -> list[Tab]:
    pairs = [(_("概况"), "intake:submission", None), (_("条目"), "intake:items", row.item_count)]
    if row.check_run_id:
        pairs.append((_("检测报告"), "intake:report", None))
    return [
        Tab(label, url, is_current=request.path == url, count=count)
        for label, url, count in ((label, reverse(name, args=[row.pk]), n) for label, name, n in pairs)
    ]


def _moves(ctx: Ctx, row: Row) -> Iterator[Act]:
    for move in workflow.possible_moves(ctx, row, SUBMISSION):
        if move.name == "return":
            url = reverse("intake:return_submission", args=[row.pk])
            yield Act(move.label, url, icon="arrow-back-up", method="get")
        else:
            yield from pages.acts_of(
                [move],
                lambda name: reverse("intake:move_submission", args=[row.pk, name]),
                confirm={
                    "accept": _("接收后由本馆保管，登入目录，并出具登记表和回执。接收后不能再退回。"),
                    "check_again": _("重新检测会读出信息包的全部内容，原有检测报告保留。"),
                },
            )


def _downloads(row: Row) -> Iterator[Act]:
    offers = (
        (_("下载登记表"), "intake:register_pdf", row.register_key),
        (_("下载回执"), "intake:receipt_json", row.receipt_key),
        (_("下载不合格清单"), "intake:return_list", row.failed_item_count),
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
    yield Fact(_("数据量"), row.byte_count, "size")
    if row.package:
        yield Fact(_("信息包标识"), row.package.object_id, "code")
    yield Fact(_("数字摘要 (SHA-512)"), row.content_sha512, "code")
    yield Fact(_("提交人"), row.submitter_name)
    yield Fact(_("提交时间"), row.submitted_at, "moment")
    if row.decided_at:
        yield Fact(_("办理人"), row.decider_name)
        yield Fact(_("办结时间"), row.decided_at, "moment")
    if row.note:
        yield Fact(_("内容描述"), row.note)


@needs(P.SUBMISSION_READ)
@require_GET
def items(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The items with verdict and reasons."""
    row = queries.get(_ctx(request), submission_id)
    empty = Empty(_("没有条目"), _("信息包还没有读取，或者没有能读出的档案；请看概况中的检测结果。"))
    return respond(
        request,
        ItemTable(queries.items_of(row.pk)),
        title=_("移交条目"),
        empty=empty,
        tabs=_tabs(request, row),
        crumbs=[_home(), Crumb(row.number, row.get_absolute_url()), Crumb(_("条目"))],
        acts=[act for act in _downloads(row) if row.failed_item_count],
    )


@needs(P.SUBMISSION_READ)
@require_GET
def report(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Every check of the newest test, for both sides."""
    ctx = _ctx(request)
    row = queries.get(ctx, submission_id)
    checks = queries.checks_of(row)
    if not checks:
        raise Missing
    files = queries.report_files(ctx, row)
    return _page(
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


@needs(P.SUBMISSION_DECIDE)
@require_http_methods(["GET", "POST"])
def return_submission(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Say why, as a whole and item by item, and send the transfer back."""
    ctx = _ctx(request)
    row = queries.get(ctx, submission_id)
    form = ReturnForm(request.POST or None, items=queries.items_to_return(row.pk, MOST_ITEMS))
    if form.is_valid():
        services.return_submission(
            ctx, submission_id=row.pk, reason=form.cleaned_data["reason"], item_reasons=form.item_reasons
        )
        message = _("移交批次 %(number)s 已退回，移交单位可以看到原因和不合格清单。") % {"number": row.number}
        return pages.done(request, message, to=row)
    return pages.form(
        request,
        form,
        title=_("退回移交批次"),
        submit=_("退回"),
        cancel_url=row.get_absolute_url(),
        crumbs=[_home(), Crumb(row.number, row.get_absolute_url()), Crumb(_("退回"))],
        intro=_("退回后这一批不再办理，没有收录其中任何内容；移交单位补正后作为新的批次重新移交。"),
    )


@needs(P.SUBMISSION_DECIDE, P.SUBMISSION_TEST, P.SUBMISSION_SUBMIT)
@require_POST
def move_submission(request: HttpRequest, submission_id: int, move: str) -> HttpResponse:
    """One of the moves that need no page of their own."""
    ctx = _ctx(request)
    acts: dict[str, Callable[[], Row]] = {
        "accept": lambda: services.accept_submission(ctx, submission_id=submission_id),
        "check_again": lambda: services.check_again(ctx, submission_id=submission_id),
        "withdraw": lambda: services.withdraw_submission(
            ctx, submission_id=submission_id, reason=request.POST.get("reason", "")
        ),
    }
    if move not in acts:
        raise Missing
    row = acts[move]()
    said = _("移交批次 %(number)s 现在是：%(state)s。") % {
        "number": row.number,
        "state": row.get_state_display(),
    }
    return pages.done(request, said, to=row)


@needs(P.SUBMISSION_READ)
@require_GET
def register_pdf(request: HttpRequest, submission_id: int) -> HttpResponse:
    """电子档案移交与接收登记表."""
    row = queries.get(_ctx(request), submission_id)
    return _download(queries.kept(row.register_key), "application/pdf", f"{row.number}.pdf")


@needs(P.SUBMISSION_READ)
@require_GET
def receipt_json(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The receipt, which a stranger can verify offline."""
    row = queries.get(_ctx(request), submission_id)
    if not row.receipt_key:
        raise NoReceiptYet(number=row.number)
    return _download(queries.kept(row.receipt_key), "application/json", f"{row.number}-receipt.json")


@needs(P.SUBMISSION_READ)
@require_GET
def return_list(request: HttpRequest, submission_id: int) -> HttpResponse:
    """不合格清单 as a spreadsheet."""
    row = queries.get(_ctx(request), submission_id)
    return _download(papers.return_list(row), XLSX, f"{row.number}-items.xlsx")


def _download(data: bytes, kind: str, name: str) -> HttpResponse:
    plain = name.encode("ascii", "ignore").decode().replace('"', "")
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{plain}"'}
    )
