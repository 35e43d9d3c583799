"""Composing, testing, sealing and dissolving batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lantai.apps.custody import queries as custody
from lantai.apps.filing import numbers, queries, services
from lantai.apps.filing.forms import BatchForm
from lantai.apps.filing.models import Batch, Document
from lantai.apps.filing.permissions import P
from lantai.apps.filing.states import BATCH
from lantai.apps.filing.tables import BATCH_STATES, DOCUMENT_STATES, BatchTable, DocumentTable
from lantai.apps.filing.types import NothingArranged, SeveralFonds
from lantai.apps.filing.views.choosing import carried, chosen_ids
from lantai.kit.errors import Refusal
from lantai.kit.fourprops.telling import told
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import progress_of
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Moment, State, Tone
from lantai.platform.workflow import queries as workflow

if TYPE_CHECKING:
    from lantai.apps.custody.models import CheckRun
    from lantai.apps.custody.types import Standing

MOST_SHOWN = 200
CONCLUSIONS = {"passed": Tone.GOOD, "failed": Tone.BAD, "needs_person": Tone.WARN}


@dataclass(frozen=True, slots=True)
class ProposedRow:
    """A code as it would be given, or why there is none and where to mend it."""

    title: str
    url: str
    reference_code: str
    why_not: str
    mend_url: str


@needs(P.BATCH_READ)
@require_GET
def batches(request: HttpRequest) -> HttpResponseBase:
    """Batches that I may see."""
    rows = queries.visible_batches(request.ctx)  # type: ignore[attr-defined]
    act = Act(_("选择已整理的文件"), reverse("filing:to_compose"), method="get", icon="files")
    empty = Empty(_("这里会出现归档批次"), _("先整理文件，再从列表中选出若干件组成批次。"), act)
    return respond(request, BatchTable(rows), title=_("归档批次"), empty=empty)


@needs(P.BATCH_COMPOSE)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The codes that the chosen documents would get, before anything is given out."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    rows = _ready(ctx, chosen_ids(request))
    title = _("%(year)d 年归档文件") % {"year": timezone.localdate(ctx.now).year}
    form = BatchForm(initial={"chosen": carried([row.pk for row in rows]), "title": title})
    return _preview_page(request, form, rows)


def _ready(ctx: Ctx, ids: Sequence[int]) -> list[Document]:
    """The chosen documents that can be put into a batch; raises ``NothingArranged``, ``SeveralFonds``."""
    rows = list(queries.visible(ctx).filter(pk__in=ids, state="arranged", batch=None))
    if not rows:
        raise NothingArranged
    if (count := len({row.fonds_id for row in rows})) > 1:
        raise SeveralFonds(count=count)
    return rows


def _preview_page(request: HttpRequest, form: BatchForm, rows: list[Document]) -> HttpResponse:
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    found = numbers.preview(rows, timezone.localdate(ctx.now))
    lines = [
        ProposedRow(
            one.title,
            reverse("filing:document", args=[one.document_id]),
            one.reference_code,
            pages.said(one.why_not) if one.why_not else "",
            reverse("filing:describe", args=[one.document_id]),
        )
        for one in found
    ]
    page = {
        "title": _("编号预览"),
        "crumbs": [Crumb(_("归档批次"), reverse("filing:batches")), Crumb(_("编号预览"))],
        "form": form,
        "fonds": rows[0].fonds,
        "count": len(lines),
        "wrong": [line for line in lines if line.why_not][:MOST_SHOWN],
        "right": [line for line in lines if not line.why_not][:MOST_SHOWN],
    }
    status = 422 if form.is_bound and form.errors else 200
    return pages.show(request, "filing/preview.html", page, status=status)


@needs(P.BATCH_COMPOSE)
@require_POST
def compose(request: HttpRequest) -> HttpResponse:
    """Number the chosen documents and put them into a batch."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = BatchForm(request.POST)
    rows = _ready(ctx, chosen_ids(request))
    if form.is_valid():
        try:
            made = services.compose_batch(
                ctx,
                agency_id=rows[0].agency_id,
                fonds_id=rows[0].fonds_id,
                title=form.cleaned_data["title"],
                document_ids=[row.pk for row in rows],
            )
            message = _("已组成批次“%(title)s”，%(n)d 件文件已编号。") % {
                "title": made.title,
                "n": made.item_count,
            }
            return pages.done(request, message, to=made)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _preview_page(request, form, rows)


@needs(P.BATCH_READ)
@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The page of a batch."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_batch(ctx, batch_id)
    run = queries.visible_run_of(ctx, row.pk)
    checks = queries.check_runs_of(ctx, row.pk)
    return pages.detail(
        request,
        title=row.title,
        kicker=row.code,
        state=BATCH_STATES[row.state],
        acts=_acts(ctx, row),
        facts=[*_facts(row), *_self_checks(ctx, row)],
        moments=_moments(row),
        crumbs=[Crumb(_("归档批次"), reverse("filing:batches")), Crumb(row.code)],
        template="filing/batch.html",
        row=row,
        progress=progress_of(run) if run else None,
        run_id=run.pk if run else None,
        checks=_checks(checks),
        failures=_failures(checks, row),
        documents=[(one, DOCUMENT_STATES[one.state]) for one in queries.documents_of(row.pk)[:20]],
    )


