"""Witnessing where no wire may exist: the same requests and answers leave as a signed file and come back as one.

A file holds every message that the other side has not acknowledged, so one that was lost is made good by the next;
messages are taken once, in the order of their numbers, whatever file they come in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from lantai.kit.errors import N_, Denied, Missing
from lantai.kit.evidence.canonical import Json, canonical
from lantai.kit.messages import (
    MAX_PARCEL_BYTES,
    BadParcel,
    Message,
    Parcel,
    new_messages,
    open_parcel,
    seal_parcel,
)
from lantai.platform.context import Channel, Ctx
from lantai.platform.ledger import queries as ledger_queries
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.services import ensure_keys
from lantai.platform.witness import queries
from lantai.platform.witness.models import FerryMessage, Peer
from lantai.platform.witness.services import ferrypolls
from lantai.platform.witness.services.asking import question_for, take_answer
from lantai.platform.witness.services.parcels import send
from lantai.platform.witness.services.serving import add_checkpoint
from lantai.platform.witness.types import ASKED, PEER, Direction, Judged, PeerState, Way

REQUEST, ANSWER = "witness/request", "witness/answer"
MOST_MESSAGES = 1_000
_FRAME_BYTES = 512 * 1024  # signatures, and what stands around the messages


class NoSuchFerry(Denied):
    """No active peer of that name is reached by ferry."""

    message = N_("没有名为“%(name)s”、经摆渡文件往来的使用中的伙伴。")


def export_parcel(ctx: Ctx, *, name: str) -> bytes:
    """The file for a peer: a request for the newest checkpoint, and all that it has not acknowledged.

    For the command line. Raises NoSuchFerry.
    """
    _require_command_line(ctx)
    with transaction.atomic():
        peer = _ferries().select_for_update().filter(name=name).first()
        if peer is None:
            raise NoSuchFerry(name=name[:100])
        _ask_anew(ctx, peer)
        ferrypolls.send_votes(ctx, peer)
        messages = tuple(_waiting(peer))
        parcel = Parcel(settings.LANTAI_LOG_ORIGIN, peer.log_origin, peer.ferried_in, messages)
        _record(ctx, "witness:ferry:exported", peer, len(messages))
    return seal_parcel(parcel, ensure_keys())


def _waiting(peer: Peer) -> Iterator[Message]:
    """What the peer has not acknowledged, in order, as much as one file holds; the rest comes with the next."""
    waiting = FerryMessage.objects.filter(peer=peer, direction=Direction.OUT, is_acknowledged=False)
    room = MAX_PARCEL_BYTES - _FRAME_BYTES
    for row in waiting.order_by("sequence")[:MOST_MESSAGES].iterator(chunk_size=10):
        room -= len(canonical(row.body)) + _FRAME_BYTES // MOST_MESSAGES
        if room < 0:
            return
        yield Message(row.sequence, row.kind, row.body)


def import_parcel(ctx: Ctx, *, data: bytes) -> int:
    """Take in a peer's file; returns how many of its messages were new.

    For the command line. Raises BadParcel, UnknownSender or Gap, and then nothing of it was taken.
    """
    _require_command_line(ctx)
    trusted = {peer.log_origin: queries.log_keys(peer) for peer in _ferries()}
    parcel = open_parcel(data, recipient=settings.LANTAI_LOG_ORIGIN, trusted=trusted)
    with transaction.atomic():
        peer = _ferries().select_for_update().get(log_origin=parcel.sender)
        fresh = new_messages(parcel, taken=peer.ferried_in)
        sent = FerryMessage.objects.filter(peer=peer, direction=Direction.OUT)
        sent.filter(sequence__lte=parcel.acknowledged).update(is_acknowledged=True)
        for message in fresh:
            _take(ctx, peer, message)
        _record(ctx, "witness:ferry:imported", peer, len(fresh))
    return len(fresh)


def _require_command_line(ctx: Ctx) -> None:
    """Who carries files in and out stands at the machine."""
    if ctx.channel is not Channel.COMMAND:
        raise Missing


def _ferries() -> QuerySet[Peer]:
    return Peer.objects.filter(way=Way.FERRY, state=PeerState.ACTIVE)


def _ask_anew(ctx: Ctx, peer: Peer) -> None:
    """A request for the newest checkpoint, unless one for it, or none at all, is under way."""
    newest = ledger_queries.newest_checkpoint()
    if peer.role not in ASKED or newest is None or newest.size <= peer.cosigned_size:
        return
    asked = FerryMessage.objects.filter(peer=peer, direction=Direction.OUT, kind=REQUEST)
    last = asked.order_by("-sequence").first()
    if last is None or last.body["size"] < newest.size or last.is_acknowledged:
        text = question_for(peer, newest).body.decode()
        send(ctx, peer, REQUEST, {"size": newest.size, "text": text})


def _take(ctx: Ctx, peer: Peer, message: Message) -> None:
    """One message, its effect and its number together."""
    FerryMessage.objects.create(
        peer=peer,
        direction=Direction.IN,
        sequence=message.sequence,
        kind=message.kind,
        body=dict(message.body),
        made_at=ctx.now,
        is_acknowledged=True,
    )
    peer.refresh_from_db()
    act = _TAKERS.get(message.kind)
    if ferrypolls.is_of_poll(message.kind):
        ferrypolls.take(ctx, peer, message.kind, message.body)
    elif act is None:
        raise BadParcel(N_("摆渡文件中有本版本不认识的消息“%(kind)s”，请先升级。"), kind=message.kind[:40])
    else:
        act(ctx, peer, message.body)
    Peer.objects.filter(pk=peer.pk).update(ferried_in=message.sequence)


def _take_request(ctx: Ctx, peer: Peer, body: Mapping[str, Json]) -> None:
    size, text = body.get("size"), body.get("text")
    if not isinstance(size, int) or not isinstance(text, str):
        raise BadParcel
    judged = add_checkpoint(ctx, body=text.encode())
    answer: dict[str, Json] = {
        "size": size,
        "status": judged.status,
        "text": judged.body,
        "type": judged.kind,
    }
    send(ctx, peer, ANSWER, answer)


def _take_answer(ctx: Ctx, peer: Peer, body: Mapping[str, Json]) -> None:
    size, status, text, kind = (body.get(name) for name in ("size", "status", "text", "type"))
    if not isinstance(size, int) or not isinstance(status, int):
        raise BadParcel
    if not isinstance(text, str) or not isinstance(kind, str) or not _was_asked(peer, size):
        raise BadParcel
    take_answer(ctx, peer=peer, size=size, answer=Judged(status, text, kind))


def _was_asked(peer: Peer, size: int) -> bool:
    asked = FerryMessage.objects.filter(peer=peer, direction=Direction.OUT, kind=REQUEST)
    return asked.filter(body__size=size).exists()


_TAKERS: dict[str, Callable[[Ctx, Peer, Mapping[str, Json]], None]] = {
    REQUEST: _take_request,
    ANSWER: _take_answer,
}


def _record(ctx: Ctx, what: str, peer: Peer, count: int) -> None:
    ledger.record(
        ctx, what, object_type=PEER, object_id=peer.pk, object_name=peer.name, detail={"messages": count}
    )
