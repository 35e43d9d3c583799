from __future__ import annotations

import io
import json

import pytest
from django.db import transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from lantai.apps.catalogue.models import Description
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import Package
from lantai.apps.intake import papers, queries, services
from lantai.apps.intake.models import ReturnList, Submission
from lantai.apps.intake.types import (
    RETURN_LIST,
    FindingsMissing,
    KeepRegister,
    NothingToAccept,
    NothingToReturn,
    PackageItselfFails,
    ReasonForOverruling,
)
from lantai.kit.evidence.verify import verify_bytes
from lantai.kit.packages.ocfl.reader import open_object
from lantai.kit.packages.ocfl.validate import validate_object
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Entry
from lantai.platform.workflow import queries as workflow
from lantai.platform.workflow.types import MoveNotPermitted, NotFromHere, SamePerson
from lantai.site.demo import broken
from tests.apps.intake.conftest import FONDS, code, item, problems


def url(name, *args):
    return reverse(f"intake:{name}", args=args)


def body(answer):
    return answer.content.decode()


def overruled(submission):
    """Words where the package failed as a whole as well."""
    return "整包的不合格项由退回的件引起" if submission.package_failures else ""


def partly(desk, *items, name="包"):
    """A transfer of which some items were taken and the others sent back, by one person."""
    submission = desk.checked(desk.transfer(*items, name=name))
    assert submission.state == "failed"
    services.accept_part(desk.ctx("archivist"), submission_id=submission.pk, said=overruled(submission))
    run = desk.finish(submission)
    assert run.state == "succeeded", (run.message, run.incident)
    return submission


def _kept_in_the_object(desk, register, submission, printed):
    """Killed after the version is on disk and before its row, or run again: one version more, once."""
    ctx, package = desk.ctx("archives_head"), submission.package
    before = package.inventory_sha512
    with transaction.atomic():
        services.keep_register(ctx, register=register)
        transaction.set_rollback(True)
    for _again in range(2):
        assert jobs.run_now(ctx, KeepRegister(register.pk)).state == "succeeded"
    package.refresh_from_db()
    stored = open_object(custody.object_folder(package.object_id))
    assert (package.version, stored.head) == (2, "v2")
    assert package.inventory_sha512 == custody.inventory_digest(stored) != before
    assert stored.file("metadata/register.pdf").path.read_bytes() == printed
    said = json.loads(stored.file("metadata/register.json").path.read_bytes())
    assert said["register_confirmed"]["agency"]["entry"] == register.agency_entry_id
    assert json.loads(stored.file("metadata/register.json", "v1").path.read_bytes())["accepted"] == 2
    assert not validate_object(stored.path)
    assert Entry.objects.get(act="custody:package:version_added").detail["version"] == 2
    assert papers.register(submission) == printed, "it names the inventory of what was taken in"


def test_what_passes_is_sealed_and_what_fails_goes_back_with_a_list(desk):
    submission = partly(desk, item(1), item(2, 责任者=""), item(3))
    assert (submission.state, submission.accepted_item_count, submission.returned_item_count) == (
        "partly",
        2,
        1,
    )
    package = Package.objects.get()
    assert package.item_count == 2 and not validate_object(custody.object_folder(package.object_id))
    assert set(Description.objects.values_list("reference_code", flat=True)) == {code(1), code(3)}
    kept = {file.logical_path for file in custody.content_files(package.pk)}
    assert not any(code(2) in path for path in kept) and any(path.endswith("目录文件.XML") for path in kept)
    asked = ReturnList.objects.get()
    assert [entry.item.item_key for entry in asked.entries.all()] == [code(2)]
    assert workflow.clock_of(RETURN_LIST, asked.pk) is not None
    assert submission.items.get(item_key=code(2)).verdict == "returned"
    receipt = queries.kept(submission.receipt_key)
    assert verify_bytes(receipt, ledger.trust_store()).ok
    statement = json.loads(receipt)["statement"]
    assert (statement["items"], statement["returned_items"]) == (2, 1)
    line = Entry.objects.get(act="intake:submission:partly_accepted")
    assert (line.detail["accepted"], line.detail["returned"]) == (2, 1)
    stored = open_object(custody.object_folder(package.object_id))
    register = json.loads(stored.file("metadata/register.json").path.read_bytes())
    assert register["accepted"] == 2 and register["returned"] == [code(2)]
    book = CalamineWorkbook.from_filelike(io.BytesIO(papers.return_list(submission)))
    assert [row[1] for row in book.get_sheet_by_index(0).to_python()[2:]] == [code(2)]
    assert papers.return_list_pdf(submission).startswith(b"%PDF")


