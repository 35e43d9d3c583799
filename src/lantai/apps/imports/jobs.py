"""Long acts of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.imports import services
from lantai.apps.imports.models import Attachment, Batch
from lantai.apps.imports.types import (
    BatchState,
    CheckBatch,
    EnterBatch,
    ReadAttachment,
    SealAttachment,
    SurveyBatch,
    UndoBatch,
)
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


@handles(ReadAttachment, queue="cpu", label=_("检查挂接文件"))
def read_attachment(run: Running, args: ReadAttachment) -> None:
    """Unpack, match and open file by file; goes on after a kill."""
    services.read_attachment(run, Attachment.objects.get(pk=args.attachment_id))


@handles(SealAttachment, label=_("挂接并封存"))
def seal_attachment(run: Running, args: SealAttachment) -> None:
    """One package, in one step."""
    row = Attachment.objects.select_related("fonds__archives").get(pk=args.attachment_id)
    services.seal_attachment(run, row)
