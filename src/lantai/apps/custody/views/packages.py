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
from lantai.apps.custody.tables import FileTable, PackageTable
from lantai.apps.custody.types import Occasion
from lantai.apps.custody.views.evidence import acts_of_package
from lantai.platform.context import Ctx
from lantai.platform.desk.words import act_label
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.registry import tabs_for
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Moment

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
            Moment(entry.at, entry.actor_name, act_label(entry.act))
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