def test_the_answer_brings_only_what_went_back_and_settles_the_list(desk):
    first = partly(desk, item(1), item(2, 责任者=""))
    wrong = desk.checked(desk.transfer(item(2), item(7), name="多带一件"), replaces_id=first.pk)
    assert wrong.state == "failed" and "不在退回清单" in "\n".join(problems(wrong))
    assert wrong.items.get(item_key=code(7)).verdict == "failed"
    services.return_submission(desk.ctx("archivist"), submission_id=wrong.pk, reason="只移交清单所列")
    answer = desk.accepted(desk.transfer(item(2), name="补正"), replaces_id=first.pk)
    asked = ReturnList.objects.get()
    assert asked.state == "answered" and workflow.clock_of(RETURN_LIST, asked.pk) is None
    assert asked.entries.get().answered_by.submission_id == answer.pk
    assert set(Description.objects.values_list("reference_code", flat=True)) == {code(1), code(2)}
    lead = desk.ctx("agency_lead")
    replaceable = queries.replaceable(lead, queries.agencies_to_send_for(lead))
    assert not replaceable.filter(pk=first.pk).exists()


def test_what_will_not_come_again_is_closed_with_a_reason(desk, at):
    first = partly(desk, item(1), item(2, 责任者=""), item(3, 责任者=""))
    asked = ReturnList.objects.get(submission=first)
    entry = asked.entries.order_by("pk").first()
    with pytest.raises(Exception, match="没有办理此事的权限"):
        services.drop_entry(desk.ctx("agency_lead"), entry_id=entry.pk, reason="x")
    services.drop_entry(desk.ctx("archivist"), entry_id=entry.pk, reason="原件灭失")
    asked.refresh_from_db()
    assert asked.state == "open"
    other = asked.entries.order_by("pk").last()
    client = at(desk.region, "archivist")
    drop = url("drop_entry", first.pk, other.pk)
    assert drop in body(client.get(url("returns", first.pk))) and "样例" in body(client.get(drop))
    assert drop not in body(at(desk.region, "agency_lead").get(url("returns", first.pk)))
    assert at(desk.region, "agency_lead").get(drop).status_code == 404
    services.close_return_list(desk.ctx("archivist"), submission_id=first.pk, reason="不再移交")
    asked.refresh_from_db()
    assert asked.state == "closed" and not queries.open_entries(asked).exists()


def test_a_part_needs_both_something_to_take_and_something_to_return(desk):
    good = desk.checked(desk.transfer(item(1), item(2)))
    archivist = desk.ctx("archivist")
    with pytest.raises(NothingToReturn):
        services.accept_part(archivist, submission_id=good.pk)
    with pytest.raises(MoveNotPermitted):
        services.accept_submission(desk.ctx("agency_lead"), submission_id=good.pk)
    services.accept_part(archivist, submission_id=good.pk, item_reasons={code(2): "题名与内容不符"})
    with pytest.raises(NotFromHere):
        services.accept_part(archivist, submission_id=good.pk, said="再来一次")
    assert desk.finish(good).state == "succeeded"
    assert queries.reasons(good.items.get(item_key=code(2))) == ["题名与内容不符"]
    bad = desk.checked(desk.transfer(item(5, 责任者=""), name="全坏"))
    with pytest.raises(NothingToAccept):
        services.accept_part(archivist, submission_id=bad.pk, said=overruled(bad) or "x")


def test_what_fails_for_the_whole_package_is_set_aside_by_name_or_not_at_all(desk, monkeypatch):
    submission = desk.checked(desk.transfer(item(1), item(2, 责任者="")))
    submission.package_failures = ["YJ-1-13"]
    submission.save()
    with pytest.raises(ReasonForOverruling):
        services.accept_part(desk.ctx("archivist"), submission_id=submission.pk)
    monkeypatch.setattr(queries, "properties_of", lambda row, codes: {"YJ-4-1": "safety"})
    with pytest.raises(PackageItselfFails):
        services.accept_part(desk.ctx("archivist"), submission_id=submission.pk, said="说明")


