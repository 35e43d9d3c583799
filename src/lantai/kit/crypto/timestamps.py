"""Time stamps (RFC 3161): asked for, taken out of the answer, and judged by our own trust.

Imprints by SHA-256, SHA-384, SHA-512 and SM3. There is no network here: who has one carries the
request and brings the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import cms, core, tsp
from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse

from lantai.kit.crypto.certificates import subject_of
from lantai.kit.crypto.cms import (
    DIGESTS,
    MALFORMED,
    Outcome,
    SignedMessage,
    UnreadableMessage,
    check_message,
    digest_in_memory,
    read_message,
)
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.trust import CertificateTrust, judge_certificate
from lantai.kit.errors import N_, Invalid, Refusal

TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_DIGEST_OIDS = {name: oid for oid, name in DIGESTS.items()}
_GRANTED = ("granted", "granted_with_mods")


class _Response(core.Sequence):  # type: ignore[misc]
    """RFC 3161 §2.4.2, where a refusal comes without a token."""

    _fields = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", tsp.ContentInfo, {"optional": True}),
    ]


class TimeStampRefused(Refusal):
    """The time-stamping authority did not grant what was asked, or answered something else."""

    message = N_("时间戳服务没有签发时间戳（%(status)s）。")


@dataclass(frozen=True, slots=True)
class TokenVerdict:
    """What became of a time stamp; `at` is when its authority saw the content, UTC."""

    state: SignatureState
    at: datetime | None = None
    signer: str = ""
    message: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)


def judge_token(
    token: bytes,
    *,
    message: bytes | None = None,
    imprint: bytes | None = None,
    digest_of: Callable[[str], bytes] | None = None,
    trust: CertificateTrust,
) -> TokenVerdict:
    """Judge a token (DER) against the content, given whole, as its digest, or by a function of the digest's name.

    The authority's certificate has to be for time stamping and good at the time that the token
    states. Bad input is a verdict, never an error.
    """
    try:
        found = read_message(token)
        info = _info(found)
        at: datetime = info["gen_time"].native
        algorithm = DIGESTS.get(info["message_imprint"]["hash_algorithm"]["algorithm"].dotted, "")
        stamped = bytes(info["message_imprint"]["hashed_message"].native)
    except UnreadableMessage as error:
        return TokenVerdict(SignatureState.INVALID, message=error.message)
    except MALFORMED:
        return TokenVerdict(SignatureState.INVALID, message=N_("时间戳无法读取。"))
    signer = subject_of(found.certificate)
    if message is not None:
        digest_of = digest_in_memory(message)
    if digest_of is not None and algorithm:
        imprint = digest_of(algorithm)
    reason = _fault(found, imprint, stamped)
    if reason:
        return TokenVerdict(SignatureState.INVALID, at, signer, reason)
    if not algorithm or algorithm == "sha1" or _outcome(found) is not Outcome.GOOD:
        return TokenVerdict(
            SignatureState.UNVERIFIED, at, signer, N_("时间戳所用的算法不受支持或已不安全，没有采信。")
        )
    verdict = judge_certificate(
        found.certificate, chain=found.chain, trust=trust, at=at, purpose=TIME_STAMPING
    )
    return TokenVerdict(verdict.state, at, signer, verdict.message, verdict.params)


def _info(found: SignedMessage) -> tsp.TSTInfo:
    if found.content_type != _TST_INFO or found.content is None:
        raise UnreadableMessage(N_("时间戳无法读取。"))
    return tsp.TSTInfo.load(found.content, strict=True)


def _fault(found: SignedMessage, imprint: bytes | None, stamped: bytes) -> str:
    """The msgid of why a token is not true of the content, or ""."""
    if imprint is not None and imprint != stamped:
        return N_("时间戳与内容不符，内容在加盖时间戳之后已被改动。")
    if _outcome(found) in (Outcome.CHANGED, Outcome.FORGED) or found.attributes is None:
        return N_("时间戳上的签名无效。")
    return ""


def _outcome(found: SignedMessage) -> Outcome:
    content = found.content or b""
    return check_message(found, digest_of=digest_in_memory(content), content_of=lambda: content)


def imprint_of(token: bytes) -> tuple[bytes, str]:
    """What a token (DER) says it stamps, and the name of the digest, "" for one not known; nothing is judged.

    Raises UnreadableMessage.
    """
    try:
        imprint = _info(read_message(token))["message_imprint"]
        algorithm = DIGESTS.get(imprint["hash_algorithm"]["algorithm"].dotted, "")
        return bytes(imprint["hashed_message"].native), algorithm
    except MALFORMED as error:
        raise UnreadableMessage(N_("时间戳无法读取。")) from error


def request_for(imprint: bytes, *, algorithm: str = "sha256", nonce: int | None = None) -> bytes:
    """The request (DER) for a time stamp over a digest by `sha256`, `sha384`, `sha512` or `sm3`."""
    if algorithm not in _DIGEST_OIDS or algorithm == "sha1":
        raise Invalid(N_("不支持对“%(algorithm)s”摘要申请时间戳。"), algorithm=algorithm)
    asked: dict[str, object] = {
        "version": "v1",
        "message_imprint": {
            "hash_algorithm": {"algorithm": _DIGEST_OIDS[algorithm]},
            "hashed_message": imprint,
        },
        "cert_req": True,
    }
    if nonce is not None:
        asked["nonce"] = nonce
    return bytes(tsp.TimeStampReq(asked).dump())


def token_of(response: bytes, *, imprint: bytes, nonce: int | None = None) -> bytes:
    """The token (DER) in an authority's response to `request_for`, not judged yet; raises TimeStampRefused."""
    try:
        answer = _Response.load(response, strict=True)
        status = str(answer["status"]["status"].native)
        if status not in _GRANTED or isinstance(answer["time_stamp_token"], core.Void):
            raise TimeStampRefused(status=status)
        token = bytes(answer["time_stamp_token"].dump())
        info = _info(read_message(token))
        is_ours = info["message_imprint"]["hashed_message"].native == imprint
        is_fresh = nonce is None or info["nonce"].native == nonce
    except (UnreadableMessage, *MALFORMED) as error:
        raise TimeStampRefused(N_("时间戳服务的答复无法读取。")) from error
    if not is_ours or not is_fresh:
        raise TimeStampRefused(N_("时间戳服务的答复不是对这次申请的答复。"))
    return token


