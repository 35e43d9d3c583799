"""What people judge, or let count, in the report of a batch moves the batch."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lantai.apps.custody.events import CheckConcluded
from lantai.apps.custody.services import reporting
from lantai.apps.filing import queries, services
from lantai.apps.filing.models import Batch, Document
from lantai.apps.filing.subscribers import on_check_concluded
from lantai.apps.filing.types import SealBatch, TestBatch
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.workflow import queries as workflow
from lantai.platform.workflow.types import NotFromHere

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(desk) -> Batch:
    """A batch of two, one without 责任者."""
    ids = [row.pk for row in (*desk.arranged(1), *desk.arranged(1, author=""))]
    batch = desk.compose(ids)
    desk.read()
    jobs.run_now(desk.clerk, TestBatch(batch.pk))
    batch.refresh_from_db()
    assert batch.state == "failed"
    return batch


def told(desk, batch: Batch) -> str:
    """What the event's delivery does after commit; the state after it."""
    for check_id in queries.checks_of(batch.pk):
        on_check_concluded(desk.lead, CheckConcluded(check_id, queries.SUBJECT, str(batch.pk)))
    batch.refresh_from_db()
    return batch.state


def let_count(desk, batch: Batch, *, grants: bool = True) -> None:
    for check_id in queries.checks_of(batch.pk):
        reporting.ask_override(desk.clerk, check_id=check_id, reason="原件无责任者，已核实")
        reporting.decide_override(desk.lead, check_id=check_id, grants=grants, note="")


def test_a_batch_whose_failures_were_let_count_is_sealed(desk, failed, client):
    assert told(desk, failed) == "failed"
    let_count(desk, failed)
    assert Run.objects.filter(
        args__contains={"subscriber": "lantai.apps.filing.subscribers.on_check_concluded"}
    ).exists()
    assert told(desk, failed) == told(desk, failed) == "passed"
    assert "判定合格或例外放行" in {str(step.label) for step in workflow.timeline(queries.SUBJECT, failed.pk)}
    client.force_login(desk.region.people["agency_lead"])
    page = client.get(reverse("filing:batch", args=[failed.pk])).content.decode()
    assert "例外放行：原件无责任者，已核实" in page
    services.start_sealing(desk.lead, batch_id=failed.pk)
    assert jobs.run_now(desk.lead, SealBatch(failed.pk)).state == "succeeded"
    assert told(desk, failed) == "sealed"


def test_a_refused_override_leaves_the_batch_where_it_was(desk, failed):
    let_count(desk, failed, grants=False)
    assert told(desk, failed) == "failed"
    with pytest.raises(NotFromHere):
        services.start_sealing(desk.lead, batch_id=failed.pk)


def test_an_override_of_a_test_before_the_last_correction_counts_for_nothing(desk, failed):
    row = Document.objects.get(author="")
    services.describe_document(
        desk.clerk, document_id=row.pk, correction=desk.correction(row, title="又改了题名", author="")
    )
    let_count(desk, failed)
    assert told(desk, failed) == "failed"
