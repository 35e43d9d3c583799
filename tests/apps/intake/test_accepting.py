from __future__ import annotations

import json

import pytest

from lantai.apps.catalogue.models import Description
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import Package
from lantai.apps.intake import queries, services
from lantai.apps.intake.types import CannotAccept
from lantai.kit.evidence.verify import verify_bytes
from lantai.kit.packages.ocfl.validate import validate_object
from lantai.platform.blobs.registry import keys_in_use
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Entry
from lantai.platform.notify.models import Notice
from lantai.platform.workflow.types import NotFromHere
from tests.apps.intake.conftest import code, item, zipped


def test_an_accepted_package_is_held_described_and_proved(desk):
    submission = desk.accepted(desk.transfer())
    assert submission.state == "accepted"
    package = Package.objects.get()
    assert package.object_id == f"urn:lantai:accession:H2:{submission.number}"
    assert (package.custodian, package.origin) == (desk.region.archives, desk.region.agency)
    assert not validate_object(custody.object_folder(package.object_id))
    row = Description.objects.get(reference_code=code(1))
    assert (row.title, row.custodian, row.creator) == (
        "关于样例事项1的通知",
        desk.region.archives,
        desk.region.agency,
    )
    assert (row.year, row.retention, row.class_code, str(row.dated_on)) == (2019, "Y", "BGS", "2019-03-05")
    assert row.persons == ["样例甲", "样例乙"] and row.document_number == "样发〔2019〕1号"
    assert [file.name for file in custody.files_of(package.pk, code(1))] == ["通知1.pdf"]
    assert set(submission.items.values_list("verdict", flat=True)) == {"accepted"}


def test_the_object_keeps_the_whole_package_as_it_was_sent(desk):
    folder = desk.transfer()
    submission = desk.accepted(folder)
    kept = custody.content_files(submission.package_id)
    sent = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {file.logical_path.removeprefix("content/") for file in kept} == sent
    for file in kept:
        with custody.open_file(file) as stream:
            assert stream.read() == (folder / file.logical_path.removeprefix("content/")).read_bytes()


def test_the_receipt_is_verified_by_a_stranger(desk):
    submission = desk.accepted(desk.transfer())
    receipt = queries.kept(submission.receipt_key)
    verdict = verify_bytes(receipt, ledger.trust_store())
    assert verdict.ok, verdict
    statement = json.loads(receipt)["statement"]
    assert statement["kind"] == "transfer-receipt" and statement["number"] == submission.number
    assert statement["items"] == 2 and statement["inventory_sha512"] == submission.package.inventory_sha512
    assert not verify_bytes(receipt.replace(b'"items":2', b'"items":3'), ledger.trust_store()).ok


def test_one_line_stands_for_the_acceptance_and_commits_to_the_statement(desk):
    submission = desk.accepted(desk.transfer())
    line = Entry.objects.get(act="intake:submission:accepted")
    assert line.pk == submission.accepted_entry_id
    assert len(line.detail["statement_sha256"]) == 64


def test_the_register_is_a_pdf_and_all_papers_are_kept_from_the_sweep(desk):
    submission = desk.accepted(desk.transfer())
    assert queries.kept(submission.register_key).startswith(b"%PDF-1.7")
    keys = [submission.blob_key, submission.register_key, submission.receipt_key]
    assert keys_in_use(keys) == set(keys)


def test_the_agency_is_told(desk):
    submission = desk.accepted(desk.transfer())
    texts = Notice.objects.filter(user=desk.region.people["agency_lead"]).values_list("text", flat=True)
    assert any("已由%(archives)s接收" in text for text in texts)
    assert submission.decider_name == desk.region.people["archivist"].name


def test_the_same_package_after_acceptance_answers_with_its_receipt(desk):
    data = zipped(desk.transfer())
    submission = desk.accepted(data)
    again = desk.send(data)
    assert again.pk == submission.pk and queries.kept(again.receipt_key)
    assert Package.objects.count() == 1


def test_a_transfer_that_failed_is_not_accepted(desk):
    submission = desk.checked(desk.transfer(item(1, 责任者="")))
    with pytest.raises(CannotAccept):
        services.accept_submission(desk.ctx("archivist"), submission_id=submission.pk)


def test_of_two_clicks_one_accepts_and_the_other_is_told(desk):
    submission = desk.checked(desk.transfer())
    services.accept_submission(desk.ctx("archivist"), submission_id=submission.pk)
    with pytest.raises(NotFromHere):
        services.accept_submission(desk.ctx("archivist"), submission_id=submission.pk)
    assert Entry.objects.filter(act="intake:submission:accepting_started").count() == 1


def test_who_accepts_leaves_the_number_of_open_checks(desk):
    desk.accepted(desk.transfer())
    line = Entry.objects.get(act="intake:submission:accepting_started")
    assert line.detail["open_checks"] > 0


def test_a_code_taken_meanwhile_stops_the_acceptance_and_nothing_stays(desk):
    first, second = desk.checked(desk.transfer()), desk.checked(desk.transfer(item(1), name="另一包"))
    assert (first.state, second.state) == ("passed", "passed")
    assert desk.accept(first).state == "succeeded"
    run = desk.accept(second)
    assert run.state == "failed" and "已经用于" in run.message
    assert second.state == "passed" and second.decided_at is None
    assert Package.objects.count() == 1
    assert not custody.object_folder(f"urn:lantai:accession:H2:{second.number}").exists()
