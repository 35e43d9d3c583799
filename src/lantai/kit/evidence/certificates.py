"""Certificate PDFs: what an archives hands to a citizen, provable without asking anybody.

The file is the base PDF (whose digests the statement holds), an incremental update that attaches
the receipt, and one more with the archives' signature over everything.
"""

from __future__ import annotations

import io
from datetime import datetime

import pikepdf
from cryptography import x509
from cryptography.x509.oid import NameOID

from lantai.kit.digests import digest_bytes
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.canonical import Json
from lantai.kit.evidence.pdfsignatures import PdfSigner, SignatureRefused, check_signature, sign_pdf
from lantai.kit.evidence.receipts import Statement, check_receipt
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings

ATTACHMENT = "lantai-certificate.json"
MAX_PDF_BYTES = 64 * 1024 * 1024

__all__ = [
    "ATTACHMENT",
    "MAX_PDF_BYTES",
    "PdfSigner",
    "certificate_statement",
    "check_certificate",
    "embed_evidence",
    "sign_pdf",
]


def certificate_statement(base: bytes, number: str, facts: dict[str, Json]) -> Statement:
    """The statement to be logged for a certificate whose page is the PDF `base`."""
    digests = digest_bytes(base)
    fixed: Statement = {
        "kind": "certificate",
        "number": number,
        "base_length": len(base),
        "base_sha256": digests.sha256,
        "base_sm3": digests.sm3,
    }
    return facts | fixed


def embed_evidence(base: bytes, receipt: bytes) -> bytes:
    """`base` and after it an incremental update that attaches the receipt; `base` stays its prefix."""
    from lantai.kit.evidence.pdfupdates import attach_json  # pyHanko takes half a second to load

    return attach_json(base, ATTACHMENT, receipt)


def check_certificate(pdf: bytes, trust: TrustStore, findings: Findings) -> None:
    """Note every check of a certificate PDF.

    The signature is checked on the bytes first; only a file that a trusted archives signed as a
    whole is opened as a PDF at all.
    """
    if len(pdf) > MAX_PDF_BYTES:
        findings.expect("form", False, "", N_("文件超过可核验的大小。"))
        return
    try:
        signer = check_signature(pdf, trust.certificates)
        receipt = _attachment(pdf)
    except Invalid as error:
        findings.refuse("signature", error)
        return
    organisation = _organisation(signer)
    findings.expect(
        "signature", True, N_("“%(organisation)s”的签名有效，覆盖整个文件。"), "", organisation=organisation
    )
    statement = check_receipt(receipt, trust, findings)
    if statement is not None:
        _check_base(pdf, statement, findings)
        _check_period(str(findings.facts["recorded_at"]), signer, findings)
    findings.facts["signer"] = organisation


def _attachment(pdf: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            content: bytes = document.attachments[ATTACHMENT].get_file().read_bytes()
            return content
    except (pikepdf.PdfError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise SignatureRefused(N_("文件中没有兰台存证附件。")) from error


def _organisation(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _check_base(pdf: bytes, statement: Statement, findings: Findings) -> None:
    length = statement.get("base_length")
    same = False
    if isinstance(length, int) and 0 < length < len(pdf):
        digests = digest_bytes(pdf[:length])
        claimed = (statement.get("base_sha256"), statement.get("base_sm3"))
        same = statement.get("kind") == "certificate" and claimed == (digests.sha256, digests.sm3)
    findings.expect(
        "content",
        same,
        N_("证明的正文与登记时一致。"),
        N_("证明的正文与登记时的摘要不一致。"),
    )


def _check_period(recorded_at: str, signer: x509.Certificate, findings: Findings) -> None:
    try:
        at = datetime.fromisoformat(recorded_at)
        is_within = signer.not_valid_before_utc <= at <= signer.not_valid_after_utc
    except (ValueError, TypeError):  # not a time, or one without its zone
        is_within = False
    findings.expect(
        "period",
        is_within,
        N_("登记时签名证书在有效期内。"),
        N_("登记时间不在签名证书的有效期内。"),
    )
