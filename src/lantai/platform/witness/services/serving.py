"""We as a witness: a log asks, and is cosigned only if it grew from what we cosigned last (C2SP tlog-witness)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F

from lantai.kit.errors import Fault, Refusal
from lantai.kit.evidence import witnessing
from lantai.kit.evidence.checkpoints import Checkpoint, parse_checkpoint
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.witnessing import AddCheckpoint, BadConsistency, RootDiffers, WrongOldSize
from lantai.platform.context import Ctx
from lantai.platform.witness.models import Peer, Refused, SeenCheckpoint, WitnessedLog
from lantai.platform.witness.queries.peers import log_keys, log_peer
from lantai.platform.witness.services import forking
from lantai.platform.witness.services.keys import signers
from lantai.platform.witness.types import Judged

_TRIES = 5


class TooBusy(Fault):
    """Others went first, again and again."""

    status = 503


def add_checkpoint(ctx: Ctx, *, body: bytes) -> Judged:
    """The answer to a log's request. A cosignature is given only for what is stored by then."""
    request: AddCheckpoint | None = None
    peer: Peer | None = None
    try:
        request = witnessing.parse_request(body)
        asked = parse_checkpoint(request.note.text)
        peer = log_peer(asked.origin)
        return _cosigned(ctx, request, peer)
    except Refusal as refusal:
        return _refused(ctx, refusal, request, peer)


def _cosigned(ctx: Ctx, request: AddCheckpoint, peer: Peer | None) -> Judged:
    """Judged without a lock, stored only if what it was judged by still stands; else judged again."""
    trust = TrustStore(log_keys(peer) if peer else ())
    for _ in range(_TRIES):
        origin = parse_checkpoint(request.note.text).origin
        row = WitnessedLog.objects.filter(origin=origin).first()
        known = Checkpoint(origin, row.size, bytes(row.root), _extensions(row.note)) if row else None
        new = witnessing.judge_request(request, trust=trust, known=known)
        assert peer is not None  # else the origin was unknown
        if _is_stored(ctx, peer, row, new, request.note.render()):
            lines = witnessing.answer(request.note, signers(), posix_seconds=int(ctx.now.timestamp()))
            return Judged(200, lines)
    raise TooBusy


def _extensions(note: str) -> tuple[str, ...]:
    return parse_checkpoint(note.partition("\n\n")[0] + "\n").extensions


def _is_stored(ctx: Ctx, peer: Peer, row: WitnessedLog | None, new: Checkpoint, note: str) -> bool:
    """Compare and swap: whether the log's row was still the one that the checkpoint was judged by."""
    values = {"peer": peer, "size": new.size, "root": new.root, "note": note, "seen_at": ctx.now}
    try:
        with transaction.atomic():
            if row is None:
                WitnessedLog.objects.create(origin=new.origin, **values)
            elif not WitnessedLog.objects.filter(pk=row.pk, size=row.size, root=row.root).update(**values):
                return False
            SeenCheckpoint.objects.bulk_create(
                [SeenCheckpoint(origin=new.origin, **values)], ignore_conflicts=True
            )
    except IntegrityError:  # another request was the first of this log
        return False
    return True


def _refused(ctx: Ctx, refusal: Refusal, request: AddCheckpoint | None, peer: Peer | None) -> Judged:
    signed = None  # what a known log signed may be proof against it
    if (
        isinstance(refusal, (WrongOldSize, RootDiffers, BadConsistency))
        and request is not None
        and peer is not None
    ):
        signed = request
        forking.look_for_fork(ctx, peer=peer, note=request.note)
    if isinstance(refusal, WrongOldSize):  # a log that lost count is told the size, and nothing is wrong
        return Judged(409, refusal.body, witnessing.SIZE_TYPE)
    _note(ctx, refusal, peer, signed.render() if signed else "")
    return Judged(refusal.status, f"{refusal}\n")


@transaction.atomic
def _note(ctx: Ctx, refusal: Refusal, peer: Peer | None, body: str) -> None:
    """One row a day and kind: strangers cannot fill the table."""
    values = {"why": refusal.message, "last_at": ctx.now, "body": body}
    row, is_new = Refused.objects.get_or_create(
        day=ctx.now.date(), status=refusal.status, peer=peer, defaults=values
    )
    if not is_new:
        Refused.objects.filter(pk=row.pk).update(count=F("count") + 1, **values)
