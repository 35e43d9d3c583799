"""Signatures over content that is too long to be held: it comes in pieces and is only digested."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from lantai.kit.crypto.algorithms import SignatureAlgorithm, VerifyingKey, algorithm_named, algorithm_of
from lantai.kit.crypto.certificates import key_of
from lantai.kit.crypto.keys import UnknownKey
from lantai.kit.crypto.sm2 import Sm2Public


def verify_pieces(
    certificate: bytes,
    signature: bytes,
    pieces: Iterable[bytes],
    *,
    algorithm: str = "",
    allow_weak: bool = False,
) -> bool:
    """`certificates.verify_with` of a message that comes in pieces; what taking them raises passes through."""
    try:
        key = key_of(certificate)
    except UnknownKey:
        return False
    chosen = algorithm_named(algorithm) if algorithm else algorithm_of(key)
    if chosen is None or (chosen.is_weak and not allow_weak):
        return False
    if isinstance(key, Sm2Public):
        return chosen.family == "sm2" and key.verify_pieces(pieces, signature)
    return _holds(key, chosen, signature, pieces)


def _holds(key: VerifyingKey, chosen: SignatureAlgorithm, signature: bytes, pieces: Iterable[bytes]) -> bool:
    if chosen.digest is None:
        return False
    digest = chosen.digest()
    running = hashes.Hash(digest)
    for piece in pieces:
        running.update(piece)
    value, made = running.finalize(), Prehashed(digest)
    try:
        if isinstance(key, rsa.RSAPublicKey) and chosen.family == "rsa":
            key.verify(signature, value, padding.PKCS1v15(), made)
        elif isinstance(key, rsa.RSAPublicKey) and chosen.family == "rsa-pss":
            key.verify(signature, value, padding.PSS(padding.MGF1(digest), padding.PSS.AUTO), made)
        elif isinstance(key, ec.EllipticCurvePublicKey) and chosen.family == "ecdsa":
            key.verify(signature, value, ec.ECDSA(made))
        else:
            return False
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True
