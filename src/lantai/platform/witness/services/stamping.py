"""RFC 3161 time stamps over our checkpoints: asked for, judged, and only then kept.

Renewal is the log's own doing: a stamp is a line of the ledger, so a later checkpoint commits to it, and a
stamp on that checkpoint, by a certificate that ends later, keeps the old one believable (RFC 4998 §5.2 with the
log as hash tree). What has to be done is to see that such a later stamp is there in time.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import x509
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from lantai.kit.crypto.cms import read_message
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.timestamps import TimeStampRefused, judge_token, request_for, token_of
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.digests import sm3
from lantai.kit.errors import N_, LantaiError
from lantai.kit.evidence.notes import parse_note
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf
from lantai.platform.ledger.queries import newest_checkpoint
from lantai.platform.witness import wire
from lantai.platform.witness.models import Stamp, StampService
from lantai.platform.witness.services.alarms import end_alarms, raise_alarm
from lantai.platform.witness.types import CHECKPOINT, AlarmKind, BadAnswer

LOGGED = "witness:checkpoint:stamped"
RENEW_DAYS = 90
_CLOCKS_DIFFER = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=1)
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_ALGORITHMS = frozenset({"sha256", "sha384", "sha512", "sm3"})


@dataclass(frozen=True, slots=True)
class Service:
    """A configured time-stamping service."""

    name: str
    address: str
    algorithm: str


def services() -> list[Service]:
    """Those of the settings: an address, and where it asks for another digest than SHA-256 that digest's name."""
    found = []
    for name, said in settings.LANTAI_STAMP_SERVICES.items():
        address, _, algorithm = said.partition(" ")
        found.append(Service(name, address, algorithm.strip() or "sha256"))
    return found


def due(now: datetime) -> list[Service]:
    """The services to be asked now: something was done since their last stamp, or a stamp must be renewed."""
    resting = set(StampService.objects.filter(try_after__gt=now).values_list("name", flat=True))
    return [one for one in services() if one.name not in resting and _is_due(one, now)]


def _is_due(service: Service, now: datetime) -> bool:
    last = Stamp.objects.filter(service=service.name).order_by("-id").first()
    if last is None:
        return newest_checkpoint() is not None
    if now - last.kept_at < timedelta(hours=settings.LANTAI_STAMP_HOURS):
        return False
    return is_busy_since(last.size) or (now - last.kept_at > timedelta(days=1) and unrenewed(now))


def is_busy_since(size: int) -> bool:
    """Whether something was done since the log had that size.

    Our own lines about stamps and anchors call for neither, else an idle log would grow for ever.
    """
    since = Leaf.objects.filter(index__gte=size).values("entry_id")
    return Entry.objects.filter(id__in=since).exclude(act__startswith="witness:").exists()


def unrenewed(now: datetime) -> bool:
    """Whether a stamp's certificate ends soon and no stamp by a later one covers its line in the log."""
    place = Leaf.objects.filter(entry_id=OuterRef(OuterRef("entry_id"))).values("index")
    later = Stamp.objects.filter(expires_at__gt=OuterRef("expires_at"), size__gt=place)
    ending = Stamp.objects.filter(expires_at__gt=now, expires_at__lt=now + timedelta(days=RENEW_DAYS))
    return ending.exclude(Exists(later)).exists()


def stamp_now(ctx: Ctx, *, size: int, service: Service) -> Stamp | None:
    """A judged stamp of one service over a checkpoint; a failure is noted, and the next try put off.

    No transaction is open while the service is asked.
    """
    text = parse_note(Checkpoint.objects.get(size=size).note).text.encode()
    try:
        kept = _judged(ctx, size, service, _asked(service, text), text)
    except LantaiError as error:
        _note_failure(ctx, service, str(error))
        return None
    return _keep(ctx, kept)


