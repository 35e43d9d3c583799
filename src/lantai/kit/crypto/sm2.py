"""SM2 signatures with SM3 (GB/T 32918.2, GB/T 35276) by OpenSSL's libcrypto.

The user identity is the default of GM/T 0009: `1234567812345678`. Signatures are the DER
SEQUENCE {r, s}. Objects may be used by many threads at once: a key is only read, and every
operation has its own context.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from lantai.kit.crypto import libcrypto
from lantai.kit.crypto.keys import UnknownKey
from lantai.kit.errors import N_, Fault

USER_ID = b"1234567812345678"
POINT_BYTES = 65
MAX_SIGNATURE_BYTES = 80

# SubjectPublicKeyInfo up to the point: id-ecPublicKey, curve 1.2.156.10197.1.301
_SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


class _Handle:
    """Owns one EVP_PKEY and frees it when the last reference is gone."""

    def __init__(self, pointer: int | None) -> None:
        library = libcrypto.load()
        if not pointer:
            raise UnknownKey()
        self.pointer = pointer
        weakref.finalize(self, library.EVP_PKEY_free, pointer)
        if library.EVP_PKEY_is_a(pointer, b"SM2") != 1:
            raise UnknownKey()


class Sm2Public:
    """An SM2 public key."""

    algorithm = "sm2"

    def __init__(self, handle: _Handle) -> None:
        self._handle = handle
        self._der = _spki(handle)
        if len(self._der) != len(_SPKI_PREFIX) + POINT_BYTES:
            raise UnknownKey()

    @classmethod
    def from_der(cls, der: bytes) -> Sm2Public:
        """The key in a SubjectPublicKeyInfo; raises UnknownKey, also for a point off the curve."""
        with libcrypto.reading_bio(der) as bio:
            return cls(_Handle(libcrypto.load().d2i_PUBKEY_bio(bio, None)))

    @classmethod
    def from_raw(cls, point: bytes) -> Sm2Public:
        """The key of an uncompressed point of 65 bytes; raises UnknownKey."""
        if len(point) != POINT_BYTES or point[0] != 4:
            raise UnknownKey()
        return cls.from_der(_SPKI_PREFIX + point)

    @property
    def raw(self) -> bytes:
        """The uncompressed point, 65 bytes."""
        return self._der[-POINT_BYTES:]

    def der(self) -> bytes:
        """The SubjectPublicKeyInfo."""
        return self._der

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether `signature` (DER) is this key's over `data`."""
        library = libcrypto.load()
        with _context(self._handle) as context:
            _require(
                library.EVP_DigestVerifyInit_ex(context, None, b"SM3", None, None, self._handle.pointer, None)
            )
            found: int = library.EVP_DigestVerify(context, signature, len(signature), data, len(data))
            return found == 1

    def verify_pieces(self, pieces: Iterable[bytes], signature: bytes) -> bool:
        """`verify` of data that comes in pieces, which are not put together."""
        library = libcrypto.load()
        with _context(self._handle) as context:
            _require(
                library.EVP_DigestVerifyInit_ex(context, None, b"SM3", None, None, self._handle.pointer, None)
            )
            for piece in pieces:
                _require(library.EVP_DigestVerifyUpdate(context, piece, len(piece)))
            found: int = library.EVP_DigestVerifyFinal(context, signature, len(signature))
            return found == 1


class Sm2Key:
    """An SM2 signing key."""

    def __init__(self, handle: _Handle) -> None:
        self._handle = handle
        self.public = Sm2Public(handle)

    @classmethod
    def from_der(cls, der: bytes) -> Sm2Key:
        """The key in a PKCS#8 form; raises UnknownKey."""
        with libcrypto.reading_bio(der) as bio:
            return cls(_Handle(libcrypto.load().d2i_PrivateKey_bio(bio, None)))

    def sign(self, data: bytes) -> bytes:
        """The DER signature over `data`."""
        library = libcrypto.load()
        signature = ctypes.create_string_buffer(MAX_SIGNATURE_BYTES)
        length = ctypes.c_size_t(MAX_SIGNATURE_BYTES)
        with _context(self._handle) as context:
            _require(
                library.EVP_DigestSignInit_ex(context, None, b"SM3", None, None, self._handle.pointer, None)
            )
            _require(library.EVP_DigestSign(context, signature, ctypes.byref(length), data, len(data)))
        return signature.raw[: length.value]

    def der(self) -> bytes:
        """PKCS#8, unencrypted."""
        with libcrypto.writing_bio() as bio:
            _require(
                libcrypto.load().i2d_PKCS8PrivateKey_bio(bio, self._handle.pointer, None, None, 0, None, None)
            )
            return libcrypto.read_all(bio)


def generate_sm2() -> Sm2Key:
    """A new SM2 key; raises Sm2Unavailable."""
    library = libcrypto.load()
    context = library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
    made = ctypes.c_void_p()
    try:
        _require(library.EVP_PKEY_keygen_init(context))
        _require(library.EVP_PKEY_generate(context, ctypes.byref(made)))
        return Sm2Key(_Handle(made.value))
    finally:
        library.EVP_PKEY_CTX_free(context)
        library.ERR_clear_error()


@contextmanager
def _context(handle: _Handle) -> Iterator[int]:
    """A digest context bound to the key and the user identity, freed afterwards."""
    library = libcrypto.load()
    key_context = library.EVP_PKEY_CTX_new_from_pkey(None, handle.pointer, None)
    context = library.EVP_MD_CTX_new()
    try:
        if not key_context or not context:
            raise MemoryError
        _require(library.EVP_PKEY_CTX_set1_id(key_context, USER_ID, len(USER_ID)))
        library.EVP_MD_CTX_set_pkey_ctx(context, key_context)
        yield context
    finally:
        # set_pkey_ctx does not take ownership: both are ours to free, the digest context first.
        library.EVP_MD_CTX_free(context)
        library.EVP_PKEY_CTX_free(key_context)
        library.ERR_clear_error()


def _spki(handle: _Handle) -> bytes:
    with libcrypto.writing_bio() as bio:
        _require(libcrypto.load().i2d_PUBKEY_bio(bio, handle.pointer))
        return libcrypto.read_all(bio)


def _require(result: int) -> None:
    if result != 1:
        raise Fault(N_("OpenSSL 未能完成 SM2 运算。"))
