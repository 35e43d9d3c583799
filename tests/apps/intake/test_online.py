from __future__ import annotations

import shutil
from datetime import date

import pytest

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.custody import queries as custody
from lantai.apps.custody import reports
from lantai.apps.custody.models import CheckRun, Package
from lantai.apps.filing import services as filing
from lantai.apps.filing.models import Document
from lantai.apps.filing.types import Arrangement, Capture, CapturedFile, SealBatch, SurveyDocuments
from lantai.apps.filing.types import TestBatch as TryBatch
from lantai.apps.holdings import services as holdings
from lantai.apps.intake import queries, services
from lantai.apps.intake.fixing import TransferPages
from lantai.apps.intake.models import ReturnList
from lantai.apps.intake.types import NothingToTransfer
from lantai.kit.evidence.verify import verify_bytes
from lantai.kit.packages.ocfl.validate import validate_object
from lantai.platform.blobs import services as blobs
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import queries as ledger
from tests.apps.intake.conftest import problems, said, sheet


@pytest.fixture
def package(desk) -> Package:
    """A batch of the agency: captured, arranged, tested and sealed."""
    clerk, agency_id = desk.ctx("agency_clerk"), desk.region.agency.pk
    room = holdings.add_class(desk.ctx("archivist"), fonds_id=desk.fonds.pk, code="BGS", name="办公室")
    for number in (1, 2):
        content = sheet(f"online {number}")
        file = CapturedFile(name=f"通知{number}.pdf", role="main", staged=blobs.stage([content]))
        metadata = {
            "documentAggregationType": "单件",
            "computerFileName": file.name,
            "computerFileSize": str(len(content)),
        }
        filing.capture_document(
            clerk,
            Capture(
                agency_id=agency_id,
                fonds_id=desk.fonds.pk,
                kind="document",
                external_key=f"SAMPLE-{number}",
                source="oa",
                title=f"关于样例事项{number}的通知",
                files=(file,),
                author="样例办公室",
                document_number=f"样发〔2019〕{number}号",
                dated_on=date(2019, 3, 5),
                metadata=metadata,
            ),
        )
    assert jobs.run_now(clerk, SurveyDocuments(agency_id)).state == "succeeded"
    ids = list(Document.objects.values_list("pk", flat=True))
    filing.arrange(clerk, document_ids=ids, arrangement=Arrangement(2019, room.pk, "Y"))
    batch = filing.compose_batch(clerk, agency_id=agency_id, fonds_id=desk.fonds.pk, title="样例批次")
    assert jobs.run_now(clerk, TryBatch(batch.pk)).state == "succeeded"
    filing.start_sealing(desk.ctx("agency_lead"), batch_id=batch.pk)
    run = jobs.run_now(desk.ctx("agency_lead"), SealBatch(batch.pk))
    assert run.state == "succeeded", run.message
    return Package.objects.get()


def test_a_sealed_batch_goes_to_the_archives_with_a_receipt(desk, package):
    lead = desk.ctx("agency_lead")
    submission = services.submit_online(lead, package_id=package.pk, note="样例移交")
    assert (submission.item_count, submission.content_sha512) == (2, package.inventory_sha512)
    assert desk.check(submission).state == "succeeded"
    assert submission.state == "passed", problems(submission)
    run = desk.accept(submission)
    assert run.state == "succeeded", run.message
    package.refresh_from_db()
    assert package.custodian == desk.region.archives and package.origin == desk.region.agency
    assert set(Description.objects.values_list("custodian_id", flat=True)) == {desk.region.archives.pk}
    assert Package.objects.count() == 1
    assert verify_bytes(queries.kept(submission.receipt_key), ledger.trust_store()).ok


def test_a_sealed_batch_is_transferred_once(desk, package):
    lead = desk.ctx("agency_lead")
    first = services.submit_online(lead, package_id=package.pk)
    assert services.submit_online(lead, package_id=package.pk).pk == first.pk
    assert list(queries.packages_to_send(lead)) == []
    desk.check(first)
    desk.accept(first)
    again = services.submit_online(lead, package_id=package.pk)
    assert again.pk == first.pk and queries.kept(again.receipt_key)


