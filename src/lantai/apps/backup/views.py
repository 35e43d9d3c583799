"""Pages of backups."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.backup import queries, services, wording
from lantai.apps.backup.forms import ChangeForm, PlanForm
from lantai.apps.backup.models import BackupPlan, BackupSet, RestoreDrill
from lantai.apps.backup.permissions import P
from lantai.apps.backup.tables import DRILL_STATES, SET_STATES, DrillTable, PlanTable, SetTable
from lantai.apps.backup.types import DRILL, SET, Standing
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import going_on_about
from lantai.platform.gates import needs
from lantai.platform.places import queries as places
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow

_SETTABLE = tuple(ChangeForm.base_fields)


@needs(P.PLAN_READ)
@require_GET
def plans(request: HttpRequest) -> HttpResponseBase:
    """All plans."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("制定备份方案"), reverse("backup:draw_up"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.PLAN_MANAGE) else []
    empty = Empty(
        _("还没有备份方案"),
        _("备份方案说明数据库和档案内容备份到哪里、多久一次、保留多久，并定期做恢复演练。"),
        acts[0] if acts else None,
    )
    title = pgettext("many", "备份与恢复")
    return respond(
        request, PlanTable(queries.visible(ctx)), title=title, empty=empty, acts=[*acts, *_lists()]
    )


def _lists() -> list[Act]:
    return [
        Act(pgettext("many", "备份集"), reverse("backup:sets"), icon="archive", method="get"),
        Act(pgettext("many", "恢复演练"), reverse("backup:drills"), icon="refresh", method="get"),
    ]


@needs(P.PLAN_READ)
@require_GET
def sets(request: HttpRequest) -> HttpResponseBase:
    """All sets."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    empty = Empty(_("还没有备份集"), _("备份方案启用后，到时会自动制作备份。"))
    return respond(request, SetTable(queries.sets(ctx)), title=pgettext("many", "备份集"), empty=empty)


@needs(P.PLAN_READ)
@require_GET
def drills(request: HttpRequest) -> HttpResponseBase:
    """All drills."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    empty = Empty(_("还没有做过恢复演练"), _("恢复演练把备份恢复到临时位置，逐项核对后出具报告。"))
    return respond(request, DrillTable(queries.drills(ctx)), title=pgettext("many", "恢复演练"), empty=empty)


@needs(P.PLAN_READ)
@require_GET
def plan(request: HttpRequest, backup_plan_id: int) -> HttpResponse:
    """One plan: how it stands, what is due, what alarms, its sets and drills."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, backup_plan_id)
    standing = queries.standing(row, ctx.now)
    return pages.detail(
        request,
        title=row.title,
        state=wording.light(standing),
        acts=_acts(ctx, row),
        facts=_facts(row, standing),
        crumbs=[*_crumbs(), Crumb(row.title)],
        template="backup/plan.html",
        standing=standing,
        alarms=queries.open_alarms(row),
        sets=[(one, SET_STATES[one.state]) for one in row.sets.all()[:20]],
        drills=[(one, DRILL_STATES[one.state]) for one in row.drills.all()[:10]],
    )


def _crumbs() -> list[Crumb]:
    return [Crumb(pgettext("many", "备份与恢复"), reverse("backup:plans"))]


def _acts(ctx: Ctx, row: BackupPlan) -> list[Act]:
    if row.org_id not in ctx.actor.orgs_with(P.PLAN_MANAGE):
        return []
    return [
        Act(_("立即备份"), reverse("backup:back_up", args=[row.pk]), Tone.PRIMARY, "player-play"),
        Act(_("开始恢复演练"), reverse("backup:begin_drill", args=[row.pk]), icon="refresh"),
        Act(_("修改方案"), reverse("backup:change", args=[row.pk]), icon="edit", method="get"),
    ]


def _facts(row: BackupPlan, standing: Standing) -> list[Fact]:
    what = _("数据库和档案内容") if row.includes_store else _("数据库")
    keeps = _("日 %(d)d · 周 %(w)d · 月 %(m)d · 年 %(y)d") % {
        "d": row.keep_daily, "w": row.keep_weekly, "m": row.keep_monthly, "y": row.keep_yearly,
    }  # fmt: skip
    return [
        Fact(_("备份内容"), what),
        Fact(_("存储位置"), row.place.title),
        Fact(_("第二存储位置"), row.second_place.title if row.second_place else ""),
        Fact(_("完整备份间隔（小时）"), row.full_every_hours),
        Fact(_("增量间隔（分钟）"), row.increment_every_minutes),
        Fact(_("恢复演练间隔（天）"), row.drill_every_days),
        Fact(_("保留份数"), keeps),
        Fact(_("可容忍丢失（分钟）"), row.rpo_minutes),
        Fact(_("恢复时限（分钟）"), row.rto_minutes),
        Fact(_("可恢复至"), standing.covered_until, "moment"),
        Fact(_("下次完整备份"), standing.next_set_at, "moment"),
        Fact(_("下次恢复演练"), standing.next_drill_at, "moment"),
        Fact(_("启用"), _("是") if row.is_active else _("否")),
        Fact(_("管理单位"), row.org.name),
    ]


@needs(P.PLAN_READ)
@require_GET
def backup_set(request: HttpRequest, set_id: int) -> HttpResponse:
    """One set."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_set(ctx, set_id)
    read = Act(_("通读校验"), reverse("backup:read", args=[row.pk]), Tone.PRIMARY, "shield-check")
    may = row.plan.org_id in ctx.actor.orgs_with(P.PLAN_MANAGE) and row.covered_until and not row.is_cleared
    return pages.detail(
        request,
        title=row.set_id,
        kicker=row.plan.title,
        state=SET_STATES[row.state],
        acts=[read] if may else [],
        facts=_set_facts(row),
        moments=pages.moments_of(workflow.timeline(SET, row.pk)),
        crumbs=[*_crumbs(), Crumb(row.plan.title, row.plan.get_absolute_url()), Crumb(row.set_id)],
        template="backup/set.html",
        progress=going_on_about(ctx, SET, row.pk),
        row=row,
        command=f"lantai restore --from {row.plan.place.address or '…'} --set {row.set_id} --to /…",
    )


