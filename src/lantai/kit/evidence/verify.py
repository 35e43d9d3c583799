"""One question, asked offline: is this piece of evidence true?"""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from lantai.kit.errors import N_
from lantai.kit.evidence.bundlechecks import check_bundle
from lantai.kit.evidence.certificates import MAX_PDF_BYTES, check_certificate
from lantai.kit.evidence.receipts import MAX_RECEIPT_BYTES, check_receipt
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings, Verdict

_HEAD_BYTES = 5


def verify_bytes(data: bytes, trust: TrustStore) -> Verdict:
    """The verdict on a receipt, a certificate PDF or an evidence bundle, told apart by its first bytes.

    Bad evidence gives a verdict that is not ok; nothing is raised for it.
    """
    return verify_stream(io.BytesIO(data), trust)


def verify_file(path: Path, trust: TrustStore) -> Verdict:
    """The verdict on a file; a bundle is read in bounded memory. Raises OSError as `open` does."""
    with path.open("rb") as stream:
        return verify_stream(stream, trust)


def verify_stream(stream: BinaryIO, trust: TrustStore) -> Verdict:
    """The verdict on a seekable stream."""
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    findings = Findings()
    if head.startswith(b"{"):
        kind = "receipt"
        check_receipt(stream.read(MAX_RECEIPT_BYTES + 1), trust, findings)
    elif head == b"%PDF-":
        kind = "certificate"
        check_certificate(stream.read(MAX_PDF_BYTES + 1), trust, findings)
    elif head.startswith(b"PK\x03\x04"):
        kind = "bundle"
        check_bundle(stream, trust, findings)
    else:
        kind = "unknown"
        findings.expect("form", False, "", N_("无法识别这个文件：它不是回执、证明或证据包。"))
    return Verdict.of(kind, findings)
