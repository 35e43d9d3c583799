"""What an office system pushes is kept once, acknowledged when it is kept, and then taken in."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lantai.apps.connectors import services
from lantai.apps.connectors.models import Connector, Delivery, DeliveryFile
from lantai.apps.filing import composition
from lantai.apps.filing.models import Document
from lantai.apps.holdings import services as holdings
from lantai.apps.intake.models import Submission
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.services import content
from lantai.platform.blobs.types import StoreFull
from lantai.platform.notify.models import Notice
from tests.apps.connectors.office import DELIVERIES, document, register, settle


def test_documents_are_acknowledged_when_they_are_kept_and_then_taken_in(office):
    answer = office.push("K-1", document("OA-1", ("正文.txt", b"a"), ("附件.txt", b"b")), document("OA-2"))
    row = office.delivery(answer)
    receipt = answer.json()
    assert (row.state, receipt["state"], receipt["key"]) == ("received", "received", "K-1")
    assert [len(one["files"]) for one in receipt["documents"]] == [2, 1]
    assert Blob.objects.count() == 3 and not Document.objects.exists()
    settle()
    row.refresh_from_db()
    assert row.state == "done"
    taken = Document.objects.get(external_key="OA-1")
    assert [(f.name, f.role) for f in taken.files.order_by("order")] == [
        ("正文.txt", "main"),
        ("附件.txt", "attachment"),
    ]
    told = office.call("get", f"{DELIVERIES}/{row.pk}").json()
    assert [one["outcome"] for one in told["documents"]] == ["taken", "taken"]
    assert office.call("get", f"{DELIVERIES}/by-key/K-1").json() == told


def test_the_same_key_with_the_same_body_gives_the_first_answer_again(office):
    first = office.push("K-1", document("OA-1"))
    settle()
    again = office.push("K-1", document("OA-1"))
    assert (again.status_code, again.json()) == (202, first.json())
    assert Delivery.objects.count() == 1 and Document.objects.count() == 1 and Blob.objects.get().holds == 1


@pytest.mark.parametrize("other", [document("OA-2"), document("OA-1", ("OA-1.txt", b"other"))])
def test_the_same_key_with_another_body_is_refused_and_leaves_nothing(office, other):
    office.push("K-1", document("OA-1"))
    answer = office.push("K-1", other)
    assert answer.status_code == 422 and answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["kind"] == "KeyWithOtherBody" and "K-1" in answer.json()["title"]
    assert Delivery.objects.count() == 1 and Blob.objects.filter(holds__gt=0).count() == 1


def test_one_bad_document_does_not_hold_up_the_others_and_can_be_tried_again(
    office, django_capture_on_commit_callbacks
):
    row = office.delivery(office.push("K-1", document("OA-1"), document("OA-2", class_code="BGS")))
    settle()
    row.refresh_from_db()
    assert row.state == "partly"
    bad = row.items.get(external_key="OA-2")
    assert bad.outcome == "refused" and bad.message and bad.files.get().is_here
    holdings.add_class(office.region.ctx("archivist"), fonds_id=office.fonds.pk, code="BGS", name="办公室")
    services.retry(office.clerk, delivery_id=row.pk)
    settle()
    row.refresh_from_db()
    assert (row.state, row.attempts, Document.objects.count()) == ("done", 2, 2)


def test_what_is_dismissed_leaves_quarantine_with_the_reason(office, django_capture_on_commit_callbacks):
    row = office.delivery(office.push("K-1", document("OA-1", class_code="NONE")))
    settle()
    with django_capture_on_commit_callbacks(execute=True):
        services.dismiss(office.clerk, delivery_id=row.pk, reason="重复")
    row.refresh_from_db()
    assert row.state == "dismissed" and not DeliveryFile.objects.filter(is_here=True).exists()
    assert not Blob.objects.exists()


def test_people_of_the_agency_are_told_when_something_was_not_taken_in(office):
    row = office.delivery(office.push("K-1", document("OA-1", class_code="NONE")))
    settle()
    told = Notice.objects.filter(url=row.get_absolute_url())
    assert {one.user_id for one in told} == {
        office.region.people[n].pk for n in ("agency_clerk", "agency_lead")
    }


@pytest.mark.parametrize(
    ("key", "metadata", "kind"),
    [
        ("", {"documents": [document("A")]}, "KeyMissing"),
        ("K" * 121, {"documents": [document("A")]}, "KeyMissing"),
        ("K", "{", "MetadataNotJson"),
        ("K", '{"a":' + "[" * 900 + "]" * 900 + "}", "MetadataNotJson"),
        ("K", {"documents": []}, "MetadataUnfit"),
        ("K", {"documents": [{"title": "x"}]}, "MetadataUnfit"),
        ("K", {"documents": [document("A\x00")]}, "MetadataNotJson"),
        ("K", {"documents": [document("A"), document("A")]}, "MetadataUnfit"),
        ("K", {"documents": [document("A") | {"files": [{"name": "gone.txt"}]}]}, "PartMissing"),
        ("K", {"documents": [document("A") | {"files": [{"name": "a", "upload": "x"}]}]}, "UploadNotHere"),
    ],
)
def test_what_is_not_as_described_is_refused_in_words_and_noted(office, key, metadata, kind):
    if isinstance(metadata, dict):
        for one in metadata["documents"]:
            one["files"] = [
                f if isinstance(f, dict) else {"name": f[0], "upload": "x"} for f in one.get("files", [])
            ]
        metadata = json.dumps(metadata)
    answer = office.call("post", DELIVERIES, {"metadata": metadata}, **{"idempotency-key": key})
    said = answer.json()
    assert (answer.status_code, said["kind"]) == (422, kind), said
    assert not Delivery.objects.exists() and not Blob.objects.exists()
    row = Connector.objects.get(pk=office.connector.pk)
    assert row.turned_away == 1 and row.last_error


def test_a_file_that_nobody_declared_or_that_differs_is_refused(office):
    more = office.push("K", document("A", ("a.txt", b"a")), **{"x-sample": "1"})
    assert more.status_code == 202
    wrong = document("B") | {"files": [{"name": "b.txt", "sha256": "0" * 64}]}
    body = {"metadata": json.dumps({"documents": [wrong]}), "files": [SimpleUploadedFile("b.txt", b"b")]}
    answer = office.call("post", DELIVERIES, body, **{"idempotency-key": "K2"})
    assert (answer.status_code, answer.json()["kind"]) == (422, "FileDiffers")
    body = {"metadata": json.dumps({"documents": [document("C") | {"files": [{"name": "c.txt"}]}]}),
            "files": [SimpleUploadedFile("c.txt", b"c"), SimpleUploadedFile("d.txt", b"d")]}  # fmt: skip
    answer = office.call("post", DELIVERIES, body, **{"idempotency-key": "K3"})
    assert (answer.status_code, answer.json()["kind"]) == (422, "PartNotDeclared")
    assert Delivery.objects.count() == 1


def test_limits_of_size_number_and_rate_hold(office):
    def limit(**values):
        Connector.objects.filter(pk=office.connector.pk).update(**values)

    limit(most_mb=1)
    answer = office.push("K1", document("A", ("a.bin", b"x" * 1_500_000)))
    assert (answer.status_code, answer.json()["kind"]) == (413, "DeliveryTooLarge")
    limit(most_documents=1)
    assert office.push("K2", document("A"), document("B")).json()["kind"] == "TooManyDocuments"
    limit(rate_per_minute=1)
    assert office.push("K3", document("A")).status_code == 202
    answer = office.push("K4", document("B"))
    assert (answer.status_code, answer.json()["kind"], answer["Retry-After"]) == (
        429,
        "TooManyDeliveries",
        "60",
    )


def test_a_connector_that_is_off_or_has_no_role_or_token_takes_nothing(office):
    services.switch_connector(office.officer, connector_id=office.connector.pk, is_enabled=False)
    assert office.push("K", document("A")).json()["kind"] == "ConnectorOff"
    services.switch_connector(office.officer, connector_id=office.connector.pk, is_enabled=True)
    services.revoke_tokens(office.officer, connector_id=office.connector.pk)
    assert office.push("K", document("A")).status_code == 401


def test_a_rotated_token_leaves_the_old_one_a_day(office):
    old = office.secret
    _row, office.secret = services.rotate_token(office.officer, connector_id=office.connector.pk)
    assert office.secret != old and office.push("K1", document("A")).status_code == 202
    office.secret = old
    assert office.push("K2", document("B")).status_code == 202
    ends = office.connector.account.tokens.order_by("pk").first().expires_at
    assert ends is not None


def test_nothing_is_acknowledged_when_the_store_is_full(office, monkeypatch):
    def full(*_args, **_kwargs):
        raise StoreFull

    monkeypatch.setattr(content, "_store_verified", full)
    answer = office.push("K", document("A"))
    assert answer.status_code == 507 and not Delivery.objects.exists()


def test_a_large_file_comes_by_resumable_upload_and_the_same_request_again_is_the_same_delivery(office):
    name = b64encode("正文.txt".encode()).decode()
    opened = office.call(
        "post", "/api/connectors/uploads", **{"upload-length": "6", "upload-metadata": f"filename {name}"}
    )
    assert opened.status_code == 201
    place = opened["Location"]
    for offset, piece in ((0, b"abc"), (3, b"def")):
        answer = (
            office.call("generic", "PATCH", place, data=piece)
            if False
            else _patch(office, place, offset, piece)
        )
        assert answer.status_code == 204, answer.content
    assert office.call("head", place)["Upload-Offset"] == "6"
    body = {"documents": [document("OA-9") | {"files": [{"name": "正文.txt", "upload": place}]}]}

    def send():
        signed = {"authorization": f"Bearer {office.secret}", "idempotency-key": "K-9"}
        return Client().post(DELIVERIES, json.dumps(body), content_type="application/json", headers=signed)

    first, again = send(), send()
    assert (first.status_code, again.json()) == (202, first.json())
    settle()
    assert Document.objects.get(external_key="OA-9").files.get().size_bytes == 6


def _patch(office, place, offset, piece):
    signed = {"authorization": f"Bearer {office.secret}", "upload-offset": str(offset)}
    return Client().patch(place, piece, content_type="application/offset+octet-stream", headers=signed)


def test_a_package_needs_the_role_for_packages_and_becomes_a_transfer(office):
    def send(key):
        metadata = json.dumps({"title": "样例移交", "file": {"name": "sample.zip"}})
        body = {"metadata": metadata, "files": [SimpleUploadedFile("sample.zip", b"PK\x05\x06" + b"\0" * 18)]}
        return office.call("post", "/api/connectors/packages", body, **{"idempotency-key": key})

    refused = office.delivery(send("P-1"))
    settle()
    refused.refresh_from_db()
    assert refused.state == "refused" and not Submission.objects.exists()
    row = register(office.region, office.fonds, "pkg", "push", role="package_connector")
    _row, office.secret = services.rotate_token(office.officer, connector_id=row.pk)
    sent = office.delivery(send("P-1"))
    settle()
    sent.refresh_from_db()
    assert sent.state == "done" and sent.submission.title == "样例移交"


def test_fields_of_the_source_system_come_under_our_names_and_nothing_is_dropped(office):
    mapping = {"title": "bt", "external_key": "lsh", "document_number": "wh", "elements.keyword": "ztc"}
    Connector.objects.filter(pk=office.connector.pk).update(mapping=mapping)
    sent = {"lsh": "OA-7", "bt": "样例标题", "wh": "样办〔2026〕7号", "ztc": "样例", "nb": 3, "dated_on": "20260305",
            "persons": "样例甲、样例乙", "files": [("a.txt", b"a")]}  # fmt: skip
    row = office.delivery(office.push("K", sent))
    settle()
    row.refresh_from_db()
    taken = Document.objects.get(external_key="OA-7")
    assert (taken.title, taken.document_number, str(taken.dated_on)) == (
        "样例标题",
        "样办〔2026〕7号",
        "2026-03-05",
    )
    assert (taken.metadata, taken.persons) == ({"keyword": "样例", "nb": "3"}, ["样例甲", "样例乙"])


def test_what_part_a_file_is_of_its_record_arrives_as_the_system_says_it(office):
    files = [("凭证.txt", b"sample voucher"), ("回单.txt", b"sample slip")]
    said = document("OA-1", kind="voucher", elements={"voucherNumber": "样1"})
    said["files"] = [
        {"name": "凭证.txt", "part": "voucher"},
        {"name": "回单.txt", "part": "source", "elements": {"number": "样7"}},
    ]
    body = {
        "metadata": json.dumps({"documents": [said]}),
        "files": [SimpleUploadedFile(name, data) for name, data in files],
    }
    row = office.delivery(office.call("post", DELIVERIES, body, **{"idempotency-key": "K-1"}))
    settle()
    row.refresh_from_db()
    assert row.state == "done", [one.message for one in row.items.all()]
    taken = Document.objects.prefetch_related("files").get(external_key="OA-1")
    placed = composition.part_files(taken, taken.files.all())
    assert [(one.file.name, one.part and one.part.slug) for one in placed] == [
        ("凭证.txt", "voucher"),
        ("回单.txt", "source"),
    ]
