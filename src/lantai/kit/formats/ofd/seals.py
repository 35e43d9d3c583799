"""Are the seals and signatures of an OFD true?

Verified are the digest of every protected file, the digest of the signature's description, the seal
maker's signature on the seal, the signer's signature, that the seal lists the signer, and that seal
and certificates were good at the time of signing (GB/T 38540 §8, GB/T 33190 §18, GM/T 0031).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import algos, core, x509

from lantai.kit.crypto.algorithms import algorithm_named
from lantai.kit.crypto.certificates import algorithm_of_certificate, subject_of, verify_with
from lantai.kit.crypto.cms import (
    MALFORMED,
    SIGNED_DATA,
    Outcome,
    SignedMessage,
    UnreadableMessage,
    check_message,
    digest_in_memory,
    first_object,
    read_message,
)
from lantai.kit.crypto.signatures import SignatureFound, SignatureKind, SignatureState
from lantai.kit.crypto.timestamps import judge_token
from lantai.kit.crypto.trust import CertificateTrust, judge_certificate
from lantai.kit.errors import N_
from lantai.kit.formats.ofd.digests import digest_method
from lantai.kit.formats.ofd.document import Document
from lantai.kit.formats.ofd.findings import Finding, invalid, unverified, worst
from lantai.kit.formats.ofd.protection import Parts, protection_findings
from lantai.kit.formats.ofd.ses import SealedValue, SesUnreadable, Signed, read_sealed_value
from lantai.kit.formats.ofd.signed import SignatureEntry, time_of
from lantai.kit.formats.zips import ZipBomb, ZipBroken, ZipEncrypted

_RAW_BYTES = 64
_NAMED_PARTS = 20

NO_TIME = N_("签名时间无法读取，不能判断证书当时是否有效。")
_SIGNED_DATA_MARKS = tuple(core.ObjectIdentifier(oid).dump() for oid in sorted(SIGNED_DATA))


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one signature value says of itself."""

    findings: list[Finding]
    name: str = ""
    certificate: bytes = b""
    at: datetime | None = None
    algorithm: str = ""
    timestamp: SignatureFound | None = None


def ofd_signatures(
    document: Document, trust: CertificateTrust, others: Sequence[Document] = ()
) -> tuple[SignatureFound, ...]:
    """Every seal, signature and time stamp of a document with its verdict; nothing about it raises.

    ``others`` are the further documents of the package.
    """
    parts = Parts(document, others)
    return tuple(found for entry in document.signatures for found in _found(parts, entry, trust))


def _found(parts: Parts, entry: SignatureEntry, trust: CertificateTrust) -> Iterator[SignatureFound]:
    try:
        judged = _judged(parts, entry, trust)
        findings = [*protection_findings(parts, entry), *judged.findings] if entry.part else judged.findings
    except (ZipBroken, ZipBomb, ZipEncrypted) as broken:
        params = {name: str(value) for name, value in broken.params.items()}
        judged = _Judged([])
        findings = [Finding(SignatureState.INVALID, broken.message, params)]
    verdict = worst(findings)
    open_parts = parts.unprotected(entry)
    coverage: dict[str, str | int] = {"protected_count": len(parts.protected(entry))}
    coverage["unprotected_count"] = len(open_parts)
    if open_parts:
        coverage["unprotected_parts"] = "、".join(open_parts[:_NAMED_PARTS])
    yield SignatureFound(
        name=judged.name or entry.provider or entry.id,
        kind=SignatureKind.SEAL if entry.is_seal else SignatureKind.SIGNATURE,
        state=verdict.state,
        signer=_name_of(judged.certificate),
        signed_at=judged.at,
        algorithm=judged.algorithm,
        message=verdict.message,
        params=coverage | dict(verdict.params),
    )
    if judged.timestamp is not None:
        yield judged.timestamp


