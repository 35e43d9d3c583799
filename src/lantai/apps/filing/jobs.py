"""Long acts of this app."""

from __future__ import annotations

from contextlib import ExitStack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.apps.custody import services as custody
from lantai.apps.custody.types import Conclusion
from lantai.apps.filing import queries, services
from lantai.apps.filing.models import Batch
from lantai.apps.filing.types import ScanDocuments, SealBatch, SelfCheckBatch, SurveyDocuments, TestBatch
from lantai.kit.errors import N_, Refusal
from lantai.platform.blobs import services as blobs
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running

FILES_A_STEP = 32
STEPS_A_TURN = 16  # then others have their turn, however much an agency sends


@handles(SurveyDocuments, label=_("读取新到文件"))
def survey_documents(run: Running, args: SurveyDocuments) -> None:
    """Open whatever waits, in the sandbox; new arrivals meanwhile are taken along."""
    for _step in range(STEPS_A_TURN):
        if not _survey_some(run, args.agency_id):
            return
        run.check()
    services.queue_survey(run.ctx, args.agency_id)


def _survey_some(run: Running, agency_id: int) -> bool:
    with transaction.atomic(), ExitStack() as opened:
        files = list(queries.unread(agency_id)[:FILES_A_STEP])
        if not files:
            return False
        paths = [(opened.enter_context(blobs.local_path(file.blob_key)), file.name) for file in files]
        surveys = list(custody.survey_files(paths))
        scans = list(custody.scan_files(timezone.localdate(run.ctx.now), (path for path, _name in paths)))
        with run.advance(to=str(files[-1].pk), done=len(files)):
            services.record_survey(files, surveys, scans)
    return True


@handles(ScanDocuments, label=_("补扫病毒"))
def scan_documents(run: Running, args: ScanDocuments) -> None:
    """Scan what was taken in while the scanner was away; it ends when the scanner is away again."""
    while _scan_some(run, args.agency_id):
        run.check()


def _scan_some(run: Running, agency_id: int) -> bool:
    with transaction.atomic(), ExitStack() as opened:
        files = list(queries.unscanned(agency_id).filter(pk__gt=int(run.cursor or 0))[:FILES_A_STEP])
        if not files:
            return False
        paths = [opened.enter_context(blobs.local_path(file.blob_key)) for file in files]
        scans = list(custody.scan_files(timezone.localdate(run.ctx.now), paths))
        with run.advance(to=str(files[-1].pk), done=len(files)):
            services.record_scans(files, scans)
    return None not in scans


@handles(TestBatch, label=_("归档检测"))
def test_batch(run: Running, args: TestBatch) -> None:
    """The filing-stage test; repeated after a kill it makes a fresh report."""
    passed = services.test_batch(run.ctx, batch_id=args.batch_id)
    run.say(N_("检测通过。") if passed else N_("检测未通过，请看检测报告。"))


@handles(SelfCheckBatch, label=_("移交前自检"))
def self_check_batch(run: Running, args: SelfCheckBatch) -> None:
    """The same test as at filing, for the agency itself: the batch stays where it is."""
    checks = services.self_check_batch(run.ctx, batch_id=args.batch_id)
    failed = sum(check.failed_item_count for check in checks)
    if any(check.conclusion == Conclusion.FAILED for check in checks):
        run.say(N_("自检发现不合格 %(n)d 件，请看检测报告。"), n=failed)
    else:
        run.say(N_("自检没有发现不合格。"))


@handles(SealBatch, label=_("封存归档批次"))
def seal_batch(run: Running, args: SealBatch) -> None:
    """Seal; what refuses to be sealed goes back to the tested ones with the reason in the log."""
    try:
        batch = services.seal_batch(run.ctx, batch_id=args.batch_id)
    except Refusal:
        services.give_up_sealing(run.ctx, batch=Batch.objects.get(pk=args.batch_id))
        raise
    if run.cursor != "sealed":  # killed after this step, it would count twice
        with run.advance(to="sealed", done=batch.item_count):
            run.say(N_("已封存 %(items)d 件。"), items=batch.item_count)
