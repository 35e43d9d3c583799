"""Polls across an air gap: calls, votes, requests and contents as messages of the ferry.

What cannot be answered is left unanswered, and the file goes on being taken in: a poll is no reason to hold up
witnessing. Contents above some megabytes do not fit into a file; they are mended by who carries a copy.
"""

from __future__ import annotations

import tempfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from lantai.kit.errors import LantaiError
from lantai.kit.evidence.canonical import Json
from lantai.platform.context import Ctx
from lantai.platform.witness.models import AskedPoll, Ballot, FerryMessage, Peer, Poll, PollItem
from lantai.platform.witness.registry import holdings
from lantai.platform.witness.services import polling, voting
from lantai.platform.witness.services.parcels import send
from lantai.platform.witness.types import BallotState, Direction, FerryKind, PollOutcome

_REPAIR_WITHIN = timedelta(days=60)  # a file may be long on its way


def send_votes(ctx: Ctx, peer: Peer) -> int:
    """Put our votes on a peer's calls that were cast since the last file into the next; returns how many."""
    sent = FerryMessage.objects.filter(peer=peer, direction=Direction.OUT, kind=FerryKind.VOTE)
    known = set(sent.values_list("body__call", flat=True))
    cast = AskedPoll.objects.filter(peer=peer).exclude(vote="").exclude(call__in=known).order_by("id")
    for row in cast:
        send(ctx, peer, FerryKind.VOTE, {"call": row.call, "text": row.vote})
    return len(cast)


def _take_call(ctx: Ctx, peer: Peer, said: Mapping[str, str]) -> None:
    voting.take_call(ctx, text=said["text"])


def _take_vote(ctx: Ctx, peer: Peer, said: Mapping[str, str]) -> None:
    ballots = Ballot.objects.filter(poll__call=said["call"], poll__closed_at=None, peer=peer)
    ballot = ballots.select_related("poll", "peer").exclude(state=BallotState.VOTED).first()
    if ballot is None:  # too late, or not asked
        return
    try:
        polling.take_vote(ballot, said["text"])
    except LantaiError as error:
        Ballot.objects.filter(pk=ballot.pk).update(last_error=str(error)[:500])


def _take_repair(ctx: Ctx, peer: Peer, said: Mapping[str, str]) -> None:
    given = voting.hand_out(ctx, text=said["text"], most_bytes=polling.MOST_FERRIED, within=_REPAIR_WITHIN)
    with given[0] as stream:
        data = b64encode(stream.read()).decode()
    send(ctx, peer, FerryKind.CONTENT, {"call": said["call"], "item": said["item"], "data": data})


def _take_content(ctx: Ctx, peer: Peer, said: Mapping[str, str]) -> None:
    held = holdings()
    poll = Poll.objects.filter(call=said["call"], closed_at__isnull=False).first()
    if held is None or poll is None:
        return
    if not PollItem.objects.filter(poll=poll, item=said["item"], outcome=PollOutcome.DAMAGED).exists():
        return  # another one was quicker
    try:
        with tempfile.TemporaryDirectory(prefix="lantai-poll-") as folder:
            offered = Path(folder) / "offered"
            offered.write_bytes(b64decode(said["data"]))
            polling.take_offered(ctx, poll, peer, said["item"], offered, held)
    except (LantaiError, ValueError) as error:
        Ballot.objects.filter(poll=poll, peer=peer).update(last_error=str(error)[:500])


_Taker = Callable[[Ctx, Peer, Mapping[str, str]], None]
_TAKERS: Mapping[str, tuple[_Taker, tuple[str, ...]]] = {
    FerryKind.CALL: (_take_call, ("text",)),
    FerryKind.VOTE: (_take_vote, ("call", "text")),
    FerryKind.REPAIR: (_take_repair, ("call", "item", "text")),
    FerryKind.CONTENT: (_take_content, ("call", "item", "data")),
}


def is_of_poll(kind: str) -> bool:
    """Whether a message is one of these."""
    return kind in _TAKERS


def take(ctx: Ctx, peer: Peer, kind: str, body: Mapping[str, Json]) -> None:
    """Do what a message of a poll asks, all of it or nothing; from whom no polls are agreed with, nothing."""
    taker, names = _TAKERS[kind]
    said = {name: value for name in names if isinstance(value := body.get(name), str)}
    if len(said) < len(names) or not peer.is_polled:
        return
    try:
        with transaction.atomic():
            taker(ctx, peer, said)
    except LantaiError:
        return  # not to be answered: expired, not agreed, nothing there, no holder
