from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from lantai.apps.filing.models import Document
from lantai.kit.digests import digest_bytes
from lantai.platform.accounts.models import ApiToken
from lantai.platform.blobs.models import Blob
from tests.apps.filing.desk import pdf

URL = "/api/filing/documents"


@pytest.fixture
def machine(client, desk):
    """The agency's office system with its token."""
    secret = "sample-token"
    ApiToken.objects.create(
        user=desk.region.people["oa_connector"],
        label="样例",
        digest=hashlib.sha256(secret.encode()).hexdigest(),
        expires_at=timezone.now() + timedelta(days=1),
    )

    def call(method: str, url: str, data=None, **headers):
        signed = {"authorization": f"Bearer {secret}"} | headers
        return getattr(client, method)(url, data, headers=signed)

    return call


def hand_over(machine, desk, *files, said=None, key="OA-2026-1", **changes):
    """POST a document of (name, bytes) files."""
    declared = said or [{"name": name, "sha256": hashlib.sha256(data).hexdigest()} for name, data in files]
    metadata = {"fonds_code": desk.fonds.code, "title": "样例通知", "files": declared} | changes
    parts = [SimpleUploadedFile(name, data) for name, data in files]
    return machine(
        "post", URL, {"metadata": json.dumps(metadata), "files": parts}, **{"idempotency-key": key}
    )


def test_an_office_system_hands_a_document_over_once(machine, desk):
    data = pdf("a")
    said = [{"name": "正文.pdf", "size": len(data), "sm3": digest_bytes(data).sm3.upper()}]
    more = {
        "elements": {"keyword": "样例"},
        "persons": ["样例甲"],
        "dated_on": "2026-03-05",
        "class_code": "BGS",
    }
    first = hand_over(machine, desk, ("正文.pdf", data), said=said, **more)
    assert first.status_code == 201, first.content
    body = first.json()
    assert (body["state"], body["year"], body["class_code"], body["persons"]) == (
        "captured",
        2026,
        "BGS",
        ["样例甲"],
    )
    assert body["files"][0]["sha512"] == digest_bytes(data).sha512
    again = hand_over(machine, desk, ("正文.pdf", data), said=said, **more)
    assert (again.status_code, again.json()["id"]) == (200, body["id"])
    assert Document.objects.count() == 1 and Blob.objects.get().holds == 1


def test_another_content_under_the_same_key_is_a_conflict(machine, desk):
    hand_over(machine, desk, ("a.pdf", b"a"))
    answer = hand_over(machine, desk, ("a.pdf", b"b"))
    assert answer.status_code == 409 and answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["kind"] == "KeyUsedForOther"


def test_a_wrong_digest_names_the_file_and_nothing_is_kept(machine, desk, django_capture_on_commit_callbacks):
    said = [{"name": "a.pdf"}, {"name": "b.pdf", "sha256": "0" * 64}]
    with django_capture_on_commit_callbacks(execute=True):
        answer = hand_over(machine, desk, ("a.pdf", b"a"), ("b.pdf", b"b"), said=said)
    body = answer.json()
    assert answer.status_code == 422 and body["kind"] == "DigestNotAsSaid" and "b.pdf" in body["title"]
    assert not Document.objects.exists() and not Blob.objects.exists()


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"title": ""}, "Malformed"),
        ({"files": []}, "Malformed"),
        ({"unknown": 1}, "Malformed"),
        ({"retention": "很久"}, "RetentionPartInvalid"),
        ({"kind": "nothing"}, "ValueUnknown"),
        ({"fonds_code": "X999"}, "NotOfAgency"),
        ({"title": "a\u0000b"}, "TextUnfit"),
        ({"files": [{"name": "missing.pdf"}]}, "PartMissing"),
    ],
)
def test_what_is_wrong_is_said_as_a_problem(machine, desk, changes, kind):
    answer = hand_over(machine, desk, ("a.pdf", b"a"), **changes)
    assert (answer.status_code, answer.json()["kind"]) == (422, kind)
    assert answer["Content-Type"].startswith("application/problem+json") and not Document.objects.exists()


def test_metadata_that_is_no_json_is_said_as_a_problem(machine, desk):
    part = SimpleUploadedFile("a.pdf", b"a")
    answer = machine("post", URL, {"metadata": "{", "files": part}, **{"idempotency-key": "1"})
    assert (answer.status_code, answer.json()["kind"]) == (422, "Malformed")


@pytest.mark.parametrize(("header", "said"), [("", ""), ("A", "B")])
def test_a_key_must_be_there_and_agree(machine, desk, header, said):
    answer = hand_over(machine, desk, ("a.pdf", b"a"), key=header, external_key=said)
    assert (answer.status_code, answer.json()["kind"]) == (422, "KeyMissing")


def test_a_system_asks_what_became_of_its_documents(machine, desk):
    hand_over(machine, desk, ("a.pdf", pdf("a")), key="OA/2026/1")
    hand_over(machine, desk, ("b.pdf", pdf("b")), key="OA/2026/2")
    found = machine("get", f"{URL}/by-key/OA/2026/2").json()
    assert found["external_key"] == "OA/2026/2"
    assert machine("get", f"{URL}/{found['id']}").json() == found
    listed = machine("get", f"{URL}?state=captured").json()
    assert [one["external_key"] for one in listed["documents"]] == ["OA/2026/1", "OA/2026/2"]
    assert listed["next"] is None
    after = machine("get", f"{URL}?after={listed['documents'][0]['id']}").json()
    assert [one["external_key"] for one in after["documents"]] == ["OA/2026/2"]


def test_a_batch_is_read_by_people_of_the_agency(client, desk):
    batch = desk.batch(2)
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(desk.region.people["agency_lead"], backend=backend)
    body = client.get(f"/api/filing/batches/{batch.pk}").json()
    assert (body["code"], body["item_count"], body["state"]) == (batch.code, 2, "draft")


def test_strangers_and_the_unknown_get_nothing(client, machine, desk, abroad):
    theirs = abroad.capture()
    assert machine("get", f"{URL}/{theirs.pk}").status_code == 404
    assert machine("get", f"{URL}/by-key/{theirs.external_key}").status_code == 404
    assert client.get(f"{URL}/{theirs.pk}").status_code == 401
    assert machine("post", URL, {"metadata": "{}"}).status_code == 422
