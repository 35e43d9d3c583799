"""Three digests of one byte stream in one read, whatever its length.

SHA-256 and SHA-512 are what the world's tools read; SM3 (GB/T 32905) is what Chinese
cryptographic rules ask for. A file is damaged as soon as one of the three differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, TypeAlias

from cryptography.hazmat.primitives import hashes

CHUNK_BYTES = 1024 * 1024

Source: TypeAlias = BinaryIO | Iterable[bytes]


class Running(Protocol):
    """A digest that is being computed."""

    def update(self, data: bytes, /) -> None: ...
    def copy(self) -> Running: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...


class _CryptographySm3:
    """SM3 of the `cryptography` wheel, for a Python whose OpenSSL was built without it."""

    def __init__(self, taken: hashes.Hash | None = None) -> None:
        self._hash = taken or hashes.Hash(hashes.SM3())

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def copy(self) -> _CryptographySm3:
        return _CryptographySm3(self._hash.copy())

    def digest(self) -> bytes:
        return self._hash.copy().finalize()

    def hexdigest(self) -> str:
        return self.digest().hex()


def new_sm3() -> Running:
    """A fresh SM3 computation (GB/T 32905), by OpenSSL or else by `cryptography`."""
    try:
        return hashlib.new("sm3")
    except ValueError:
        return _CryptographySm3()


def _begun() -> Callable[[], Running]:
    # A copy of a fresh state costs a third less than looking the algorithm up by its name again.
    try:
        return hashlib.new("sm3").copy
    except ValueError:
        return _CryptographySm3


_fresh_sm3 = _begun()


def sm3_over(data: bytes) -> Running:
    """The SM3 computation that has taken `data`."""
    running = _fresh_sm3()
    running.update(data)
    return running


def sm3(data: bytes) -> bytes:
    """The 32-byte SM3 digest of `data`."""
    return sm3_over(data).digest()


@dataclass(frozen=True, slots=True)
class Digests:
    """The three digests of one content, in lowercase hexadecimal."""

    sha256: str
    sha512: str
    sm3: str


class Hasher:
    """Takes bytes piece by piece and knows their digests and their count at any moment."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sha512 = hashlib.sha512()
        self._sm3 = new_sm3()
        self.size_bytes = 0

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        self._sha256.update(data)
        self._sha512.update(data)
        self._sm3.update(data)
        self.size_bytes += len(data)

    def digests(self) -> Digests:
        """The digests of everything taken so far."""
        return Digests(self._sha256.hexdigest(), self._sha512.hexdigest(), self._sm3.hexdigest())


def chunks(source: Source) -> Iterator[bytes]:
    """The bytes of `source`, at most 1 MiB at a time; an iterable is passed on piece by piece."""
    read = getattr(source, "read", None)
    if read is None:
        yield from source
        return
    while data := read(CHUNK_BYTES):
        yield data


def tee(source: Source, hasher: Hasher) -> Iterator[bytes]:
    """Pass the bytes of `source` on, each piece hashed before it is handed out."""
    for data in chunks(source):
        hasher.update(data)
        yield data


def digest_stream(source: Source) -> tuple[Digests, int]:
    """The digests and the length in bytes of `source`, read once to its end in bounded memory."""
    hasher = Hasher()
    for data in chunks(source):
        hasher.update(data)
    return hasher.digests(), hasher.size_bytes


def digest_bytes(data: bytes) -> Digests:
    """The digests of `data`."""
    hasher = Hasher()
    hasher.update(data)
    return hasher.digests()


def digest_file(path: Path) -> tuple[Digests, int]:
    """The digests and the length in bytes of the file at `path`; raises OSError as `open` does."""
    with path.open("rb", buffering=0) as stream:
        return digest_stream(stream)
