"""The filing-stage four-property test of a batch (DA/T 70-2018), and the agency's own check before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from lantai.apps.custody import queries as custody_queries
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import Conclusion, Occasion
from lantai.apps.filing import facts, queries
from lantai.apps.filing.models import Batch, Document
from lantai.apps.filing.permissions import P
from lantai.apps.filing.states import BATCH
from lantai.apps.filing.types import (
    ChangedMeanwhile,
    ContentNotHere,
    NothingArranged,
    SelfCheckBatch,
    StillReading,
)
from lantai.kit.fourprops.engine import run as run_checks
from lantai.kit.fourprops.report import Report
from lantai.kit.fourprops.vocabulary import Stage
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.workflow import services as workflow

if TYPE_CHECKING:
    from lantai.apps.custody.models import CheckRun

DOCUMENT_OBJECT = "filing:document"


def test_batch(ctx: Ctx, *, batch_id: int) -> bool:
    """Test every document of a batch by its kind's scheme, keep the reports, and move the batch.

    Every file is read again for it. A batch passes when no report failed; checks that need a person or an
    outside part stay open and are shown to whoever seals, but nothing passes that the scanner in use has not
    seen. Returns whether it passed. Raises ``ChangedMeanwhile`` when a document was corrected since the reading
    began, and ``ScannerNotReady``.
    """
    batch = Batch.objects.select_related("agency", "fonds__archives").get(pk=batch_id)
    documents = list(queries.documents_to_test(batch_id))
    if not documents:
        raise NothingArranged
    unscanned = queries.count_unscanned(batch_id)
    custody.require_scans(timezone.localdate(ctx.now), unscanned)
    started_at = timezone.now()
    reports = list(_reports(ctx, documents))
    passed = all(report.conclusion != Conclusion.FAILED for report in reports)
    passed = passed and not (unscanned and custody.has_scanner())
    with transaction.atomic():
        if Batch.objects.select_for_update().get(pk=batch_id).revision != batch.revision:
            raise ChangedMeanwhile(title=batch.title)
        for report in reports:
            custody.record_check(ctx, report, occasion=Occasion.FILING, subject=(queries.SUBJECT, batch.pk),
                                 subject_name=batch.title, org_id=batch.agency_id,
                                 subject_org_id=batch.agency_id, started_at=started_at)  # fmt: skip
        Batch.objects.filter(pk=batch.pk).update(tested_revision=batch.revision)
        workflow.move(ctx, batch, BATCH, "pass_test" if passed else "fail_test")
    return passed


@transaction.atomic
def reconsider_batch(ctx: Ctx, *, batch_id: int) -> bool:
    """Let what people have judged, or let count, in the newest test move a batch that waits.

    A batch that was corrected since that test must be tested again, and nothing passes that the scanner in use
    has not seen. Returns whether the state has changed; repeated, nothing more happens.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("agency").get(pk=batch_id)
    if batch.state not in ("failed", "passed") or batch.tested_revision != batch.revision:
        return False
    checks = queries.checks_of(batch.pk)
    passes = bool(checks) and custody_queries.counts_as(checks) != Conclusion.FAILED
    passes = passes and not (custody.has_scanner() and queries.count_unscanned(batch.pk))
    if passes == (batch.state == "passed"):
        return False
    workflow.move(ctx, batch, BATCH, "let_count" if passes else "find_failing", detail={"checks": checks})
    return True


def _reports(ctx: Ctx, documents: Iterable[Document]) -> Iterator[Report]:
    """One report for each kind of record, by the scheme that the agency's records of it are tested by."""
    by_kind: defaultdict[int, list[Document]] = defaultdict(list)
    for document in documents:
        by_kind[document.kind_id].append(document)
    today = timezone.localdate(ctx.now)
    for kind_id, sharing in sorted(by_kind.items()):
        first = sharing[0]
        scheme = custody.scheme_in_use(
            first.kind.test_scheme, stage=Stage.FILING, org_id=first.agency_id, kind_id=kind_id, on=today
        )
        yield run_checks(facts.subject_of(ctx, sharing, item_count=len(sharing)), scheme)


def check_document(ctx: Ctx, *, document_id: int) -> CheckRun:
    """The agency's own test of one document on its desk, here and now; nothing moves.

    Raises ``Missing``, ``StillReading``, and ``ContentNotHere`` for one whose content lies in its package.
    """
    document = queries.get(ctx, document_id)
    policy.require(ctx, P.DOCUMENT_ARRANGE, document.agency_id)
    if document.state not in queries.OPEN_STATES:
        raise ContentNotHere(name=document.title)
    if count := queries.files_of(document.pk).filter(state="").count():
        raise StillReading(count=count)
    started_at = timezone.now()
    (report,) = _reports(ctx, queries.with_files(document.pk))
    return _keep_self_check(ctx, report, (DOCUMENT_OBJECT, document.pk), document.title, document.agency_id,
                            started_at)  # fmt: skip


def start_self_check(ctx: Ctx, *, batch_id: int) -> Run:
    """Queue the agency's own test of a batch; raises ``StillReading``."""
    batch = queries.get_batch(ctx, batch_id)
    policy.require(ctx, P.BATCH_COMPOSE, batch.agency_id)
    if count := queries.count_unread(batch_id=batch.pk):
        raise StillReading(count=count)
    with transaction.atomic():
        about = (queries.SUBJECT, batch.pk)
        return jobs.start(ctx, SelfCheckBatch(batch.pk), org_id=batch.agency_id, about=about)


def self_check_batch(ctx: Ctx, *, batch_id: int) -> Sequence[CheckRun]:
    """Test a batch as filing would, and keep the reports; the batch stays as it is."""
    batch = Batch.objects.select_related("agency").get(pk=batch_id)
    documents = list(queries.documents_to_test(batch_id))
    if not documents:
        raise NothingArranged
    started_at = timezone.now()
    reports = list(_reports(ctx, documents))
    with transaction.atomic():
        return [
            _keep_self_check(
                ctx, report, (queries.SUBJECT, batch.pk), batch.title, batch.agency_id, started_at
            )
            for report in reports
        ]


def _keep_self_check(
    ctx: Ctx, report: Report, subject: tuple[str, object], name: str, agency_id: int, started_at: datetime
) -> CheckRun:
    return custody.record_check(
        ctx,
        report,
        occasion=Occasion.SELF_CHECK,
        subject=subject,
        subject_name=name,
        org_id=agency_id,
        subject_org_id=agency_id,
        started_at=started_at,
    )