def test_a_byte_that_changed_on_the_disk_fails_the_test_and_its_item(desk, package):
    submission = services.submit_online(desk.ctx("agency_lead"), package_id=package.pk)
    file = custody.content_files(package.pk).first()
    path = custody.path_of(file)
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[10] ^= 1
    path.write_bytes(data)
    desk.check(submission)
    assert submission.state == "failed"
    assert submission.items.get(verdict="failed").item_key == file.item_key
    assert "摘要与声明不符" in said(submission)


def test_damage_after_the_test_stops_the_acceptance_and_the_custodian_stays(desk, package):
    submission = services.submit_online(desk.ctx("agency_lead"), package_id=package.pk)
    desk.check(submission)
    path = custody.path_of(custody.content_files(package.pk).first())
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    run = desk.accept(submission)
    assert run.state == "failed" and "校验未通过" in run.message
    package.refresh_from_db()
    assert submission.state == "passed" and package.custodian == desk.region.agency


def test_a_file_that_vanished_is_named(desk, package):
    submission = services.submit_online(desk.ctx("agency_lead"), package_id=package.pk)
    custody.path_of(custody.content_files(package.pk).first()).unlink()
    run = desk.check(submission)
    assert run.state == "succeeded", (run.message, run.incident)
    assert submission.state == "failed"
    assert "不存在" in said(submission)


def test_a_vanished_object_is_one_finding(desk, package):
    submission = services.submit_online(desk.ctx("agency_lead"), package_id=package.pk)
    shutil.rmtree(custody.object_folder(package.object_id))
    run = desk.check(submission)
    assert run.state == "succeeded", (run.message, run.incident)
    assert submission.state == "failed"


def test_a_sealed_batch_is_taken_in_part_and_the_rest_answers_the_list_of_returns(desk, package):
    lead, archivist = desk.ctx("agency_lead"), desk.ctx("archivist")
    first = services.submit_online(lead, package_id=package.pk)
    desk.check(first)
    back, taken = queries.items_of(first.pk).values_list("item_key", flat=True)
    services.accept_part(archivist, submission_id=first.pk, item_reasons={back: "题名与内容不符"})
    run = desk.finish(first)
    assert run.state == "succeeded", (run.message, run.incident)
    assert (first.state, first.accepted_item_count, first.returned_item_count) == ("partly", 1, 1)
    part = first.package
    assert (first.sent_package, part.custodian, part.item_count) == (package, desk.region.archives, 1)
    assert not validate_object(custody.object_folder(part.object_id))
    assert {file.item_key for file in custody.content_files(part.pk)} - {""} == {taken}
    package.refresh_from_db()
    assert package.custodian == desk.region.agency, "the agency keeps its package as it is"
    held = dict(Description.objects.filter(level="item").values_list("item_key", "package_id"))
    assert held == {taken: part.pk, back: package.pk}

    assert list(queries.packages_to_send(lead)) == [package]
    second = services.submit_online(lead, package_id=package.pk)
    assert (second.replaces, second.item_count) == (first, 1)
    assert desk.check(second).state == "succeeded"
    assert second.state == "passed", problems(second)
    assert desk.accept(second).state == "succeeded"
    assert ReturnList.objects.get().state == "answered"
    assert not Description.objects.filter(package=package).exists()
    assert list(queries.packages_to_send(lead)) == []
    with pytest.raises(NothingToTransfer):
        services.submit_online(lead, package_id=package.pk)


def test_a_finding_about_a_sealed_batch_leads_to_the_field_to_mend(desk, package):
    submission = services.submit_online(desk.ctx("agency_lead"), package_id=package.pk)
    desk.check(submission)
    keys = set(queries.items_of(submission.pk).values_list("item_key", flat=True))
    pages = TransferPages()
    assert set(pages.item_urls(desk.ctx("archivist"), str(submission.pk), keys)) == keys
    assert not pages.fix_urls(desk.ctx("archivist"), str(submission.pk), keys), "the archives mends nothing"
    own = pages.fix_urls(desk.ctx("agency_clerk"), str(submission.pk), keys)
    may = catalogue.may_describe(desk.ctx("agency_clerk"), Description.objects.filter(level="item").first())
    assert set(own) == (keys if may else set())
    check = CheckRun.objects.get(pk=queries.checks_of(submission)[0])
    found = reports._anchors(check, ["title", "archivalCode", "sampleElement"])
    assert (found["title"], found["sampleElement"]) == ("id_title", "id_element_sampleElement")
