"""Signed PDF files for the tests: by pyHanko, and with SM2 by a message of our own making."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime

import pikepdf
from asn1crypto import cms, core, keys, x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lantai.kit.crypto.certificates import make_authority, make_certified
from lantai.kit.crypto.cms import DIGESTS, running_digest
from lantai.kit.crypto.issuing import IssuedKey
from lantai.kit.crypto.trust import CertificateTrust

START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
SIGNED_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
_SM2_WITH_SM3, _SM2_KEY = "1.2.156.10197.1.501", "1.2.156.10197.1.301.1"
_GM_SIGNED, _GM_DATA = "1.2.156.10197.6.1.4.2.2", "1.2.156.10197.6.1.4.2.1"


@dataclass(frozen=True)
class House:
    """An authority, a signer and a time stamper of one algorithm."""

    root: IssuedKey
    signer: IssuedKey
    stamper: IssuedKey

    @property
    def trust(self) -> CertificateTrust:
        return CertificateTrust((self.root.certificate,))


def make_house(algorithm: str) -> House:
    span = {"not_before": START, "not_after": END}
    root = make_authority("样例根", algorithm=algorithm, **span)
    signer = make_certified("样例单位", issuer=root, **span)
    return House(root, signer, make_certified("样例时间戳", issuer=root, purposes=("time_stamping",), **span))


def blank_pdf() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Title"] = "样例"
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    return IncrementalPdfFileWriter(io.BytesIO(pdf))


def sign(pdf: bytes, house: House, *, stamped: bool = False, name: str = "Sig1", **more) -> bytes:
    """Signed by pyHanko (RSA or ECDSA)."""
    certificate = x509.Certificate.load(house.signer.certificate)
    signer = signers.SimpleSigner(
        certificate, keys.PrivateKeyInfo.load(house.signer.pkcs8), SimpleCertificateStore()
    )
    asked = {"field_name": name, "md_algorithm": "sha256", "subfilter": SigSeedSubFilter.PADES, **more}
    made = signers.sign_pdf(
        _writer(pdf),
        signers.PdfSignatureMetadata(**asked),
        signer=signer,
        timestamper=stamper(house) if stamped else None,
    )
    return made.getvalue()


def stamper(house: House) -> DummyTimeStamper:
    certificate = x509.Certificate.load(house.stamper.certificate)
    return DummyTimeStamper(certificate, keys.PrivateKeyInfo.load(house.stamper.pkcs8))


def stamp_document(pdf: bytes, house: House) -> bytes:
    made = signers.PdfTimeStamper(stamper(house)).timestamp_pdf(_writer(pdf), md_algorithm="sha256")
    return made.getvalue()


def sign_by_message(
    pdf: bytes,
    make_message,
    *,
    subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
    digest: str = "sha256",
    name: str = "Sig1",
) -> bytes:
    """`make_message(covered bytes)` is what fills the hole."""
    steps = PdfCMSEmbedder().write_cms(name, _writer(pdf))
    next(steps)
    placeholder = SignatureObject(timestamp=SIGNED_AT, subfilter=subfilter, bytes_reserved=8192)
    steps.send(SigObjSetup(sig_placeholder=placeholder))
    output = io.BytesIO()
    prepared, output = steps.send(SigIOSetup(md_algorithm=digest, output=output))
    content = output.getvalue()
    covered = content[: prepared.reserved_region_start] + content[prepared.reserved_region_end :]
    steps.send(make_message(covered))
    return output.getvalue()


def sm2_message(
    covered: bytes, key: IssuedKey, *, attributed: bool = True, is_gm: bool = False, is_mixed: bool = False
) -> bytes:
    """A signed message with SM2 and SM3, by the identifiers of PKCS #7, of GM/T 0010 or (mixed) of both."""
    how = {"digest": "sm3", "algorithm": _SM2_KEY if is_gm else _SM2_WITH_SM3, "is_gm": is_gm}
    how["attribute"] = ("data" if is_gm else _GM_DATA) if is_mixed else None
    return message_of(covered, key, key.sign, attributed=attributed, **how)


def sha1_message(covered: bytes, key: IssuedKey, *, is_inside: bool = False) -> bytes:
    """A signed message as of old, with RSA and SHA-1; `is_inside` is the form of adbe.pkcs7.sha1."""
    private = load_der_private_key(key.pkcs8, None)

    def by_sha1(data: bytes) -> bytes:
        return private.sign(data, PKCS1v15(), SHA1())

    inside = hashlib.sha1(covered).digest() if is_inside else None
    signed = inside if inside is not None else covered
    return message_of(signed, key, by_sha1, digest="sha1", algorithm="1.2.840.113549.1.1.1", inside=inside)


def message_of(
    covered, key, sign, *, digest, algorithm, attributed=True, is_gm=False, inside=None, attribute=None
):
    data = _GM_DATA if is_gm else "data"
    certificate = x509.Certificate.load(key.certificate)
    digest_oid = next(oid for oid, name in DIGESTS.items() if name == digest)
    running = running_digest(digest)
    running.update(covered)
    named = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(named)),
        "digest_algorithm": {"algorithm": digest_oid},
        "signature_algorithm": {"algorithm": algorithm},
    }
    signed = covered
    if attributed:
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": [attribute or data]}),
                cms.CMSAttribute({"type": "message_digest", "values": [running.digest()]}),
            ]
        )
        signed, signer["signed_attrs"] = attributes.dump(), attributes
    signer["signature"] = core.OctetString(sign(signed))
    encapsulated = {"content_type": data} | ({} if inside is None else {"content": core.OctetString(inside)})
    body = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": digest_oid}],
            "encap_content_info": encapsulated,
            "certificates": [certificate],
            "signer_infos": [cms.SignerInfo(signer)],
        }
    )
    outer = _Outer({"content_type": _GM_SIGNED if is_gm else "1.2.840.113549.1.7.2", "content": body})
    return outer.dump()


class _Outer(core.Sequence):
    _fields = [("content_type", core.ObjectIdentifier), ("content", cms.SignedData, {"explicit": 0})]
