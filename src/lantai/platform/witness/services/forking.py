"""A log that signed two things: proved by its own signatures, and never forgotten."""

from __future__ import annotations

from lantai.kit.errors import N_
from lantai.kit.evidence.checkpoints import parse_checkpoint
from lantai.kit.evidence.forks import Fork, fork_between
from lantai.kit.evidence.merkle import SHA256, SM3
from lantai.kit.evidence.notes import Note, parse_note
from lantai.kit.evidence.tiles import TileSource
from lantai.platform.context import Ctx
from lantai.platform.ledger.queries.log import StoredTiles
from lantai.platform.witness.models import Alarm, Peer, SeenCheckpoint
from lantai.platform.witness.services.alarms import raise_alarm
from lantai.platform.witness.types import AlarmKind

FORKED = N_(
    "日志“%(origin)s”在 %(size)d 条时签过两个不同的检查点，已分叉。证据文件可用 lantai-kit fork 核验，"
    "请保存并通报各伙伴和主管部门。"
)


def look_for_fork(ctx: Ctx, *, peer: Peer, note: Note) -> Alarm | None:
    """Compare a checkpoint that a log signed with the one of the same size that we cosigned."""
    said = parse_checkpoint(note.text)
    seen = SeenCheckpoint.objects.filter(origin=said.origin, size=said.size).first()
    if seen is None:
        return None
    fork = contradiction(parse_note(seen.note), note, _Nothing())
    return raise_fork(ctx, fork, peer_id=peer.pk) if fork else None


class _Nothing:
    """Two checkpoints of one size contradict each other without a look at the tree."""

    def read(self, level: int, index: int, width: int) -> bytes:
        """No tile at all."""
        return b""


def contradiction(
    one: Note, other: Note, stored: TileSource, sm3_stored: TileSource | None = None
) -> Fork | None:
    """The proof that both cannot be true, in either tree; None when they agree."""
    found = fork_between(one, other, stored)
    both_say_sm3 = all(parse_checkpoint(note.text).sm3_root for note in (one, other))
    if found is None and both_say_sm3:
        found = fork_between(one, other, sm3_stored or stored, SM3)
    return found


def contradiction_of_ours(theirs: Note, ours: Note) -> Fork | None:
    """The same for a checkpoint of our own log that somebody shows us; ours is the longer one."""
    return contradiction(theirs, ours, StoredTiles(SHA256), StoredTiles(SM3))


def raise_fork(ctx: Ctx, fork: Fork, *, peer_id: int | None) -> Alarm:
    """The alarm, with the proof for whoever wants to check it."""
    first = parse_checkpoint(fork.first.text)
    return raise_alarm(
        ctx,
        AlarmKind.FORK,
        subject=f"{first.origin} {first.size}",
        text=FORKED,
        params={"origin": first.origin, "size": first.size},
        peer_id=peer_id,
        proof=fork.render().decode(),
    )