def _checks(checks: Sequence[CheckRun]) -> list[tuple[CheckRun, State, Standing]]:
    """Each report with its conclusion, and what it counts as where a second person has let it count."""
    standings = {one.check_id: one for one in custody.standings(check.pk for check in checks)}
    return [
        (check, State(check.get_conclusion_display(), CONCLUSIONS[check.conclusion]), standings[check.pk])
        for check in checks
    ]


def _failures(checks: Sequence[CheckRun], row: Batch) -> list[tuple[Document, list[str]]]:
    """What must be mended before the next test, document by document."""
    if row.state != "failed":
        return []
    return [
        (one, list(dict.fromkeys(told(result.message, result.params, _) for result in results)))
        for one, results in queries.failures_of(checks, row.pk)[:MOST_SHOWN]
    ]


def _acts(ctx: Ctx, row: Batch) -> list[Act]:
    acts = []
    may_test = row.agency_id in ctx.actor.orgs_with(P.BATCH_COMPOSE)
    if may_test and row.state in BATCH.by_name["pass_test"].source and not queries.open_run_of(row.pk):
        tone = Tone.PLAIN if row.state == "passed" else Tone.PRIMARY
        label = _("检测批次") if row.state == "draft" else _("重新检测")
        acts.append(Act(label, reverse("filing:test_batch", args=[row.pk]), tone, "shield-check"))
        acts.append(Act(_("自检"), reverse("filing:check_batch", args=[row.pk]), icon="clipboard-list"))
    moves = {move.name for move in workflow.possible_moves(ctx, row, BATCH)}
    if "start_sealing" in moves:
        acts.append(_seal_act(row))
    if "dissolve" in moves:
        url = reverse("filing:dissolve_batch", args=[row.pk])
        acts.append(Act(BATCH.by_name["dissolve"].label, url, icon="x", needs_reason=True))
    return acts


def _seal_act(row: Batch) -> Act:
    open_checks = queries.open_checks(row.pk)["open_checks"]
    confirm = _("封存后内容和档号不能再改。")
    if open_checks:
        confirm = _("检测报告中还有 %(n)d 项须人工确认。封存即表示您已核对，封存后内容和档号不能再改。") % {
            "n": open_checks
        }
    url = reverse("filing:seal_batch", args=[row.pk])
    return Act(BATCH.by_name["start_sealing"].label, url, Tone.PRIMARY, "stamp", confirm=confirm)


def _facts(row: Batch) -> list[Fact]:
    facts = [
        Fact(_("立档单位"), row.agency.name),
        Fact(_("全宗"), str(row.fonds)),
        Fact(_("接收档案馆"), row.fonds.archives.name),
        Fact(_("件数"), row.item_count, "number"),
        Fact(_("组批时间"), row.created_at, "moment"),
    ]
    if row.package is not None:
        url = reverse("custody:package", args=[row.package.pk])
        facts += [
            Fact(_("封存时间"), row.sealed_at, "moment"),
            Fact(_("信息包"), row.package.object_id, "code", url),
        ]
    return facts


def _self_checks(ctx: Ctx, row: Batch) -> list[Fact]:
    return [
        Fact(_("自检报告"), check.get_conclusion_display(), url=reverse("custody:check", args=[check.pk]))
        for check in queries.self_checks_of(ctx, row.pk)
    ]


def _moments(row: Batch) -> list[Moment]:
    moved = pages.moments_of(workflow.timeline(queries.SUBJECT, row.pk))
    return [*moved, Moment(row.created_at, row.agency.name, _("组成归档批次"))]


@needs(P.BATCH_READ)
@require_GET
def documents_of(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """All documents of a batch as a list."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_batch(ctx, batch_id)
    table = DocumentTable(queries.desk_rows(ctx).filter(batch=row))
    table.bulk, table.order = (), "reference_code"
    crumbs = [
        Crumb(_("归档批次"), reverse("filing:batches")),
        Crumb(row.code, row.get_absolute_url()),
        Crumb(_("文件")),
    ]
    return respond(request, table, title=row.title, crumbs=crumbs)


@needs(P.BATCH_COMPOSE)
@require_POST
def test(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Start the filing-stage test."""
    services.start_test(request.ctx, batch_id=batch_id)  # type: ignore[attr-defined]
    message = _("归档检测已开始，可以关闭本页。")
    return pages.done(request, message, to=reverse("filing:batch", args=[batch_id]))


@needs(P.BATCH_COMPOSE)
@require_POST
def check(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Start the agency's own test, which moves nothing."""
    services.start_self_check(request.ctx, batch_id=batch_id)  # type: ignore[attr-defined]
    message = _("自检已开始，可以关闭本页。")
    return pages.done(request, message, to=reverse("filing:batch", args=[batch_id]))


@needs(P.BATCH_SEAL)
@require_POST
def seal(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Start sealing."""
    services.start_sealing(request.ctx, batch_id=batch_id)  # type: ignore[attr-defined]
    message = _("封存已开始，可以关闭本页。")
    return pages.done(request, message, to=reverse("filing:batch", args=[batch_id]))


@needs(P.BATCH_COMPOSE)
@require_POST
def dissolve(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Undo a batch."""
    reason = request.POST.get("reason", "")
    row = services.dissolve_batch(request.ctx, batch_id=batch_id, reason=reason)  # type: ignore[attr-defined]
    message = _("批次“%(title)s”已解散，文件回到已整理。") % {"title": row.title}
    return pages.done(request, message, to=row)
