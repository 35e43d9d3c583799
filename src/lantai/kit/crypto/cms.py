"""Signed messages (RFC 5652, GM/T 0010) of one signer, read without belief and then checked.

Both families of object identifiers are read: those of PKCS #7 and those of GM/T 0010, which Chinese
signing services use for SM2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from asn1crypto import cms, core, parser

from lantai.kit.crypto.algorithms import RSA_ENCRYPTION, SM2_CURVE, SignatureAlgorithm, algorithm_named
from lantai.kit.crypto.certificates import algorithm_of_certificate
from lantai.kit.crypto.streamed import verify_pieces
from lantai.kit.digests import Running, new_sm3
from lantai.kit.errors import N_, Invalid

SIGNED_DATA = frozenset({"1.2.840.113549.1.7.2", "1.2.156.10197.6.1.4.2.2"})
DATA = frozenset({"1.2.840.113549.1.7.1", "1.2.156.10197.6.1.4.2.1"})
MAX_MESSAGE_BYTES = 16 * 1024 * 1024

DIGESTS = {
    "1.2.156.10197.1.401": "sm3",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_EC_KEY = "1.2.840.10045.2.1"
_PSS = "1.2.840.113549.1.1.10"
_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"

# asn1crypto reads lazily and meets bad input with whatever its own code trips over.
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)


class UnreadableMessage(Invalid):
    """What should be a signed message is none, or not of exactly one signer whose certificate is there."""

    message = N_("签名数据无法读取。")


class Outcome(StrEnum):
    """What checking a signed message showed, before its certificate is judged."""

    GOOD = "good"
    WEAK = "weak"  # it fits, by an algorithm (SHA-1) that proves little
    CHANGED = "changed"  # the content is not what was signed
    FORGED = "forged"  # the signature is not of the certificate's key
    UNKNOWN = "unknown"  # an algorithm that is not known here


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """What a message claims; `digest` and `algorithm` are empty when not known here."""

    certificate: bytes
    chain: tuple[bytes, ...]
    content_type: str  # dotted
    content: bytes | None  # None: detached
    digest: str
    algorithm: str
    signature: bytes
    attributes: bytes | None  # the DER of the signed attributes as a SET
    message_digest: bytes | None
    signing_time: datetime | None
    token: bytes  # an RFC 3161 time stamp over the signature, or empty


class _ContentInfo(core.Sequence):  # type: ignore[misc]
    """RFC 5652 §3, with whatever type identifier."""

    _fields = [("content_type", core.ObjectIdentifier), ("content", cms.SignedData, {"explicit": 0})]


def first_object(data: bytes) -> bytes:
    """The ASN.1 object at the start of a padded field; raises UnreadableMessage when more than zeros follows."""
    try:
        _, _, _, header, content, trailer = parser.parse(data)
    except MALFORMED as error:
        raise UnreadableMessage() from error
    length = len(header) + len(content) + len(trailer)
    if data[length:].strip(b"\0"):
        raise UnreadableMessage(N_("签名数据之后有多余的内容。"))
    return data[:length]


def read_message(der: bytes) -> SignedMessage:
    """The claims of a signed message; nothing is verified. Raises UnreadableMessage."""
    if len(der) > MAX_MESSAGE_BYTES:
        raise UnreadableMessage()
    try:
        outer = _ContentInfo.load(der, strict=True)
        if outer["content_type"].dotted not in SIGNED_DATA:
            raise UnreadableMessage()
        return _claims(outer["content"])
    except MALFORMED as error:
        raise UnreadableMessage() from error


def _claims(signed: cms.SignedData) -> SignedMessage:
    (signer,) = signed["signer_infos"]
    certificates = [one.chosen.dump() for one in signed["certificates"] if one.name == "certificate"]
    certificate = _certificate_of(signer, certificates)
    chain = tuple(bytes(one) for one in certificates if one != certificate)
    inner = signed["encap_content_info"]
    attributes = signer["signed_attrs"]
    is_attributed = not isinstance(attributes, core.Void) and len(attributes) > 0
    digest = DIGESTS.get(signer["digest_algorithm"]["algorithm"].dotted, "")
    return SignedMessage(
        certificate=certificate,
        chain=chain,
        content_type=str(inner["content_type"].dotted),
        content=_octets(inner["content"]),
        digest=digest,
        algorithm=_algorithm(signer["signature_algorithm"], digest, certificate),
        signature=bytes(signer["signature"].native),
        attributes=b"\x31" + bytes(attributes.dump())[1:] if is_attributed else None,
        message_digest=_message_digest(attributes, inner, certificate) if is_attributed else None,
        signing_time=_signing_time(attributes) if is_attributed else None,
        token=_token(signer["unsigned_attrs"]),
    )


def _octets(content: core.Asn1Value) -> bytes | None:
    if isinstance(content, core.Void):
        return None
    if isinstance(content, core.Any):
        content = content.parse(core.OctetString)
    return bytes(content)


def _certificate_of(signer: cms.SignerInfo, certificates: list[bytes]) -> bytes:
    """The one certificate that the signer names, by issuer and serial number or by key identifier."""
    for der in certificates:
        one = cms.Certificate.load(der)
        if signer["sid"].name == "issuer_and_serial_number":
            named = signer["sid"].chosen
            # by their octets: asn1crypto cannot compare names with a 2.5.4.45 in them
            is_it = one.issuer.dump() == named["issuer"].dump()
            is_it = is_it and one.serial_number == named["serial_number"].native
        else:
            is_it = one.key_identifier == signer["sid"].chosen.native
        if is_it:
            return bytes(der)
    raise UnreadableMessage(N_("签名数据中没有签名者的证书。"))


def _algorithm(found: core.Sequence, digest: str, certificate: bytes) -> str:
    """Our name of a signature algorithm; some writers give only that of the key, and the digest beside it."""
    dotted = str(found["algorithm"].dotted)
    family = {RSA_ENCRYPTION: "rsa", _EC_KEY: "ecdsa", SM2_CURVE: "sm2"}.get(dotted)
    if dotted == _PSS:
        inner = DIGESTS.get(found["parameters"]["hash_algorithm"]["algorithm"].dotted, "")
        known: SignatureAlgorithm | None = algorithm_named(f"rsa-pss-{inner}")
    elif family == "ecdsa" and algorithm_of_certificate(certificate) == "sm2-sm3":
        known = algorithm_named("sm2-sm3")
    else:
        known = algorithm_named(f"{family}-{digest}" if family else dotted)
    return known.name if known else ""


def _message_digest(attributes: cms.CMSAttributes, inner: core.Sequence, certificate: bytes) -> bytes:
    """RFC 5652 §11: exactly one content type, that of the content, and one digest; RFC 5035: no other signer.

    Chinese signing services name data by PKCS #7 in one place and by GM/T 0010 in the other.
    """
    (content_type,) = _values(attributes, "1.2.840.113549.1.9.3")
    (message_digest,) = _values(attributes, "1.2.840.113549.1.9.4")
    if not _is_same_type(content_type.dotted, inner["content_type"].dotted):
        raise UnreadableMessage()
    for value in _values(attributes, _SIGNING_CERTIFICATE_V2):
        reference = value["certs"][0]
        is_sha256 = reference["hash_algorithm"]["algorithm"].native == "sha256"
        if is_sha256 and reference["cert_hash"].native != sha256(certificate).digest():
            raise UnreadableMessage(N_("签名数据中的证书不是签名时所用的那一张。"))
    return bytes(message_digest.native)


def _is_same_type(one: str, other: str) -> bool:
    return one == other or {one, other} <= DATA


def _values(attributes: cms.CMSAttributes, dotted: str) -> list[core.Asn1Value]:
    return [value for one in attributes if one["type"].dotted == dotted for value in one["values"]]


def _signing_time(attributes: cms.CMSAttributes) -> datetime | None:
    found = [value.native for value in _values(attributes, "1.2.840.113549.1.9.5")]
    return found[0].astimezone(UTC) if len(found) == 1 and found[0].tzinfo else None


def _token(attributes: cms.CMSAttributes) -> bytes:
    if isinstance(attributes, core.Void):
        return b""
    found = _values(attributes, "1.2.840.113549.1.9.16.2.14")
    return bytes(found[0].dump()) if found else b""


def check_message(
    message: SignedMessage,
    *,
    digest_of: Callable[[str], bytes],
    content_of: Callable[[], bytes | Iterable[bytes]],
) -> Outcome:
    """Whether a message is its signer's, over the content that `digest_of` digests and `content_of` gives,
    whole or in pieces.

    `digest_of` gets a name out of `DIGESTS`. `content_of` is asked only where the content itself was
    signed, without attributes.
    """
    known = algorithm_named(message.algorithm) if message.algorithm else None
    if known is None or not message.digest:
        return Outcome.UNKNOWN
    if message.message_digest is not None and message.message_digest != digest_of(message.digest):
        return Outcome.CHANGED
    is_attributed = message.attributes is not None
    signed = message.attributes if message.attributes is not None else content_of()
    pieces = [signed] if isinstance(signed, bytes) else signed
    if not verify_pieces(
        message.certificate, message.signature, pieces, algorithm=known.name, allow_weak=True
    ):
        # Without attributes nobody can tell a changed content from a false signature.
        return Outcome.FORGED if is_attributed else Outcome.CHANGED
    return Outcome.WEAK if known.is_weak or message.digest == "sha1" else Outcome.GOOD


def running_digest(name: str) -> Running:
    """A fresh computation of one of `DIGESTS`."""
    return new_sm3() if name == "sm3" else hashlib.new(name)


def digest_in_memory(content: bytes) -> Callable[[str], bytes]:
    """`digest_of` for content that is at hand."""

    def digest_of(name: str) -> bytes:
        running = running_digest(name)
        running.update(content)
        return running.digest()

    return digest_of
