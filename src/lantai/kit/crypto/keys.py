"""One shape for every signature key; who signs does not see which algorithm it is."""

from __future__ import annotations

import hashlib
from typing import Protocol

from lantai.kit.errors import N_, Invalid


class UnknownKey(Invalid):
    """The key is damaged or of an algorithm that Lantai does not use."""

    message = N_("密钥无法识别：只接受 Ed25519、SM2 和 ECDSA P-256 的 PEM 密钥。")


class PublicKey(Protocol):
    """The half that is handed out."""

    @property
    def algorithm(self) -> str:
        """`ed25519`, `sm2` or `p256`."""
        ...

    @property
    def raw(self) -> bytes:
        """32 bytes for Ed25519 (RFC 8032), else the uncompressed point of 65 bytes."""
        ...

    def der(self) -> bytes:
        """The SubjectPublicKeyInfo (RFC 5280)."""
        ...

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `data`; never raises for a bad signature."""
        ...


class SigningKey(Protocol):
    """The half that is kept."""

    @property
    def public(self) -> PublicKey: ...

    def sign(self, data: bytes) -> bytes:
        """Signature over `data`: 64 bytes for Ed25519, DER SEQUENCE {r, s} for SM2 and P-256."""
        ...

    def der(self) -> bytes:
        """The unencrypted PKCS#8 form; keep it out of logs and messages."""
        ...


class CertifiedKey(Protocol):
    """A private key and the certificate (DER) that says whose it is."""

    @property
    def certificate(self) -> bytes: ...

    @property
    def algorithm(self) -> str:
        """`sm2-sm3`, `rsa-sha256` or `ecdsa-sha256`."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`: DER SEQUENCE {r, s} for SM2 and ECDSA, PKCS#1 v1.5 for RSA."""
        ...


def key_id(public: PublicKey) -> str:
    """Sixteen hexadecimal digits by which people tell keys apart: SHA-256 of the SubjectPublicKeyInfo."""
    return hashlib.sha256(public.der()).hexdigest()[:16]