def _set_facts(row: BackupSet) -> list[Fact]:
    return [
        Fact(_("备份方案"), row.plan.title, url=row.plan.get_absolute_url()),
        Fact(_("开始时间"), row.begun_at, "moment"),
        Fact(_("完成时间"), row.finished_at, "moment"),
        Fact(_("可恢复自"), row.covered_from, "moment"),
        Fact(_("可恢复至"), row.covered_until, "moment"),
        Fact(_("增量次数"), row.increments),
        Fact(_("文件数"), row.file_count, "number"),
        Fact(_("内容大小"), row.byte_count, "size"),
        Fact(_("新增占用"), row.new_bytes, "size"),
        Fact(_("存证日志条数"), row.log_size, "number"),
        Fact(_("通读校验时间"), row.verified_at, "moment"),
        Fact(_("说明"), row.why),
    ]


@needs(P.PLAN_READ)
@require_GET
def drill(request: HttpRequest, drill_id: int) -> HttpResponse:
    """The report of a drill."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_drill(ctx, drill_id)
    return pages.detail(
        request,
        title=_("恢复演练报告"),
        kicker=row.plan.title,
        state=DRILL_STATES[row.state],
        facts=_drill_facts(row),
        moments=pages.moments_of(workflow.timeline(DRILL, row.pk)),
        crumbs=[*_crumbs(), Crumb(row.plan.title, row.plan.get_absolute_url()), Crumb(_("恢复演练报告"))],
        template="backup/drill.html",
        progress=going_on_about(ctx, DRILL, row.pk),
        row=row,
        lines=wording.lines(row.findings.all()),
    )


def _drill_facts(row: RestoreDrill) -> list[Fact]:
    found = row.backup_set
    return [
        Fact(_("备份方案"), row.plan.title, url=row.plan.get_absolute_url()),
        Fact(_("备份集"), found.set_id if found else "", url=found.get_absolute_url() if found else ""),
        Fact(_("开始时间"), row.begun_at, "moment"),
        Fact(_("完成时间"), row.finished_at, "moment"),
        Fact(_("恢复用时（秒）"), row.rto_seconds, "number"),
        Fact(_("可能丢失（秒）"), row.rpo_seconds, "number"),
        Fact(_("恢复文件数"), row.file_count, "number"),
        Fact(_("恢复大小"), row.byte_count, "size"),
        Fact(_("说明"), row.why),
    ]


@needs(P.PLAN_MANAGE)
@require_http_methods(["GET", "POST"])
def draw_up(request: HttpRequest) -> HttpResponse:
    """A new plan."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    places_here = places.visible(ctx).exclude(slug="primary")
    form = PlanForm(request.POST or None, orgs=queries.orgs_to_manage(ctx), places=places_here)
    if form.is_valid():
        try:
            row = services.draw_up_plan(ctx, **form.said())
            return pages.done(request, _("备份方案“%(title)s”已制定。") % {"title": row.title}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("制定备份方案"),
        submit=_("制定"),
        crumbs=_crumbs(),
        cancel_url=reverse("backup:plans"),
    )


@needs(P.PLAN_MANAGE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, backup_plan_id: int) -> HttpResponse:
    """Change when, how long, and what is promised."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, backup_plan_id)
    form = ChangeForm(request.POST or None, initial={name: getattr(row, name) for name in _SETTABLE})
    if form.is_valid():
        try:
            services.change_plan(ctx, plan_id=row.pk, **form.said())
            return pages.done(request, _("已保存。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    crumbs = [*_crumbs(), Crumb(row.title, row.get_absolute_url())]
    return pages.form(
        request, form, title=_("修改方案"), submit=_("保存"), crumbs=crumbs, cancel_url=row.get_absolute_url()
    )


@needs(P.PLAN_MANAGE)
@require_POST
def back_up(request: HttpRequest, backup_plan_id: int) -> HttpResponse:
    """Make a full set now."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    made = services.order_backup(ctx, plan_id=queries.get(ctx, backup_plan_id).pk)
    return pages.done(request, _("开始制作备份集 %(set)s。") % {"set": made.set_id}, to=made)


@needs(P.PLAN_MANAGE)
@require_POST
def begin_drill(request: HttpRequest, backup_plan_id: int) -> HttpResponse:
    """Restore beside the live system and compare."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    return pages.done(
        request,
        _("恢复演练已开始。"),
        to=services.order_drill(ctx, plan_id=queries.get(ctx, backup_plan_id).pk),
    )


@needs(P.PLAN_MANAGE)
@require_POST
def read(request: HttpRequest, set_id: int) -> HttpResponse:
    """Read every stored byte of a set."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = services.order_reading(ctx, set_id=queries.get_set(ctx, set_id).pk)
    return pages.done(request, _("开始通读校验，结果会显示在这里。"), to=row)
