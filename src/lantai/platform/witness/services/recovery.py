"""What a witness knows of our own log and we do not: a database that was set back, or a second history.

The log then signs nothing: entries go on to be recorded and wait, until a newer database is back.
"""

from __future__ import annotations

import hashlib

from django.conf import settings

from lantai.kit.errors import N_, LantaiError
from lantai.kit.evidence.checkpoints import parse_checkpoint
from lantai.kit.evidence.notes import Note, parse_note
from lantai.platform.context import Ctx
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.queries.trust import remembered_checkpoint
from lantai.platform.ledger.services.sequencing import remember
from lantai.platform.witness import wire
from lantai.platform.witness.models import Peer
from lantai.platform.witness.services import forking
from lantai.platform.witness.services.alarms import raise_alarm
from lantai.platform.witness.types import AlarmKind, Way


def learn_of_rollback(ctx: Ctx, *, peer: Peer, size: int) -> None:
    """A witness cosigned more of our log than we have: alarm, and sign on only from there.

    What the witness says becomes our memory only when it shows our own signature.
    """
    newest = ledger.newest_checkpoint()
    ours = newest.size if newest else 0
    text = N_(
        "“%(name)s”见证过本机日志的 %(size)d 条，数据库里只有 %(ours)d 条：数据库可能被恢复到较早的备份。"
        "日志暂停签发，操作记录照常保存；请恢复较新的备份。"
    )
    params = {"name": peer.name, "size": size, "ours": ours}
    raise_alarm(
        ctx,
        AlarmKind.ROLLED_BACK,
        subject=settings.LANTAI_LOG_ORIGIN,
        text=text,
        params=params,
        peer_id=peer.pk,
    )
    look_at_witness(ctx, peer=peer)


def look_at_witness(ctx: Ctx, *, peer: Peer) -> None:
    """Read what the witness holds of our log: our memory when it is longer, a proof when it contradicts ours."""
    note = _held_by(peer)
    newest = ledger.newest_checkpoint()
    if note is None:
        return
    size = parse_checkpoint(note.text).size
    known = remembered_checkpoint()
    if newest is None or size > newest.size:
        if known is None or size > parse_checkpoint(known.text).size:
            remember(note.render())
        return
    fork = forking.contradiction_of_ours(note, parse_note(newest.note))
    if fork is not None:
        forking.raise_fork(ctx, fork, peer_id=peer.pk)


def _held_by(peer: Peer) -> Note | None:
    """The checkpoint of our log that the witness cosigned last, when it publishes it and we did sign it."""
    if peer.way != Way.WIRE:
        return None
    place = hashlib.sha256(settings.LANTAI_LOG_ORIGIN.encode()).hexdigest()
    try:
        answer = wire.get(f"{peer.address}/{place}/checkpoint")
        note = parse_note(answer.body.decode("utf-8")) if answer.status == 200 else None
        is_ours = note is not None and parse_checkpoint(note.text).origin == settings.LANTAI_LOG_ORIGIN
    except (LantaiError, UnicodeDecodeError):
        return None  # a witness need not publish it
    return note if note is not None and is_ours and _is_signed_by_us(note) else None


def _is_signed_by_us(note: Note) -> bool:
    trust = ledger.trust_store()
    named = ((trust.key_of(line), line.blob) for line in note.signatures)
    return any(
        key and trust.is_log_of(settings.LANTAI_LOG_ORIGIN, key) and key.verify(note.text, blob)
        for key, blob in named
    )
