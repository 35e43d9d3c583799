"""RFC 3161 stamps in evidence: what was stamped and that the token is whole.

Whether the authority that stamped is to be believed is a question of certificates, and is asked
elsewhere (`lantai.kit.crypto.timestamps.judge_token`, or `openssl ts -verify`).
"""

from __future__ import annotations

from asn1crypto import core, parser, tsp

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
    """The stamp is not of this content, or its signature is not good."""

    message = N_("时间戳与内容不符，或者签名无效。")


def response_of(token: bytes) -> bytes:
    """The answer of an authority that grants `token`: the form in which `openssl ts` reads a `.tsr` file."""
    return bytes(_Response({"status": {"status": "granted"}, "token": core.Any.load(token)}).dump())


class _Response(core.Sequence):  # type: ignore[misc]
    _fields = [("status", tsp.PKIStatusInfo), ("token", core.Any)]


def read_stamp(data: bytes, stamped: bytes) -> tuple[str, str]:
    """When `stamped` was stamped and by whom (as the stamp's certificate says); raises BadStamp.

    `data` is a token or a whole answer (RFC 3161 §2.4.2), DER.
    """
    try:
        found = read_message(_token_of(data))
        if found.content is None or found.content_type != _TST_INFO or found.attributes is None:
            raise BadStamp
        info = tsp.TSTInfo.load(found.content, strict=True)
        imprint = info["message_imprint"]
        algorithm = DIGESTS[imprint["hash_algorithm"]["algorithm"].dotted]
        is_same = bytes(imprint["hashed_message"].native) == digest_in_memory(stamped)(algorithm)
        at = info["gen_time"].native.strftime("%Y-%m-%dT%H:%M:%SZ")
    except (UnreadableMessage, *MALFORMED) as error:
        raise BadStamp from error
    content = found.content
    outcome = check_message(found, digest_of=digest_in_memory(content), content_of=lambda: content)
    if not is_same or outcome is not Outcome.GOOD:
        raise BadStamp
    return at, subject_of(found.certificate)


def _token_of(data: bytes) -> bytes:
    *_, content, _trailer = parser.parse(data, strict=True)
    if content and content[0] == _OBJECT_IDENTIFIER:
        return data
    return bytes(_Response.load(data, strict=True)["token"].dump())
