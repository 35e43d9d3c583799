"""Which certificate authorities an archives trusts, and the judgement of a certificate by them.

Not to be confused with `lantai.kit.evidence.trust`, which is about the keys of transparency logs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asn1crypto import pem

from lantai.kit.crypto import paths
from lantai.kit.crypto.certificates import is_authority, is_self_issued, read_crl
from lantai.kit.crypto.ocsp import NoAnswer, read_answer
from lantai.kit.crypto.paths import CertificateVerdict
from lantai.kit.errors import N_, Invalid

__all__ = ["NO_TRUST", "CertificateTrust", "CertificateVerdict", "TrustFileUnreadable", "judge_certificate"]

MAX_TRUST_FILE_BYTES = 64 * 1024 * 1024
SUFFIXES = frozenset({".pem", ".cer", ".crt", ".der", ".crl", ".ocsp"})


class TrustFileUnreadable(Invalid):
    """A file among the trusted certificates is none; trust is never guessed."""

    message = N_(
        "信任目录中的文件“%(name)s”不是可以读取的证书、吊销列表或证书状态答复，没有采用。请更换或移走它。"
    )


@dataclass(frozen=True, slots=True)
class CertificateTrust:
    """Authorities that are believed, certificates that help to reach them, revocation lists and answers; all DER."""

    anchors: tuple[bytes, ...] = ()
    intermediates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()  # of the authorities about single certificates (OCSP)

    @classmethod
    def load(cls, folder: Path) -> CertificateTrust:
        """What the files of a folder hold (PEM or DER); self-signed authorities are the anchors.

        Raises TrustFileUnreadable for a file that holds neither a certificate nor a list nor an answer, or OSError.
        """
        found: dict[str, list[bytes]] = {"anchors": [], "intermediates": [], "crls": [], "answers": []}
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in SUFFIXES and path.is_file():
                for der in _blocks(path):
                    found[_role(der, path.name)].append(der)
        return cls(**{role: tuple(dict.fromkeys(ders)) for role, ders in found.items()})


NO_TRUST = CertificateTrust()


def judge_certificate(
    certificate: bytes,
    *,
    chain: Sequence[bytes] = (),
    trust: CertificateTrust,
    at: datetime,
    purpose: str = "",
) -> CertificateVerdict:
    """Judge a signer's certificate as of the aware time `at` (RFC 5280 §6, CRLs by §6.3, OCSP answers by RFC 6960).

    A path to an anchor is built from `chain` and `trust`; every link is judged by name, signature,
    basic constraints, key usage and validity, and by the revocation lists and answers of its issuer. Revoked at
    `at` or not valid then is INVALID; no path, or lists that do not say, is UNVERIFIED. Where no list
    is configured at all, revocation is not checked, and the message says so. `purpose` is the object
    identifier of an extended key usage that the certificate must have; without one it has to be fit for
    documents. Bad input is a verdict.
    """
    return paths.judge(
        certificate,
        chain=tuple(chain),
        anchors=trust.anchors,
        intermediates=trust.intermediates,
        crls=trust.crls,
        answers=trust.answers,
        at=at,
        purpose=purpose,
    )


def _blocks(path: Path) -> Iterator[bytes]:
    """Every DER object in a file, which may be PEM with several of them."""
    if path.stat().st_size > MAX_TRUST_FILE_BYTES:
        raise TrustFileUnreadable(name=path.name)
    content = path.read_bytes()
    try:
        if not pem.detect(content):
            yield content
            return
        for label, _, der in pem.unarmor(content, multiple=True):
            if label in ("CERTIFICATE", "X509 CRL"):
                yield bytes(der)
    except ValueError as error:
        raise TrustFileUnreadable(name=path.name) from error


def _role(der: bytes, name: str) -> str:
    try:
        read_crl(der)
        return "crls"
    except ValueError:
        pass  # then it has to be something else
    with suppress(NoAnswer):
        read_answer(der)
        return "answers"
    try:
        is_anchor = is_self_issued(der) and is_authority(der)
    except ValueError as error:
        raise TrustFileUnreadable(name=name) from error
    return "anchors" if is_anchor else "intermediates"
