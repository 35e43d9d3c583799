"""Alarms: raised once, told to all officers who keep peers, ended when what they say has passed."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from lantai.platform.accounts import queries as accounts
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.witness.models import Alarm
from lantai.platform.witness.permissions import P
from lantai.platform.witness.types import CHECKPOINT, AlarmKind

PAGE = "/witness/alarms/"


@transaction.atomic
def raise_alarm(
    ctx: Ctx,
    kind: AlarmKind,
    *,
    subject: str,
    text: str,
    params: Mapping[str, str | int] | None = None,
    peer_id: int | None = None,
    proof: str = "",
) -> Alarm:
    """The open alarm of that kind and subject; a new one is recorded and told."""
    found, is_new = Alarm.objects.get_or_create(
        kind=kind,
        subject=subject[:255],
        ended_at=None,
        defaults={
            "text": text,
            "params": dict(params or {}),
            "peer_id": peer_id,
            "proof": proof,
            "found_at": ctx.now,
        },
    )
    if is_new:
        detail = {"kind": str(kind), "subject": found.subject}
        ledger.record(
            ctx,
            "witness:alarm:raised",
            object_type=CHECKPOINT,
            object_id=found.pk,
            object_name=found.subject,
            detail=detail,
        )
        # Whoever keeps peers anywhere on this node: the log is everybody's.
        officers = accounts.holders_anywhere(P.PEER_MANAGE, timezone.localdate(ctx.now))
        notify.tell(ctx, user_ids=officers, text=text, params=params, url=PAGE)
    return found


def end_alarms(ctx: Ctx, kind: AlarmKind, *, subject: str = "") -> int:
    """What the alarm said has passed; a fork never passes."""
    if kind is AlarmKind.FORK:
        return 0
    found = Alarm.objects.filter(kind=kind, ended_at__isnull=True)
    if subject:
        found = found.filter(subject=subject[:255])
    return found.update(ended_at=ctx.now)
