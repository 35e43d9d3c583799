"""Certificates, authorities and revocation lists of our own: for tests, demos and small archives.

`lantai.kit.crypto.x509` makes the P-256 certificates with which an archives signs its own PDF
files; here are chains of any of the three algorithms that senders use.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha1

from asn1crypto import algos, core, crl, keys, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from lantai.kit.crypto.algorithms import SM2_WITH_SM3
from lantai.kit.crypto.keys import CertifiedKey
from lantai.kit.crypto.sm2 import generate_sm2
from lantai.kit.errors import N_, Invalid

RSA_BITS = 2048
_EXPONENT = 65537
_OIDS = {"sm2-sm3": SM2_WITH_SM3, "rsa-sha256": "sha256_rsa", "ecdsa-sha256": "sha256_ecdsa"}


@dataclass(frozen=True, slots=True)
class _Key:
    """A private key, reduced to what a certificate needs of it."""

    algorithm: str
    spki: bytes
    sign: Callable[[bytes], bytes]
    pkcs8: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key with its certificate; `pkcs8` is the unencrypted private key (DER), for other programs."""

    certificate: bytes
    algorithm: str
    _sign: Callable[[bytes], bytes] = field(repr=False)
    pkcs8: bytes = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`."""
        return self._sign(message)


def make_authority(
    name: str, *, algorithm: str = "sm2-sm3", not_before: datetime, not_after: datetime
) -> IssuedKey:
    """A self-signed authority of `sm2-sm3`, `rsa-sha256` or `ecdsa-sha256`; raises Invalid for another."""
    key = _generate(algorithm)
    subject = _name(name)
    extensions = [*_authority_extensions(), _key_identifier(key.spki)]
    made = _certificate(subject, subject, key, (not_before, not_after), extensions, key.sign, algorithm)
    return IssuedKey(made, algorithm, key.sign, key.pkcs8)


def make_certified(
    name: str,
    *,
    issuer: CertifiedKey,
    not_before: datetime,
    not_after: datetime,
    purposes: Sequence[str] = (),
    algorithm: str = "",
    is_authority: bool = False,
) -> IssuedKey:
    """A key certified by `issuer`, of the issuer's algorithm unless another is named.

    `purposes` are extended key usages by asn1crypto's names (`time_stamping`, `email_protection`) or
    object identifiers; a lone `time_stamping` is critical, as RFC 3161 §2.3 asks.
    """
    key = _generate(algorithm or issuer.algorithm)
    parent = x509.Certificate.load(issuer.certificate)
    extensions = _authority_extensions() if is_authority else _signer_extensions(purposes)
    extensions += [_key_identifier(key.spki), _issuer_identifier(parent)]
    made = _certificate(
        _name(name), parent.subject, key, (not_before, not_after), extensions, issuer.sign, issuer.algorithm
    )
    return IssuedKey(made, key.algorithm, key.sign, key.pkcs8)


def make_crl(
    issuer: CertifiedKey, revoked: Sequence[tuple[int, datetime]], *, at: datetime, next_update: datetime
) -> bytes:
    """A revocation list (DER) of `issuer`: serial numbers and since when each is revoked (RFC 5280 §5)."""
    parent = x509.Certificate.load(issuer.certificate)
    listed = {
        "version": "v2",
        "signature": _signature_algorithm(issuer.algorithm),
        "issuer": parent.subject,
        "this_update": _time(at),
        "next_update": _time(next_update),
        "crl_extensions": [_issuer_identifier(parent), _extension("crl_number", int(at.timestamp()))],
    }
    if revoked:
        listed["revoked_certificates"] = [
            {"user_certificate": serial, "revocation_date": _time(since)} for serial, since in revoked
        ]
    unsigned = crl.TbsCertList(listed)
    return bytes(
        crl.CertificateList(
            {
                "tbs_cert_list": unsigned,
                "signature_algorithm": _signature_algorithm(issuer.algorithm),
                "signature": issuer.sign(unsigned.dump()),
            }
        ).dump()
    )


def _generate(algorithm: str) -> _Key:
    if algorithm == "sm2-sm3":
        sm2 = generate_sm2()
        return _Key(algorithm, sm2.public.der(), sm2.sign, sm2.der())
    if algorithm == "rsa-sha256":
        rsa_key = rsa.generate_private_key(_EXPONENT, RSA_BITS)
        return _Key(
            algorithm,
            _spki(rsa_key.public_key()),
            lambda message: rsa_key.sign(message, padding.PKCS1v15(), hashes.SHA256()),
            _pkcs8(rsa_key),
        )
    if algorithm == "ecdsa-sha256":
        ec_key = ec.generate_private_key(ec.SECP256R1())
        return _Key(
            algorithm,
            _spki(ec_key.public_key()),
            lambda message: ec_key.sign(message, ec.ECDSA(hashes.SHA256())),
            _pkcs8(ec_key),
        )
    raise Invalid(N_("不支持以算法“%(algorithm)s”签发证书。"), algorithm=algorithm)


def _spki(public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _pkcs8(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: _Key,
    validity: tuple[datetime, datetime],
    extensions: list[x509.Extension],
    sign: Callable[[bytes], bytes],
    algorithm: str,
) -> bytes:
    if any(one.tzinfo is None for one in validity) or validity[1] <= validity[0]:
        raise Invalid(N_("证书的有效期起止时间不对。"))
    unsigned = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(126) | 1 << 126,
            "signature": _signature_algorithm(algorithm),
            "issuer": issuer,
            "validity": {"not_before": _time(validity[0]), "not_after": _time(validity[1])},
            "subject": subject,
            "subject_public_key_info": keys.PublicKeyInfo.load(key.spki),
            "extensions": extensions,
        }
    )
    signed = {
        "tbs_certificate": unsigned,
        "signature_algorithm": _signature_algorithm(algorithm),
        "signature_value": sign(unsigned.dump()),
    }
    return bytes(x509.Certificate(signed).dump())


def _signature_algorithm(algorithm: str) -> algos.SignedDigestAlgorithm:
    return algos.SignedDigestAlgorithm({"algorithm": _OIDS[algorithm]})


def _name(text: str) -> x509.Name:
    if not text or len(text) > 60:
        raise Invalid(N_("证书上的单位名称应为 1 至 60 个字。"))
    return x509.Name.build({"country_name": "CN", "organization_name": text, "common_name": text})


def _time(at: datetime) -> x509.Time:
    """RFC 5280 §4.1.2.5: UTCTime through 2049, then GeneralizedTime; whole seconds."""
    exact = at.astimezone(UTC).replace(microsecond=0)
    return x509.Time({"utc_time" if exact.year < 2050 else "general_time": exact})


def _extension(kind: str, value: object, *, is_critical: bool = False) -> dict[str, object]:
    return {"extn_id": kind, "critical": is_critical, "extn_value": value}


def _authority_extensions() -> list[dict[str, object]]:
    return [
        _extension("basic_constraints", {"ca": True}, is_critical=True),
        _extension("key_usage", {"key_cert_sign", "crl_sign"}, is_critical=True),
    ]


def _signer_extensions(purposes: Sequence[str]) -> list[dict[str, object]]:
    made = [
        _extension("basic_constraints", {"ca": False}, is_critical=True),
        _extension("key_usage", {"digital_signature", "non_repudiation"}, is_critical=True),
    ]
    if purposes:
        is_lone_stamp = tuple(purposes) == ("time_stamping",)
        made.append(_extension("extended_key_usage", list(purposes), is_critical=is_lone_stamp))
    return made


def _key_identifier(spki: bytes) -> dict[str, object]:
    return _extension("key_identifier", _digest_of_key(spki))


def _issuer_identifier(parent: x509.Certificate) -> dict[str, object]:
    value = parent.key_identifier or _digest_of_key(parent.public_key.dump())
    return _extension("authority_key_identifier", {"key_identifier": value})


def _digest_of_key(spki: bytes) -> bytes:
    """RFC 5280 §4.2.1.2 (1): SHA-1 as a name for a key, not as protection."""
    point = core.Sequence.load(spki)[1]
    return sha1(
        bytes(point)[1:] if isinstance(point, core.BitString) else spki, usedforsecurity=False
    ).digest()
