"""PAdES B-B signatures in a form that leaves nothing open (ETSI EN 319 142-1).

A signed PDF usually has room for unnoticed changes: the signature is hexadecimal in either case,
followed by padding, and a CMS holds parts that nobody signed. Here there is one function that
writes the CMS from the certificate, the digest and the signature value; the verifier calls the
same function and compares every byte of the hole with what it gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from lantai.kit.crypto import P256Key
from lantai.kit.errors import N_, Invalid

FIELD_NAME = "LantaiArchives"
HOLE_HEX_CHARS = 8192
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_BYTE_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,12}) (\d{1,12}) (\d{1,12})\]")
_ECDSA_SHA256 = ec.ECDSA(hashes.SHA256())


class SignatureRefused(Invalid):
    """The PDF does not carry a whole, unaltered signature of a trusted archives."""


@dataclass(frozen=True)
class PdfSigner:
    """The certificate (PEM) and key with which an archives signs PDF files."""

    certificate: bytes
    key: P256Key


@dataclass(frozen=True)
class SignedArea:
    """The digest over all of a file but the hole, and what fills the hole."""

    digest: bytes
    hole: bytes


def sign_pdf(pdf: bytes, signer: PdfSigner, *, reason: str, location: str, now: datetime) -> bytes:
    """The PDF with a certifying signature added as an incremental update; no later change is allowed."""
    certificate = x509.load_pem_x509_certificate(signer.certificate)
    if certificate.public_key() != signer.key.public.key:
        raise Invalid(N_("签名证书与私钥不是一对，没有签名。"))
    from lantai.kit.evidence.pdfupdates import certify  # pyHanko takes half a second to load

    def content(digest: bytes) -> cms.ContentInfo:
        attributes = _attributes(certificate, digest)
        return _content_info(certificate, attributes, _low_s(signer.key.sign(attributes.dump())))

    return certify(
        pdf, FIELD_NAME, content, reason=reason, location=location, now=now, hole_hex_chars=HOLE_HEX_CHARS
    )


def check_signature(pdf: bytes, trusted: Iterable[x509.Certificate]) -> x509.Certificate:
    """The trusted certificate that signed every byte of `pdf`; raises SignatureRefused."""
    area = _signed_area(pdf)
    embedded, value = _claimed(area.hole)
    certificate = next((one for one in trusted if _der(one) == embedded and _may_sign(one)), None)
    if certificate is None:
        raise SignatureRefused(N_("签名者的证书不在信任文件中。"))
    attributes = _attributes(certificate, area.digest)
    if area.hole != _hole(_content_info(certificate, attributes, value)):
        raise SignatureRefused(N_("签名与文件内容不符，文件已被改动。"))
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SignatureRefused(N_("签名者的证书不是 ECDSA 证书。"))
    try:
        key.verify(value, attributes.dump(), _ECDSA_SHA256)
    except InvalidSignature as error:
        raise SignatureRefused(N_("签名无效。")) from error
    if value != _low_s(value):
        raise SignatureRefused(N_("签名与文件内容不符，文件已被改动。"))
    return certificate


def _signed_area(pdf: bytes) -> SignedArea:
    """The one signature that covers the whole file up to its last byte."""
    found = []
    for match in _BYTE_RANGE.finditer(pdf):
        start, end, rest = (int(number) for number in match.groups())
        is_outside = match.end() <= start or match.start() >= end
        if is_outside and end - start == HOLE_HEX_CHARS + 2 and end + rest == len(pdf):
            found.append((start, end))
    if len(found) != 1:
        raise SignatureRefused(N_("文件没有覆盖全文的档案馆签名。"))
    start, end = found[0]
    running = sha256(memoryview(pdf)[:start])
    running.update(memoryview(pdf)[end:])
    return SignedArea(running.digest(), pdf[start:end])


def _hole(content: cms.ContentInfo) -> bytes:
    der = bytes(content.dump())
    return b"<" + der.hex().upper().encode().ljust(HOLE_HEX_CHARS, b"0") + b">"


def _claimed(hole: bytes) -> tuple[bytes, bytes]:
    """The certificate (DER) and the signature value that the hole claims; nothing is believed yet."""
    try:
        signed = cms.ContentInfo.load(_filled(hole), strict=True)["content"]
        (signer_info,) = signed["signer_infos"]
        (certificate,) = signed["certificates"]
        return bytes(certificate.dump()), bytes(signer_info["signature"].native)
    # asn1crypto reads lazily and meets bad input with whatever its own code trips over.
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError) as error:
        raise SignatureRefused(N_("签名数据无法读取，文件已被改动。")) from error


def _filled(hole: bytes) -> bytes:
    """The DER object at the start of the hole; raises ValueError when more than padding follows it."""
    content = bytes.fromhex(hole[1:-1].decode("ascii"))
    length = 4 + int.from_bytes(content[2:4], "big")
    if content[:2] != b"\x30\x82" or content[length:].strip(b"\0"):
        raise ValueError
    return content[:length]


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage: x509.KeyUsage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        return bool(usage.content_commitment)
    except x509.ExtensionNotFound:
        return False


def _low_s(value: bytes) -> bytes:
    """The smaller of the two equally valid ECDSA signatures, so that there is only one."""
    try:
        r, s = decode_dss_signature(value)
    except ValueError as error:
        raise SignatureRefused(N_("签名无效。")) from error
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def _attributes(certificate: x509.Certificate, document_digest: bytes) -> cms.CMSAttributes:
    """The signed attributes of PAdES B-B: content type, message digest, signing certificate."""
    reference = tsp.ESSCertIDv2({"cert_hash": sha256(_der(certificate)).digest()})
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [document_digest]}),
            cms.CMSAttribute(
                {
                    "type": "signing_certificate_v2",
                    "values": [tsp.SigningCertificateV2({"certs": [reference]})],
                }
            ),
        ]
    )


def _content_info(
    certificate: x509.Certificate, attributes: cms.CMSAttributes, value: bytes
) -> cms.ContentInfo:
    """The whole CMS: every byte follows from the three arguments."""
    signer = asn1_x509.Certificate.load(_der(certificate))
    digest = algos.DigestAlgorithm({"algorithm": "sha256"})
    issued = cms.IssuerAndSerialNumber({"issuer": signer.issuer, "serial_number": signer.serial_number})
    signer_info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", issued),
            "digest_algorithm": digest,
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": core.OctetString(value),
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "data"},
            "certificates": [signer],
            "signer_infos": [signer_info],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": signed})
