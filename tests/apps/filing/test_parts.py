"""What a composed record consists of: said by people or systems, told by the files themselves, sealed with them."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lantai.apps.custody import queries as custody
from lantai.apps.filing import composition, facts, queries, services
from lantai.apps.filing.models import Document
from lantai.apps.filing.types import (
    AssignedPart,
    CapturedFile,
    FrozenInBatch,
    NotComposed,
    PartUnknown,
    SealBatch,
    TestBatch,
)
from lantai.kit.errors import Missing
from lantai.kit.packages.ocfl.reader import open_object
from lantai.platform.blobs import services as blobs
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger.models import Entry
from tests.apps.filing.desk import pdf

pytestmark = pytest.mark.django_db
INVOICE = (
    "<EInvoice><InvoiceNumber>{number}</InvoiceNumber><IssueTime>2026-03-01</IssueTime>"
    "<TotalTax-includedAmount>100.00</TotalTax-includedAmount></EInvoice>"
)
BOOKED = {
    "voucherKind": "凭证", "fiscalYear": "2026", "amount": "100.00", "voucherNumber": "样1",
    "preparedBy": "样例甲", "approvedBy": "样例乙", "bookedOn": "20260305", "fiscalPeriod": "3",
}  # fmt: skip


def invoice(number: str = "00000000000000000001") -> bytes:
    return INVOICE.format(number=number).encode()


def voucher(desk, key: str = "", number: str = "00000000000000000001", **changes) -> Document:
    held = (("凭证.pdf", pdf(key)), ("票据.xml", invoice(number)))
    row = desk.capture(key, **{"kind": "voucher", "metadata": BOOKED, "files": held} | changes)
    return queries.with_files(row.pk).get()


def parts(row: Document) -> dict[str, str]:
    return {
        one.file.name: one.part.slug if one.part else ""
        for one in composition.part_files(row, row.files.all())
    }


def said(row: Document, *words: str, **noted: str) -> list[AssignedPart]:
    files = queries.files_of(row.pk)
    return [AssignedPart(file.pk, word, noted) for file, word in zip(files, words, strict=True)]


def test_a_file_is_known_by_its_content_until_somebody_says_what_it_is(desk):
    row = voucher(desk)
    assert parts(row) == {"凭证.pdf": "voucher", "票据.xml": "annex"}
    desk.read()
    row = queries.with_files(row.pk).get()
    assert parts(row)["票据.xml"] == "invoice"
    services.assign_parts(
        desk.clerk, document_id=row.pk, parts=said(row, "voucher", "原始凭证", number="样7")
    )
    row = queries.with_files(row.pk).get()
    assert parts(row)["票据.xml"] == "source"
    assert (
        facts.elements_of(row)["parts"] == "记账凭证｜凭证.pdf｜number=样7；原始凭证｜票据.xml｜单据号码=样7"
    )
    assert Entry.objects.filter(act="filing:document:parts_assigned").count() == 1
    assert not services.assign_parts(
        desk.clerk, document_id=row.pk, parts=said(row, "voucher", "source", number="样7")
    )


def test_what_cannot_be_a_part_is_refused_by_name(desk, abroad):
    row, plain = voucher(desk), desk.capture()
    with pytest.raises(PartUnknown, match="照片"):
        services.assign_parts(desk.clerk, document_id=row.pk, parts=said(row, "voucher", "照片"))
    with pytest.raises(NotComposed):
        services.assign_parts(desk.clerk, document_id=plain.pk, parts=said(plain, "invoice"))
    with pytest.raises(Missing):
        services.assign_parts(desk.clerk, document_id=row.pk, parts=said(plain, "invoice"))
    with pytest.raises(Missing):
        services.assign_parts(abroad.clerk, document_id=row.pk, parts=said(row, "voucher", "invoice"))
    with pytest.raises(PartUnknown):
        voucher(desk, files=(CapturedFile(name="a", role="main", staged=blobs.stage([b"a"]), part="?"),))


def test_a_description_that_tells_of_parts_is_taken_at_its_word(desk):
    told = {**BOOKED, "parts": "记账凭证｜凭证.pdf；发票｜票据.xml｜发票号码=1｜价税合计=100.00"}
    row = voucher(desk, "K1", metadata=told)
    file = row.files.get(name="票据.xml")
    assert (file.part, file.role, file.elements) == (
        "invoice",
        "attachment",
        {"number": "1", "amount": "100.00"},
    )
    assert "parts" not in row.metadata
    assert voucher(desk, "K1", metadata=told).pk == row.pk


def findings(desk, row: Document) -> list[tuple[str, str]]:
    check = services.check_document(desk.clerk, document_id=row.pk)
    failed = custody.failed_items(check.pk).values()
    return [(one.code, one.message % one.params) for results in failed for one in results]


def test_an_invoice_of_the_fonds_is_not_taken_twice(desk):
    first, second = voucher(desk, "甲"), voucher(desk, "乙", "00000000000000000002")
    desk.read()
    desk.arrange([first, second])
    assert not [one for one in findings(desk, second) if one[0] == "GD-1-8-3"]
    again = voucher(desk, "丙")
    desk.read()
    desk.arrange([again])
    (told,) = [text for code, text in findings(desk, again) if code == "GD-1-8-3"]
    assert "关于样例 甲 的通知 · 票据.xml" in told
    services.discard(desk.clerk, document_ids=[first.pk], reason="重复")
    assert not [one for one in findings(desk, again) if one[0] == "GD-1-8-3"]


def test_what_is_noted_against_the_content_is_found(desk):
    row = voucher(desk)
    desk.read()
    desk.arrange([row])
    wrong = said(row, "voucher", "invoice", number="00000000000000000009", amount="100")
    services.assign_parts(desk.clerk, document_id=row.pk, parts=wrong)
    (told,) = [text for code, text in findings(desk, row) if code == "GD-1-10-3"]
    assert "发票号码" in told


def test_parts_are_assigned_on_a_page_and_stop_with_the_test(client, desk):
    row = voucher(desk)
    desk.read()
    client.force_login(desk.region.people["agency_clerk"])
    url = reverse("filing:assign", args=[row.pk])
    page = client.get(url).content.decode()
    assert "按内容判断（发票）" in page and "文件中读到：00000000000000000001" in page
    sheet, bill = row.files.all()
    form = {f"part_{sheet.pk}": "voucher", f"part_{bill.pk}": "invoice",
            f"value_{bill.pk}_number": "00000000000000000001", f"value_{bill.pk}_amount": "100.00",
            f"value_{bill.pk}_issuedOn": ""}  # fmt: skip
    other = form | {f"part_{bill.pk}": "source"}
    for said_so in (other, form):
        assert client.post(url, said_so)["Location"] == url  # another part is asked for other things
    assert client.post(url, form)["Location"] == row.get_absolute_url()
    page = client.get(row.get_absolute_url()).content.decode()
    assert "发票号码：00000000000000000001" in page and "可无" in page
    desk.arrange([row])
    batch = desk.compose([row.pk])
    jobs.run_now(desk.clerk, TestBatch(batch.pk))
    batch.refresh_from_db()
    assert batch.state == "passed"
    with pytest.raises(FrozenInBatch):
        services.assign_parts(desk.clerk, document_id=row.pk, parts=said(row, "voucher", "annex"))
    assert client.get(url).status_code == 303
    (item,) = seal(desk, batch)
    assert [one.get("part") for one in item["files"]] == ["voucher", "invoice"]
    assert item["files"][1]["elements"]["amount"] == "100.00"
    assert "发票｜票据.xml" in item["elements"]["parts"]


def seal(desk, batch) -> list[dict]:
    services.start_sealing(desk.lead, batch_id=batch.pk)
    assert jobs.run_now(desk.lead, SealBatch(batch.pk)).state == "succeeded"
    batch.refresh_from_db()
    stored = open_object(custody.object_folder(batch.package.object_id))
    return json.loads(stored.file("metadata/items.json").path.read_bytes())["items"]


def test_an_upload_asks_what_the_kind_has_of_its_own(client, desk):
    client.force_login(desk.region.people["agency_clerk"])
    chosen = {"fonds": desk.fonds.pk, "kind": "voucher", "year": 2026, "element_voucherKind": "凭证"}
    page = client.get(reverse("filing:upload"), chosen).content.decode()
    assert "会计期间" in page and "记账凭证（视情况必备）" in page
    files = [SimpleUploadedFile("凭证.pdf", pdf("u"))]
    query = "&".join(f"{key}={value}" for key, value in chosen.items())
    answer = client.post(f"{reverse('filing:take_uploads')}?{query}", {"files": files})
    row = Document.objects.get()
    assert answer["Location"] == reverse("filing:assign", args=[row.pk])
    assert row.metadata == {"voucherKind": "凭证"}
