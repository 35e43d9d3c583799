"""In quarantine every file is scanned: a virus is its item's fault, and a scanner that is away is never an OK."""

from __future__ import annotations

import pytest

from lantai.apps.custody import queries as custody
from lantai.apps.intake import queries, services
from lantai.apps.intake.models import SubmissionFile, SubmissionItem
from lantai.apps.intake.types import OBJECT, CheckSubmission
from lantai.kit.fourprops.vocabulary import Outcome
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from tests.apps.clamd import Clamd, installed
from tests.apps.intake.conftest import Desk, item, sheet, zipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def clamd(settings, monkeypatch) -> Clamd:
    return installed(settings, monkeypatch)


def verdict_on_viruses(submission) -> str:
    check = custody.checks_of(OBJECT, submission.pk).first()
    return custody.results(check.pk, is_summary=True).get(code="YJ-4-2").outcome


def test_every_file_of_a_transfer_is_scanned_and_the_scan_is_kept(desk: Desk, clamd: Clamd) -> None:
    submission = desk.checked(zipped(desk.transfer(item(1), item(2))))
    assert (submission.state, verdict_on_viruses(submission)) == ("passed", Outcome.PASS)
    kept = SubmissionFile.objects.filter(submission=submission, item__isnull=False).first()
    assert kept.scan["state"] == "clean"
    assert set(kept.examination) == {"problems", "facts", "signatures", "second_opinion"}
    desk.accept(submission)
    desk.finish(submission)
    submission.refresh_from_db()
    sealed = submission.package.files.filter(item_key=kept.item.item_key).get()
    assert (sealed.scan, sealed.examination) == (kept.scan, kept.examination)


def test_an_infected_file_fails_its_item_and_blocks_the_transfer(desk: Desk, clamd: Clamd) -> None:
    clamd.finds = sheet("2 ")[-400:]
    submission = desk.checked(zipped(desk.transfer(item(1), item(2))))
    assert (submission.state, verdict_on_viruses(submission)) == ("failed", Outcome.FAIL)
    assert "YJ-4-2" in submission.package_failures
    infected = queries.infected_files(submission.pk)
    assert infected.exists()
    failed = SubmissionItem.objects.filter(submission=submission, verdict="failed")
    assert {file.item_id for file in infected} == {one.pk for one in failed}
    assert "YJ-4-2" in {reason["code"] for one in failed for reason in one.reasons}


def test_ing_20_a_transfer_waits_for_the_scanner_and_is_tested_when_it_is_back(
    desk: Desk,
    clamd: Clamd,
) -> None:
    clamd.is_here = False
    submission = desk.send(zipped(desk.transfer(item(1))))
    Run.objects.filter(about_type=OBJECT, about_id=str(submission.pk)).delete()
    run = jobs.run_now(desk.ctx("agency_lead"), CheckSubmission(submission.pk), about=(OBJECT, submission.pk))
    assert run.state == RunState.FAILED
    submission.refresh_from_db()
    assert submission.state in ("submitted", "checking"), "nothing was decided"
    services.start_waiting_checks()
    assert Run.objects.filter(about_type=OBJECT, about_id=str(submission.pk)).count() == 1, "still away"
    clamd.is_here = True
    services.start_waiting_checks()
    again = Run.objects.get(about_type=OBJECT, about_id=str(submission.pk), state=RunState.QUEUED)
    assert again.args == {"submission_id": submission.pk}
    desk.check(submission)
    submission.refresh_from_db()
    assert submission.state == "passed"


def test_ing_20_by_the_other_policy_a_transfer_fails_while_the_scanner_is_away(
    desk: Desk,
    clamd: Clamd,
    settings,
) -> None:
    settings.LANTAI_SCAN_POLICY = "block"
    clamd.is_here = False
    submission = desk.checked(zipped(desk.transfer(item(1))))
    assert (submission.state, verdict_on_viruses(submission)) == ("failed", Outcome.NOT_RUN)
