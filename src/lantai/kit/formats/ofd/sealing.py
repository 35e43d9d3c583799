"""Making seals and putting them, or plain signatures, on OFD documents.

A sealed copy is written, part by part in little memory; the source stays as it is. Every part is protected
except the list of signatures, so that others can still sign after us (GB/T 33190 §18.1).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import cms, core, x509
from lxml import etree

from lantai.kit.crypto.algorithms import algorithm_named
from lantai.kit.crypto.keys import CertifiedKey
from lantai.kit.digests import new_sm3, sm3
from lantai.kit.errors import N_, Fault, Invalid
from lantai.kit.formats.ofd import ses
from lantai.kit.formats.ofd.container import (
    NAMESPACE,
    Container,
    OfdBroken,
    child,
    opened_container,
    whole_mb,
)
from lantai.kit.formats.ofd.digests import SM3_OID, digest_of
from lantai.kit.formats.ofd.document import Document, read_document
from lantai.kit.formats.ofd.package import PackageWriter, element, new_package, spaced, xml_bytes
from lantai.kit.formats.ofd.signed import Stamp

_PROVIDER = {"ProviderName": "Lantai", "Company": "Lantai", "Version": "1"}
_VERSIONS = (1, 4)
_GM_DATA, _GM_SIGNED_DATA = "1.2.156.10197.6.1.4.2.1", "1.2.156.10197.6.1.4.2.2"


class SealUnfit(Invalid):
    """The seal cannot be made or used like this."""

    message = N_("印章信息不完整：编号和厂商应为英文或数字，图像宽高应为正数（毫米），有效期应有先后。")


@dataclass(frozen=True, slots=True)
class SealPicture:
    """What a seal looks like: ``png``, ``jpg``, ``gif``, ``bmp`` or ``ofd``, and its size on paper."""

    format: str
    data: bytes
    width_mm: int
    height_mm: int


def make_seal(
    picture: SealPicture,
    *,
    name: str,
    seal_id: str,
    maker: CertifiedKey,
    signers: Sequence[bytes],
    valid_from: datetime,
    valid_to: datetime,
    version: int = 4,
    lists_digests: bool = False,
    vendor: str = "LANTAI",
) -> bytes:
    """A seal (SESeal, DER) that ``signers`` (certificates, DER) may use, signed by its ``maker``.

    Version 4 is GB/T 38540—2020, version 1 GM/T 0031—2014. Version 4 may list the signers by the digests
    of their certificates (``lists_digests``). The times are aware. Raises ``SealUnfit``.
    """
    fits = seal_id.isascii() and vendor.isascii() and picture.format.isascii() and valid_from < valid_to
    if not (fits and seal_id and name and signers and version in _VERSIONS):
        raise SealUnfit()
    if picture.width_mm <= 0 or picture.height_mm <= 0 or not picture.data:
        raise SealUnfit()
    common = {"header": {"id": "ES", "version": version, "vendor": vendor}, "id": seal_id}
    by_digest = lists_digests and version != 1
    properties = {"type": 1, "name": name, "signers": _listed(signers, by_digest=by_digest)}
    properties |= _validity(valid_from, valid_to, version)
    common["picture"] = {
        "type": picture.format.upper(),
        "data": picture.data,
        "width": picture.width_mm,
        "height": picture.height_mm,
    }
    algorithm = _oid_of(maker)
    if version == 1:
        old = ses.SealInfoV1(common | {"property": properties})
        terms = {"certificate": maker.certificate, "algorithm": algorithm}
        signature = maker.sign(ses.SealSignedV1({"info": old} | terms).dump())
        return bytes(ses.SealV1({"info": old, "maker": terms | {"signature": signature}}).dump())
    info = ses.SealInfoV4(
        common | {"property": properties | {"list_type": ses.DIGESTS if by_digest else ses.CERTIFICATES}}
    )
    signed = {"certificate": maker.certificate, "algorithm": algorithm, "signature": maker.sign(info.dump())}
    return bytes(ses.SealV4({"info": info} | signed).dump())


def seal_ofd(
    source: Path, target: Path, *, key: CertifiedKey, seal: bytes, stamps: Sequence[Stamp], at: datetime
) -> None:
    """Write ``source`` with a seal put on it to ``target``: seen at ``stamps``, signed with ``key`` at ``at``.

    The version of the seal decides the standard. Raises ``SesUnreadable`` for no seal, ``SealUnfit``
    where the key is not among its signers, ``OfdBroken`` and the refusals of ``CappedZip``.
    """
    used = ses.read_seal(seal)
    if not used.lists(key.certificate):
        raise SealUnfit(N_("印章“%(name)s”没有授权这张证书使用，没有签章。"), name=used.name)
    with opened_container(source, total_mb=whole_mb(source)) as container:
        job = _Signing(container, key, at, "Seal")
        job.add_seal(seal, stamps)
        job.finish(target, lambda description: _sealed_value(description, job.part, key, seal, at))


def sign_ofd(source: Path, target: Path, *, key: CertifiedKey, at: datetime) -> None:
    """Write ``source`` with a plain signature (type ``Sign``, SignedData of GM/T 0010) to ``target``.

    Raises ``OfdBroken`` and the refusals of ``CappedZip``.
    """
    with opened_container(source, total_mb=whole_mb(source)) as container:
        job = _Signing(container, key, at, "Sign")
        job.finish(target, lambda description: _signed_data(sm3(description), key))


class _Signing:
    """The parts that one more signature adds to a package or changes in it."""

    def __init__(self, container: Container, key: CertifiedKey, at: datetime, kind: str) -> None:
        self.container = container
        self.method = _oid_of(key)
        self.at = at
        self.kind = kind
        self.document: Document = read_document(container)
        folder = self.document.part.rpartition("/")[0]
        number = len(self.document.signatures)
        while container.archive.find(f"{folder}/Signs/Sign_{number}/Signature.xml"):
            number += 1
        self.folder = f"{folder}/Signs/Sign_{number}".lstrip("/")
        self.part = f"/{self.folder}/Signature.xml"
        self.number = number
        self.list_part = self.document.signature_list or f"{folder}/Signs/Signatures.xml".lstrip("/")
        self.changed: dict[str, bytes] = {}
        self.stamps: Sequence[Stamp] = ()
        self.seal_location = ""
        if not self.document.signature_list:
            self.changed["OFD.xml"] = _with_list(container, self.list_part)

    def add_seal(self, seal: bytes, stamps: Sequence[Stamp]) -> None:
        """Put the seal beside its signature and remember where it is seen."""
        pages = {page.id for page in self.document.pages}
        if not stamps or any(stamp.page_id not in pages for stamp in stamps):
            raise SealUnfit(N_("没有指明印章盖在哪一页，或文件没有这一页，没有签章。"))
        self.stamps = stamps
        self.seal_location = f"/{self.folder}/Seal.esl"
        self.changed[f"{self.folder}/Seal.esl"] = seal

    def finish(self, target: Path, sign: Any) -> None:
        """Digest everything, sign the description and write the package."""
        archive = self.container.archive
        names = [name for name in archive.names if not archive.is_folder(name)]
        kept = [name for name in names if name not in self.changed and name != self.list_part]
        description = xml_bytes(self._description([*sorted(self.changed), *kept]))
        self.changed[self.part.lstrip("/")] = description
        self.changed[f"{self.folder}/SignedValue.dat"] = sign(description)
        self.changed[self.list_part] = xml_bytes(self._list())
        with new_package(target) as package:
            for name in kept:
                _copy(self.container, name, package)
            for name, data in self.changed.items():
                package.add(name, data)

    def _description(self, protected: list[str]) -> Any:
        references = [
            element("Reference", element("CheckValue", text=self._check_value(name)), FileRef=f"/{name}")
            for name in protected
        ]
        boxes = [
            element(
                "StampAnnot",
                ID=f"{self.number + 1}{index:03d}",
                PageRef=stamp.page_id,
                Boundary=spaced(stamp.box),
                Clip=spaced(stamp.clip) if stamp.clip else None,
            )
            for index, stamp in enumerate(self.stamps)
        ]
        has_seal = bool(self.seal_location)
        seal = element("Seal", element("BaseLoc", text=self.seal_location)) if has_seal else None
        info = element(
            "SignedInfo",
            element("Provider", **_PROVIDER),
            element("SignatureMethod", text=self.method),
            element("SignatureDateTime", text=f"{self.at.astimezone(UTC):%Y%m%d%H%M%SZ}"),
            element("References", *references, CheckMethod=SM3_OID),
            *boxes,
            seal,
        )
        value = element("SignedValue", text=f"/{self.folder}/SignedValue.dat")
        return element("Signature", info, value)

    def _check_value(self, name: str) -> str:
        data = self.changed.get(name)
        pieces = self.container.archive.pieces(name) if data is None else [data]
        return base64.b64encode(digest_of(pieces, new_sm3)).decode("ascii")

    def _list(self) -> Any:
        found = self.container.xml(self.list_part) if self.document.signature_list else None
        root = found[1] if found else element("Signatures", element("MaxSignId", text="0"))
        newest = child(root, "MaxSignId")
        taken = [int(one.id) for one in self.document.signatures if one.id.isdecimal()]
        identity = str(max([self.number, *taken]) + 1)
        if newest is not None:
            newest.text = identity
        root.append(element("Signature", ID=identity, Type=self.kind, BaseLoc=self.part))
        return root


def _with_list(container: Container, list_part: str) -> bytes:
    """OFD.xml with the place of the list of signatures in its first DocBody."""
    found = container.xml("OFD.xml")
    body = child(found[1], "DocBody") if found else None
    if found is None or body is None:
        raise OfdBroken(part="OFD.xml")
    made = element("Signatures", text=f"/{list_part}")
    for old in body.findall(f"{{{NAMESPACE}}}Signatures"):
        body.remove(old)
    body.append(made)
    etree.cleanup_namespaces(found[1], top_nsmap={"ofd": NAMESPACE})
    return xml_bytes(found[1])


def _copy(container: Container, name: str, package: PackageWriter) -> None:
    archive = container.archive
    package.add_pieces(name, archive.pieces(name), most_bytes=archive.stated_bytes(name))


def _listed(signers: Sequence[bytes], *, by_digest: bool) -> core.SequenceOf:
    if not by_digest:
        return ses.CertificateList([core.OctetString(one) for one in signers])
    return ses.CertificateDigestList([{"type": SM3_OID, "value": sm3(one)} for one in signers])


def _validity(valid_from: datetime, valid_to: datetime, version: int) -> dict[str, x509.Time]:
    kind = "utc_time" if version == 1 else "general_time"

    def time(at: datetime) -> x509.Time:
        return x509.Time({kind: at.astimezone(UTC).replace(microsecond=0)})

    return {"created": time(valid_from), "valid_from": time(valid_from), "valid_to": time(valid_to)}


def _oid_of(key: CertifiedKey) -> str:
    known = algorithm_named(key.algorithm)
    if known is None or not known.oid:
        raise Fault(N_("签名密钥的算法“%(algorithm)s”不能用于签章。"), algorithm=key.algorithm)
    return known.oid


def _sealed_value(description: bytes, location: str, key: CertifiedKey, seal: bytes, at: datetime) -> bytes:
    """SES_Signature of the seal's version over the digest of Signature.xml."""
    moment = at.astimezone(UTC).replace(microsecond=0)
    terms = {"certificate": key.certificate, "algorithm": _oid_of(key)}
    common = {"digest": sm3(description), "location": location}
    if ses.read_seal(seal).version == 1:
        time = x509.Time({"utc_time": moment}).dump()
        old = ses.ToSignV1({"version": 1, "seal": ses.SealV1.load(seal), "time": time} | common | terms)
        return bytes(ses.SignatureV1({"to_sign": old, "signature": key.sign(old.dump())}).dump())
    time = x509.Time({"general_time": moment})
    new = ses.ToSignV4({"version": 4, "seal": ses.SealV4.load(seal), "time": time} | common)
    return bytes(ses.SignatureV4({"to_sign": new, "signature": key.sign(new.dump())} | terms).dump())


def _signed_data(digest: bytes, key: CertifiedKey) -> bytes:
    """SignedData with the digest as its content and no attributes, as GM/T 0010 has it."""
    certificate = x509.Certificate.load(key.certificate)
    content = _Data({"type": _GM_DATA, "content": digest}).dump()
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": {
                    "issuer": certificate.issuer,
                    "serial_number": certificate.serial_number,
                }
            }
        ),
        "digest_algorithm": {"algorithm": SM3_OID},
        "signature_algorithm": {"algorithm": _oid_of(key)},
        "signature": key.sign(digest),
    }
    inner = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": SM3_OID}],
            "encap_content_info": cms.ContentInfo.load(content),
            "certificates": [certificate],
            "signer_infos": [signer],
        }
    )
    return bytes(_Outer({"type": _GM_SIGNED_DATA, "content": inner}).dump())


class _Data(core.Sequence):  # type: ignore[misc]
    _fields = [("type", core.ObjectIdentifier), ("content", core.OctetString, {"explicit": 0})]


class _Outer(core.Sequence):  # type: ignore[misc]
    _fields = [("type", core.ObjectIdentifier), ("content", cms.SignedData, {"explicit": 0})]
