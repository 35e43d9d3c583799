"""From an approved request to a certificate that a stranger can check, however often the run is killed."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest
from django.utils import timezone

from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile
from lantai.apps.readingroom import services
from lantai.apps.readingroom.models import Certificate, CertificateDraft, NumberCounter, Request
from lantai.apps.readingroom.services import issuing
from lantai.apps.readingroom.types import IssueCertificate, NotIssuing, RecordDamaged, StillIssuing
from lantai.kit import cli
from lantai.kit.digests import digest_bytes
from lantai.kit.evidence import TrustStore
from lantai.kit.evidence.verify import verify_bytes
from lantai.platform.blobs import registry as blob_registry
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Entry
from lantai.platform.notify.models import Notice
from tests.apps.readingroom.conftest import PHONE

pytestmark = pytest.mark.django_db


def verified(pdf: bytes):
    return verify_bytes(pdf, TrustStore.parse(ledger.trust_text()))


def test_an_approved_request_gives_a_certificate_that_a_stranger_can_verify(room):
    certificate = room.issued()
    verdict = verified(room.pdf(certificate))
    assert verdict.ok, [str(check) for check in verdict.checks]
    year = NumberCounter.objects.get().year
    assert verdict.facts["statement.number"] == certificate.number == f"A0-{year}-00001"
    assert verdict.facts["statement.archives"] == "样例市档案馆"
    assert certificate.request.state == "delivered"
    assert certificate.request.closed_at is not None


def test_one_changed_byte_anywhere_is_found(room):
    pdf = room.pdf(room.issued())
    trust = TrustStore.parse(ledger.trust_text())
    for place in range(0, len(pdf), len(pdf) // 40):
        changed = bytearray(pdf)
        changed[place] ^= 1
        assert not verify_bytes(bytes(changed), trust).ok, f"byte {place}"


def test_the_offline_program_of_the_kit_says_the_same(room, tmp_path):
    pdf, trust = tmp_path / "cert.pdf", tmp_path / "trust.txt"
    pdf.write_bytes(room.pdf(room.issued()))
    trust.write_text(ledger.trust_text(), "utf-8")
    command = ["verify", str(pdf), "--trust", str(trust)]
    assert cli.main(command) == 0
    pdf.write_bytes(pdf.read_bytes() + b"\n")
    assert cli.main(command) == 1


def test_the_certificate_is_an_archival_pdf_with_its_page_of_the_record_and_nothing_secret(room):
    certificate = room.issued()
    with pikepdf.open(io.BytesIO(room.pdf(certificate))) as pdf:
        assert len(pdf.pages) == 2
        metadata = pdf.Root.Metadata.read_bytes()
        assert list(pdf.attachments) == ["lantai-certificate.json"]
        receipt = pdf.attachments["lantai-certificate.json"].get_file().read_bytes().decode()
    assert b'pdfaid:part="3"' in metadata and b'pdfaid:conformance="B"' in metadata
    assert certificate.request.applicant_name not in receipt
    entry = Entry.objects.get(pk=certificate.entry_id)
    assert set(entry.detail) == {"statement_sha256", "request"}


def test_the_number_is_given_once_and_counts_on(room):
    first = room.issued()
    second = room.submitted(key="key-000000000002")
    Request.objects.filter(pk=second.pk).update(state="issuing")
    ctx = replace(room.world.ctx("approver"), now=first.issued_at)  # in another year it counts from one
    drafts = [issuing.open_draft(ctx, second.pk) for _ in range(3)]
    assert {draft.number for draft in drafts} == {f"A0-{timezone.localtime(ctx.now).year}-00002"}
    assert NumberCounter.objects.get().last == 2


STEPS = ("open_draft", "print_page", "commit_page", "sign_page", "deliver")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_killed_at_any_step_goes_on_and_makes_exactly_one_certificate(room, monkeypatch, step, when):
    row, ctx = room.approved(), room.world.ctx("approver")
    whole = getattr(issuing, step)

    def killed(*args):
        if when == "after":
            whole(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(issuing, step, killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.run_now(ctx, IssueCertificate(row.pk))
    assert not Certificate.objects.exists()
    monkeypatch.undo()
    numbers = set(CertificateDraft.objects.values_list("number", flat=True))
    for _ in range(2):
        assert jobs.run_now(ctx, IssueCertificate(row.pk)).state == "succeeded"
    certificate = Certificate.objects.get()
    assert numbers <= {certificate.number} and NumberCounter.objects.get().last == 1
    assert verified(room.pdf(certificate)).ok
    assert Entry.objects.filter(act="readingroom:certificate:issued").count() == 1
    assert Entry.objects.filter(act="readingroom:request:delivered").count() == 1


def test_a_damaged_record_is_not_certified_and_the_request_can_be_taken_back(room):
    row = room.approved()
    path = custody.path_of(ContentFile.objects.select_related("package").get(item_key="K1"))
    path.chmod(0o644)
    path.write_bytes(b"not what was sealed")
    run = jobs.run_now(
        room.world.ctx("approver"), IssueCertificate(row.pk), about=("readingroom:request", row.pk)
    )
    assert (run.state, run.message) == ("failed", RecordDamaged.message)
    row.refresh_from_db()
    assert row.state == "issuing"
    services.give_up_issuing(room.world.ctx("approver"), row.pk)
    row.refresh_from_db()
    assert row.state == "proposed"


def test_a_run_that_goes_on_is_not_given_up(room):
    row = room.approved()
    assert Run.objects.get(about_id=str(row.pk)).state == "queued"
    with pytest.raises(StillIssuing):
        services.give_up_issuing(room.world.ctx("approver"), row.pk)


def test_a_page_that_was_given_up_is_not_delivered_by_an_old_run(room):
    row, ctx = room.approved(), room.world.ctx("approver")
    draft = issuing.open_draft(ctx, row.pk)
    issuing.commit_page(ctx, draft, issuing.print_page(draft))
    draft.refresh_from_db()
    CertificateDraft.objects.filter(pk=draft.pk).update(base_key="", entry_id=None)
    with pytest.raises(NotIssuing):
        issuing.deliver(ctx, draft, None)


def test_the_same_draft_prints_the_same_bytes(room):
    row, ctx = room.approved(), room.world.ctx("approver")
    draft = issuing.open_draft(ctx, row.pk)
    assert issuing.print_page(draft) == issuing.print_page(draft)


def test_staff_are_told_and_the_content_is_kept_from_the_sweep(room):
    certificate = room.issued()
    draft = CertificateDraft.objects.get()
    assert blob_registry.keys_in_use([certificate.blob_key, draft.base_key, "none"]) == {
        certificate.blob_key,
        draft.base_key,
    }
    told = Notice.objects.filter(user=room.world.people["reading_clerk"])
    assert any(certificate.number in str(notice.params) for notice in told)


def test_the_stored_digests_are_those_of_the_file_and_of_its_page(room):
    certificate = room.issued()
    pdf = room.pdf(certificate)
    assert digest_bytes(pdf).sha256 == certificate.sha256 and len(pdf) == certificate.size_bytes
    verdict = verified(pdf)
    assert verdict.facts["statement.base_sha256"] == certificate.base_sha256
    assert digest_bytes(pdf[: verdict.facts["statement.base_length"]]).sha256 == certificate.base_sha256


def test_keys_and_certificates_of_the_archives_are_made_once_and_closed_to_others(room, keys):
    room.issued()
    assert len(list(keys.glob("documents-*.crt"))) == 1
    for path in [*keys.glob("*.key"), *keys.glob("*.pem")]:
        is_public = path.name.endswith("authority.pem")
        assert is_public or path.stat().st_mode & 0o077 == 0, path.name


def test_the_published_log_names_neither_the_applicant_nor_the_number_that_opens_the_request(room):
    certificate = room.issued()
    services.revoke_certificate(room.world.ctx("approver"), certificate_id=certificate.pk, reason="样例")
    published = str([entry.form for entry in Entry.objects.all()])
    row = certificate.request
    for secret in (row.number, "样例甲", certificate.check_code, PHONE):
        assert secret not in published
    assert row.desk_name in published
