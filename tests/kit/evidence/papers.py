"""Certificate PDFs, good and altered, each with what a verifier that explains itself has to say of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pikepdf
from cryptography import x509

from lantai.kit import crypto, evidence
from lantai.kit.evidence import certificates, pdfsignatures
from tests.kit.evidence import issuing
from tests.kit.evidence.conformance import VALID, Case

NOW = datetime(2026, 3, 1, 8, 5, tzinfo=UTC)
NUMBER = "样例2026-0001"


def page(text: bytes = b"sample certificate") -> bytes:
    """A page of a certificate."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    document.pages[0].Contents = document.make_stream(b"BT /F1 12 Tf (" + text + b") Tj ET")
    out = io.BytesIO()
    document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def signed(archives: issuing.Archives, base: bytes, receipt: bytes, signer: Any = None) -> bytes:
    """The certificate whose page is `base`."""
    signer = signer or certificates.PdfSigner(archives.certificate, archives.signer_key)
    pdf = certificates.embed_evidence(base, receipt)
    return certificates.sign_pdf(pdf, signer, reason="出具档案证明", location="样例市", now=NOW)


def cases(archives: issuing.Archives) -> Iterator[Case]:
    """Certificates in every state, with the trust file to check them by."""
    base = page()
    statement = certificates.certificate_statement(
        base, NUMBER, {"archives": "样例档案馆", "records": "X001-1\nX001-2"}
    )
    receipt = archives.receipt(statement)
    good, trust = signed(archives, base, receipt), archives.trust()
    told = trust.render()
    yield Case("good", good, told, VALID)
    for name, data, expected in _changed(good):
        yield Case(name, data, told, expected)
    later = archives.receipt(statement, at="2019-03-01T08:00:00+00:00")
    plain = archives.receipt({"kind": "receipt", "base_length": len(base)})
    for name, of, proof, expected in (
        ("another page", page(b"another name here"), receipt, "content"),
        ("a receipt of another kind", base, plain, "content"),
        ("before the signer was one", base, later, "period"),
        ("not even a receipt", base, b"{}", "form"),
    ):
        yield Case(name, signed(archives, of, proof), told, expected)
    bare = certificates.PdfSigner(archives.certificate, archives.signer_key)
    alone = certificates.sign_pdf(base, bare, reason="x", location="y", now=NOW)
    yield Case("no evidence", alone, told, "attachment")
    yield Case("nobody trusts the signer", good, evidence.TrustStore(trust.keys).render(), "signer")
    yield Case("keys of another log", good, issuing.Archives().trust().render(), "signer")
    yield _of_authority(archives, base, receipt)


def _changed(good: bytes) -> Iterator[tuple[str, bytes, str]]:
    area = pdfsignatures._signed_area(good)
    start = good.index(area.hole)
    for at in (9, good.index(b"/Producer"), good.index(b'"lantai":"') + 3, len(good) - 3):
        yield f"byte {at}", issuing.flipped(good, at), "altered"
    yield "padding", issuing.flipped(good, start + 8000), "altered"
    yield "letter case", issuing.flipped(good, start + area.hole.index(b"A"), 0x20), "altered"
    for at in range(20, 1900, 397):
        yield f"signature {at}", issuing.flipped(good, start + at), ""
    yield "a second form", good.replace(area.hole, _mirrored(good)), "altered"
    for name, cms in (("nothing", b""), ("rubbish", b"30820400" + b"41" * 500), ("endless", b"30" * 4096)):
        hole = b"<" + cms.ljust(pdfsignatures.HOLE_HEX_CHARS, b"0") + b">"
        yield f"hole of {name}", good.replace(area.hole, hole), "altered"
    for name, data in (("more", good + b"\n"), ("less", good[:-1]), ("twice", good * 2), ("plain", page())):
        yield name, data, "unsigned"


def _mirrored(good: bytes) -> bytes:
    """The other of the two signatures that arithmetic allows."""
    area = pdfsignatures._signed_area(good)
    embedded, value = pdfsignatures._claimed(area.hole)
    r, s = pdfsignatures.decode_dss_signature(value)
    other = pdfsignatures.encode_dss_signature(r, pdfsignatures.P256_ORDER - s)
    certificate = x509.load_der_x509_certificate(embedded)
    attributes = pdfsignatures._attributes(certificate, area.digest)
    return pdfsignatures._hole(pdfsignatures._content_info(certificate, attributes, other))


def _of_authority(archives: issuing.Archives, base: bytes, receipt: bytes) -> Case:
    """Signed by the authority itself, which may sign certificates of keys, and no documents."""
    dates = {"not_before": issuing.START, "not_after": datetime(2030, 1, 1, tzinfo=UTC)}
    authority = crypto.issue_authority("样例档案馆", archives.authority_key, **dates)
    signer = certificates.PdfSigner(authority, archives.authority_key)
    trust = evidence.TrustStore(archives.trust().keys, (x509.load_pem_x509_certificate(authority),))
    return Case("the authority", signed(archives, base, receipt, signer), trust.render(), "signer")
