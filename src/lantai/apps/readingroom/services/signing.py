"""The key and certificate with which an archives signs what it hands out, made on first use.

The files lie beside the log's keys: ``documents-<archives>-<name>.authority.*`` is the archives' own
authority, ``documents-<archives>-<name>-<random>.crt`` a signer. The ledger publishes every ``*.crt`` in its
trust file, so that a former signer (expired, or of a former name) stays known.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from django.conf import settings

from lantai.kit.crypto import (
    KeyFileExists,
    P256Key,
    generate,
    issue_authority,
    issue_certificate,
    load_private,
    save_private,
)
from lantai.kit.errors import Fault
from lantai.kit.evidence.certificates import PdfSigner
from lantai.platform.orgs.models import Org

_AUTHORITY_DAYS, _SIGNER_DAYS = 20 * 365, 5 * 365
_LAST_DAYS = 30  # a signer that is about to expire is replaced before it does
_NAME_CHARS = 60  # of an organisation in a certificate (X.520 allows 64)


def ensure_signer(archives: Org, now: datetime) -> PdfSigner:
    """The signer of an archives that is valid now and for some weeks."""
    folder, stem = Path(settings.LANTAI_KEYS), _stem(archives)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in sorted(folder.glob(f"{stem}-*.crt")):
        pem = path.read_bytes()
        found = x509.load_pem_x509_certificate(pem)
        if found.not_valid_before_utc <= now < found.not_valid_after_utc - timedelta(days=_LAST_DAYS):
            return PdfSigner(pem, _p256(path.with_suffix(".key")))
    return _make_signer(folder, stem, archives.name[:_NAME_CHARS], now)


def _make_signer(folder: Path, stem: str, name: str, now: datetime) -> PdfSigner:
    authority_key, authority = _authority(folder, stem, name, now)
    key = generate("p256")
    assert isinstance(key, P256Key)
    since = _since(now)
    pem = issue_certificate(
        name,
        key.public,
        authority=authority,
        authority_key=authority_key,
        not_before=since,
        not_after=since + timedelta(days=_SIGNER_DAYS),
    )
    path = folder / f"{stem}-{secrets.token_hex(4)}.crt"
    save_private(
        path.with_suffix(".key"), key
    )  # first: a certificate without its key would be found and fail
    _write(path, pem)
    return PdfSigner(pem, key)


def _authority(folder: Path, stem: str, name: str, now: datetime) -> tuple[P256Key, bytes]:
    key_path, path = folder / f"{stem}.authority.key", folder / f"{stem}.authority.pem"
    if not key_path.exists():
        with suppress(KeyFileExists):  # another process was first, and its key is the key
            save_private(key_path, generate("p256"))
    key = _p256(key_path)
    if not path.exists():
        since = _since(now)
        until = since + timedelta(days=_AUTHORITY_DAYS)
        _write(path, issue_authority(name, key, not_before=since, not_after=until))
    return key, path.read_bytes()


def _since(now: datetime) -> datetime:
    """Midnight of the day before: clocks of two machines differ, and an entry of today must lie within."""
    return (now - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _stem(archives: Org) -> str:
    name = hashlib.sha256(archives.name.encode()).hexdigest()[:8]
    return f"documents-{quote(archives.code, safe='')}-{name}"


def _p256(path: Path) -> P256Key:
    key = load_private(path)
    if not isinstance(key, P256Key):
        raise Fault("签名密钥“%(path)s”不是 ECDSA P-256 密钥。", path=str(path))
    return key


def _write(path: Path, data: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
