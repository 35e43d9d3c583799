"""How often somebody may knock: guessing numbers and codes is made slow, without keeping any address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from lantai.apps.readingroom.models import Attempt
from lantai.apps.readingroom.types import TooManyRequests

_SALT = "lantai.readingroom.attempt"
_KEPT_HOURS = 24


@dataclass(frozen=True, slots=True)
class _Rate:
    most: int
    minutes: int


class Door(Enum):
    """The public doors, and how many knocks each bears from one caller (or at one target) in a while."""

    TRACK = _Rate(8, 10)
    TRACKED_NUMBER = _Rate(20, 60)  # many addresses guessing the digits that belong to one number
    VERIFY = _Rate(20, 10)
    FILE = _Rate(10, 10)
    SUBMIT = _Rate(30, 60)  # a hall or a whole office may stand behind one address


def check(door: Door, whose: str, now: datetime) -> None:
    """Raise ``TooManyRequests`` when ``whose`` door was knocked at too often."""
    rate = door.value
    since = now - timedelta(minutes=rate.minutes)
    knocks = Attempt.objects.filter(caller=_digest(door, whose), at__gt=since).order_by("-at")
    times = list(knocks.values_list("at", flat=True)[: rate.most])
    if len(times) == rate.most:
        free_at = times[-1] + timedelta(minutes=rate.minutes)
        raise TooManyRequests(minutes=max(1, -(-(free_at - now).seconds // 60)))


def note(door: Door, whose: str, now: datetime) -> None:
    """Count one knock. Call it outside of the transaction that a refusal undoes."""
    Attempt.objects.create(caller=_digest(door, whose), at=now)


def forget_attempts() -> None:
    """Remove knocks that no limit looks at any more; a beat of the worker."""
    Attempt.objects.filter(at__lt=timezone.now() - timedelta(hours=_KEPT_HOURS)).delete()


def address_of(meta: Mapping[str, object]) -> str:
    """The caller's address; behind a proxy of ours the last one that it added."""
    if settings.SECURE_PROXY_SSL_HEADER is not None:
        forwarded = str(meta.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(meta.get("REMOTE_ADDR", ""))


def _digest(door: Door, whose: str) -> str:
    return salted_hmac(_SALT, f"{door.name}\0{whose}", algorithm="sha256").hexdigest()
