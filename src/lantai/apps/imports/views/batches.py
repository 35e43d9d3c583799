"""The wizard: a file, its columns, its check, its entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.imports import queries, services
from lantai.apps.imports.columns import targets
from lantai.apps.imports.forms import MappingForm, UploadForm
from lantai.apps.imports.models import Batch
from lantai.apps.imports.permissions import P
from lantai.apps.imports.states import MACHINE
from lantai.apps.imports.tables import SEVERITIES, STATES, BatchTable, EnteredTable, ProblemTable, StagedTable
from lantai.apps.imports.types import BATCH, BatchState
from lantai.apps.imports.wording import said, said_of_standing
from lantai.kit.errors import Missing, Refusal
from lantai.kit.tabular import letters
from lantai.kit.text.figures import is_number
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import progress_of
from lantai.platform.gates import needs
from lantai.platform.jobs import queries as runs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow

_SHOWN_PROBLEMS = 50
_ENDED_WITHOUT = (BatchState.FAULTY, BatchState.UNDONE)


@needs(P.BATCH_READ)
@require_GET
def batches(request: HttpRequest) -> HttpResponseBase:
    """Files on their way into the catalogue."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("导入目录"), reverse("imports:upload"), Tone.PRIMARY, "upload", method="get")
    template = Act(_("下载模板"), reverse("imports:templates"), icon="download", method="get")
    acts = [new, template] if ctx.actor.holds(P.BATCH_ENTER) else []
    empty = Empty(
        _("这里会出现导入批次"),
        _("上传电子表格、XML 或 EAD3 目录，先检查，没有错误再整批登入目录，可以整批撤销。"),
        new if acts else None,
    )
    return respond(request, BatchTable(queries.visible(ctx)), title=_("目录导入"), empty=empty, acts=acts)


def crumbs_to(batch: Batch | None = None) -> list[Crumb]:
    """The way to a page below a batch."""
    way = [Crumb(_("目录导入"), reverse("imports:batches"))]
    return [*way, Crumb(batch.file_name, batch.get_absolute_url())] if batch else way


@needs(P.BATCH_ENTER)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose fonds, kind and file."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    initial = _as_before(ctx, request.GET.get("as", ""))
    form = UploadForm(
        request.POST or None, request.FILES or None, fonds=queries.fonds_to_fill(ctx), initial=initial
    )
    if form.is_valid():
        try:
            batch = services.receive(ctx, **form.said())
            return pages.done(
                request, _("已上传“%(name)s”，正在读取表头。") % {"name": batch.file_name}, to=batch
            )
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("导入目录"),
        submit=_("上传"),
        crumbs=crumbs_to(),
        cancel_url=reverse("imports:batches"),
        intro=_("上传之后先核对每一列的含义，再检查全部内容；有一处错误就整批不导入，目录不受影响。"),
    )


def _as_before(ctx: Ctx, batch_id: str) -> dict[str, object]:
    """What was said of a file whose corrected form comes now."""
    if not is_number(batch_id):
        return {}
    row = queries.get(ctx, int(batch_id))
    same = ("fonds", "kind", "level", "checks_codes", "takes_openness")
    return {name: getattr(row, name) for name in same}


@needs(P.BATCH_READ)
@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch: how it stands, what is wrong with it, what can be done."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, batch_id)
    run = runs.visible(ctx).filter(about_type=BATCH, about_id=str(row.pk)).order_by("-id").first()
    return pages.detail(
        request,
        title=row.file_name,
        kicker=str(row.fonds),
        state=STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row),
        moments=pages.moments_of(workflow.timeline(BATCH, row.pk)),
        crumbs=[*crumbs_to(), Crumb(row.file_name)],
        template="imports/batch.html",
        row=row,
        progress=progress_of(run) if run else None,
        problems=[
            (problem, SEVERITIES[problem.severity], said(problem))
            for problem in queries.problems_of(row)[:_SHOWN_PROBLEMS]
        ],
        problem_count=row.error_count + row.warning_count,
        standing=said_of_standing(row),
        is_needless=row.is_needless,
        is_faulty=row.state == BatchState.FAULTY,
        is_ready=row.state == BatchState.READY,
        is_entered=row.state == BatchState.ENTERED,
        has_rows=row.state in (BatchState.FAULTY, BatchState.READY) and row.row_count,
    )


def _facts(row: Batch) -> list[Fact]:
    facts = [
        Fact(_("全宗"), str(row.fonds), url=row.fonds.get_absolute_url()),
        Fact(_("档案种类"), _(row.kind.name)),
        Fact(_("每行是"), row.get_level_display()),
        Fact(_("大小"), row.size_bytes, "size"),
        Fact(_("摘要"), row.sha256),
        Fact(_("按标准检查档号"), _("是") if row.checks_codes else _("否")),
        Fact(_("采用表中的开放标识"), _("是") if row.takes_openness else _("否")),
        Fact(_("上传人"), row.maker_name),
        Fact(_("上传时间"), row.made_at, "moment"),
    ]
    if row.entered_at:
        facts.append(Fact(_("导入时间"), row.entered_at, "moment"))
    return facts


