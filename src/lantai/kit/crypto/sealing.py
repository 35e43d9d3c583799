"""Files sealed in chunks, so that any part is read without the rest and nothing can be cut, swapped or moved.

A sealed file is a header of fixed length and chunks of fixed length, the last one shorter. The header holds the
file's own key, wrapped in a key of the ring. Each chunk is bound to its number, to whether it is the last, to the
header, and to the name under which the file lies.
"""

from __future__ import annotations

import io
import secrets
import struct
from typing import BinaryIO

from lantai.kit.crypto.envelopes import AES, KEY_BYTES, NONCE_BYTES, SM4, TAG_BYTES, Box, Ring, WrongKey
from lantai.kit.errors import N_, Fault

CHUNK_BYTES = 64 * 1024
HEADER_BYTES = 128
_MAGIC = b"LTSEAL1\n"
_ALGORITHMS = {1: AES, 2: SM4}
_NUMBERS = {name: number for number, name in _ALGORITHMS.items()}
_FRONT = struct.Struct(">8sBI")  # magic, algorithm, number of the ring's key
_PLACE = struct.Struct(">IIxxxB")  # of a nonce: two halves of the chunk's number, last or not
_WHOLE = CHUNK_BYTES + TAG_BYTES


class SealBroken(Fault):
    """The sealed file was changed, cut, put together of others, or moved under another name."""

    message = N_("加密文件“%(name)s”已被改动、截断或调换，没有解开。")


def sealed_size(size: int) -> int:
    """How long the sealed file is."""
    return HEADER_BYTES + size + TAG_BYTES * _chunks(size)


def plain_size(sealed: int) -> int:
    """How long the content is; raises ValueError for a length that no sealed file has."""
    body = sealed - HEADER_BYTES
    size = body - TAG_BYTES * -(-body // _WHOLE)
    if body < TAG_BYTES or size < 0 or sealed_size(size) != sealed:
        raise ValueError("no sealed file has this length")
    return size


def seal(source: BinaryIO, target: BinaryIO, ring: Ring, *, name: str) -> int:
    """Seal what `source` gives into `target`, for keeping under `name`; how many bytes of content it was."""
    header, box = _new_header(ring)
    target.write(header)
    about = header + name.encode("utf-8", "surrogateescape")
    number, total, piece = 0, 0, source.read(CHUNK_BYTES)
    while True:
        following = source.read(CHUNK_BYTES) if len(piece) == CHUNK_BYTES else b""
        target.write(box.seal(_nonce(number, is_last=not following), piece, about))
        total += len(piece)
        if not following:
            return total
        number, piece = number + 1, following


class SealedReader(io.RawIOBase):
    """The content of a sealed file, seekable; raises `SealBroken`, `WrongKey`."""

    def __init__(self, file: BinaryIO, ring: Ring, *, name: str) -> None:
        self._file, self._name = file, name
        try:
            self._size = plain_size(file.seek(0, io.SEEK_END))
        except ValueError as why:
            raise SealBroken(name=name) from why
        file.seek(0)
        header = _exactly(file, HEADER_BYTES)
        self._box = _open_header(header, ring, name)
        self._about = header + name.encode("utf-8", "surrogateescape")
        self._last = _chunks(self._size) - 1
        self._position, self._number, self._chunk = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("negative seek position")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        number, start = divmod(self._position, CHUNK_BYTES)
        if self._position >= self._size:
            if self._size == 0:
                self._load(0)  # also of an empty file it is told whether it is the true one
            return 0
        self._load(number)
        piece = self._chunk[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _load(self, number: int) -> None:
        if number == self._number:
            return
        self._file.seek(HEADER_BYTES + number * _WHOLE)
        length = min(CHUNK_BYTES, self._size - number * CHUNK_BYTES) + TAG_BYTES
        sealed = _exactly(self._file, length)
        try:
            self._chunk = self._box.open(_nonce(number, is_last=number == self._last), sealed, self._about)
        except WrongKey as why:  # the header opened, so that it is not the key
            raise SealBroken(name=self._name) from why
        self._number = number


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK_BYTES))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return _PLACE.pack(number >> 32, number & 0xFFFFFFFF, is_last)


def _new_header(ring: Ring) -> tuple[bytes, Box]:
    key = secrets.token_bytes(KEY_BYTES[ring.algorithm])
    front = _FRONT.pack(_MAGIC, _NUMBERS[ring.algorithm], ring.newest)
    nonce = secrets.token_bytes(NONCE_BYTES)
    wrapped = Box(ring.algorithm, ring.keys[ring.newest]).seal(nonce, key, front)
    return (front + nonce + wrapped).ljust(HEADER_BYTES, b"\0"), Box(ring.algorithm, key)


def _open_header(header: bytes, ring: Ring, name: str) -> Box:
    if len(header) != HEADER_BYTES:
        raise SealBroken(name=name)
    front = header[: _FRONT.size]
    magic, algorithm, number = _FRONT.unpack(front)
    if magic != _MAGIC or algorithm not in _ALGORITHMS:
        raise SealBroken(name=name)
    if _ALGORITHMS[algorithm] != ring.algorithm or number not in ring.keys:
        raise WrongKey
    nonce = header[_FRONT.size : _FRONT.size + NONCE_BYTES]
    end = _FRONT.size + NONCE_BYTES + KEY_BYTES[ring.algorithm] + TAG_BYTES
    if any(header[end:]):
        raise SealBroken(name=name)
    wrapped = header[_FRONT.size + NONCE_BYTES : end]
    return Box(ring.algorithm, Box(ring.algorithm, ring.keys[number]).open(nonce, wrapped, front))


def _exactly(file: BinaryIO, length: int) -> bytes:
    """What is left may be less: a file may be shorter than its end said a moment ago."""
    found = b""
    while len(found) < length and (piece := file.read(length - len(found))):
        found += piece
    return found