def test_two_people_hand_over_where_the_agreement_says_so(bound, at):
    desk = bound
    submission = desk.checked(desk.transfer(item(1), item(2, 责任者="")))
    first, second = desk.ctx("archivist"), desk.ctx("second_archivist")
    services.accept_part(first, submission_id=submission.pk, said=overruled(submission))
    submission.refresh_from_db()
    assert submission.state == "to_confirm"
    with pytest.raises(SamePerson):
        services.confirm_acceptance(first, submission_id=submission.pk)
    services.object_to_acceptance(second, submission_id=submission.pk, reason="请核对第 2 件")
    submission.refresh_from_db()
    assert (submission.state, submission.decider_name) == ("failed", "")
    services.accept_part(first, submission_id=submission.pk, said=overruled(submission))
    assert "待复核" in body(at(desk.region, "second_archivist").get(url("desk")))
    page = body(at(desk.region, "second_archivist").get(url("submission", submission.pk)))
    assert "复核同意接收" in page and "复核不同意" in page
    answer = at(desk.region, "second_archivist").post(url("move_submission", submission.pk, "confirm"))
    assert answer.status_code == 303
    assert desk.finish(submission).state == "succeeded"
    assert submission.confirmer_name == "样例second_archivist" and submission.state == "partly"


def test_both_sides_confirm_the_register_and_it_is_printed_anew(bound, at):
    desk = bound
    submission = desk.checked(desk.transfer())
    services.accept_submission(desk.ctx("archivist"), submission_id=submission.pk)
    services.confirm_acceptance(desk.ctx("second_archivist"), submission_id=submission.pk)
    desk.finish(submission)
    issued = queries.kept(submission.register_key)
    row = queries.register_of(desk.ctx("agency_lead"), submission.pk)
    assert (row.state, row.archives_checks["integrity"] != "") == ("issued", True)
    said = dict.fromkeys(("authenticity", "integrity", "usability", "safety"), "合格")
    with pytest.raises(FindingsMissing):
        services.confirm_register(
            desk.ctx("agency_lead"), submission_id=submission.pk, side="agency", checks={}
        )
    with pytest.raises(MoveNotPermitted):
        services.confirm_register(
            desk.ctx("agency_lead"), submission_id=submission.pk, side="archives", checks=said
        )
    client = at(desk.region, "agency_lead")
    assert client.get(url("confirm_register", submission.pk, "archives")).status_code == 404
    assert client.post(url("confirm_register", submission.pk, "agency"), said).status_code == 303
    assert client.get(url("confirm_register", submission.pk, "agency")).status_code == 404
    client = at(desk.region, "archives_head")
    assert "代表接收单位确认" in body(client.get(url("register", submission.pk)))
    assert client.post(url("confirm_register", submission.pk, "archives"), said).status_code == 303
    row.refresh_from_db()
    submission.refresh_from_db()
    assert row.state == "confirmed" and row.agency_entry_id and row.archives_entry_id
    printed = queries.kept(submission.register_key)
    assert printed != issued and printed.startswith(b"%PDF")
    assert papers.register(submission) == printed
    _kept_in_the_object(desk, row, submission, printed)
    assert "双方已确认" in body(client.get(url("register", submission.pk)))
    assert "双方登记" in body(client.get(url("submission", submission.pk)))


def test_the_pages_of_a_partial_acceptance_are_walked_by_hand(desk, at, abroad):
    submission = desk.checked(desk.transfer(item(1), item(2, 责任者="")))
    client = at(desk.region, "archivist")
    page = body(client.get(url("accept_part", submission.pk)))
    assert "逐件退回" in page and code(2) in page
    answer = client.post(url("accept_part", submission.pk), {"said": "其余的件合格"})
    assert answer.status_code == 303, body(answer)
    desk.finish(submission)
    page = body(client.get(url("returns", submission.pk)))
    assert (
        code(2) in page
        and "责任者" in page
        and "不再移交，结案" in page
        and "余" in body(client.get(url("desk")))
    )
    assert client.get(url("return_list_pdf", submission.pk)).content.startswith(b"%PDF")
    page = body(client.get(url("files", submission.pk) + "?state=ok"))
    assert "通知1.pdf" in page and "可读" in page
    page = body(at(desk.region, "agency_lead").get(url("returns", submission.pk)))
    assert "移交补正的件" in page
    client = at(abroad, "archivist")
    for name in ("returns", "register", "files", "accept_part", "return_list_pdf"):
        assert client.get(url(name, submission.pk)).status_code == 404, name
    assert Submission.objects.count() == 1


def test_the_demo_has_a_package_of_which_all_but_one_item_are_taken(desk):
    made = broken.partly("样例办公室", FONDS)
    submission = desk.checked(made.make())
    assert submission.state == "failed"
    failed = list(submission.items.filter(verdict="failed").values_list("item_key", flat=True))
    assert len(failed) == 1 and submission.item_count == 6, problems(submission)
    services.accept_part(desk.ctx("archivist"), submission_id=submission.pk, said="样例")
    assert desk.finish(submission).state == "succeeded"
    assert (submission.accepted_item_count, submission.returned_item_count) == (5, 1)
