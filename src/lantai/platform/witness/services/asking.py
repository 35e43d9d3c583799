"""Our log asks its witnesses: the network without a transaction, each answer checked before it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from lantai.kit.errors import N_, Invalid, LantaiError
from lantai.kit.evidence import witnessing
from lantai.kit.evidence.notes import BadNote, parse_note
from lantai.platform.context import Ctx
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Checkpoint
from lantai.platform.ledger.queries.log import StoredTiles
from lantai.platform.witness import queries, wire
from lantai.platform.witness.models import Cosignature, Peer
from lantai.platform.witness.services import recovery
from lantai.platform.witness.services.alarms import end_alarms, raise_alarm
from lantai.platform.witness.services.policies import judge_checkpoint
from lantai.platform.witness.types import AlarmKind, BadAnswer, Judged, PeerSilent

_AT_ONCE = 8
_ROUNDS = 3  # a first try, the size that the witness says, and once more when it moved in between
_AHEAD = timedelta(minutes=10)
_LONGEST_WAIT = timedelta(hours=1)
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Question:
    """What one witness is asked."""

    peer: Peer
    size: int
    body: bytes


def ask_round(ctx: Ctx) -> int:
    """Ask every witness that is due for the newest checkpoint; returns how many cosigned it."""
    newest = ledger.newest_checkpoint()
    if newest is None:
        return 0
    todo = [question_for(peer, newest) for peer in queries.askable(size=newest.size, now=ctx.now)]
    cosigned = 0
    for _ in range(_ROUNDS):
        again = []
        for question, answer in zip(todo, _answers(todo), strict=True):
            if isinstance(answer, LantaiError):
                note_failure(ctx, question.peer, answer)
                continue
            taken = take_answer(ctx, peer=question.peer, size=question.size, answer=answer)
            cosigned += taken is True
            again += [question_for(question.peer, newest)] if taken is None else []
        todo = again
    return cosigned


def question_for(peer: Peer, checkpoint: Checkpoint) -> Question:
    """The request for a witness that cosigned our log at `peer.cosigned_size` last."""
    note = parse_note(checkpoint.note)
    request = witnessing.request_for(note, min(peer.cosigned_size, checkpoint.size), StoredTiles())
    return Question(peer, checkpoint.size, request.render().encode())


def _answers(questions: Sequence[Question]) -> list[Judged | LantaiError]:
    """What the witnesses answer, asked at once; the threads touch no database."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(_answer, questions))


def _answer(question: Question) -> Judged | LantaiError:
    try:
        found = wire.post(f"{question.peer.address}/add-checkpoint", question.body, kind=_TEXT)
        return Judged(found.status, found.body.decode("utf-8"), found.kind)
    except LantaiError as error:
        return error
    except UnicodeDecodeError:
        return BadAnswer(why=N_("答复不是文本"))


def take_answer(ctx: Ctx, *, peer: Peer, size: int, answer: Judged) -> bool | None:
    """Keep a witness's answer: True for a cosignature, False for none, None when it is to be asked again."""
    try:
        if answer.status == 200:
            _keep(ctx, peer, size, answer.body)
            return True
        if answer.status == 409 and answer.kind == witnessing.SIZE_TYPE:
            return _resume(ctx, peer, witnessing.size_in_conflict(answer.body))
        _require_no_dispute(ctx, peer, size, answer)
        raise PeerSilent(why=f"HTTP {answer.status} {answer.body[:200]}")
    except (PeerSilent, Invalid) as error:
        note_failure(ctx, peer, error)
        return False


@transaction.atomic
def _keep(ctx: Ctx, peer: Peer, size: int, body: str) -> None:
    note = parse_note(Checkpoint.objects.get(size=size).note)
    found = witnessing.cosignatures_of(body, note, queries.witness_keys(peer))
    if not found:
        raise BadNote(N_("答复中没有已登记公钥的见证签名。"))
    latest = (ctx.now + _AHEAD).timestamp()
    if any(seconds > latest for _, _, seconds in found):
        raise BadNote(N_("见证签名的时间在将来，请与对方核对时钟。"))
    Cosignature.objects.bulk_create(
        [
            Cosignature(
                size=size,
                peer=peer,
                key_name=line.name,
                key_id=line.key_id.hex(),
                line=line.line(),
                cosigned_at=datetime.fromtimestamp(seconds, UTC),
                received_at=ctx.now,
            )
            for line, _, seconds in found
        ],
        ignore_conflicts=True,
    )
    peer.cosigned_size, peer.answered_at, peer.failures = max(size, peer.cosigned_size), ctx.now, 0
    peer.try_after, peer.last_error = None, ""
    peer.save(update_fields=["cosigned_size", "answered_at", "failures", "try_after", "last_error"])
    end_alarms(ctx, AlarmKind.REFUSED, subject=peer.name)
    if judge_checkpoint(ctx, size=size):
        end_alarms(ctx, AlarmKind.UNWITNESSED)


def _resume(ctx: Ctx, peer: Peer, size: int) -> bool | None:
    """The witness stands at another size than we thought: ask from there, unless it is beyond our log."""
    newest = ledger.newest_checkpoint()
    if newest is not None and size > newest.size:
        recovery.learn_of_rollback(ctx, peer=peer, size=size)
        raise BadAnswer(why=N_("对方见证过更长的日志"))
    if size == peer.cosigned_size:
        raise BadAnswer(why=N_("对方的答复自相矛盾"))
    peer.cosigned_size = size
    Peer.objects.filter(pk=peer.pk).update(cosigned_size=size)
    return None


def _require_no_dispute(ctx: Ctx, peer: Peer, size: int, answer: Judged) -> None:
    """409 without a size, and 422: the witness saw another tree than ours."""
    if answer.status in (409, 422):
        text = N_(
            "“%(name)s”拒绝见证 %(size)d 条时的检查点：它见证过的日志与本机的不一致。"
            "请立即核查是否有人改动或恢复过数据库。"
        )
        params = {"name": peer.name, "size": size}
        raise_alarm(ctx, AlarmKind.REFUSED, subject=peer.name, text=text, params=params, peer_id=peer.pk)
        recovery.look_at_witness(ctx, peer=peer)


@transaction.atomic
def note_failure(ctx: Ctx, peer: Peer, why: LantaiError) -> None:
    """One more failure in a row: the next try is put off, at most an hour."""
    row = Peer.objects.select_for_update().get(pk=peer.pk)
    row.failures += 1
    row.last_error = str(why)[:500]
    row.try_after = ctx.now + min(_LONGEST_WAIT, timedelta(minutes=2 ** min(row.failures - 1, 10)))
    row.save(update_fields=["failures", "last_error", "try_after"])


def watch_witnesses(ctx: Ctx) -> None:
    """Raise an alarm when a checkpoint is older than the stated time and has not met the policy."""
    if not queries.policy().witnesses:
        return
    waiting = Checkpoint.objects.filter(size__gt=queries.newest_witnessed()).order_by("size").first()
    limit = timedelta(minutes=settings.LANTAI_WITNESS_WITHIN_MINUTES)
    if waiting is None or ctx.now - waiting.signed_at <= limit:
        end_alarms(ctx, AlarmKind.UNWITNESSED)
        return
    text = N_("%(minutes)d 分钟内没有足够的伙伴见证 %(size)d 条时的检查点。请查看见证伙伴的最近问题。")
    params = {"minutes": settings.LANTAI_WITNESS_WITHIN_MINUTES, "size": waiting.size}
    raise_alarm(ctx, AlarmKind.UNWITNESSED, subject=settings.LANTAI_LOG_ORIGIN, text=text, params=params)
