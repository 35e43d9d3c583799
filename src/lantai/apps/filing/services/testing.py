"""The filing-stage four-property test of a batch (DA/T 70-2018)."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from lantai.apps.custody import services as custody
from lantai.apps.custody.types import Conclusion, Occasion
from lantai.apps.filing import facts, queries
from lantai.apps.filing.models import Batch, Document
from lantai.apps.filing.states import BATCH
from lantai.apps.filing.types import ChangedMeanwhile, NothingArranged
from lantai.kit.fourprops.engine import run as run_checks
from lantai.kit.fourprops.scheme import scheme_for
from lantai.platform.context import Ctx
from lantai.platform.workflow import services as workflow


def test_batch(ctx: Ctx, *, batch_id: int) -> bool:
    """Test every document of a batch by its kind's scheme, keep the reports, and move the batch.

    Every file is read again for it. A batch passes when no report failed; checks that need a person or an
    outside part stay open and are shown to whoever seals. Returns whether it passed. Raises
    ``ChangedMeanwhile`` when a document was corrected since the reading began.
    """
    batch = Batch.objects.select_related("agency", "fonds__archives").get(pk=batch_id)
    by_kind: defaultdict[str, list[Document]] = defaultdict(list)
    for document in queries.documents_of(batch_id):
        by_kind[document.kind.test_scheme].append(document)
    if not by_kind:
        raise NothingArranged
    started_at = timezone.now()
    reports = [
        run_checks(
            facts.subject_of(ctx, queries.as_part(batch, documents), documents), scheme_for(slug).going_on()
        )
        for slug, documents in sorted(by_kind.items())
    ]
    passed = all(report.conclusion != Conclusion.FAILED for report in reports)
    with transaction.atomic():
        if Batch.objects.select_for_update().get(pk=batch_id).revision != batch.revision:
            raise ChangedMeanwhile(title=batch.title)
        for report in reports:
            custody.record_check(ctx, report, occasion=Occasion.FILING, subject=(queries.SUBJECT, batch.pk), subject_name=batch.title,
                                 org_id=batch.agency_id, subject_org_id=batch.agency_id,
                                 started_at=started_at)  # fmt: skip
        workflow.move(ctx, batch, BATCH, "pass_test" if passed else "fail_test")
    return passed