def _acts(ctx: Ctx, row: Batch) -> list[Act]:
    acts: list[Act] = []
    may = row.org_id in ctx.actor.orgs_with(P.BATCH_ENTER)
    if row.state == BatchState.MAPPING and may:
        here = reverse("imports:columns", args=[row.pk])
        acts.append(Act(_("核对栏目"), here, Tone.PRIMARY, "list", method="get"))
    if row.state in _ENDED_WITHOUT and may:
        again = f"{reverse('imports:upload')}?as={row.pk}"
        acts.append(Act(_("上传改正后的文件"), again, Tone.PRIMARY, "upload", method="get"))
    moves = [move for move in workflow.possible_moves(ctx, row, MACHINE) if move.name in services.BATCH_MOVES]
    idle = {"remap"} if not row.sheets else {"enter"} if row.is_needless else set()
    moves = [move for move in moves if move.name not in idle]
    said = {
        "undo": _("这一批新增的条目将全部删除，更新过的恢复原样。"),
        "cancel": _("检查结果将删除，文件需要重新上传。"),
    }
    acts += pages.acts_of(moves, lambda name: reverse("imports:move", args=[row.pk, name]), confirm=said)
    if row.report_key:
        acts.append(
            Act(_("下载错误报告"), reverse("imports:report", args=[row.pk]), icon="download", method="get")
        )
    return acts


@needs(P.BATCH_ENTER)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What each column means."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, batch_id)
    form = MappingForm(
        request.POST or None,
        headings=_headings(row.sheets),
        targets=targets(row.kind_id, row.org_id),
        mapping=row.mapping,
    )
    if form.is_valid():
        try:
            services.map_columns(ctx, batch_id=row.pk, mapping=form.said())
            return pages.done(request, _("栏目已记住，正在检查。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("核对栏目"),
        template="imports/columns.html",
        unmapped=[bound.label for bound in form if not bound.value()],
        submit=_("开始检查"),
        crumbs=crumbs_to(row),
        cancel_url=row.get_absolute_url(),
        intro=_("每一列对应到哪个著录项。系统已按表头猜测；下次遇到同样的表头会照这次的选择。"),
    )


def _headings(sheets: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Each heading once, with where it stands and some of what stands below it."""
    found: dict[str, tuple[str, str, str]] = {}
    for sheet in sheets:
        for column in sheet["columns"]:
            if heading := column["heading"]:
                shown = "、".join(column["samples"]) or _("前面几行没有内容")
                found.setdefault(heading, (heading, letters(column["column"]), shown))
    return list(found.values())


@needs(P.BATCH_READ)
@require_GET
def problems(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Everything that is wrong with a batch."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, batch_id)
    table = ProblemTable(queries.problems_of(row))
    empty = Empty(_("这里会出现检查出的问题"), _("检查之后，每一处错误都列出所在的单元格和改法。"))
    return respond(request, table, title=_("检查出的问题"), empty=empty, crumbs=crumbs_to(row))


@needs(P.BATCH_READ)
@require_GET
def rows(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """What entering a batch will do."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, batch_id)
    table = StagedTable(queries.staged_of(row))
    empty = Empty(
        _("这里会出现待导入的行"), _("检查之后列出每一行将新增、更新还是没有变化；导入之后不再保留。")
    )
    return respond(request, table, title=_("待导入的行"), empty=empty, crumbs=crumbs_to(row))


@needs(P.BATCH_READ)
@require_GET
def entered(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """What a batch brought into the catalogue."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, batch_id)
    empty = Empty(_("这里会出现导入的条目"), _("导入之后列出这一批新增和更新的条目；撤销之后不再保留。"))
    table = EnteredTable(queries.entered_of(ctx, row))
    return respond(request, table, title=_("已导入的条目"), empty=empty, crumbs=crumbs_to(row))


@needs(P.BATCH_READ)
@require_GET
def report(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """The same sheets with a column of errors."""
    row = queries.get(request.ctx, batch_id)  # type: ignore[attr-defined]
    if not row.report_key:
        raise Missing
    name = _("%(name)s 错误报告.xlsx") % {"name": row.file_name.rsplit(".", 1)[0]}
    return FileResponse(
        blobs.open_blob(row.report_key),
        as_attachment=True,
        filename=name,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


@needs(P.BATCH_ENTER)
@require_POST
def move(request: HttpRequest, batch_id: int, move: str) -> HttpResponse:
    """Enter, take back, give up, choose columns anew."""
    if move not in services.BATCH_MOVES:
        raise Missing
    row = services.BATCH_MOVES[move](request.ctx, batch_id=batch_id)  # type: ignore[attr-defined]
    said = _("“%(name)s”现在是：%(state)s。") % {"name": row.file_name, "state": STATES[row.state].label}
    return pages.done(request, said, to=row)
