"""Long acts of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.imports import services
from lantai.apps.imports.models import Batch
from lantai.apps.imports.types import BatchState, CheckBatch, EnterBatch, SurveyBatch, UndoBatch
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running


@handles(SurveyBatch, label=_("读取导入文件的表头"))
def survey_batch(run: Running, args: SurveyBatch) -> None:
    """Read the headings; done again after a kill."""
    batch = Batch.objects.get(pk=args.batch_id)
    if batch.state == BatchState.RECEIVED:
        services.survey(run.ctx, batch)


@handles(CheckBatch, label=_("检查导入文件"))
def check_batch(run: Running, args: CheckBatch) -> None:
    """Find everything that is wrong; begun anew after a kill."""
    services.check(run, Batch.objects.select_related("fonds").get(pk=args.batch_id))


@handles(EnterBatch, label=_("导入目录"))
def enter_batch(run: Running, args: EnterBatch) -> None:
    """Enter all or nothing, in one step."""
    services.enter(run, Batch.objects.get(pk=args.batch_id))


@handles(UndoBatch, label=_("撤销导入"))
def undo_batch(run: Running, args: UndoBatch) -> None:
    """Take everything back, in one step."""
    services.undo(run, Batch.objects.get(pk=args.batch_id))
