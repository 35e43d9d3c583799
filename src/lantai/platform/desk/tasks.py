"""What waits for me, and what runs for me."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lantai.platform.desk.progress import STATES, progress_of
from lantai.platform.desk.tables import RunTable
from lantai.platform.desk.waiting import waiting_lines
from lantai.platform.gates import signed_in
from lantai.platform.jobs import queries, services
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import ENDED, RunState
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact


@signed_in
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything that waits for me, overdue first."""
    waiting = waiting_lines(request.ctx)  # type: ignore[attr-defined]
    overdue = sum(1 for line in waiting if line.clock and line.clock.days_left < 0)
    return pages.show(request, "desk/inbox.html", {"waiting": waiting, "overdue": overdue})


@signed_in
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """My runs, and those of organisations whose runs I may see."""
    rows = queries.visible(request.ctx).filter(is_quiet=False)  # type: ignore[attr-defined]
    empty = Empty(
        _("这里会出现您启动的任务"), _("导入、检测、封存等耗时的工作都在这里看进度，页面可以关闭。")
    )
    return respond(request, RunTable(rows), title=_("任务"), empty=empty)


@signed_in
@require_GET
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: its bar, its log, and what may be done."""
    row = queries.get(request.ctx, run_id)  # type: ignore[attr-defined]
    facts = [
        Fact(_("发起人"), row.user.name if row.user else _("系统")),
        Fact(_("机构"), row.org.name if row.org else ""),
        Fact(_("提交时间"), row.created_at, "moment"),
        Fact(_("开始时间"), row.started_at, "moment"),
        Fact(_("结束时间"), row.finished_at, "moment"),
        Fact(_("运行次数"), row.attempts, "number"),
        Fact(_("事件编号"), row.incident, "code"),
    ]
    return pages.detail(
        request,
        title=_(row.label),
        kicker=_("任务 %(n)d") % {"n": row.pk},
        state=STATES[row.state],
        acts=_acts(row),
        facts=[fact for fact in facts if fact.value not in (None, "")],
        crumbs=[Crumb(_("任务"), reverse("desk:runs")), Crumb(str(row.pk))],
        template="desk/run.html",
        progress=progress_of(row),
    )


def _acts(row: Run) -> list[Act]:
    if row.state not in ENDED:
        return [
            Act(
                _("停止任务"),
                reverse("desk:stop_run", args=[row.pk]),
                confirm=_("已完成的部分保留，可以再接着运行。"),
            )
        ]
    if row.state in (RunState.FAILED, RunState.CANCELLED):
        return [Act(_("接着运行"), reverse("desk:repeat_run", args=[row.pk]), icon="refresh")]
    return []


@signed_in
@require_GET
def run_progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """The bar alone, polled while the run goes on; at its end the page around it is told that it is out of date."""
    row = queries.get(request.ctx, run_id)  # type: ignore[attr-defined]
    progress = progress_of(row)
    page = {"progress": progress, "is_stale": progress.is_finished}
    response = render(request, "ui/_progress.html", page)
    if progress.is_finished:
        response["HX-Trigger-After-Settle"] = "run-ended"
    return response


@signed_in
@require_POST
def stop_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Ask a run to stop."""
    row = services.stop(request.ctx, run_id=run_id)  # type: ignore[attr-defined]
    return pages.done(request, _("任务会在当前一步做完后停止。"), to=reverse("desk:run", args=[row.pk]))


@signed_in
@require_POST
def repeat_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Go on with a run from where it stopped."""
    row = services.repeat(request.ctx, run_id=run_id)  # type: ignore[attr-defined]
    return pages.done(
        request, _("任务已重新排队，从上次停下的地方继续。"), to=reverse("desk:run", args=[row.pk])
    )
