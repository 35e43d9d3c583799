"""Anybody asks whether a paper is true, by number and code, by QR code, or with the file."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lantai.apps.readingroom import services
from lantai.apps.readingroom.models import Certificate
from lantai.apps.readingroom.services import verifying
from lantai.apps.readingroom.services.attempts import Door
from lantai.apps.readingroom.types import FileTooLarge, Standing, TooManyRequests
from lantai.platform.workflow.types import ReasonMissing
from tests.apps.readingroom.conftest import stranger

pytestmark = pytest.mark.django_db


def by_file(data: bytes, address: str = "192.0.2.1"):
    return services.verify_file(stranger(), source=[data], address=address)


def test_the_issued_file_is_valid_and_what_was_looked_at_is_said(room):
    certificate = room.issued()
    found = by_file(room.pdf(certificate))
    assert found.standing is Standing.VALID
    assert (found.number, found.holder, found.sha256) == (certificate.number, "样**", certificate.sha256)
    assert found.records == ("A109-HY·1985-Y-0001",)
    assert len(found.looked) >= 6 and all(check.ok for check in found.looked)


def test_evi_64_a_changed_file_is_told_from_one_that_was_never_ours(room):
    pdf = bytearray(room.pdf(room.issued()))
    pdf[len(pdf) // 2] ^= 1
    assert by_file(bytes(pdf)).standing is Standing.ALTERED
    for foreign in (b"", b"%PDF-1.7\nnothing of ours", b"hello", b"{}", b"PK\x03\x04broken"):
        assert by_file(foreign).standing is Standing.UNKNOWN


def test_evi_64_a_revoked_certificate_says_so_everywhere_with_the_reason(room):
    certificate = room.issued()
    pdf = room.pdf(certificate)
    with pytest.raises(ReasonMissing):
        services.revoke_certificate(room.world.ctx("approver"), certificate_id=certificate.pk, reason=" ")
    services.revoke_certificate(
        room.world.ctx("approver"), certificate_id=certificate.pk, reason="档案所载日期有误"
    )
    found = by_file(pdf)
    assert (found.standing, found.reason) == (Standing.REVOKED, "档案所载日期有误")
    code = services.verify_code(stranger(), check_code=certificate.check_code, address="192.0.2.1")
    assert code.standing is Standing.REVOKED and code.revoked_on is not None


def test_a_file_whose_certificate_we_no_longer_know_still_proves_itself(room):
    certificate = room.issued()
    pdf = room.pdf(certificate)
    Certificate.objects.all().delete()
    found = by_file(pdf)
    assert found.standing is Standing.VALID and found.number == certificate.number


def test_number_and_code_must_fit_and_the_answer_does_not_say_which_was_wrong(room):
    certificate = room.issued()

    def ask(number: str, code: str):
        return services.verify_number_and_code(
            stranger(), number=number, check_code=code, address="192.0.2.1"
        )

    typed = certificate.check_code.lower().replace("0", "o").replace("1", "l")
    assert ask(certificate.number.lower(), f"{typed[:8]} - {typed[8:]}").standing is Standing.VALID
    assert ask("A0-2026-00009", certificate.check_code) == ask(certificate.number, "0000000000000000")


def test_guessing_codes_is_slow(room):
    for number in range(Door.VERIFY.value.most):
        services.verify_code(stranger(), check_code=f"{number:016}", address="192.0.2.5")
    with pytest.raises(TooManyRequests):
        services.verify_code(stranger(), check_code="1" * 16, address="192.0.2.5")


def test_a_file_beyond_the_limit_is_refused_before_anything_opens_it(room, monkeypatch):
    monkeypatch.setattr(verifying, "LIMIT_MB", 1)
    with pytest.raises(FileTooLarge):
        services.verify_file(stranger(), source=[b"x" * (1 << 20), b"x"], address="192.0.2.1")


def test_a_mark_across_two_pieces_is_seen(room):
    pdf = room.pdf(room.issued())
    at = pdf.index(b"LantaiArchives") + 5
    changed = pdf.replace(b'"lantai":"', b'"xantai":"')
    assert changed != pdf
    found = services.verify_file(stranger(), source=[changed[:at], changed[at:]], address="192.0.2.1")
    assert found.standing is Standing.ALTERED


def test_evi_64_the_page_behind_the_qr_code_and_the_upload_answer_without_javascript(room, client):
    certificate = room.issued()
    answer = client.get(reverse("readingroom:verify_code", args=[certificate.check_code]))
    page = answer.content.decode()
    assert answer.status_code == 200 and "有效" in page and certificate.number in page
    assert "样例甲" not in page
    upload = SimpleUploadedFile("x.pdf", room.pdf(certificate), "application/pdf")
    page = client.post(reverse("readingroom:verify_file"), {"pdf-file": upload}).content.decode()
    assert "逐字节相同" in page and "有效" in page
    assert client.get(reverse("readingroom:verify_code", args=["ABCDEFGH"])).status_code == 404
    wrong = client.post(reverse("readingroom:verify"), {"number": "X", "check_code": "Y"})
    assert wrong.status_code == 404 and "查无此证" in wrong.content.decode()
    assert client.post(reverse("readingroom:verify"), {}).status_code == 422


def test_the_api_applies_follows_and_verifies_without_an_account(room, client):
    from tests.apps.readingroom.conftest import ID_NUMBER, PHONE

    body = {
        "submit_key": "api-key-000000001",
        "archives_code": "A0",
        "topic": "zhiqing",
        "relation": "self",
        "purpose": "personal",
        "persons": ["样例丙"],
        "applicant_name": "样例丙",
        "id_number": ID_NUMBER,
        "phone": PHONE,
    }
    send = lambda body: client.post(  # noqa: E731
        "/api/readingroom/applications", json.dumps(body), content_type="application/json"
    )
    made = send(body)
    assert made.status_code == 201 and send(body).json() == made.json()
    number = made.json()["number"]
    url = f"/api/readingroom/applications/{number}"
    assert client.get(url, {"phone_tail": PHONE[-4:]}).json()["state"] == "submitted"
    assert client.get(url, {"phone_tail": "0000"}).status_code == 422
    assert send({**body, "submit_key": "api-key-000000002", "id_number": "1"}).status_code == 422
    certificate = room.issued()
    known = client.get(f"/api/readingroom/verify/{certificate.check_code}").json()
    assert (known["standing"], known["sha256"]) == ("valid", certificate.sha256)
    upload = SimpleUploadedFile("x.pdf", room.pdf(certificate), "application/pdf")
    assert client.post("/api/readingroom/verify", {"file": upload}).json()["standing"] == "valid"
