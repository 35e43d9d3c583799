"""Packages, their files and fixity rounds."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from lantai.apps.custody import history, queries, services
from lantai.apps.custody.models import Package
from lantai.apps.custody.permissions import P
from lantai.apps.custody.tables import FileTable, PackageTable, RoundTable
from lantai.apps.custody.types import Occasion
from lantai.apps.custody.views.evidence import acts_of_package
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.registry import tabs_for
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Moment, State, Tone

TESTS = {
    Occasion.SELF_CHECK: gettext_lazy("移交前自检"),
    Occasion.EXPORT: gettext_lazy("导出前检测"),
    Occasion.RESTORE: gettext_lazy("恢复后检测"),
    Occasion.MIGRATION: gettext_lazy("迁移后检测"),
}


@needs(P.PACKAGE_READ)
@require_GET
def packages(request: HttpRequest) -> HttpResponse:
    """Sealed packages in my sight."""
    empty = Empty(_("还没有封存的信息包"), _("归档批次封存或移交批次接收之后，会出现在这里。"))
    rows = queries.visible(request.ctx)  # type: ignore[attr-defined]
    return respond(request, PackageTable(rows), title=_("信息包"), empty=empty)


@needs(P.PACKAGE_READ)
@require_GET
def package(request: HttpRequest, package_id: int) -> HttpResponse:
    """One package: what it is, what happened to it, its files."""
    row = queries.get(request.ctx, package_id)  # type: ignore[attr-defined]
    facts = [
        Fact(_("对象标识"), row.object_id, "code"),
        Fact(_("全宗"), row.fonds),
        Fact(_("形成单位"), row.origin.name),
        Fact(_("保管单位"), row.custodian.name),
        Fact(_("件数"), row.item_count, "number"),
        Fact(_("文件数"), row.file_count, "number"),
        Fact(_("数据量"), row.byte_count, "size"),
        Fact(_("版本"), row.version, "number"),
        Fact(_("封存时间"), row.stored_at, "moment"),
        Fact(_("清单摘要 (SHA-512)"), row.inventory_sha512, "code"),
    ]
    return pages.detail(
        request,
        title=row.title,
        kicker=_("信息包"),
        facts=facts,
        moments=[
            Moment(entry.at, entry.actor_name, history.ACTS.get(entry.act, entry.act))
            for entry in reversed(history.entries_of(row.pk))
        ],
        acts=[
            Act(_("查看文件"), reverse("custody:files", args=[row.pk]), method="get", icon="files"),
            *acts_of_package(request.ctx, row),  # type: ignore[attr-defined]
            *_tests(request.ctx, row),  # type: ignore[attr-defined]
        ],
        tabs=tabs_for(request.ctx.actor, "custody:package", row.pk, current="custody:package"),  # type: ignore[attr-defined]
        crumbs=[Crumb(_("信息包"), reverse("custody:packages")), Crumb(row.title)],
    )


def _tests(ctx: Ctx, row: Package) -> list[Act]:
    """An agency tests what it is about to send, an archives what it has moved, restored or is about to give."""
    if row.custodian_id not in ctx.actor.orgs_with(P.CHECK_RUN):
        return []
    return [
        Act(TESTS[occasion], reverse("custody:test", args=[row.pk]), icon="clipboard-list",
            fields={"occasion": occasion.value})
        for occasion in queries.occasions_of(row)
    ]  # fmt: skip


@needs(P.CHECK_RUN)
@require_POST
def test(request: HttpRequest, package_id: int) -> HttpResponse:
    """Begin the test of a package."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    run = services.start_testing(ctx, package_id=package_id, occasion=request.POST.get("occasion", ""))
    return pages.done(request, _("检测已开始，可以关闭本页。"), to=reverse("desk:run", args=[run.pk]))


@needs(P.PACKAGE_READ)
@require_GET
def files(request: HttpRequest, package_id: int) -> HttpResponse:
    """The files of a package with their digests."""
    row = queries.get(request.ctx, package_id)  # type: ignore[attr-defined]
    above = Crumb(row.title, reverse("custody:package", args=[row.pk]))
    crumbs = [Crumb(_("信息包"), reverse("custody:packages")), above, Crumb(_("文件"))]
    return respond(request, FileTable(queries.content_files(row.pk)), title=_("文件"), crumbs=crumbs)


@needs(P.PACKAGE_READ)
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """Fixity rounds in my sight."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    acts = []
    if ctx.org_id in ctx.actor.orgs_with(P.FIXITY_RUN):
        acts = [Act(_("开始校验"), reverse("custody:start_round"), tone=Tone.PRIMARY, icon="refresh",
                    confirm=_("逐个读出本单位保管的全部文件，与封存时的摘要比对。可以关闭页面。"))]  # fmt: skip
    empty = Empty(_("还没有做过固定性校验"), _("校验会读出每一个文件，与封存时的两种摘要比对。"))
    return respond(
        request, RoundTable(queries.visible_rounds(ctx)), title=_("固定性校验"), acts=acts, empty=empty
    )


@needs(P.PACKAGE_READ)
@require_GET
def round_(request: HttpRequest, round_id: int) -> HttpResponse:
    """One round and what it found."""
    row = policy.one(queries.visible_rounds(request.ctx), pk=round_id)  # type: ignore[attr-defined]
    if row.finished_at is None:
        state = State(_("进行中"), Tone.BUSY)
    else:
        state = State(_("有异常"), Tone.BAD) if row.fault_count else State(_("全部完好"), Tone.GOOD)
    facts = [
        Fact(_("保管单位"), row.org.name if row.org else ""),
        Fact(_("开始时间"), row.started_at, "moment"),
        Fact(_("结束时间"), row.finished_at, "moment"),
        Fact(_("已读文件"), row.file_count, "number"),
        Fact(_("已读数据量"), row.byte_count, "size"),
        Fact(_("异常"), row.fault_count, "number"),
    ]
    acts = [Act(_("查看任务"), reverse("desk:run", args=[row.run_id]), method="get")] if row.run_id else []
    faults = row.faults.select_related("file__package").order_by("id")[:500]
    return pages.detail(
        request, title=_("固定性校验"), kicker=_("第 %(n)d 轮") % {"n": row.pk}, state=state, facts=facts, acts=acts,
        crumbs=[Crumb(_("固定性校验"), reverse("custody:rounds")), Crumb(str(row.pk))], template="custody/round.html",
        faults=faults,
    )  # fmt: skip


@needs(P.FIXITY_RUN)
@require_POST
def start_round(request: HttpRequest) -> HttpResponse:
    """Begin reading everything in my organisation's custody."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    found = services.start_round(ctx, org_id=ctx.org_id)
    return pages.done(request, _("校验已开始，可以关闭本页。"), to=reverse("custody:round", args=[found.pk]))
