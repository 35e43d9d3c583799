"""Answers of an authority about one certificate (OCSP, RFC 6960): asked for, read, and judged like its lists.

There is no network here: who has one carries the request and brings the answer. An answer counts only when it is
signed by the issuer, or by a responder that the issuer made for nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from asn1crypto import core, ocsp, x509

from lantai.kit.crypto.algorithms import algorithm_named, holds
from lantai.kit.crypto.certificates import key_of, read_certificate, was_signed_by
from lantai.kit.crypto.keys import UnknownKey
from lantai.kit.crypto.revocation import Revocation, revocation_of
from lantai.kit.digests import sm3
from lantai.kit.errors import N_, Refusal

OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"
MAX_ANSWER_BYTES = 256 * 1024
_NO_CHECK = "1.3.6.1.5.5.7.48.1.5"
_SHA1 = "1.3.14.3.2.26"
# SHA-1 names a certificate in an answer here, and protects nothing.
_DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    _SHA1: lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "2.16.840.1.101.3.4.2.1": lambda data: hashlib.sha256(data).digest(),
    "2.16.840.1.101.3.4.2.2": lambda data: hashlib.sha384(data).digest(),
    "2.16.840.1.101.3.4.2.3": lambda data: hashlib.sha512(data).digest(),
    "1.2.156.10197.1.401": sm3,
}
_BAD = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, UnknownKey)


class NoAnswer(Refusal):
    """The authority did not answer, or something else."""

    message = N_("签发机构没有给出可以读取的证书状态答复（%(status)s）。")


def status_request(certificate: bytes, issuer: bytes) -> bytes:
    """The question (DER) whether a certificate of `issuer` is revoked; without a nonce, so that answers keep."""
    asked = {"req_cert": _cert_id(certificate, issuer, _SHA1)}
    return bytes(ocsp.OCSPRequest({"tbs_request": {"request_list": [asked]}}).dump())


def _cert_id(certificate: bytes, issuer: bytes, algorithm: str) -> dict[str, object]:
    parent, digest = x509.Certificate.load(issuer), _DIGESTS[algorithm]
    return {
        "hash_algorithm": {"algorithm": algorithm, "parameters": core.Null()},
        "issuer_name_hash": digest(parent.subject.dump()),
        "issuer_key_hash": digest(bytes(parent.public_key["public_key"])),
        "serial_number": read_certificate(certificate).serial_number,
    }


def read_answer(data: bytes) -> bytes:
    """The answer (OCSPResponse, DER) in these bytes, as it is kept; raises NoAnswer."""
    try:
        found = ocsp.OCSPResponse.load(data[: MAX_ANSWER_BYTES + 1], strict=True)
        status = str(found["response_status"].native)
        if status == "successful" and len(data) <= MAX_ANSWER_BYTES:
            _basic(data)
            return data
    except _BAD as error:
        raise NoAnswer(status="-") from error
    raise NoAnswer(status=status)


def serials_in(data: bytes) -> frozenset[int]:
    """The serial numbers of the certificates that an answer is about; raises NoAnswer."""
    try:
        said = _basic(data)["tbs_response_data"]["responses"]
        return frozenset(int(one["cert_id"]["serial_number"].native) for one in said)
    except _BAD as error:
        raise NoAnswer(status="-") from error


def answered(
    certificate: bytes, issuer: bytes, answers: Iterable[bytes], at: datetime, crls: Iterable[bytes] = ()
) -> Revocation:
    """What answers say about a certificate of `issuer` as of `at`; those not from the issuer do not count.

    `crls` are the lists by which a responder is judged that its issuer did not exempt from that (§4.2.2.2.1).
    """
    lists, is_covered = tuple(crls), False
    for data in answers:
        try:
            found = _judged(certificate, issuer, data, at, lists)
        except _BAD:
            continue
        if found is Revocation.REVOKED:
            return found
        is_covered = is_covered or found is Revocation.GOOD
    return Revocation.GOOD if is_covered else Revocation.UNKNOWN


def _basic(data: bytes) -> ocsp.BasicOCSPResponse:
    held = ocsp.OCSPResponse.load(data, strict=True)["response_bytes"]
    if held["response_type"].native != "basic_ocsp_response":
        raise ValueError
    return ocsp.BasicOCSPResponse.load(bytes(held["response"]), strict=True)


def _judged(
    certificate: bytes, issuer: bytes, data: bytes, at: datetime, crls: tuple[bytes, ...]
) -> Revocation:
    answer = _basic(data)
    said = answer["tbs_response_data"]
    if _has_critical(said["response_extensions"]) or not _is_from(answer, issuer, crls):
        return Revocation.UNKNOWN
    verdicts = {
        _said(one, certificate, at) for one in said["responses"] if _is_about(one, certificate, issuer)
    }
    for found in (Revocation.REVOKED, Revocation.GOOD):
        if found in verdicts:
            return found
    return Revocation.UNKNOWN


def _is_about(one: ocsp.SingleResponse, certificate: bytes, issuer: bytes) -> bool:
    named = one["cert_id"]
    algorithm = named["hash_algorithm"]["algorithm"].dotted
    if algorithm not in _DIGESTS or _has_critical(one["single_extensions"]):
        return False
    wanted = _cert_id(certificate, issuer, algorithm)
    names = ("issuer_name_hash", "issuer_key_hash", "serial_number")
    return all(named[name].native == wanted[name] for name in names)


def _said(one: ocsp.SingleResponse, certificate: bytes, at: datetime) -> Revocation:
    status, made_at = one["cert_status"], one["this_update"].native
    if status.name == "revoked" and status.chosen["revocation_time"].native <= at:
        return Revocation.REVOKED
    until = one["next_update"].native or made_at
    if status.name == "unknown" or at > until or not _remembers(one, certificate):
        return Revocation.UNKNOWN
    return Revocation.GOOD


def _remembers(one: ocsp.SingleResponse, certificate: bytes) -> bool:
    """Whether the answer was given while the certificate had not ended, or by who keeps ended ones (§4.4.4)."""
    ended = read_certificate(certificate).not_valid_after_utc
    if one["this_update"].native <= ended:
        return True
    return any(
        extension["extn_id"].native == "archive_cutoff" and extension["extn_value"].parsed.native <= ended
        for extension in _extensions(one["single_extensions"])
    )


def _is_from(answer: ocsp.BasicOCSPResponse, issuer: bytes, crls: tuple[bytes, ...]) -> bool:
    said = answer["tbs_response_data"]
    algorithm = algorithm_named(answer["signature_algorithm"]["algorithm"].dotted)
    if algorithm is None or algorithm.is_weak:
        return False
    signature, message = bytes(answer["signature"]), said.dump()
    sent = answer["certs"]
    certificates = [] if isinstance(sent, core.Void) else [bytes(one.dump()) for one in sent]
    for signer in (issuer, *certificates[:4]):
        may = signer == issuer or _may_answer(signer, issuer, said["produced_at"].native, crls)
        if (
            may
            and _is_named(said["responder_id"], signer)
            and holds(key_of(signer), algorithm, signature, message)
        ):
            return True
    return False


def _may_answer(signer: bytes, issuer: bytes, at: datetime, crls: tuple[bytes, ...]) -> bool:
    """Whether the issuer made a certificate for answering, good when it answered."""
    one, parsed = read_certificate(signer), x509.Certificate.load(signer)
    purposes = parsed.extended_key_usage_value
    if purposes is None or OCSP_SIGNING not in {purpose.dotted for purpose in purposes}:
        return False
    if one.issuer != read_certificate(issuer).subject or not was_signed_by(issuer, signer):
        return False
    if not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
        return False
    is_exempt = any(extension.oid.dotted_string == _NO_CHECK for extension in one.extensions)
    return is_exempt or revocation_of(signer, issuer, crls, at) is Revocation.GOOD


def _is_named(responder: ocsp.ResponderId, signer: bytes) -> bool:
    holder = x509.Certificate.load(signer)
    if responder.name == "by_key":
        return bytes(responder.chosen) == _DIGESTS[_SHA1](bytes(holder.public_key["public_key"]))
    return bool(responder.chosen.untag().dump() == holder.subject.dump())


def _extensions(found: core.Asn1Value) -> list[core.Sequence]:
    return [] if isinstance(found, core.Void) else list(found)


def _has_critical(found: core.Asn1Value) -> bool:
    return any(extension["critical"].native for extension in _extensions(found))
