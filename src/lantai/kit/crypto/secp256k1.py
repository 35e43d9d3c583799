"""Keys of accounts on an EVM chain: signatures from which the signer's key can be recovered.

`cryptography` signs. What it does not give is which of two keys a signature leads back to: that is found here, from
public values alone.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from lantai.kit.digests.keccak import keccak256
from lantai.kit.errors import N_, Invalid

_P = 2**256 - 2**32 - 977
_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
Point = tuple[int, int] | None  # None is the point at infinity


class BadAccountKey(Invalid):
    """What should be the private key of an account is none."""

    message = N_("链上账户的私钥不正确：须为 64 位十六进制数。")


class AccountKey:
    """The private key of an account."""

    def __init__(self, text: str) -> None:
        try:
            number = int.from_bytes(bytes.fromhex(text.strip().removeprefix("0x")), "big")
            self._key = ec.derive_private_key(number, ec.SECP256K1())
        except ValueError as error:
            raise BadAccountKey() from error
        numbers = self._key.public_key().public_numbers()
        self._point = (numbers.x, numbers.y)

    @property
    def address(self) -> bytes:
        """The address of the account, 20 bytes."""
        return _address(self._point)

    def sign(self, digest: bytes) -> tuple[int, int, int]:
        """Signature over a digest of 32 bytes: parity of the point, r, s; s is the lower one (EIP-2)."""
        r, s = decode_dss_signature(self._key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
        s = min(s, _N - s)
        parity = int(_recovered(digest, 0, r, s) != self._point)
        return parity, r, s


def signer_of(digest: bytes, parity: int, r: int, s: int) -> bytes | None:
    """The address of the account that signed; None for a signature that nobody can have made."""
    point = _recovered(digest, parity, r, s) if parity in (0, 1) else None
    return None if point is None else _address(point)


def _address(point: tuple[int, int]) -> bytes:
    return keccak256(point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big"))[12:]


def _recovered(digest: bytes, parity: int, r: int, s: int) -> Point:
    """Q = (s·R − z·G) / r (SEC 1 §4.1.6)."""
    if not (0 < r < _N and 0 < s <= _N // 2):
        return None
    square = (pow(r, 3, _P) + 7) % _P
    y = pow(square, (_P + 1) // 4, _P)
    if y * y % _P != square:
        return None
    point = (r, y if y & 1 == parity else _P - y)
    inverse, z = pow(r, -1, _N), int.from_bytes(digest, "big")
    return _combined(s * inverse % _N, point, -z * inverse % _N, _G)


def _sum(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    (x, y), (u, v) = one, other
    if x == u and (y + v) % _P == 0:
        return None
    slope = 3 * x * x * pow(2 * y, -1, _P) if one == other else (v - y) * pow(u - x, -1, _P)
    w = (slope * slope - x - u) % _P
    return w, (slope * (x - w) - y) % _P


def _combined(one: int, first: Point, other: int, second: Point) -> Point:
    """one·first + other·second, in one walk over the bits of both."""
    steps = {(0, 1): second, (1, 0): first, (1, 1): _sum(first, second)}
    found: Point = None
    for place in reversed(range(max(one.bit_length(), other.bit_length()))):
        found = _sum(found, found)
        bits = (one >> place & 1, other >> place & 1)
        found = _sum(found, steps[bits]) if bits in steps else found
    return found
