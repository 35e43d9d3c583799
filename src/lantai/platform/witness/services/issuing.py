"""Our own time-stamping service (RFC 3161), for archives that reach no other.

Key and certificate are made on first use, under an authority of this node whose certificate others put among those
they trust. A signer is replaced a year before it ends, so that what it stamped can be renewed by the next in time.

A stamp is a row, not a line of the ledger: strangers may ask for stamps, and must not be able to make the log grow.
Once an hour one line commits to all stamps since the last one, by the root of a Merkle tree over the digests of their
tokens in the order of their serial numbers.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import pem, x509
from django.conf import settings
from django.db import connection, transaction

from lantai.kit.crypto import SigningKey, load_private, load_private_pem, save_private
from lantai.kit.crypto.issuing import make_authority, make_certified
from lantai.kit.crypto.tsa import Stamper
from lantai.kit.evidence.merkle import SHA256, root
from lantai.platform.context import Ctx, system_ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.witness.models import IssuedStamp
from lantai.platform.witness.types import STAMPS

POLICY = "2.25.190433562731465398727151806402973563181"  # by a random UUID (X.667): nobody has to assign it
LOGGED_AT_ONCE = 50_000
_AUTHORITY_DAYS, _SIGNER_DAYS, _LAST_DAYS = 30 * 365, 5 * 365, 365
_ROOT_NAME, _SIGNER_NAME = "时间戳根", "时间戳服务"  # in certificates, which have one language
_NAME_CHARS = 50
_AUTHORITY = "tsa-authority"
_TURN = int.from_bytes(b"lantaits", "big")  # one process at a time makes keys


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A private key out of a file, with its certificate."""

    certificate: bytes
    algorithm: str
    key: SigningKey

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`."""
        return self.key.sign(message)


def issue_stamp(ctx: Ctx, *, request: bytes) -> bytes:
    """The answer to a request, whatever was sent; a stamp given has a serial number that was never given."""
    stamper = ensure_stamper(ctx.now)
    with transaction.atomic():
        row = IssuedStamp.objects.create(imprint=b"", algorithm="", issued_at=ctx.now)
        answer = stamper.answer(request, serial=row.pk, at=ctx.now)
        if answer.request is None:
            row.delete()
            return answer.response
        row.imprint, row.algorithm = answer.request.imprint, answer.request.algorithm
        row.token_sha256 = hashlib.sha256(answer.token).hexdigest()
        row.save()
    return answer.response


def log_issued() -> int:
    """One line of the ledger for the stamps since the last one; returns how many they were."""
    ctx = system_ctx()
    with transaction.atomic():
        rows = IssuedStamp.objects.select_for_update().filter(is_logged=False).order_by("id")
        found = list(rows.values_list("id", "token_sha256")[:LOGGED_AT_ONCE])
        if not found:
            return 0
        first, last = found[0][0], found[-1][0]
        tree = root(SHA256.leaf(bytes.fromhex(digest)) for _, digest in found)
        detail = {"first": first, "last": last, "count": len(found), "root": tree.hex()}
        ledger.record(
            ctx,
            "witness:stamps:issued",
            object_type=STAMPS,
            object_id=last,
            object_name=f"{first}–{last}",
            detail=detail,
        )
        IssuedStamp.objects.filter(is_logged=False, id__range=(first, last)).update(is_logged=True)
    return len(found)


def ensure_stamper(now: datetime) -> Stamper:
    """The signer that is valid now and for another year, made when there is none."""
    found = _valid_signer(now)
    if found is None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
            found = _valid_signer(now) or _make_signer(now)
    authority = _certificate(_path(_AUTHORITY, "pem"))
    return Stamper(found, POLICY, (authority,))


def authority_pem(now: datetime) -> bytes:
    """The certificate that others put among those they trust."""
    ensure_stamper(now)
    return _path(_AUTHORITY, "pem").read_bytes()


def _path(stem: str, suffix: str) -> Path:
    # Not `.crt`: those are the certificates of documents, which the ledger publishes in its trust file.
    return Path(settings.LANTAI_KEYS) / f"{stem}.{suffix}"


def _valid_signer(now: datetime) -> KeptKey | None:
    for path in sorted(Path(settings.LANTAI_KEYS).glob("tsa-signer-*.pem")):
        found = x509.Certificate.load(_certificate(path))
        if found.not_valid_before <= now < found.not_valid_after - timedelta(days=_LAST_DAYS):
            return _kept(path.stem)
    return None


def _kept(stem: str) -> KeptKey:
    key = load_private(_path(stem, "key"))
    algorithm = "sm2-sm3" if key.public.algorithm == "sm2" else "ecdsa-sha256"
    return KeptKey(_certificate(_path(stem, "pem")), algorithm, key)


def _make_signer(now: datetime) -> KeptKey:
    Path(settings.LANTAI_KEYS).mkdir(parents=True, exist_ok=True, mode=0o700)
    since = (now - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    name = settings.LANTAI_SITE_NAME[:_NAME_CHARS]
    if not _path(_AUTHORITY, "pem").exists():
        until = since + timedelta(days=_AUTHORITY_DAYS)
        made = make_authority(
            name + _ROOT_NAME, algorithm=settings.LANTAI_TSA_ALGORITHM, not_before=since, not_after=until
        )
        _keep(_AUTHORITY, made.pkcs8, made.certificate)
    issued = make_certified(
        name + _SIGNER_NAME,
        issuer=_kept(_AUTHORITY),
        not_before=since,
        not_after=since + timedelta(days=_SIGNER_DAYS),
        purposes=["time_stamping"],
    )
    stem = f"tsa-signer-{secrets.token_hex(4)}"
    _keep(stem, issued.pkcs8, issued.certificate)
    return _kept(stem)


def _keep(stem: str, pkcs8: bytes, certificate: bytes) -> None:
    """The key first: a certificate without its key would be found and fail."""
    _path(stem, "key").unlink(missing_ok=True)  # left by a process that died in between
    save_private(_path(stem, "key"), load_private_pem(pem.armor("PRIVATE KEY", pkcs8)))
    path = _path(stem, "pem")
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with unfinished.open("wb") as stream:
        stream.write(pem.armor("CERTIFICATE", certificate))
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)


def _certificate(path: Path) -> bytes:
    return bytes(pem.unarmor(path.read_bytes())[2])
