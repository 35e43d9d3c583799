"""Long acts of this app; each may be killed at any instant and goes on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.backup import services
from lantai.apps.backup.models import Pack
from lantai.apps.backup.types import AddIncrement, DrillState, RunDrill, SetUnderWay, TakeBackup, VerifySet
from lantai.kit.errors import N_
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running


def _step(run: Running, path: str, count: int) -> None:
    with run.advance(to=path[-200:], done=count):
        pass


@handles(TakeBackup, label=_("制作备份"), alone=True)
def take_backup(run: Running, args: TakeBackup) -> None:
    """Make a set; what is stored already is not stored again."""
    row = services.make_set(run.ctx, set_id=args.set_id, step=lambda path, count: _step(run, path, count))
    run.say(N_("备份集 %(set)s 已完成，文件 %(files)d 个。"), set=row.set_id, files=row.file_count)


@handles(AddIncrement, label=_("增量备份"))
def add_increment(run: Running, args: AddIncrement) -> None:
    """Add to the newest set what was committed since; while a set is being made there is nothing to add to."""
    try:
        services.add_increment(
            run.ctx, plan_id=args.plan_id, step=lambda path, count: _step(run, path, count)
        )
    except SetUnderWay as busy:
        run.say(busy.message, **busy.params)


@handles(VerifySet, label=_("通读校验备份"), alone=True)
def verify_set(run: Running, args: VerifySet) -> None:
    """Read every stored byte of a set."""
    run.set_total(Pack.objects.filter(uses__backup_set_id=args.set_id).count())
    found = services.verify_set(run.ctx, set_id=args.set_id, step=lambda name: _step(run, name, 1))
    run.say(
        N_("读完 %(packs)d 个存储文件，修复 %(mended)d 个，损坏 %(lost)d 个。"),
        packs=found.packs, mended=len(found.mended), lost=len(found.lost),
    )  # fmt: skip


@handles(RunDrill, label=_("恢复演练"), alone=True)
def run_drill(run: Running, args: RunDrill) -> None:
    """Restore beside the live system and compare."""
    row = services.run_drill(run.ctx, drill_id=args.drill_id)
    if row.state == DrillState.PASSED:
        run.say(N_("恢复演练通过，用时 %(s)d 秒。"), s=row.rto_seconds or 0)
    else:
        run.say(N_("恢复演练未通过，请查看报告。%(why)s"), why=row.why)