def _judged(parts: Parts, entry: SignatureEntry, trust: CertificateTrust) -> _Judged:
    if not entry.part:
        return _Judged([invalid(N_("签名描述文件“%(part)s”缺失或无法读取。"), part=entry.location)])
    value_part = parts.container.archive.find(entry.value) if entry.value else None
    if value_part is None:
        return _Judged([invalid(N_("签名值文件缺失，签名不成立。"))], at=time_of(entry.signed_at))
    value = parts.read(value_part)
    try:
        return _judged_seal(parts, entry, read_sealed_value(value), trust)
    except SesUnreadable:
        if entry.is_seal:
            return _Judged([invalid(SesUnreadable.message)], at=time_of(entry.signed_at))
    return _judged_plain(parts, entry, value, trust)


def _judged_seal(parts: Parts, entry: SignatureEntry, used: SealedValue, trust: CertificateTrust) -> _Judged:
    stamp = _timestamp(used.timestamp, used.signed.signature, entry.id, trust)
    trusted = stamp is not None and stamp.state is SignatureState.VALID
    at = stamp.signed_at if stamp and trusted else used.time or time_of(entry.signed_at)
    findings = [*_content_findings(parts, entry, used), *_seal_findings(used, at)]
    findings += _certificate_findings(used, at, trust)
    if stamp is not None and stamp.state is SignatureState.INVALID:
        findings.append(invalid(N_("签名上的时间戳不成立。")))
    return _Judged(
        findings,
        used.seal.name,
        used.signed.certificate,
        used.time or time_of(entry.signed_at),
        _algorithm_name(used.signed),
        stamp,
    )


def _content_findings(parts: Parts, entry: SignatureEntry, used: SealedValue) -> Iterator[Finding]:
    methods = {"sm3", entry.check_method} if digest_method(entry.check_method) else {"sm3"}
    if used.digest not in {parts.digest(entry.part, method) for method in methods}:
        yield invalid(N_("签名描述文件“%(part)s”在签名后被改动。"), part=entry.part)
    seal_part = parts.container.archive.find(entry.seal) if entry.seal else None
    if seal_part is not None and parts.read(seal_part) != used.seal.der:
        yield invalid(N_("包中的印章文件与签章时所用的印章不一致。"))


def _seal_findings(used: SealedValue, at: datetime | None) -> Iterator[Finding]:
    seal = used.seal
    yield from _signed_findings(seal.signed, N_("印章不是制章者签发的，或在签发后被改动。"))
    yield from _signed_findings(used.signed, N_("签名值与签名者的证书不符。"))
    if not seal.lists(used.signed.certificate):
        yield invalid(N_("印章“%(name)s”没有授权这位签名者使用。"), name=seal.name)
    if at is not None and not seal.valid_from <= at <= seal.valid_to:
        yield unverified(
            N_("印章“%(name)s”的有效期是 %(begin)s 至 %(end)s，签章时不在其中。"),
            name=seal.name,
            begin=f"{seal.valid_from:%Y-%m-%d}",
            end=f"{seal.valid_to:%Y-%m-%d}",
        )


def _signed_findings(signed: Signed, wrong: str) -> Iterator[Finding]:
    known = algorithm_named(signed.algorithm)
    algorithm = known.name if known else algorithm_of_certificate(signed.certificate)
    if not algorithm:
        yield unverified(N_("不支持签名算法“%(algorithm)s”，不能验证。"), algorithm=signed.algorithm)
        return
    signature = der_signature(signed.signature)
    if not verify_with(signed.certificate, signature, signed.message, algorithm=algorithm, allow_weak=True):
        yield invalid(wrong)
    elif known is not None and known.is_weak:
        yield unverified(N_("签名使用了已不安全的算法“%(algorithm)s”。"), algorithm=algorithm)


def _certificate_findings(
    used: SealedValue, at: datetime | None, trust: CertificateTrust
) -> Iterator[Finding]:
    if at is None:
        yield unverified(NO_TIME)
        return
    maker = used.seal.signed.certificate
    for certificate, moment in ((used.signed.certificate, at), (maker, min(used.seal.created, at))):
        verdict = judge_certificate(certificate, chain=(maker,), trust=trust, at=moment)
        yield Finding(verdict.state, verdict.message, verdict.params)


