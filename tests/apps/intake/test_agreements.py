from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lantai.apps.intake import queries, services
from lantai.apps.intake.models import Announcement, Due, Submission
from lantai.apps.intake.services import calendar
from lantai.apps.intake.types import (
    AgreementNotDraft,
    AnnouncementTaken,
    CountsFrom,
    DayPassed,
    ExtensionNotLater,
    KindNotAgreed,
    MoreBytesThanAgreed,
    Plan,
    RemindOfDues,
)
from lantai.kit.errors import Missing
from lantai.platform.blobs import services as blobs
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.notify.models import Notice
from lantai.platform.workflow.types import MoveNotPermitted, NotFromHere
from tests.apps.intake.conftest import agree, problems, terms, zip_of


def url(name, *args):
    return reverse(f"intake:{name}", args=args)


def body(answer):
    return answer.content.decode()


def test_an_agreement_holds_when_both_sides_have_confirmed_it_and_its_successor_replaces_it(desk, bound):
    first = queries.agreement_in_force(desk.region.agency.pk, desk.region.archives.pk)
    assert first and (first.state, first.agency_signed_by) == ("in_force", "样例agency_lead")
    with pytest.raises(AgreementNotDraft):
        services.revise_agreement(desk.ctx("archivist"), agreement_id=first.pk, terms=terms())
    second = services.follow_agreement(desk.ctx("archivist"), agreement_id=first.pk)
    assert (second.version, second.follows_id, second.number) == (2, first.pk, first.number)
    services.revise_agreement(desk.ctx("archivist"), agreement_id=second.pk, terms=terms(most_items=1))
    services.sign_agreement(desk.ctx("archives_head"), agreement_id=second.pk, side="archives")
    with pytest.raises(NotFromHere):
        services.sign_agreement(desk.ctx("archives_head"), agreement_id=second.pk, side="archives")
    services.reject_agreement(desk.ctx("agency_lead"), agreement_id=second.pk, side="agency", reason="再议")
    with pytest.raises(MoveNotPermitted):
        services.sign_agreement(desk.ctx("agency_lead"), agreement_id=second.pk, side="archives")
    services.sign_agreement(desk.ctx("archives_head"), agreement_id=second.pk, side="archives")
    services.sign_agreement(desk.ctx("agency_lead"), agreement_id=second.pk, side="agency")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("ended", "in_force")
    services.end_agreement(desk.ctx("archives_head"), agreement_id=second.pk, reason="机构撤销")
    assert queries.agreement_in_force(desk.region.agency.pk, desk.region.archives.pk) is None


def test_what_was_not_agreed_is_refused_at_the_door_and_nothing_is_kept(desk, bound):
    lead, agency_id = desk.ctx("agency_lead"), desk.region.agency.pk
    with pytest.raises(KindNotAgreed):
        services.submit_package(
            lead, staged=blobs.stage([b"x"]), name="x", agency_id=agency_id, kind="marriage"
        )
    row = queries.agreement_in_force(agency_id, desk.region.archives.pk)
    row.most_bytes = 100
    row.save()
    with pytest.raises(MoreBytesThanAgreed):
        desk.send(desk.transfer())
    assert not Submission.objects.exists()


def test_a_layout_a_format_and_a_number_that_were_not_agreed_fail_the_test(desk, bound):
    row = queries.agreement_in_force(desk.region.agency.pk, desk.region.archives.pk)
    row.layouts, row.formats, row.most_files, row.most_items = ["bagit"], ["ofd"], 1, 1
    row.save()
    submission = desk.checked(desk.transfer())
    assert (submission.state, submission.agreement_id) == ("failed", row.pk)
    told = "\n".join(problems(submission))
    for words in ("约定的是：bagit", "约定的 1 个", "约定的 1 件", "通知1.pdf”的格式不在"):
        assert words in told, told
    row.layouts, row.formats, row.most_files, row.most_items = [], ["pdf"], 2, 2
    row.save()
    services.check_again(desk.ctx("archivist"), submission_id=submission.pk)
    desk.check(submission, role="archivist")
    assert submission.state == "passed", problems(submission)


