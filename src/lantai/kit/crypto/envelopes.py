"""Keys that lie wrapped in another key: a ring of content keys under the one key that people guard.

Content is sealed under a key of the ring. To change the key that people guard, the ring alone is wrapped anew:
not one byte of content is rewritten, and what was read before is read afterwards.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lantai.kit.errors import N_, Fault, Refusal

AES, SM4 = "aes-256-gcm", "sm4-gcm"
KEY_BYTES = {AES: 32, SM4: 16}
GUARDED_BYTES = 32
NONCE_BYTES, TAG_BYTES = 12, 16
_FORMAT = "lantai-keyring/1"
_LARGEST_RING = 1024 * 1024


class WrongKey(Refusal):
    """What is there was not sealed with this key."""

    message = N_("密钥不对：这些内容不是用所给的密钥加密的，没有解开。请取得正确的密钥，或用密钥份额恢复。")


class RingUnreadable(Fault):
    """The ring is damaged, or of a later format."""

    message = N_("密钥环损坏或格式不识别，没有使用。")


class Box:
    """Authenticated encryption under one key: AES-256-GCM, or SM4-GCM (GB/T 32907, GB/T 36624)."""

    def __init__(self, algorithm: str, key: bytes) -> None:
        if len(key) != KEY_BYTES[algorithm]:
            raise ValueError("the key has another length")
        self._key, self._aes = key, AESGCM(key) if algorithm == AES else None

    def seal(self, nonce: bytes, data: bytes, about: bytes) -> bytes:
        """The sealed data with its tag; `about` is bound to it."""
        if self._aes is not None:
            return self._aes.encrypt(nonce, data, about)
        cipher = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(about)
        return cipher.update(data) + cipher.finalize() + cipher.tag

    def open(self, nonce: bytes, data: bytes, about: bytes) -> bytes:
        """What was sealed; raises `WrongKey` for another key, other data, or another `about`."""
        try:
            if self._aes is not None:
                return self._aes.decrypt(nonce, data, about)
            cipher = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
            cipher.authenticate_additional_data(about)
            return cipher.update(data[:-TAG_BYTES]) + cipher.finalize()
        except (InvalidTag, ValueError) as why:
            raise WrongKey from why


@dataclass(frozen=True, slots=True)
class Ring:
    """Content keys by number; the newest seals, all open."""

    algorithm: str
    keys: Mapping[int, bytes]

    @property
    def newest(self) -> int:
        """The number of the key that seals."""
        return max(self.keys)


def new_guarded_key() -> bytes:
    """A new key for people to guard."""
    return secrets.token_bytes(GUARDED_BYTES)


def new_ring(algorithm: str) -> Ring:
    """A ring with its first key."""
    return Ring(algorithm, {1: secrets.token_bytes(KEY_BYTES[algorithm])})


def with_new_key(ring: Ring) -> Ring:
    """The ring with one key more, for what is sealed from now on."""
    return Ring(
        ring.algorithm, {**ring.keys, ring.newest + 1: secrets.token_bytes(KEY_BYTES[ring.algorithm])}
    )


def wrap(ring: Ring, guarded: bytes) -> bytes:
    """The ring as a document that says nothing without the guarded key."""
    box = Box(ring.algorithm, _wrapping_key(ring.algorithm, guarded))
    wrapped = {}
    for number, key in sorted(ring.keys.items()):
        nonce = secrets.token_bytes(NONCE_BYTES)
        wrapped[str(number)] = (nonce + box.seal(nonce, key, _about(ring.algorithm, number))).hex()
    document = {
        "format": _FORMAT,
        "algorithm": ring.algorithm,
        "check": check_value(guarded),
        "keys": wrapped,
    }
    return json.dumps(document, indent=1, sort_keys=True).encode()


def unwrap(document: bytes, guarded: bytes) -> Ring:
    """The ring; raises `WrongKey`, `RingUnreadable`."""
    try:
        if len(document) > _LARGEST_RING:
            raise RingUnreadable
        said = json.loads(document)
        algorithm = said["algorithm"]
        if said["format"] != _FORMAT or algorithm not in KEY_BYTES:
            raise RingUnreadable
        wrapped = {int(number): bytes.fromhex(key) for number, key in said["keys"].items()}
        if not hmac.compare_digest(said["check"], check_value(guarded)):
            raise WrongKey
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as why:
        raise RingUnreadable from why
    if not wrapped:
        raise RingUnreadable
    box = Box(algorithm, _wrapping_key(algorithm, guarded))
    keys = {
        n: box.open(data[:NONCE_BYTES], data[NONCE_BYTES:], _about(algorithm, n))
        for n, data in wrapped.items()
    }
    if any(len(key) != KEY_BYTES[algorithm] for key in keys.values()):
        raise RingUnreadable
    return Ring(algorithm, keys)


def check_value(guarded: bytes) -> str:
    """Tells one guarded key from another without saying anything of it."""
    return hmac.digest(guarded, b"lantai guarded key", "sha256").hex()[:16]


def _about(algorithm: str, number: int) -> bytes:
    return f"{_FORMAT} {algorithm} {number}".encode()


def _wrapping_key(algorithm: str, guarded: bytes) -> bytes:
    digest = "sm3" if algorithm == SM4 else "sha256"
    return hmac.digest(guarded, b"lantai ring " + algorithm.encode(), digest)[: KEY_BYTES[algorithm]]