def _timestamp(token: bytes, signature: bytes, name: str, trust: CertificateTrust) -> SignatureFound | None:
    if not token:
        return None
    verdict = judge_token(token, message=signature, trust=trust)
    return SignatureFound(
        name=name,
        kind=SignatureKind.TIMESTAMP,
        state=verdict.state,
        signer=verdict.signer,
        signed_at=verdict.at,
        message=verdict.message,
        params=verdict.params,
    )


def _judged_plain(parts: Parts, entry: SignatureEntry, value: bytes, trust: CertificateTrust) -> _Judged:
    """A signature of type ``Sign``: SignedData, or the bare number, which says nothing about its maker."""
    at = time_of(entry.signed_at)
    try:
        message = read_message(first_object(value))
    except UnreadableMessage:
        return _Judged([_unread_finding(value)], at=at, algorithm=entry.method)
    stamp = _timestamp(message.token, message.signature, entry.id, trust)
    at = message.signing_time or at
    findings = list(message_findings(message, parts.read(entry.part)))
    if at is None:
        findings.append(unverified(NO_TIME))
    else:
        verdict = judge_certificate(message.certificate, chain=message.chain, trust=trust, at=at)
        findings.append(Finding(verdict.state, verdict.message, verdict.params))
    return _Judged(findings, "", message.certificate, at, message.algorithm, stamp)


def _unread_finding(value: bytes) -> Finding:
    if len(value) == _RAW_BYTES or _is_bare(value):
        return unverified(N_("签名值没有附带证书，受保护的文件没有改动，但不能证明是谁签的。"))
    if any(mark in value[:64] for mark in _SIGNED_DATA_MARKS):
        return unverified(N_("签名数据不符合 GM/T 0010 和 PKCS#7 的要求，不能验证是谁签的。"))
    return invalid(N_("签名值无法读取，签名不成立。"))


def message_findings(message: SignedMessage, description: bytes) -> Iterator[Finding]:
    """What a SignedData says about ``description``, or about its digest, which is what GB/T 33190 has signed."""
    digest_of = digest_in_memory(description)
    digest = digest_of(message.digest) if message.digest else b""
    if message.content is not None and message.content not in {description, digest}:
        yield invalid(N_("签名描述文件在签名后被改动。"))
        return
    message = replace(message, signature=der_signature(message.signature))
    outcomes = {_outcome(message, signed) for signed in (description, digest)}
    if Outcome.GOOD in outcomes:
        return
    if Outcome.WEAK in outcomes:
        yield unverified(N_("签名使用了已不安全的算法“%(algorithm)s”。"), algorithm=message.algorithm)
    elif Outcome.UNKNOWN in outcomes:
        yield unverified(N_("不支持签名算法“%(algorithm)s”，不能验证。"), algorithm=message.algorithm)
    elif Outcome.FORGED in outcomes:
        yield invalid(N_("签名值与签名者的证书不符。"))
    else:
        yield invalid(N_("签名描述文件在签名后被改动。"))


def _outcome(message: SignedMessage, signed: bytes) -> Outcome:
    return check_message(message, digest_of=digest_in_memory(signed), content_of=lambda: signed)


def der_signature(signature: bytes) -> bytes:
    """A signature as DER; some producers write the two numbers of SM2 side by side (GM/T 0009 §7.3 asks DER)."""
    if len(signature) != _RAW_BYTES:
        return signature
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    return bytes(algos.DSASignature({"r": r, "s": s}).dump())


def _is_bare(value: bytes) -> bool:
    try:
        return set(algos.DSASignature.load(value, strict=True).native) == {"r", "s"}
    except MALFORMED:
        return False


def _algorithm_name(signed: Signed) -> str:
    known = algorithm_named(signed.algorithm)
    return known.name if known else signed.algorithm


def _name_of(certificate: bytes) -> str:
    """The holder's name, also from certificates that a strict reader refuses."""
    found = subject_of(certificate)
    if found or not certificate:
        return found
    try:
        subject = x509.Certificate.load(certificate).subject.native
        return str(subject.get("common_name") or subject.get("organization_name") or "")[:200]
    except MALFORMED:
        return ""