def with_lists(token: bytes, crls: Sequence[bytes], answers: Sequence[bytes] = ()) -> bytes:
    """The token with revocation lists and OCSP answers (DER) beside its certificates (RFC 5652 §5.1, RFC 5940).

    No signature covers that place: what is stamped and signed stays as it is, byte for byte. Raises UnreadableMessage.
    """
    try:
        outer = cms.ContentInfo.load(token, strict=True)
        signed = outer["content"]
        made = [_listed(der) for der in {*_lists(signed), *crls}]
        told = [_answer(der) for der in {*_answers(signed), *answers}]
        signed["crls"] = cms.RevocationInfoChoices(sorted((*made, *told), key=lambda one: bytes(one.dump())))
        if told:
            signed["version"] = "v5"  # RFC 5652 §5.1: other revocation information is there
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())
    except MALFORMED as error:
        raise UnreadableMessage(N_("时间戳无法读取。")) from error


def _listed(der: bytes) -> cms.RevocationInfoChoice:
    return cms.RevocationInfoChoice("crl", CertificateList.load(der, strict=True))


def _answer(der: bytes) -> cms.RevocationInfoChoice:
    held = core.Any(OCSPResponse.load(der, strict=True))
    return cms.RevocationInfoChoice(
        "other", {"other_rev_info_format": "ocsp_response", "other_rev_info": held}
    )


def lists_in(token: bytes) -> tuple[bytes, ...]:
    """The revocation lists (DER) that a token carries; raises UnreadableMessage."""
    return _held(token, _lists)


def answers_in(token: bytes) -> tuple[bytes, ...]:
    """The OCSP answers (DER) that a token carries; raises UnreadableMessage."""
    return _held(token, _answers)


def _held(token: bytes, of: Callable[[cms.SignedData], tuple[bytes, ...]]) -> tuple[bytes, ...]:
    try:
        return of(cms.ContentInfo.load(token, strict=True)["content"])
    except MALFORMED as error:
        raise UnreadableMessage(N_("时间戳无法读取。")) from error


def _lists(signed: cms.SignedData) -> tuple[bytes, ...]:
    return tuple(bytes(one.chosen.dump()) for one in _choices(signed) if one.name == "crl")


def _answers(signed: cms.SignedData) -> tuple[bytes, ...]:
    others = (one.chosen for one in _choices(signed) if one.name == "other")
    return tuple(
        bytes(one["other_rev_info"].dump())
        for one in others
        if one["other_rev_info_format"].native == "ocsp_response"
    )


def _choices(signed: cms.SignedData) -> list[cms.RevocationInfoChoice]:
    return [] if isinstance(signed["crls"], core.Void) else list(signed["crls"])
