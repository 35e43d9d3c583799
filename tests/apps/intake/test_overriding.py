"""What people decide about the report of a transfer moves the transfer."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lantai.apps.custody import queries as custody
from lantai.apps.custody.events import CheckConcluded
from lantai.apps.custody.services import reporting
from lantai.apps.intake import papers, queries, services
from lantai.apps.intake.models import Submission
from lantai.apps.intake.subscribers import on_check_concluded
from lantai.apps.intake.types import OBJECT, CannotAccept
from lantai.kit.fourprops.vocabulary import Outcome
from lantai.platform.jobs.models import Run
from lantai.platform.notify.models import Notice
from lantai.platform.workflow import queries as workflow
from tests.apps.intake.conftest import Desk, item, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(desk: Desk) -> Submission:
    """A transfer of two items, one without 题名, at an archives with a second person."""
    person(desk.region, "archives_head", "archives_head")
    return desk.checked(desk.transfer(item(1), item(2, 题名="")))


def told(desk: Desk, submission: Submission, check_id: int, *, role: str = "archivist") -> None:
    """What the event's delivery does after commit."""
    on_check_concluded(desk.ctx(role), CheckConcluded(check_id, OBJECT, str(submission.pk)))
    submission.refresh_from_db()


def let_count(desk: Desk, submission: Submission, *, grants: bool = True) -> None:
    for check_id in queries.checks_of(submission):
        reporting.ask_override(desk.ctx("archivist"), check_id=check_id, reason="原件无题名，已核实")
        reporting.decide_override(desk.ctx("archives_head"), check_id=check_id, grants=grants, note="")
        told(desk, submission, check_id, role="archives_head")


def test_failures_that_a_second_person_let_count_make_a_transfer_acceptable(desk, failed, at):
    assert failed.state == "failed"
    with pytest.raises(CannotAccept):
        services.accept_submission(desk.ctx("archivist"), submission_id=failed.pk)
    let_count(desk, failed)
    assert (failed.state, failed.failed_item_count, failed.package_failures) == ("passed", 0, [])
    verdicts = dict(queries.items_of(failed.pk).values_list("item_key", "verdict"))
    assert set(verdicts.values()) == {"passed"}
    worded = [reason for row in queries.items_of(failed.pk) for reason in queries.reasons(row)]
    assert worded and all("已例外放行" in reason for reason in worded), "what was found stays"
    assert "判定合格或例外放行" in {str(step.label) for step in workflow.timeline(OBJECT, failed.pk)}
    assert Notice.objects.filter(user=desk.region.people["archivist"], text__contains="例外放行").exists()
    page = at(desk.region, "archivist").get(failed.get_absolute_url()).content.decode()
    assert "未通过，已例外放行" in page and "原件无题名，已核实" in page
    assert "已例外放行" in "".join(papers.receiver_checks(failed).values())
    assert desk.accept(failed).state == "succeeded"
    assert failed.accepted_item_count == 2


def test_a_refused_override_leaves_the_transfer_where_it_was(desk, failed, at):
    before = list(queries.items_of(failed.pk).values("verdict", "reasons"))
    let_count(desk, failed, grants=False)
    assert failed.state == "failed"
    assert list(queries.items_of(failed.pk).values("verdict", "reasons")) == before
    page = at(desk.region, "archivist").get(failed.get_absolute_url()).content.decode()
    assert "不同意。" in page


def open_check(submission: Submission) -> tuple[int, str]:
    """A blocking check that waits for a person, with its report."""
    for check_id in queries.checks_of(submission):
        rows = custody.results(check_id, is_summary=True)
        found = rows.filter(is_blocking=True, outcome__in=(Outcome.MANUAL, Outcome.NOT_RUN)).first()
        if found is not None:
            return check_id, found.code
    raise AssertionError("no check is open")


def judge(desk: Desk, submission: Submission, *, passes: bool) -> None:
    check_id, code = open_check(submission)
    archivist = desk.ctx("archivist")
    reporting.judge_check(archivist, check_id=check_id, code=code, passes=passes, note="样例", answers={})
    told(desk, submission, check_id)


def test_a_person_who_finds_a_failure_takes_the_acceptance_back(desk):
    submission = desk.checked(desk.transfer())
    judge(desk, submission, passes=True)
    assert submission.state == "passed"
    judge(desk, submission, passes=False)
    assert submission.state == "failed" and submission.package_failures
    told(desk, submission, queries.checks_of(submission)[0])
    assert submission.state == "failed", "the same again changes nothing"


def test_a_decision_that_a_judgement_has_overtaken_is_made_anew(bound):
    submission = bound.checked(bound.transfer())
    services.accept_submission(bound.ctx("archivist"), submission_id=submission.pk)
    submission.refresh_from_db()
    assert submission.state == "to_confirm"
    judge(bound, submission, passes=False)
    assert (submission.state, submission.decision, submission.decider_name) == ("failed", {}, "")
    assert workflow.clock_of(OBJECT, submission.pk).kind == "decide", (
        "only the clock of the second person stops"
    )


def test_the_news_of_a_judgement_is_delivered_to_transfers(desk):
    submission = desk.checked(desk.transfer())
    check_id, code = open_check(submission)
    archivist = desk.ctx("archivist")
    reporting.judge_check(archivist, check_id=check_id, code=code, passes=True, note="样例", answers={})
    wanted = {"subscriber": "lantai.apps.intake.subscribers.on_check_concluded"}
    news = Run.objects.get(args__contains=wanted)
    assert news.args["values"] == {
        "check_run_id": check_id,
        "subject_type": OBJECT,
        "subject_id": str(submission.pk),
    }


def test_the_page_of_a_transfer_leads_to_its_report(desk, failed, at):
    page = at(desk.region, "archivist").get(failed.get_absolute_url()).content.decode()
    assert reverse("custody:check", args=[failed.check_run_id]) in page


def test_a_finding_leads_to_its_item_in_the_transfer(desk, failed, at):
    client = at(desk.region, "archivist")
    page = client.get(reverse("custody:check", args=[failed.check_run_id])).content.decode()
    items = reverse("intake:items", args=[failed.pk])
    assert f"{items}?q=" in page and "在此改正" not in page, (
        "a package that came as a file is mended by its sender"
    )
