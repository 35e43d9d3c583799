"""Ed25519 and ECDSA P-256 by the `cryptography` package."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from lantai.kit.crypto.keys import UnknownKey

_DER = serialization.Encoding.DER
_SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


class Ed25519Public:
    """An Ed25519 public key (RFC 8032)."""

    algorithm = "ed25519"

    def __init__(self, key: ed25519.Ed25519PublicKey) -> None:
        self._key = key

    @classmethod
    def from_raw(cls, raw: bytes) -> Ed25519Public:
        """The key of these 32 bytes; raises UnknownKey."""
        try:
            return cls(ed25519.Ed25519PublicKey.from_public_bytes(raw))
        except ValueError as error:
            raise UnknownKey() from error

    @property
    def raw(self) -> bytes:
        """The 32 bytes of RFC 8032."""
        return self._key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    def der(self) -> bytes:
        """The SubjectPublicKeyInfo."""
        return self._key.public_bytes(_DER, _SPKI)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `data`."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class Ed25519Key:
    """An Ed25519 signing key."""

    def __init__(self, key: ed25519.Ed25519PrivateKey) -> None:
        self._key = key
        self.public = Ed25519Public(key.public_key())

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature over `data`."""
        return self._key.sign(data)

    def der(self) -> bytes:
        """PKCS#8, unencrypted."""
        return _pkcs8(self._key)


class P256Public:
    """An ECDSA P-256 public key, used with SHA-256."""

    algorithm = "p256"

    def __init__(self, key: ec.EllipticCurvePublicKey) -> None:
        self.key = key

    @property
    def raw(self) -> bytes:
        """The uncompressed point, 65 bytes."""
        return self.key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def der(self) -> bytes:
        """The SubjectPublicKeyInfo."""
        return self.key.public_bytes(_DER, _SPKI)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether `signature` (DER) is this key's over `data`."""
        try:
            self.key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


class P256Key:
    """An ECDSA P-256 signing key: for X.509 and PDF, whose readers know neither Ed25519 nor SM2."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self.key = key
        self.public = P256Public(key.public_key())

    def sign(self, data: bytes) -> bytes:
        """The DER signature over SHA-256 of `data`."""
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))

    def der(self) -> bytes:
        """PKCS#8, unencrypted."""
        return _pkcs8(self.key)


def _pkcs8(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def generate_ed25519() -> Ed25519Key:
    """A new Ed25519 key."""
    return Ed25519Key(ed25519.Ed25519PrivateKey.generate())


def generate_p256() -> P256Key:
    """A new P-256 key."""
    return P256Key(ec.generate_private_key(ec.SECP256R1()))


def private_from_der(der: bytes) -> Ed25519Key | P256Key:
    """The key in a PKCS#8 form; raises UnknownKey."""
    try:
        key = serialization.load_der_private_key(der, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnknownKey() from error
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return Ed25519Key(key)
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return P256Key(key)
    raise UnknownKey()


def public_from_der(der: bytes) -> Ed25519Public | P256Public:
    """The key in a SubjectPublicKeyInfo; raises UnknownKey."""
    try:
        key = serialization.load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnknownKey() from error
    if isinstance(key, ed25519.Ed25519PublicKey):
        return Ed25519Public(key)
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return P256Public(key)
    raise UnknownKey()
