"""Electronic seals and what they sign: GM/T 0031—2014 (version 1) and GB/T 38540—2020 (version 4).

The two standards order the same things differently; here each is read into the same two values.
Version 5 seals of recent producers have the structure of version 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import core, parser, x509

from lantai.kit.errors import N_, Invalid
from lantai.kit.formats.ofd.digests import digest_method, digest_of

MAX_BYTES = 32 << 20
_OCTETS = 4
CERTIFICATES, DIGESTS = 1, 2  # GB/T 38540 §7.1.3: what the seal's list of signers holds


class SesUnreadable(Invalid):
    """The bytes are no seal or signature of either standard."""

    message = N_("电子签章数据不符合 GM/T 0031 或 GB/T 38540 的结构，不能验证。")


class Header(core.Sequence):  # type: ignore[misc]
    """SES_Header."""

    _fields = [("id", core.IA5String), ("version", core.Integer), ("vendor", core.IA5String)]


class Picture(core.Sequence):  # type: ignore[misc]
    """SES_ESPictureInfo; the sizes are in millimetres."""

    _fields = [
        ("type", core.IA5String),
        ("data", core.OctetString),
        ("width", core.Integer),
        ("height", core.Integer),
    ]


class CertificateList(core.SequenceOf):  # type: ignore[misc]
    """The certificates of those who may use the seal: octet strings, but some old producers put text."""

    _child_spec = core.Any


class CertificateDigest(core.Sequence):  # type: ignore[misc]
    """CertDigestObj."""

    _fields = [("type", core.PrintableString), ("value", core.OctetString)]


class CertificateDigestList(core.SequenceOf):  # type: ignore[misc]
    """The digests of the certificates of those who may use the seal."""

    _child_spec = CertificateDigest


_TIMES = [("created", x509.Time), ("valid_from", x509.Time), ("valid_to", x509.Time)]


class PropertyV1(core.Sequence):  # type: ignore[misc]
    """SES_ESPropertyInfo of GM/T 0031."""

    _fields = [("type", core.Integer), ("name", core.UTF8String), ("signers", CertificateList), *_TIMES]


class PropertyV4(core.Sequence):  # type: ignore[misc]
    """SES_ESPropertyInfo of GB/T 38540."""

    _fields = [
        ("type", core.Integer),
        ("name", core.UTF8String),
        ("list_type", core.Integer),
        ("signers", core.Any),
        *_TIMES,
    ]


def _seal_info(properties: type[core.Sequence]) -> list[tuple[Any, ...]]:
    return [
        ("header", Header),
        ("id", core.IA5String),
        ("property", properties),
        ("picture", Picture),
        ("extensions", core.Any, {"optional": True}),
    ]


class SealInfoV1(core.Sequence):  # type: ignore[misc]
    """SES_SealInfo of GM/T 0031."""

    _fields = _seal_info(PropertyV1)


class SealInfoV4(core.Sequence):  # type: ignore[misc]
    """SES_SealInfo of GB/T 38540."""

    _fields = _seal_info(PropertyV4)


class MakerV1(core.Sequence):  # type: ignore[misc]
    """SES_SignInfo: the seal maker's signature."""

    _fields = [
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
    ]


class SealV1(core.Sequence):  # type: ignore[misc]
    """SESeal of GM/T 0031."""

    _fields = [("info", SealInfoV1), ("maker", MakerV1)]


class SealSignedV1(core.Sequence):  # type: ignore[misc]
    """What the maker of a version 1 seal signs."""

    _fields = [
        ("info", SealInfoV1),
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
    ]


class SealV4(core.Sequence):  # type: ignore[misc]
    """SESeal of GB/T 38540."""

    _fields = [
        ("info", SealInfoV4),
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
        ("timestamp", core.Any, {"optional": True}),
    ]


class ToSignV1(core.Sequence):  # type: ignore[misc]
    """TBS_Sign of GM/T 0031."""

    _fields = [
        ("version", core.Integer),
        ("seal", SealV1),
        ("time", core.OctetBitString),
        ("digest", core.OctetBitString),
        ("location", core.IA5String),
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
    ]


class ToSignV4(core.Sequence):  # type: ignore[misc]
    """TBS_Sign of GB/T 38540."""

    _fields = [
        ("version", core.Integer),
        ("seal", SealV4),
        ("time", x509.Time),
        ("digest", core.OctetBitString),
        ("location", core.IA5String),
        ("extensions", core.Any, {"optional": True}),
    ]


class SignatureV1(core.Sequence):  # type: ignore[misc]
    """SES_Signature of GM/T 0031."""

    _fields = [("to_sign", ToSignV1), ("signature", core.OctetBitString)]


class SignatureV4(core.Sequence):  # type: ignore[misc]
    """SES_Signature of GB/T 38540."""

    _fields = [
        ("to_sign", ToSignV4),
        ("certificate", core.OctetString),
        ("algorithm", core.ObjectIdentifier),
        ("signature", core.OctetBitString),
        ("timestamp", core.OctetBitString, {"explicit": 0, "optional": True}),
    ]


