"""Polls to which peers call us: the call is kept, our copies are read by a job, and content goes to proven holders."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from lantai.kit.errors import Missing
from lantai.kit.evidence import polls
from lantai.kit.evidence.polls import BadPollText
from lantai.kit.evidence.trust import TrustStore
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.queries import trust_store
from lantai.platform.ledger.services import ensure_keys
from lantai.platform.witness import queries
from lantai.platform.witness.models import AskedPoll, Peer, Possession
from lantai.platform.witness.registry import holdings
from lantai.platform.witness.services.polling import POLL
from lantai.platform.witness.types import NotAHolder, NotPolled, TooManyPolls

_MOST_OPEN = 3
_LONGEST = timedelta(days=30)
_CLOCKS_DIFFER = timedelta(minutes=10)
_REPAIR_WITHIN = timedelta(days=7)


def _trust() -> TrustStore:
    return TrustStore(tuple(key for peer in queries.polled_peers() for key in queries.log_keys(peer)))


def _peer(origin: str) -> Peer:
    """The peer of that name; raises NotPolled."""
    found = queries.polled_peers().filter(log_origin=origin).first()
    if found is None:
        raise NotPolled
    return found


@transaction.atomic
def take_call(ctx: Ctx, *, text: str) -> AskedPoll:
    """Keep a peer's call to be answered by a job; the same call twice is one. Raises BadPollText, TooManyPolls."""
    call = polls.parse_call(text, _trust())
    peer = _peer(call.poller)
    known = AskedPoll.objects.filter(call=call.id, peer=peer).first()
    if known is not None:
        return known
    if not call.at - _CLOCKS_DIFFER <= ctx.now <= call.until <= ctx.now + _LONGEST:
        raise BadPollText
    Peer.objects.select_for_update().get(pk=peer.pk)
    if AskedPoll.objects.filter(peer=peer, vote="", until__gt=ctx.now).count() >= _MOST_OPEN:
        raise TooManyPolls
    return AskedPoll.objects.create(peer=peer, call=call.id, note=text, until=call.until, asked_at=ctx.now)


def has_work(now: datetime) -> bool:
    """Whether a call waits for our vote."""
    return holdings() is not None and AskedPoll.objects.filter(vote="", until__gt=now).exists()


def cast_votes(ctx: Ctx) -> int:
    """Read what is asked for and answer; one that was killed reads again. Returns how many votes were cast."""
    held = holdings()
    waiting = AskedPoll.objects.filter(vote="", until__gt=ctx.now).order_by("id")
    if held is None:
        return 0
    cast = 0
    for row in waiting:
        call = polls.parse_call(row.note, TrustStore(queries.log_keys(row.peer)))
        vote = polls.cast_vote(
            call,
            voter=settings.LANTAI_LOG_ORIGIN,
            nonce=secrets.token_bytes(polls.NONCE_BYTES),
            open_item=held.open,
            at=max(ctx.now.replace(microsecond=0), call.at),
        )
        text = polls.sign(vote, ensure_keys()[0])
        cast += AskedPoll.objects.filter(pk=row.pk, vote="").update(vote=text, voted_at=ctx.now)
    return cast


def vote_on(call: str) -> str | None:
    """Our vote on a call, None while it is being made; raises Missing for a call that nobody made."""
    found = AskedPoll.objects.filter(call=call).values_list("vote", flat=True).first()
    if found is None:
        raise Missing
    return found or None


@transaction.atomic
def hand_out(
    ctx: Ctx, *, text: str, most_bytes: int | None = None, within: timedelta = _REPAIR_WITHIN
) -> tuple[BinaryIO, int]:
    """Our copy for a peer whose own is damaged, and its length; raises NotPolled, NotAHolder or Missing."""
    request = polls.parse_repair_request(text, _trust())
    peer = _peer(request.poller)
    asked = AskedPoll.objects.filter(call=request.call, peer=peer).exclude(vote="").first()
    held = holdings()
    if asked is None or held is None or abs(ctx.now - request.at) > within:
        raise Missing
    trust = TrustStore(queries.log_keys(peer))
    call, vote = polls.parse_call(asked.note, trust), polls.parse_vote(asked.vote, trust_store())
    if not polls.may_repair(call, vote, request):
        raise Missing
    if not Possession.objects.filter(peer=peer, item=request.item).exists():
        raise NotAHolder
    size = held.size(request.item)
    stream = held.open(request.item) if size is not None and size <= (most_bytes or size) else None
    if stream is None or size is None:
        raise Missing
    detail = {"item": request.item, "to": peer.log_origin}
    ledger.record(
        ctx,
        "witness:poll:repair_given",
        object_type=POLL,
        object_id=asked.pk,
        object_name=peer.name,
        detail=detail,
    )
    return stream, size