def test_the_calendar_says_what_is_due_reminds_once_and_is_settled_by_the_transfer(desk, bound, at):
    today = timezone.localdate()
    row = queries.agreement_in_force(desk.region.agency.pk, desk.region.archives.pk)
    assert calendar.due_on(row, 2019) == date(2025, 12, 31)
    row.counts_from = CountsFrom.FORMED
    assert calendar.due_on(row, 2019) == date(2024, 12, 31)
    assert Due.objects.filter(due_on__year=today.year).exists() and services.add_due(
        desk.ctx("archivist"), agreement_id=row.pk, year=2019
    )
    due = Due.objects.get(year=2019)
    with pytest.raises(ExtensionNotLater):
        services.extend_due(desk.ctx("archivist"), due_id=due.pk, to=due.due_on, basis="样例")
    Due.objects.exclude(pk=due.pk).update(waived_at=timezone.now(), waived_reason="样例")

    def remind(on):
        assert jobs.run_now(desk.ctx("archivist"), RemindOfDues(on.isoformat())).state == "succeeded"
        told = Notice.objects.filter(text__contains="应在", user=desk.region.people["agency_lead"])
        return [notice.text for notice in told.order_by("pk")]

    early = due.due_on - timedelta(days=50)
    assert len(remind(due.due_on - timedelta(days=100))) == 0
    assert len(remind(early)) == 1 and len(remind(early)) == 1
    assert len(remind(due.due_on - timedelta(days=3))) == 2
    assert "已逾期" in remind(due.due_on + timedelta(days=1))[-1]
    assert len(remind(due.due_on + timedelta(days=5))) == 3
    assert len(remind(due.due_on + timedelta(days=40))) == 4
    page = body(at(desk.region, "agency_lead").get(url("calendar") + "?status=overdue"))
    assert "2019 年" in page and "已逾期" in page
    assert at(desk.region, "archivist").get(url("calendar") + "?export=csv").status_code == 200
    assert at(desk.region, "archivist").get(url("calendar") + "?print=1").status_code == 200


def test_a_job_of_the_day_is_queued_once_and_keeps_agreements_up_to_the_day(desk, bound):
    row = queries.agreement_in_force(desk.region.agency.pk, desk.region.archives.pk)
    row.valid_until = timezone.localdate() - timedelta(days=1)
    row.save()
    assert services.start_reminding() and not services.start_reminding()
    run = Run.objects.get(kind__contains="RemindOfDues")
    jobs.run_now(desk.ctx("archivist"), RemindOfDues(run.args["on"]))
    row.refresh_from_db()
    assert row.state == "ended"
    later = services.draft_agreement(
        desk.ctx("archivist"), agency_id=desk.region.agency.pk,
        terms=terms(valid_from=timezone.localdate() + timedelta(days=9)),
    )  # fmt: skip
    services.sign_agreement(desk.ctx("agency_lead"), agreement_id=later.pk, side="agency")
    services.sign_agreement(desk.ctx("archives_head"), agreement_id=later.pk, side="archives")
    later.refresh_from_db()
    assert later.state == "agreed"
    jobs.run_now(desk.ctx("archivist"), RemindOfDues((timezone.localdate() + timedelta(days=9)).isoformat()))
    later.refresh_from_db()
    assert later.state == "in_force"


def plan(desk, **changed):
    kind = queries.agreement_in_force(desk.region.agency.pk, desk.region.archives.pk).kinds.get().kind_id
    day = timezone.localdate() + timedelta(days=7)
    said = {"title": "样例单位 2019 年第 1 批", "kind_id": kind, "mode": "package", "item_count": 2}
    return Plan(**said | {"planned_on": day} | changed)