@dataclass(frozen=True, slots=True)
class Signed:
    """Bytes, and who is said to have signed them how."""

    message: bytes
    certificate: bytes
    algorithm: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal of either version; ``signed`` is its maker's signature."""

    der: bytes
    version: int
    id: str
    name: str
    vendor: str
    valid_from: datetime
    valid_to: datetime
    created: datetime
    picture_type: str
    picture: bytes
    size_mm: tuple[float, float]
    signer_certificates: tuple[bytes, ...]
    signer_digests: tuple[tuple[str, bytes], ...]
    signed: Signed

    def lists(self, certificate: bytes) -> bool:
        """Whether the holder of ``certificate`` may use the seal."""
        if certificate in self.signer_certificates:
            return True
        for method, value in self.signer_digests:
            compute = digest_method(method)
            if compute is not None and digest_of([certificate], compute) == value:
                return True
        return False


@dataclass(frozen=True, slots=True)
class SealedValue:
    """A seal used on a document: what SignedValue.dat holds."""

    seal: Seal
    time: datetime | None
    digest: bytes
    location: str
    signed: Signed
    timestamp: bytes = b""


def read_seal(data: bytes) -> Seal:
    """The seal in ``data`` (an ``.esl`` file). Raises ``SesUnreadable``."""
    with _as_unreadable():
        return _seal(data)


def read_sealed_value(data: bytes) -> SealedValue:
    """The use of a seal in ``data``. Raises ``SesUnreadable``."""
    with _as_unreadable():
        return _sealed_v1(data) if _count(data) == 2 else _sealed_v4(data)


@contextmanager
def _as_unreadable() -> Iterator[None]:
    try:
        yield
    # asn1crypto reads lazily and meets bad input with whatever its own code trips over.
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError) as broken:
        raise SesUnreadable() from broken


def _count(data: bytes) -> int:
    """How many elements the outermost sequence has; that tells the versions apart."""
    if len(data) > MAX_BYTES:
        raise ValueError("too large")
    contents = parser.parse(data, strict=True)[4]
    count = position = 0
    while position < len(contents) and count < 9:
        position += _length(contents[position:])
        count += 1
    return count


def _length(data: bytes) -> int:
    _class, _method, _tag, header, contents, trailer = parser.parse(data)
    return len(header) + len(contents) + len(trailer)


def _seal(data: bytes) -> Seal:
    if _count(data) == 2:
        old = SealV1.load(data, strict=True)
        maker = old["maker"]
        message = SealSignedV1(
            {"info": old["info"], "certificate": maker["certificate"], "algorithm": maker["algorithm"]}
        ).dump()
        certificates = _certificates(old["info"]["property"]["signers"])
        return _filled(data, old["info"], _signed(message, maker), certificates, ())
    new = SealV4.load(data, strict=True)
    certificates, digests = _signers(new["info"]["property"])
    return _filled(data, new["info"], _signed(new["info"].dump(), new), certificates, digests)


def _signers(properties: Any) -> tuple[tuple[bytes, ...], tuple[tuple[str, bytes], ...]]:
    if properties["list_type"].native == DIGESTS:
        listed = properties["signers"].parse(CertificateDigestList)
        return (), tuple((one["type"].native, one["value"].native) for one in listed)
    return _certificates(properties["signers"].parse(CertificateList)), ()


def _certificates(listed: Any) -> tuple[bytes, ...]:
    found = (parser.parse(one.dump()) for one in listed)
    return tuple(contents for _class, _method, tag, _header, contents, _trailer in found if tag == _OCTETS)


def _filled(
    der: bytes,
    info: Any,
    signed: Signed,
    certificates: tuple[bytes, ...],
    digests: tuple[tuple[str, bytes], ...],
) -> Seal:
    properties, picture = info["property"], info["picture"]
    return Seal(
        der=der,
        version=info["header"]["version"].native,
        id=info["id"].native,
        name=properties["name"].native,
        vendor=info["header"]["vendor"].native,
        valid_from=_aware(properties["valid_from"].native),
        valid_to=_aware(properties["valid_to"].native),
        created=_aware(properties["created"].native),
        picture_type=picture["type"].native.lower(),
        picture=picture["data"].native,
        size_mm=(float(picture["width"].native), float(picture["height"].native)),
        signer_certificates=certificates,
        signer_digests=digests,
        signed=signed,
    )


def _signed(message: bytes, holder: Any) -> Signed:
    return Signed(
        message, holder["certificate"].native, holder["algorithm"].dotted, holder["signature"].native
    )


def _sealed_v1(data: bytes) -> SealedValue:
    both = SignatureV1.load(data, strict=True)
    to_sign = both["to_sign"]
    signed = Signed(
        to_sign.dump(),
        to_sign["certificate"].native,
        to_sign["algorithm"].dotted,
        both["signature"].native,
    )
    return SealedValue(
        _seal(to_sign["seal"].dump()),
        _time_in(to_sign["time"].native),
        to_sign["digest"].native,
        to_sign["location"].native,
        signed,
    )


def _sealed_v4(data: bytes) -> SealedValue:
    both = SignatureV4.load(data, strict=True)
    to_sign = both["to_sign"]
    return SealedValue(
        _seal(to_sign["seal"].dump()),
        _aware(to_sign["time"].native),
        to_sign["digest"].native,
        to_sign["location"].native,
        _signed(to_sign.dump(), both),
        both["timestamp"].native or b"",
    )


def _time_in(data: bytes) -> datetime | None:
    """The time that version 1 keeps in a bit string: a DER time or its letters; None for anything else."""
    try:
        return _aware(x509.Time.load(data).native)
    except (ValueError, TypeError):
        pass
    for form in ("%Y%m%d%H%M%SZ", "%y%m%d%H%M%SZ"):
        try:
            return datetime.strptime(data.decode("ascii"), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
