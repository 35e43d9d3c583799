"""Keys that are too short, or on a curve that is not trusted: a true signature by them proves little."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from lantai.kit.crypto.certificates import key_of
from lantai.kit.errors import N_

RSA_BITS = 2048  # NIST SP 800-131A: less than this is below 112 bits of security
# Those of FIPS 186-5 and RFC 5639 from 256 bits on. The SM2 curve (GB/T 32918.5) has keys of its own sort and
# signs with SM3 alone; an ECDSA signature by it is none.
CURVES = frozenset(
    {"secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"}
)

SHORT_RSA = N_(
    "证书“%(subject)s”的 RSA 密钥只有 %(bits)s 位，不足 2048 位，已不安全，没有采信。请用更强的密钥重新签名。"
)
OTHER_CURVE = N_("证书“%(subject)s”的密钥所在的椭圆曲线 %(curve)s 不在采信范围内，没有采信。")


def weakness_of(certificate: bytes) -> tuple[str, dict[str, str | int]] | None:
    """The msgid and values of why a key is not to be relied on, else None; raises UnknownKey."""
    key = key_of(certificate)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < RSA_BITS:
        return SHORT_RSA, {"bits": key.key_size}
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in CURVES:
        return OTHER_CURVE, {"curve": key.curve.name}
    return None
