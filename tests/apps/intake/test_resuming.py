"""A worker killed at any instant: the run goes on, and what it leaves is what it would have left."""

from __future__ import annotations

import pytest

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.custody import queries as custody
from lantai.apps.custody import services as custody_services
from lantai.apps.custody.models import CheckRun, Package
from lantai.apps.intake import papers, quarantine, queries, services
from lantai.apps.intake.models import SubmissionFile, SubmissionItem
from lantai.apps.intake.types import OBJECT, AcceptSubmission, CheckSubmission
from lantai.kit.evidence.verify import verify_bytes
from lantai.kit.packages.ocfl.validate import validate_object
from lantai.platform.jobs import execution
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger import services as ledger_services
from lantai.platform.ledger.models import Entry
from tests.apps.intake.conftest import problems
from tests.kills import Killed, killed_in


def run_killed(ctx, args, submission):
    with pytest.raises(Killed):
        jobs.run_now(ctx, args, about=(OBJECT, submission.pk))
    run = Run.objects.filter(about_type=OBJECT, about_id=str(submission.pk)).latest("pk")
    assert run.state == "running"
    execution.execute(run.pk)
    run.refresh_from_db()
    submission.refresh_from_db()
    assert run.state == "succeeded", (run.message, [line.params for line in run.lines.all()])


CHECKS = [
    (quarantine, "unpack", True),
    (services, "enter_reading", True),
    (custody_services, "survey_files", False),
    (services, "record_files", True),
    (services, "conclude_check", False),
    (services, "conclude_check", True),
    (quarantine, "remove", False),
]


@pytest.mark.parametrize(
    ("place", "name", "after"), CHECKS, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_test_that_was_killed_goes_on_to_the_same_end(desk, monkeypatch, place, name, after):
    submission = desk.send(desk.transfer())
    killed_in(monkeypatch, place, name, after=after)
    run_killed(desk.ctx("agency_lead"), CheckSubmission(submission.pk), submission)
    assert submission.state == "passed", problems(submission)
    assert SubmissionItem.objects.count() == 2 and CheckRun.objects.count() == 1
    assert not SubmissionFile.objects.filter(is_read=False).exists()
    assert Entry.objects.filter(act="intake:submission:passed").count() == 1
    assert not quarantine.folder_of(submission).exists()


ACCEPTANCES = [
    (custody_services, "seal", False),
    (custody_services, "seal", True),
    (catalogue, "register", True),
    (papers, "register", True),
    (services, "issue_register", True),
    (services, "finish_accepting", False),
    (services, "finish_accepting", True),
    (ledger_services, "receipt_for", True),
    (services, "issue_receipt", True),
]


@pytest.mark.parametrize(
    ("place", "name", "after"), ACCEPTANCES, ids=lambda value: getattr(value, "__name__", value)
)
def test_an_acceptance_that_was_killed_goes_on_to_the_same_end(desk, monkeypatch, place, name, after):
    submission = desk.checked(desk.transfer())
    ctx = desk.ctx("archivist")
    services.accept_submission(ctx, submission_id=submission.pk)
    killed_in(monkeypatch, place, name, after=after)
    run_killed(ctx, AcceptSubmission(submission.pk), submission)
    assert submission.state == "accepted"
    package = Package.objects.get()
    assert not validate_object(custody.object_folder(package.object_id))
    assert Description.objects.filter(package=package).count() == 2
    for act in ("custody:package:sealed", "catalogue:items:registered", "intake:submission:accepted"):
        assert Entry.objects.filter(act=act).count() == 1, act
    assert verify_bytes(queries.kept(submission.receipt_key), ledger.trust_store()).ok
    assert not quarantine.folder_of(submission).exists()


def test_an_accepted_transfer_taken_up_again_changes_nothing(desk):
    submission = desk.accepted(desk.transfer())
    receipt = submission.receipt_key
    run = jobs.run_now(desk.ctx("archivist"), AcceptSubmission(submission.pk))
    submission.refresh_from_db()
    assert run.state == "succeeded", run.message
    assert submission.receipt_key == receipt and Package.objects.count() == 1
