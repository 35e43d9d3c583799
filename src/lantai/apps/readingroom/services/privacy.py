"""Readers' identity and phone numbers at rest: AES-256-GCM under a key file that only the service can read.

What is sealed is bound to what it belongs to, so that a value moved to another row does not open.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from lantai.apps.readingroom.types import SealedUnreadable
from lantai.kit.crypto import KeyFileExposed

KEY_FILE = "readers.key"
_FORM = b"\x01"  # the first byte of what is sealed: AES-256-GCM, 12 bytes of nonce, then the rest
_KEY_BYTES, _NONCE_BYTES = 32, 12


def seal(text: str, *, about: str) -> bytes:
    """``text`` so that only ``unseal`` with the same ``about`` reads it."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _FORM + nonce + AESGCM(_key()).encrypt(nonce, text.encode(), about.encode())


def unseal(sealed: bytes, *, about: str) -> str:
    """What was sealed; raises ``SealedUnreadable``."""
    form, nonce, body = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if form != _FORM:
        raise SealedUnreadable
    try:
        return AESGCM(_key()).decrypt(nonce, body, about.encode()).decode()
    except InvalidTag as wrong:
        raise SealedUnreadable from wrong


def _key() -> bytes:
    """The key, made on first use; never replaced, since with it everything sealed would be lost."""
    path = Path(settings.LANTAI_KEYS) / KEY_FILE
    if not path.exists():
        _make(path)
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise KeyFileExposed(path=str(path))
        key = file.read(_KEY_BYTES + 1)
    if len(key) != _KEY_BYTES:
        raise SealedUnreadable
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first, and its key is the key
            os.link(unfinished, path)  # unlike a rename, never takes the place of a key that is there
    finally:
        unfinished.unlink()
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
