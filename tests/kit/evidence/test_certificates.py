"""Certificate PDFs: nothing in them can be changed without being noticed."""

from __future__ import annotations

import functools
import io
import logging
import re
from datetime import UTC, datetime

import pikepdf
import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from lantai.kit import crypto, evidence
from lantai.kit.errors import Invalid
from lantai.kit.evidence import certificates, pdfsignatures
from lantai.kit.evidence.verify import verify_bytes
from tests.kit.evidence import issuing
from tests.kit.evidence.papers import NOW, page, signed


@pytest.fixture(scope="module")
def archives():
    return issuing.Archives()


@pytest.fixture(scope="module")
def base():
    return page()


@pytest.fixture(scope="module")
def receipt(archives, base):
    return archives.receipt(
        certificates.certificate_statement(base, "样例2026-0001", {"issuer": "样例档案馆"})
    )


@pytest.fixture(scope="module")
def certificate(archives, base, receipt):
    return signed(archives, base, receipt)


def reasons(verdict):
    return [str(check) for check in verdict.checks if not check.ok]


def test_a_certificate_is_good_under_the_archives_keys(archives, base, certificate):
    verdict = verify_bytes(certificate, archives.trust())
    assert verdict.ok, reasons(verdict)
    assert verdict.kind == "certificate"
    assert verdict.facts["statement.number"] == "样例2026-0001"
    assert verdict.facts["signer"] == "样例档案馆"
    assert certificate.startswith(base)
    names = [check.name for check in verdict.checks]
    assert names == ["signature", "form", "statement", "inclusion", "signatures", "content", "period"]


def test_every_changed_byte_of_the_signature_and_samples_of_the_rest_are_caught(
    archives, certificate, monkeypatch
):
    for made in (
        "_attributes",
        "_content_info",
    ):  # told by what they are given alone: the same for nearly all places
        monkeypatch.setattr(pdfsignatures, made, functools.cache(getattr(pdfsignatures, made)))
    trust = archives.trust()
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+)", certificate)
    start, end = int(found[1]), int(found[2])
    places = [*range(start - 400, end), *range(0, len(certificate), 97), len(certificate) - 1]
    for at in places:
        for bit in (0x01, 0x20) if at < end and at >= start else (0x01,):
            assert not verify_bytes(issuing.flipped(certificate, at, bit), trust).ok, at


def test_added_and_missing_bytes_are_caught(archives, certificate):
    trust = archives.trust()
    later = io.BytesIO()
    with pikepdf.open(io.BytesIO(certificate)) as document:
        document.save(later)
    for other in (
        certificate + b"\n",
        certificate[:-1],
        b"\n" + certificate,
        later.getvalue(),
        certificate * 2,
    ):
        assert not verify_bytes(other, trust).ok


def test_a_second_form_of_the_same_signature_is_refused(archives, certificate):
    area = pdfsignatures._signed_area(certificate)
    _, value = pdfsignatures._claimed(area.hole)
    r, s = pdfsignatures.decode_dss_signature(value)
    mirrored = pdfsignatures.encode_dss_signature(r, pdfsignatures.P256_ORDER - s)
    (trusted,) = archives.trust().certificates
    attributes = pdfsignatures._attributes(trusted, area.digest)
    hole = pdfsignatures._hole(pdfsignatures._content_info(trusted, attributes, mirrored))
    trusted.public_key().verify(mirrored, attributes.dump(), pdfsignatures._ECDSA_SHA256)
    assert not verify_bytes(certificate.replace(area.hole, hole), archives.trust()).ok


def test_an_independent_program_finds_the_signature_whole(archives, certificate):
    logging.getLogger("pyhanko").setLevel(logging.ERROR)
    (trusted,) = archives.trust().certificates
    reader = PdfFileReader(io.BytesIO(certificate))
    (embedded,) = reader.embedded_signatures
    anchor = asn1_x509.Certificate.load(trusted.public_bytes(pdfsignatures.Encoding.DER))
    status = validate_pdf_signature(embedded, ValidationContext(trust_roots=[anchor], moment=NOW))
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage.name == "ENTIRE_FILE"
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_the_page_of_another_certificate_is_refused(archives, receipt):
    other = signed(archives, page(b"another name here"), receipt)
    verdict = verify_bytes(other, archives.trust())
    assert not verdict.ok
    assert "正文" in reasons(verdict)[0]


def test_a_plain_receipt_does_not_make_a_certificate(archives, base):
    plain = archives.receipt({"kind": "receipt", "base_length": len(base)})
    assert not verify_bytes(signed(archives, base, plain), archives.trust()).ok


def test_a_signer_whom_nobody_trusts_is_refused(archives, base, receipt):
    stranger = issuing.Archives()
    signer = certificates.PdfSigner(stranger.certificate, stranger.signer_key)
    verdict = verify_bytes(signed(archives, base, receipt, signer), archives.trust())
    assert reasons(verdict) == ["签名者的证书不在信任文件中。"]


def test_the_authority_itself_may_not_sign_documents(archives, base, receipt):
    dates = {"not_before": issuing.START, "not_after": datetime(2030, 1, 1, tzinfo=UTC)}
    authority = crypto.issue_authority("样例档案馆", archives.authority_key, **dates)
    pdf = signed(archives, base, receipt, certificates.PdfSigner(authority, archives.authority_key))
    trust = evidence.TrustStore(archives.trust().keys, (x509.load_pem_x509_certificate(authority),))
    assert not verify_bytes(pdf, trust).ok


def test_a_certificate_recorded_outside_the_signers_validity_is_refused(archives, base):
    statement = certificates.certificate_statement(base, "样例2019-0001", {})
    for at in ("2019-03-01T08:00:00+00:00", "2026-03-01T08:00:00", "昨天"):
        pdf = signed(archives, base, archives.receipt(statement, at=at))
        verdict = verify_bytes(pdf, archives.trust())
        assert reasons(verdict) == ["登记时间不在签名证书的有效期内。"]


def test_a_signed_pdf_without_evidence_is_refused(archives, base):
    signer = certificates.PdfSigner(archives.certificate, archives.signer_key)
    pdf = certificates.sign_pdf(base, signer, reason="x", location="y", now=NOW)
    assert reasons(verify_bytes(pdf, archives.trust())) == ["文件中没有兰台存证附件。"]


def test_what_is_not_a_pdf_cannot_carry_evidence():
    for base in (b"", b"%PDF-1.7\nnothing", b"x" * 5000):
        with pytest.raises(Invalid):
            certificates.embed_evidence(base, b"{}")


def test_a_page_that_already_carries_attachments_is_refused(base, receipt):
    with pytest.raises(Invalid):
        certificates.embed_evidence(certificates.embed_evidence(base, receipt), receipt)


def test_a_key_that_is_not_the_certificates_does_not_sign(archives, base):
    signer = certificates.PdfSigner(archives.certificate, crypto.generate("p256"))
    with pytest.raises(Invalid):
        certificates.sign_pdf(base, signer, reason="x", location="y", now=NOW)


@pytest.mark.parametrize(
    "cms", [b"", b"30", b"3080" + b"00" * 40, b"zz", b"30820400" + b"41" * 500, b"30" * 4096]
)
def test_rubbish_in_the_place_of_a_signature_is_refused(archives, certificate, cms):
    area = pdfsignatures._signed_area(certificate)
    hole = b"<" + cms.ljust(pdfsignatures.HOLE_HEX_CHARS, b"0") + b">"
    verdict = verify_bytes(certificate.replace(area.hole, hole), archives.trust())
    assert not verdict.ok
    assert reasons(verdict)
