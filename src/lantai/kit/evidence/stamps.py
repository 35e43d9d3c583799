"""RFC 3161 stamps in evidence: what was stamped and that the token is whole.

Whether the authority that stamped is to be believed is a question of certificates, and is asked
elsewhere (`lantai.kit.crypto.timestamps.judge_token`, or `openssl ts -verify`).
"""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import cms, core, parser, tsp

from lantai.kit.crypto.certificates import subject_of
from lantai.kit.crypto.cms import (
    DIGESTS,
    MALFORMED,
    Outcome,
    UnreadableMessage,
    check_message,
    digest_in_memory,
    read_message,
)
from lantai.kit.errors import N_, Invalid

_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_OBJECT_IDENTIFIER = 6


class BadStamp(Invalid):
    """The data is not a stamp of this content."""

    message = N_("时间戳与内容不符，或者无法读取。")


def response_of(token: bytes) -> bytes:
    """The answer of an authority that grants `token`: the form in which `openssl ts` reads a `.tsr` file."""
    return bytes(_Response({"status": {"status": "granted"}, "token": core.Any.load(token)}).dump())


class _Response(core.Sequence):  # type: ignore[misc]
    _fields = [("status", tsp.PKIStatusInfo), ("token", core.Any)]


class _ContentInfo(core.Sequence):  # type: ignore[misc]
    _fields = [("content_type", core.ObjectIdentifier), ("content", cms.SignedData, {"explicit": 0})]


@dataclass(frozen=True, slots=True)
class ReadStamp:
    """What a stamp says; only a signed one says anything, and only as much as its signer is believed."""

    at: str
    signer: str
    is_signed: bool


def read_stamp(data: bytes, stamped: bytes) -> ReadStamp:
    """The stamp over `stamped` in a token or a whole answer (RFC 3161 §2.4.2), DER; raises BadStamp."""
    try:
        token = _token_of(data)
        inner = _ContentInfo.load(token, strict=True)["content"]["encap_content_info"]
        content = bytes(inner["content"])
        info = tsp.TSTInfo.load(content, strict=True)
        imprint = info["message_imprint"]
        algorithm = DIGESTS[imprint["hash_algorithm"]["algorithm"].dotted]
        is_same = bytes(imprint["hashed_message"].native) == digest_in_memory(stamped)(algorithm)
        at = info["gen_time"].native.strftime("%Y-%m-%dT%H:%M:%SZ")
    except MALFORMED as error:
        raise BadStamp from error
    if not is_same or algorithm == "sha1" or inner["content_type"].dotted != _TST_INFO:
        raise BadStamp
    return ReadStamp(at, *_signer_of(token, content))


def _signer_of(token: bytes, content: bytes) -> tuple[str, bool]:
    try:
        found = read_message(token)
    except UnreadableMessage:
        return "", False
    outcome = check_message(found, digest_of=digest_in_memory(content), content_of=lambda: content)
    return subject_of(found.certificate), found.attributes is not None and outcome is Outcome.GOOD


def _token_of(data: bytes) -> bytes:
    *_, content, _trailer = parser.parse(data, strict=True)
    if content and content[0] == _OBJECT_IDENTIFIER:
        return data
    return bytes(_Response.load(data, strict=True)["token"].dump())
