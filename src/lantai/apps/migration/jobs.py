"""Long acts of this app: every step is a file or a package, and may be the last before a kill."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.migration import queries, services
from lantai.apps.migration.models import MigrationPlan
from lantai.apps.migration.services import converting, running
from lantai.apps.migration.types import (
    CountFormats,
    ItemState,
    PlanState,
    PreviewPlan,
    RunPlan,
    UndoPlan,
)
from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running


@handles(CountFormats, label=_("统计馆藏格式"))
def count_formats(run: Running, args: CountFormats) -> None:
    """All at once: it is one statement."""
    with run.advance(to="counted"):
        kinds = services.count_formats(run.ctx, org_id=args.org_id)
    run.say(N_("统计完成，全宗中的格式 %(n)d 种。"), n=kinds)


@handles(PreviewPlan, queue="cpu", label=_("试转抽样文件"))
def preview_plan(run: Running, args: PreviewPlan) -> None:
    """One file a step; those converted already stay as they are."""
    converting.clear_scratch()
    items = queries.samples(MigrationPlan.objects.get(pk=args.plan_id)).select_related(
        "plan", "file__package"
    )
    run.set_total(len(items))
    for item in items:
        if item.pk > int(run.cursor or 0):
            made = converting.convert(item)
            with run.advance(to=str(item.pk)):
                running.keep_made(made)
    plan = running.conclude_preview(run.ctx, plan_id=args.plan_id)
    if plan.state == PlanState.DRAFT:
        run.say(N_("抽样文件全部没有转换成功，请看各文件的原因。"))
    else:
        run.say(N_("试转完成，请查看结果并报请审批。"))


@handles(RunPlan, queue="cpu", label=_("格式迁移"))
def run_plan(run: Running, args: RunPlan) -> None:
    """Package after package: make its files one by one, add them as one version, test it."""
    converting.clear_scratch()
    for package_id in queries.packages_to_do(args.plan_id, after=int(run.cursor or 0)):
        while items := queries.waiting(args.plan_id, package_id):
            for item in items:
                made = converting.convert(item)
                with run.advance(to=run.cursor):
                    running.keep_made(made)
        with run.advance(to=run.cursor, done=0):
            running.add_part(run.ctx, plan_id=args.plan_id, package_id=package_id)
        running.test_part(run.ctx, plan_id=args.plan_id, package_id=package_id)
        with run.advance(to=str(package_id), done=0):
            pass
    plan = running.finish(run.ctx, plan_id=args.plan_id)
    found = queries.standing(plan)
    done, failed = found.by_state.get(ItemState.ADDED, 0), found.by_state.get(ItemState.FAILED, 0)
    run.say(N_("迁移完成：已入包 %(done)d 个文件，未转换 %(failed)d 个。"), done=done, failed=failed)
    if found.not_passed:
        run.say(N_("%(n)d 个信息包迁移后四性检测未通过，请查看检测报告。"), n=found.not_passed)


@handles(UndoPlan, label=_("撤销格式迁移"))
def undo_plan(run: Running, args: UndoPlan) -> None:
    """One package a step: a new version without what was added."""
    count = 0
    for package_id in queries.packages_to_do(args.plan_id, after=int(run.cursor or 0)):
        with run.advance(to=str(package_id)):
            count += running.undo_part(run.ctx, plan_id=args.plan_id, package_id=package_id)
    running.finish_undo(run.ctx, plan_id=args.plan_id)
    run.say(N_("已撤下 %(n)d 个文件，原件和以前的版本不变。"), n=count)
