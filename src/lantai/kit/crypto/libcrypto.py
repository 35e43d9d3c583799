"""The few functions of OpenSSL's libcrypto (3.0 or later) that SM2 needs, by ctypes.

Every call that may fail leaves OpenSSL's error queue empty: the queue of a thread is shared
with Python's own `ssl`, which would report a stale error as its own.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import re
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from lantai.kit.errors import N_, Fault

_POINTER = ctypes.c_void_p
_INT = ctypes.c_int
_SIZE = ctypes.c_size_t
_BYTES = ctypes.c_char_p
_LONG = ctypes.c_long
_OUT_POINTER = ctypes.POINTER(ctypes.c_void_p)
_OUT_SIZE = ctypes.POINTER(ctypes.c_size_t)

_MIN_VERSION = 0x30000000

_SIGNATURES: dict[str, tuple[object, list[object]]] = {
    "OpenSSL_version_num": (ctypes.c_ulong, []),
    "ERR_clear_error": (None, []),
    "EVP_MD_fetch": (_POINTER, [_POINTER, _BYTES, _BYTES]),
    "EVP_MD_free": (None, [_POINTER]),
    "EVP_PKEY_free": (None, [_POINTER]),
    "EVP_PKEY_is_a": (_INT, [_POINTER, _BYTES]),
    "EVP_PKEY_CTX_new_from_name": (_POINTER, [_POINTER, _BYTES, _BYTES]),
    "EVP_PKEY_CTX_new_from_pkey": (_POINTER, [_POINTER, _POINTER, _BYTES]),
    "EVP_PKEY_CTX_free": (None, [_POINTER]),
    "EVP_PKEY_CTX_set1_id": (_INT, [_POINTER, _BYTES, _SIZE]),
    "EVP_PKEY_keygen_init": (_INT, [_POINTER]),
    "EVP_PKEY_generate": (_INT, [_POINTER, _OUT_POINTER]),
    "EVP_MD_CTX_new": (_POINTER, []),
    "EVP_MD_CTX_free": (None, [_POINTER]),
    "EVP_MD_CTX_set_pkey_ctx": (None, [_POINTER, _POINTER]),
    "EVP_DigestSignInit_ex": (_INT, [_POINTER, _POINTER, _BYTES, _POINTER, _BYTES, _POINTER, _POINTER]),
    "EVP_DigestVerifyInit_ex": (_INT, [_POINTER, _POINTER, _BYTES, _POINTER, _BYTES, _POINTER, _POINTER]),
    "EVP_DigestSign": (_INT, [_POINTER, _BYTES, _OUT_SIZE, _BYTES, _SIZE]),
    "EVP_DigestVerify": (_INT, [_POINTER, _BYTES, _SIZE, _BYTES, _SIZE]),
    "EVP_DigestVerifyUpdate": (_INT, [_POINTER, _BYTES, _SIZE]),
    "EVP_DigestVerifyFinal": (_INT, [_POINTER, _BYTES, _SIZE]),
    "BIO_new": (_POINTER, [_POINTER]),
    "BIO_new_mem_buf": (_POINTER, [_BYTES, _INT]),
    "BIO_s_mem": (_POINTER, []),
    "BIO_free": (_INT, [_POINTER]),
    "BIO_read_ex": (_INT, [_POINTER, _BYTES, _SIZE, _OUT_SIZE]),
    "i2d_PUBKEY_bio": (_INT, [_POINTER, _POINTER]),
    "d2i_PUBKEY_bio": (_POINTER, [_POINTER, _OUT_POINTER]),
    "i2d_PKCS8PrivateKey_bio": (_INT, [_POINTER, _POINTER, _POINTER, _BYTES, _INT, _POINTER, _POINTER]),
    "d2i_PrivateKey_bio": (_POINTER, [_POINTER, _OUT_POINTER]),
}


class Sm2Unavailable(Fault):
    """No libcrypto with SM2 was found on this machine."""

    message = N_("本机没有可用的 SM2 算法：请安装 OpenSSL 3.0 或更高版本的 libcrypto。")


@cache
def load() -> ctypes.CDLL:
    """The libcrypto to use, with its functions declared; raises Sm2Unavailable."""
    for name in _candidates():
        try:
            library = ctypes.CDLL(name)
            _declare(library)
        except (OSError, AttributeError):
            continue
        if library.OpenSSL_version_num() >= _MIN_VERSION and _has_sm2(library):
            return library
    raise Sm2Unavailable()


def _candidates() -> Iterator[str]:
    """First the library that Python's `ssl` already loaded, then the one of the system."""
    if ssl.OPENSSL_VERSION:
        yield from dict.fromkeys(re.findall(r"/\S*libcrypto[^/\s]*\.so\S*", _mapped()))
    if sys.platform == "darwin":
        # The unversioned library of macOS ends the process that loads it.
        yield "libcrypto.3.dylib"
        return
    yield "libcrypto.so.3"
    found = ctypes.util.find_library("crypto")
    if found:
        yield found


def _mapped() -> str:
    """What this process has mapped; "" where it cannot know: on other systems, and behind walls."""
    try:
        return Path("/proc/self/maps").read_text()
    except OSError:
        return ""


def _declare(library: ctypes.CDLL) -> None:
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments


def _has_sm2(library: ctypes.CDLL) -> bool:
    context = library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
    digest = library.EVP_MD_fetch(None, b"SM3", None)
    library.EVP_PKEY_CTX_free(context)
    library.EVP_MD_free(digest)
    library.ERR_clear_error()
    return bool(context and digest)


@contextmanager
def writing_bio() -> Iterator[int]:
    """A memory BIO to write into, freed afterwards."""
    library = load()
    bio = library.BIO_new(library.BIO_s_mem())
    if not bio:
        raise MemoryError
    try:
        yield bio
    finally:
        library.BIO_free(bio)
        library.ERR_clear_error()


@contextmanager
def reading_bio(data: bytes) -> Iterator[int]:
    """A memory BIO over `data`, freed afterwards."""
    library = load()
    bio = library.BIO_new_mem_buf(data, len(data))
    if not bio:
        raise MemoryError
    try:
        yield bio
    finally:
        library.BIO_free(bio)
        library.ERR_clear_error()


def read_all(bio: int, limit_bytes: int = 4096) -> bytes:
    """What was written into a memory BIO, up to `limit_bytes`."""
    buffer = ctypes.create_string_buffer(limit_bytes)
    count = ctypes.c_size_t(0)
    load().BIO_read_ex(bio, buffer, limit_bytes, ctypes.byref(count))
    return buffer.raw[: count.value]
