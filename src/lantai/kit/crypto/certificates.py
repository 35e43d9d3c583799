"""X.509 certificates of RSA, ECDSA and SM2 keys: read, checked against a signature, and made.

The structure is read by `cryptography`, which is strict; the key by `asn1crypto`, because
`cryptography` has no SM2.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from lantai.kit.crypto.algorithms import VerifyingKey, algorithm_named, algorithm_of, holds, load_spki
from lantai.kit.crypto.issuing import IssuedKey, make_authority, make_certified, make_crl
from lantai.kit.crypto.keys import CertifiedKey, UnknownKey

__all__ = [
    "NONSENSE",
    "CertifiedKey",
    "IssuedKey",
    "algorithm_of_certificate",
    "is_authority",
    "is_self_issued",
    "key_of",
    "make_authority",
    "make_certified",
    "make_crl",
    "read_certificate",
    "read_crl",
    "serial_of",
    "subject_of",
    "verify_with",
    "was_signed_by",
]

# Three of what `cryptography` raises for a bad structure are no ValueError.
NONSENSE = (
    ValueError,
    TypeError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_PSS = "1.2.840.113549.1.1.10"


def verify_with(
    certificate: bytes, signature: bytes, message: bytes, *, algorithm: str = "", allow_weak: bool = False
) -> bool:
    """Whether `signature` over `message` was made by the key of `certificate` (DER).

    `algorithm` is a name of ours, an object identifier or a sender's spelling; "" is what the key
    signs with by default. False, never an error, for anything that cannot be read, and for a weak
    algorithm (SHA-1) unless it is allowed, by a caller who then says that it proves little.
    """
    try:
        key = key_of(certificate)
    except UnknownKey:
        return False
    chosen = algorithm_named(algorithm) if algorithm else algorithm_of(key)
    if chosen is None or (chosen.is_weak and not allow_weak):
        return False
    return holds(key, chosen, signature, message)


@lru_cache(maxsize=512)
def read_certificate(der: bytes) -> x509.Certificate:
    """The certificate in these bytes, all of it understood; raises ValueError."""
    try:
        one = x509.load_der_x509_certificate(der)
        # These are read lazily, and each may turn out to be nonsense.
        with _long_names():
            _touch(one.subject, one.issuer)
        _touch(one.not_valid_before_utc, one.not_valid_after_utc, *one.extensions)
    except NONSENSE as error:
        raise ValueError from error
    return one


@lru_cache(maxsize=64)
def read_crl(der: bytes) -> x509.CertificateRevocationList:
    """The revocation list in these bytes, its entries aside; raises ValueError."""
    try:
        one = x509.load_der_x509_crl(der)
        with _long_names():
            _touch(one.issuer)
        _touch(one.last_update_utc, one.next_update_utc, *one.extensions)
    except NONSENSE as error:
        raise ValueError from error
    return one


@contextmanager
def _long_names() -> Iterator[None]:
    """Within, a name longer than X.520 allows is nothing to warn of: Chinese authorities issue them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Attribute's length must be", UserWarning)
        yield


def _touch(*_: object) -> None:
    """Whoever calls this has read its arguments."""


@lru_cache(maxsize=512)
def key_of(der: bytes) -> VerifyingKey:
    """The key that a certificate is about; raises UnknownKey for another sort of key and for nonsense."""
    try:
        spki = asn1_x509.Certificate.load(der, strict=True)["tbs_certificate"][
            "subject_public_key_info"
        ].dump()
    # asn1crypto reads lazily and meets bad input with whatever its own code trips over.
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise UnknownKey() from error
    return load_spki(bytes(spki))


def algorithm_of_certificate(der: bytes) -> str:
    """What the key of a certificate signs with by default; "" when that is unknown here."""
    try:
        return algorithm_of(key_of(der)).name
    except UnknownKey:
        return ""


@lru_cache(maxsize=1024)
def was_signed_by(issuer: bytes, signed: bytes, *, is_crl: bool = False) -> bool:
    """Whether the signature on a certificate or revocation list (DER) is of `issuer`'s key; names aside."""
    try:
        one = read_crl(signed) if is_crl else read_certificate(signed)
        message = (
            one.tbs_certlist_bytes
            if isinstance(one, x509.CertificateRevocationList)
            else (one.tbs_certificate_bytes)
        )
        algorithm = algorithm_named(_signature_name(one))
        if algorithm is None or algorithm.is_weak:
            return False
        return holds(key_of(issuer), algorithm, one.signature, message)
    except (ValueError, UnknownKey, UnsupportedAlgorithm):
        return False


def _signature_name(one: x509.Certificate | x509.CertificateRevocationList) -> str:
    dotted = one.signature_algorithm_oid.dotted_string
    if dotted != _PSS or one.signature_hash_algorithm is None:
        return dotted
    return f"rsa-pss-{one.signature_hash_algorithm.name}"


def is_self_issued(certificate: bytes) -> bool:
    """Whether a certificate names itself as its issuer and is signed by its own key; raises ValueError."""
    one = read_certificate(certificate)
    return one.subject == one.issuer and was_signed_by(certificate, certificate)


def is_authority(certificate: bytes) -> bool:
    """Whether a certificate may issue others (RFC 5280 §4.2.1.9); raises ValueError."""
    try:
        constraints = read_certificate(certificate).extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return constraints.value.ca


def serial_of(certificate: bytes) -> int:
    """The serial number by which an issuer's revocation list names a certificate; raises ValueError."""
    return read_certificate(certificate).serial_number


def subject_of(certificate: bytes) -> str:
    """By which name people know the holder: the common name, with the organisation where it differs."""
    try:
        subject = read_certificate(certificate).subject
    except ValueError:
        return ""
    common = _first(subject, NameOID.COMMON_NAME)
    organisation = _first(subject, NameOID.ORGANIZATION_NAME)
    if common and organisation and common != organisation:
        return f"{common} ({organisation})"
    return common or organisation or subject.rfc4514_string()[:200]


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    return next((str(one.value)[:200] for one in name.get_attributes_for_oid(oid)), "")