def test_an_announcement_is_answered_arrives_and_settles_its_line_of_the_calendar(desk, bound):
    lead, archivist, agency_id = desk.ctx("agency_lead"), desk.ctx("archivist"), desk.region.agency.pk
    row = queries.agreement_in_force(agency_id, desk.region.archives.pk)
    services.add_due(archivist, agreement_id=row.pk, year=2019)
    due = Due.objects.get(year=2019)
    with pytest.raises(DayPassed):
        services.announce(lead, agency_id=agency_id, plan=plan(desk, planned_on=date(2020, 1, 1)))
    told = services.announce(lead, agency_id=agency_id, plan=plan(desk, due_id=due.pk))
    other_day = told.planned_on + timedelta(days=3)
    services.propose_day(archivist, announcement_id=told.pk, day=other_day, reason="当天装修")
    with pytest.raises(MoveNotPermitted):
        services.confirm_announcement(archivist, announcement_id=told.pk)
    services.confirm_announcement(lead, announcement_id=told.pk)
    told.refresh_from_db()
    assert (told.state, told.planned_on) == ("confirmed", other_day)
    submission = desk.send(desk.transfer(), announcement_id=told.pk)
    told.refresh_from_db()
    assert (told.state, submission.due_id, submission.announcement_id) == ("arrived", due.pk, told.pk)
    with pytest.raises(AnnouncementTaken):
        desk.send(zip_of([("a", b"b")]), announcement_id=told.pk)
    desk.check(submission)
    services.accept_submission(archivist, submission_id=submission.pk)
    services.confirm_acceptance(desk.ctx("second_archivist"), submission_id=submission.pk)
    assert desk.finish(submission).state == "succeeded"
    due.refresh_from_db()
    assert due.settled_by_id == submission.pk and submission.state == "accepted"


def test_the_pages_of_agreement_calendar_and_announcement_work_by_hand(desk, bound, at, abroad):
    row = queries.agreement_in_force(desk.region.agency.pk, desk.region.archives.pk)
    client = at(desk.region, "archivist")
    for name, args in (("agreements", ()), ("agreement", (row.pk,)), ("new_agreement", ()), ("calendar", ()),
                       ("announcements", ()), ("desk", ())):  # fmt: skip
        assert client.get(url(name, *args)).status_code == 200, name
    kind = row.kinds.get().kind_id
    said = {"agency": desk.region.agency.pk, "title": "第二份样例协议", "kinds": [kind], "formats": "PDF、.ofd",
            "due_within_years": 5, "counts_from": "filed", "valid_from": "2026-01-01", "most_mb": 5}  # fmt: skip
    answer = client.post(url("new_agreement"), said)
    assert answer.status_code == 303, body(answer)
    draft = queries.agreements(desk.ctx("archivist")).get(title="第二份样例协议")
    assert (draft.formats, draft.most_bytes, draft.needs_two_people) == (["ofd", "pdf"], 5_000_000, False)
    assert client.post(url("new_agreement"), said | {"valid_until": "2025-01-01"}).status_code == 422
    assert client.get(url("revise_agreement", draft.pk)).status_code == 200
    assert client.post(url("plan_year", row.pk), {"year": 2018}).status_code == 303
    due = Due.objects.get(year=2018)
    assert client.get(url("due", due.pk)).status_code == 200
    assert (
        client.post(url("extend_due", due.pk), {"to": "2030-01-01", "basis": "样例批复"}).status_code == 303
    )
    assert client.post(url("waive_due", due.pk), {"reason": "没有形成"}).status_code == 303
    ids = list(Due.objects.filter(waived_at=None).values_list("pk", flat=True))
    assert client.post(url("waive_dues"), {"ids": ids, "reason": "样例"}).status_code == 303
    assert not Due.objects.filter(waived_at=None).exists()
    client = at(desk.region, "agency_lead")
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    said = {"agency": desk.region.agency.pk, "title": "样例批次", "kind": kind, "mode": "package",
            "item_count": 3, "planned_on": day}  # fmt: skip
    assert client.post(url("announce"), said).status_code == 303
    told = Announcement.objects.get()
    assert "同意移交日期" in body(at(desk.region, "archivist").get(url("announcement", told.pk)))
    client = at(abroad, "archivist")
    for name, args in (("agreement", (row.pk,)), ("due", (due.pk,)), ("announcement", (told.pk,))):
        assert client.get(url(name, *args)).status_code == 404
    with pytest.raises(Missing):
        queries.agreement(abroad.ctx("archivist"), row.pk)


def test_where_the_rule_asks_for_an_agreement_nothing_comes_without(desk, monkeypatch):
    monkeypatch.setattr(
        queries, "rule_value", lambda on, key, default: 1 if key == "agreement_needed" else default
    )
    with pytest.raises(Exception, match="没有施行中的移交协议"):
        desk.send(desk.transfer())


def test_two_versions_are_never_in_force_at_once(desk, bound):
    agree(desk, title="又一份")
    in_force = [row.title for row in queries.agreements(desk.ctx("archivist")).filter(state="in_force")]
    assert in_force == ["又一份"]
