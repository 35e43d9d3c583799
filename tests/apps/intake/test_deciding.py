from __future__ import annotations

import io
import os

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from lantai.apps.carriers import services as carriers
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import Package
from lantai.apps.intake import papers, quarantine, queries, services
from lantai.apps.intake.models import Submission
from lantai.apps.intake.types import OBJECT, NotReplaceable
from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.blobs import services as blobs
from lantai.platform.notify.models import Notice
from lantai.platform.workflow import queries as workflow
from lantai.platform.workflow.types import MoveNotPermitted, ReasonMissing
from tests.apps.intake.conftest import code, item, problems, zip_of, zipped


def test_a_return_names_the_items_with_what_the_test_and_the_archivist_said(desk):
    submission = desk.checked(desk.transfer(item(1), item(2, 责任者="")))
    services.return_submission(
        desk.ctx("archivist"),
        submission_id=submission.pk,
        reason="请补正",
        item_reasons={code(1): "题名过于简略"},
    )
    submission.refresh_from_db()
    assert (submission.state, submission.failed_item_count) == ("returned", 2)
    first, second = (submission.items.get(item_key=code(n)) for n in (1, 2))
    assert (first.verdict, second.verdict) == ("returned", "returned")
    assert queries.reasons(first) == ["题名过于简略"]
    assert any("责任者" in reason for reason in queries.reasons(second))
    assert not Package.objects.exists()
    assert Notice.objects.filter(user=desk.region.people["agency_lead"], text__contains="已退回").exists()
    assert workflow.clock_of(OBJECT, submission.pk) is None


def test_the_return_list_is_a_sheet_of_texts(desk):
    submission = desk.checked(desk.transfer(item(1, 题名="=1+1", 责任者="")))
    book = CalamineWorkbook.from_filelike(io.BytesIO(papers.return_list(submission)))
    about, head, row = book.get_sheet_by_index(0).to_python()
    assert about[1] == submission.number
    assert head[1] == "档号" and row[:3] == ["1", code(1), "=1+1"]
    assert "责任者" in row[4] and row[5]


def test_a_return_needs_a_reason(desk):
    submission = desk.checked(desk.transfer())
    with pytest.raises(ReasonMissing):
        services.return_submission(desk.ctx("archivist"), submission_id=submission.pk, reason="  ")
    submission.refresh_from_db()
    assert submission.state == "passed"


def test_an_amended_package_replaces_the_returned_one(desk):
    first = desk.checked(desk.transfer(item(1, 责任者="")))
    services.return_submission(desk.ctx("archivist"), submission_id=first.pk, reason="请补正")
    second = desk.accepted(desk.transfer(item(1), name="补正"), replaces_id=first.pk)
    assert second.replaces_id == first.pk and second.state == "accepted"


def test_the_same_content_may_come_again_after_a_return(desk):
    data = zipped(desk.transfer())
    first = desk.checked(data)
    services.return_submission(desk.ctx("archivist"), submission_id=first.pk, reason="误退")
    second = desk.send(data)
    assert second.pk != first.pk and second.number != first.number


def test_only_what_ended_is_replaced(desk):
    open_one = desk.send(desk.transfer())
    with pytest.raises(NotReplaceable):
        desk.send(zip_of([("a", b"b")]), replaces_id=open_one.pk)
    assert Submission.objects.count() == 1


def test_what_is_withdrawn_before_its_test_is_not_tested(desk):
    submission = desk.send(desk.transfer())
    services.withdraw_submission(desk.ctx("agency_lead"), submission_id=submission.pk, reason="发错了")
    run = desk.check(submission)
    assert (run.state, submission.state, submission.check_run_id) == ("succeeded", "withdrawn", None)


def test_an_agency_decides_nothing_and_an_archives_withdraws_nothing(desk):
    submission = desk.checked(desk.transfer())
    with pytest.raises(MoveNotPermitted):
        services.accept_submission(desk.ctx("agency_lead"), submission_id=submission.pk)
    with pytest.raises(MoveNotPermitted):
        services.return_submission(desk.ctx("agency_lead"), submission_id=submission.pk, reason="x")
    with pytest.raises(MoveNotPermitted):
        services.withdraw_submission(desk.ctx("archivist"), submission_id=submission.pk, reason="x")


def test_who_may_not_send_sends_nothing(desk, abroad):
    for ctx in (desk.ctx("agency_clerk"), abroad.ctx("agency_lead"), abroad.ctx("archivist")):
        with pytest.raises(NotPermitted):
            services.submit_package(
                ctx, staged=blobs.stage([b"x"]), name="x", agency_id=desk.region.agency.pk
            )
    with pytest.raises(Missing):
        queries.get(abroad.ctx("archivist"), desk.send(desk.transfer()).pk)


def test_a_carrier_is_read_from_its_folder_once(desk):
    folder = desk.transfer()
    ctx = desk.ctx("archivist")
    first = services.submit_folder(ctx, path=folder, agency_id=desk.region.agency.pk)
    assert (first.mode, first.state, first.item_count) == ("folder", "passed", 2), problems(first)
    assert first.get_state_label() == "检测合格"
    again = services.submit_folder(ctx, path=folder, agency_id=desk.region.agency.pk)
    assert again.pk == first.pk
    assert desk.accept(first).state == "succeeded"


def test_a_registered_carrier_tells_the_test_what_was_inspected_of_it(desk):
    ctx, today = desk.ctx("archivist"), timezone.localdate()
    said = {"label": "样例盘", "kind": "dvd", "received_on": today, "place": "样例库 1 柜"}
    row = carriers.register(ctx, org_id=desk.region.archives.pk, number="样例-001", **said)
    carriers.inspect(ctx, carrier_id=row.pk, inspected_on=today, looks_good=True)
    submission = services.submit_folder(
        ctx, path=desk.transfer(), agency_id=desk.region.agency.pk, carrier_number="样例-001"
    )
    assert (submission.carrier, submission.state) == (row, "passed"), problems(submission)
    (check_id,) = queries.checks_of(submission)
    looked_at = custody.results(check_id, is_summary=True).get(code="YJ-4-5")
    assert looked_at.outcome == "pass"
    assert papers.things_checked(submission)["carrier"] and "样例-001" in papers.registers._carrier(
        submission
    )
    with pytest.raises(Missing):
        services.submit_folder(
            ctx, path=desk.transfer(name="又"), agency_id=desk.region.agency.pk, carrier_number="没有"
        )


def test_a_link_on_a_carrier_is_named_and_not_followed(desk):
    folder = desk.transfer()
    (folder / "其他" / "link").symlink_to("/etc/passwd")
    submission = services.submit_folder(desk.ctx("archivist"), path=folder, agency_id=desk.region.agency.pk)
    assert submission.state == "failed"
    assert "符号链接" in "".join(problems(submission))


def test_what_is_laid_in_the_place_of_a_file_while_a_carrier_is_read_is_not_followed(tmp_path, monkeypatch):
    secret, here = tmp_path / "secret", tmp_path / "carrier" / "a.txt"
    here.parent.mkdir()
    secret.write_text("not on the carrier")
    here.write_text("sample")
    plain = here.lstat()
    here.unlink()
    here.symlink_to(secret)
    monkeypatch.setattr(type(here), "lstat", lambda _path: plain)
    with pytest.raises(OSError, match="symbolic link"):
        list(quarantine._member(here, "a.txt"))
    here.unlink()
    os.mkfifo(here)
    with pytest.raises(OSError, match="Invalid argument"):
        list(quarantine._member(here, "a.txt"))
