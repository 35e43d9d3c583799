"""ING 7: a worker killed at every boundary of a transfer's way; the run goes on, and nothing is lost or twice.

Here one run dies at each boundary in turn. The whole product under SIGKILL at instants that nobody chose is
killed by ``tests/e2e/test_kill.py``, and the writer of objects at every system call by
``tests/kit/packages/ocfl/test_crashes.py``.
"""

from __future__ import annotations

from typing import Any

import pytest

from lantai.apps.catalogue.models import Description
from lantai.apps.custody.models import Package
from lantai.apps.intake import quarantine, queries, services
from lantai.apps.intake.models import Submission
from lantai.apps.intake.types import OBJECT, AcceptSubmission, CheckSubmission
from lantai.kit.evidence.verify import verify_bytes
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.services import content
from lantai.platform.jobs import execution, registry
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Entry
from tests.apps.intake.conftest import item, problems, zipped
from tests.apps.intake.test_resuming import ACCEPTANCES, CHECKS
from tests.e2e import invariants
from tests.kills import Killed, killed_in

pytestmark = pytest.mark.django_db

SENTENCES = (
    invariants.every_object_on_disk_is_whole,
    invariants.every_object_has_its_row_and_every_row_its_object,
    invariants.the_catalogue_has_one_row_for_every_item_of_every_package,
)
ONCE = ("custody:package:sealed", "catalogue:items:registered", "intake:submission:accepted")


def killed_at_each(monkeypatch: Any, boundaries: Any, submission: Submission, ctx: Any, args: object) -> None:
    """One run that dies at each of ``boundaries``, is taken up after each, and then ends."""
    run: Run | None = None
    for place, name, after in boundaries:
        killed_in(monkeypatch, place, name, after=after)
        with pytest.raises(Killed):
            if run is None:
                jobs.run_now(ctx, args, about=(OBJECT, submission.pk))
            else:
                execution.execute(run.pk)
        run = Run.objects.filter(kind=registry.kind_of(args).name).order_by("-pk")[0]
        assert run.state == "running", name
        assert not Description.objects.filter(package=None, level="item").exists(), "half a record is seen"
    assert run is not None
    execution.execute(run.pk)
    run.refresh_from_db()
    submission.refresh_from_db()
    assert run.state == "succeeded", (run.message, [line.params for line in run.lines.all()])


def test_ing_07_a_worker_killed_at_every_boundary_leaves_a_whole_transfer(desk, monkeypatch):
    submission = desk.send(desk.transfer(item(1), item(2)))
    checking = CheckSubmission(submission.pk)
    killed_at_each(monkeypatch, CHECKS, submission, desk.ctx("agency_lead"), checking)
    assert submission.state == "passed", problems(submission)
    assert not quarantine.folder_of(submission).exists()
    services.accept_submission(desk.ctx("archivist"), submission_id=submission.pk)
    accepting = AcceptSubmission(submission.pk)
    killed_at_each(monkeypatch, ACCEPTANCES, submission, desk.ctx("archivist"), accepting)
    assert submission.state == "accepted"
    assert Package.objects.count() == 1 and Description.objects.filter(level="item").count() == 2
    assert {act: Entry.objects.filter(act=act).count() for act in ONCE} == dict.fromkeys(ONCE, 1)
    assert verify_bytes(queries.kept(submission.receipt_key), ledger.trust_store()).ok
    for sentence in SENTENCES:
        assert [*sentence(0)] == [], sentence.__name__


@pytest.mark.parametrize(
    ("name", "after"), [("_store_verified", False), ("_store_verified", True), ("_note", False)]
)
def test_ing_07_a_server_killed_while_it_receives_notes_nothing_and_the_sender_tries_again(
    desk, monkeypatch, name, after
):
    data = zipped(desk.transfer(item(1)))
    killed_in(monkeypatch, content, name, after=after)
    with pytest.raises(Killed):
        desk.send(data)
    assert not Submission.objects.exists() and not Blob.objects.exists()
    submission = desk.send(data)
    with blobs.open_blob(submission.blob_key) as kept:
        assert kept.read() == data
