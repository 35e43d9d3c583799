"""Signature keys behind one shape: Ed25519, SM2 with SM3, ECDSA P-256; key files; certificates."""

from lantai.kit.crypto.keyfiles import (
    ALGORITHMS,
    KeyFileExists,
    KeyFileExposed,
    generate,
    load_private,
    load_private_pem,
    load_public_pem,
    private_pem,
    public_pem,
    save_private,
)
from lantai.kit.crypto.keys import PublicKey, SigningKey, UnknownKey, key_id
from lantai.kit.crypto.libcrypto import Sm2Unavailable
from lantai.kit.crypto.pyca import Ed25519Public, P256Key, P256Public
from lantai.kit.crypto.sm2 import Sm2Public
from lantai.kit.crypto.x509 import issue_authority, issue_certificate

__all__ = [
    "ALGORITHMS",
    "Ed25519Public",
    "KeyFileExists",
    "KeyFileExposed",
    "P256Key",
    "P256Public",
    "PublicKey",
    "SigningKey",
    "Sm2Public",
    "Sm2Unavailable",
    "UnknownKey",
    "generate",
    "issue_authority",
    "issue_certificate",
    "key_id",
    "load_private",
    "load_private_pem",
    "load_public_pem",
    "private_pem",
    "public_pem",
    "save_private",
]