def _asked(service: Service, text: bytes) -> bytes:
    """The token, as an answer to this question; raises BadAnswer, PeerSilent or TimeStampRefused."""
    if service.algorithm not in _ALGORITHMS:
        raise BadAnswer(why=N_("设置中的摘要算法不受支持"))
    imprint, nonce = _digest(service.algorithm, text), secrets.randbits(63)
    request = request_for(imprint, algorithm=service.algorithm, nonce=nonce)
    answer = wire.post(service.address, request, kind=_QUERY)
    if answer.status != 200 or answer.kind != _REPLY:
        raise TimeStampRefused(status=f"HTTP {answer.status}")
    return token_of(answer.body, imprint=imprint, nonce=nonce)


def _digest(algorithm: str, text: bytes) -> bytes:
    return sm3(text) if algorithm == "sm3" else hashlib.new(algorithm, text).digest()


def _judged(ctx: Ctx, size: int, service: Service, token: bytes, text: bytes) -> Stamp:
    verdict = judge_token(token, message=text, trust=trust())
    if verdict.state is not SignatureState.VALID or verdict.at is None:
        raise BadAnswer(why=verdict.message % verdict.params if verdict.params else verdict.message)
    if abs(verdict.at - ctx.now) > _CLOCKS_DIFFER:
        raise BadAnswer(why=N_("时间戳的时间与本机时钟相差超过五分钟"))
    certificate = x509.Certificate.load(read_message(token).certificate)
    return Stamp(
        size=size,
        service=service.name,
        algorithm=service.algorithm,
        token=token,
        signer=verdict.signer[:300],
        stamped_at=verdict.at,
        expires_at=certificate.not_valid_after,
        kept_at=ctx.now,
    )


def trust() -> CertificateTrust:
    """The authorities whose time-stamping certificates this installation believes."""
    folder = Path(settings.LANTAI_TRUST)
    return CertificateTrust.load(folder) if folder.is_dir() else NO_TRUST


@transaction.atomic
def _keep(ctx: Ctx, stamp: Stamp) -> Stamp:
    detail = {
        "service": stamp.service,
        "size": stamp.size,
        "token_sha256": hashlib.sha256(stamp.token).hexdigest(),
        "token_sm3": sm3(bytes(stamp.token)).hex(),
    }
    name = f"{stamp.size}"
    entry = ledger.record(
        ctx, LOGGED, object_type=CHECKPOINT, object_id=stamp.size, object_name=name, detail=detail
    )
    stamp.entry_id = entry.pk
    stamp.save(force_insert=True)
    StampService.objects.update_or_create(
        name=stamp.service,
        defaults={"answered_at": ctx.now, "try_after": None, "failures": 0, "last_error": ""},
    )
    end_alarms(ctx, AlarmKind.UNSTAMPED, subject=stamp.service)
    return stamp


@transaction.atomic
def _note_failure(ctx: Ctx, service: Service, why: str) -> None:
    row, _ = StampService.objects.select_for_update().get_or_create(name=service.name)
    row.failures += 1
    row.last_error = why[:500]
    row.try_after = ctx.now + min(_LONGEST_WAIT, timedelta(minutes=2 ** min(row.failures - 1, 10)))
    row.save()


def watch_stamps(ctx: Ctx) -> None:
    """Raise an alarm for a service that has failed for a day, and for stamps that nobody renews."""
    for row in StampService.objects.filter(failures__gt=0, name__in=[one.name for one in services()]):
        last = (
            Stamp.objects.filter(service=row.name).order_by("-id").values_list("kept_at", flat=True).first()
        )
        if row.failures > 5 and (last is None or ctx.now - last > timedelta(days=1)):
            text = N_("时间戳服务“%(name)s”一天以上没有签发可信的时间戳：%(why)s")
            told = {"name": row.name, "why": row.last_error}
            raise_alarm(ctx, AlarmKind.UNSTAMPED, subject=row.name, text=text, params=told)
    if unrenewed(ctx.now):
        text = N_(
            "已有时间戳的证书将在 %(days)d 天内到期，还没有由更晚到期的证书续盖。请更新时间戳服务的证书。"
        )
        raise_alarm(ctx, AlarmKind.UNSTAMPED, subject="renewal", text=text, params={"days": RENEW_DAYS})
    else:
        end_alarms(ctx, AlarmKind.UNSTAMPED, subject="renewal")
