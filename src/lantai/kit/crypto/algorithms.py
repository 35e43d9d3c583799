"""Signature algorithms by the names that Lantai gives them, by object identifier, and by what senders write."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from asn1crypto import keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from lantai.kit.crypto.keys import UnknownKey
from lantai.kit.crypto.sm2 import Sm2Public

SM2_CURVE = "1.2.156.10197.1.301"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
RSA_ENCRYPTION = "1.2.840.113549.1.1.1"

VerifyingKey: TypeAlias = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | Sm2Public


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """A way to sign: the family of its key and its digest (None: fixed by the family)."""

    name: str
    oid: str
    family: str  # "rsa", "rsa-pss", "ecdsa" or "sm2"
    digest: Callable[[], hashes.HashAlgorithm] | None = None
    is_weak: bool = False  # SHA-1: a change still shows, but a forger can prepare two contents that fit


KNOWN = (
    SignatureAlgorithm("sm2-sm3", SM2_WITH_SM3, "sm2"),
    SignatureAlgorithm("rsa-sha256", "1.2.840.113549.1.1.11", "rsa", hashes.SHA256),
    SignatureAlgorithm("rsa-sha384", "1.2.840.113549.1.1.12", "rsa", hashes.SHA384),
    SignatureAlgorithm("rsa-sha512", "1.2.840.113549.1.1.13", "rsa", hashes.SHA512),
    SignatureAlgorithm("rsa-pss-sha256", "", "rsa-pss", hashes.SHA256),
    SignatureAlgorithm("rsa-pss-sha384", "", "rsa-pss", hashes.SHA384),
    SignatureAlgorithm("rsa-pss-sha512", "", "rsa-pss", hashes.SHA512),
    SignatureAlgorithm("rsa-sha1", "1.2.840.113549.1.1.5", "rsa", hashes.SHA1, is_weak=True),
    SignatureAlgorithm("ecdsa-sha1", "1.2.840.10045.4.1", "ecdsa", hashes.SHA1, is_weak=True),
    SignatureAlgorithm("ecdsa-sha256", "1.2.840.10045.4.3.2", "ecdsa", hashes.SHA256),
    SignatureAlgorithm("ecdsa-sha384", "1.2.840.10045.4.3.3", "ecdsa", hashes.SHA384),
    SignatureAlgorithm("ecdsa-sha512", "1.2.840.10045.4.3.4", "ecdsa", hashes.SHA512),
)
_BY_WORD = {word: one for one in KNOWN for word in (one.name, one.oid) if word}
# GM/T 0006 has two identifiers for an SM2 signature; senders use either.
_BY_WORD["1.2.156.10197.1.301.1"] = _BY_WORD["sm2-sm3"]
_DIGEST_AND_KEY = re.compile(r"(sm3|sha1|sha256|sha384|sha512)(?:with)?(sm2|rsa|ecdsa)(?:encryption)?")


def algorithm_named(word: str) -> SignatureAlgorithm | None:
    """The algorithm of a name, an object identifier or a sender's spelling such as `SHA256withRSA`."""
    known = _BY_WORD.get(word.strip().casefold())
    if known is not None:
        return known
    plain = re.sub(r"[\s_-]", "", word[:80]).casefold()
    if plain in ("sm2sm3", "sm2withsm3"):
        return _BY_WORD["sm2-sm3"]
    match = _DIGEST_AND_KEY.fullmatch(plain)
    return _BY_WORD.get(f"{match[2]}-{match[1]}") if match else None


def algorithm_of(key: VerifyingKey) -> SignatureAlgorithm:
    """What a key signs with when nothing else is said."""
    if isinstance(key, Sm2Public):
        return _BY_WORD["sm2-sm3"]
    return _BY_WORD["rsa-sha256" if isinstance(key, rsa.RSAPublicKey) else "ecdsa-sha256"]


@lru_cache(maxsize=512)
def load_spki(spki: bytes) -> VerifyingKey:
    """The key of a SubjectPublicKeyInfo: SM2, RSA or an elliptic curve of NIST; raises UnknownKey."""
    if _is_sm2(spki):
        return Sm2Public.from_der(spki)
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnknownKey() from error
    if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return key
    raise UnknownKey()


def _is_sm2(spki: bytes) -> bool:
    try:
        algorithm = keys.PublicKeyInfo.load(spki, strict=True)["algorithm"]
        is_curve = algorithm["algorithm"].native == "ec"
        return is_curve and str(algorithm["parameters"].chosen.dotted) == SM2_CURVE
    # asn1crypto reads lazily and meets bad input with whatever its own code trips over.
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise UnknownKey() from error


def holds(key: VerifyingKey, algorithm: SignatureAlgorithm, signature: bytes, message: bytes) -> bool:
    """Whether `signature` is this key's over `message`; False also for a key of another family."""
    if isinstance(key, Sm2Public):
        return algorithm.family == "sm2" and key.verify(message, signature)
    if algorithm.digest is None:
        return False
    digest = algorithm.digest()
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm.family == "rsa":
            key.verify(signature, message, padding.PKCS1v15(), digest)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.family == "rsa-pss":
            key.verify(signature, message, padding.PSS(padding.MGF1(digest), padding.PSS.AUTO), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.family == "ecdsa":
            key.verify(signature, message, ec.ECDSA(digest))
        else:
            return False
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True
