"""Polls that we call (kit/evidence/polls.py): peers are asked, their votes gathered, the outcome told, damage mended.

A repair is taken only from a peer whose vote, given before anybody knew who would be asked, is of just the bytes that
it offers, when a landslide of all votes is; and the bytes must have the digest by which the content is named.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from lantai.kit.errors import N_, LantaiError
from lantai.kit.evidence import polls
from lantai.kit.evidence.polls import Call, ItemTally, Outcome, Rule, Vote
from lantai.kit.evidence.trust import TrustStore
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.queries import trust_store
from lantai.platform.ledger.services import ensure_keys
from lantai.platform.witness import queries, wire
from lantai.platform.witness.models import Ballot, Peer, Poll, PollItem, Possession
from lantai.platform.witness.registry import Holdings, holdings
from lantai.platform.witness.services.alarms import end_alarms, raise_alarm
from lantai.platform.witness.services.parcels import send
from lantai.platform.witness.types import (
    AlarmKind,
    BadAnswer,
    BallotState,
    FerryKind,
    PeerSilent,
    PollOutcome,
    Way,
)

POLL = "witness:poll"
ITEMS = 20
MOST_BYTES = 2 * 1024**3  # of all content of one poll: each voter reads it whole
OPEN_FOR = timedelta(days=2)
FERRIED_OPEN_FOR = timedelta(days=14)  # where files have to go and come back
MOST_FERRIED = 8 * 1024**2  # of one content in a file
_AGAIN = timedelta(minutes=10)
_TEXT = "text/plain; charset=utf-8"


def rule() -> Rule:
    """How many votes a poll needs here."""
    return Rule(quorum=settings.LANTAI_POLL_QUORUM)


def is_due(now: datetime) -> bool:
    """Whether a poll is to be called, or one that is open goes on."""
    is_open = Poll.objects.filter(closed_at=None)
    if is_open.exists():
        waiting = Ballot.objects.filter(
            poll__closed_at=None, state__in=(BallotState.ASKED, BallotState.CALLED)
        )
        is_waiting = waiting.exists() and not waiting.exclude(try_after__gt=now).exists()
        return not is_waiting or is_open.filter(until__lt=now).exists()
    last = Poll.objects.order_by("-id").values_list("called_at", flat=True).first()
    is_time = last is None or now - last >= timedelta(hours=settings.LANTAI_POLL_HOURS)
    return is_time and holdings() is not None and queries.polled_peers().exists()


def hold_poll(ctx: Ctx) -> Poll | None:
    """One step of the open poll, or the call to a new one; no transaction is open while peers are asked."""
    held = holdings()
    poll = Poll.objects.filter(closed_at=None).order_by("id").first()
    if held is None:
        return None
    if poll is None:
        poll = call_poll(ctx, held)
    if poll is None:
        return None
    for ballot in poll.ballots.select_related("peer").exclude(try_after__gt=ctx.now):
        _ask(ctx, poll, ballot)
    states = set(poll.ballots.values_list("state", flat=True))
    if not states & {BallotState.ASKED, BallotState.CALLED} or ctx.now > poll.until:
        _close(ctx, poll, held)
    return poll


@transaction.atomic
def call_poll(ctx: Ctx, held: Holdings) -> Poll | None:
    """A signed call about some of our content to every peer with whom polls are agreed."""
    items = tuple(held.sample(ITEMS, MOST_BYTES))
    peers = list(queries.polled_peers())
    if not items or not peers:
        return None
    at = ctx.now.replace(microsecond=0)
    nonce = secrets.token_bytes(polls.NONCE_BYTES)
    until = at + (FERRIED_OPEN_FOR if any(peer.way == Way.FERRY for peer in peers) else OPEN_FOR)
    call = Call(settings.LANTAI_LOG_ORIGIN, secrets.token_hex(16), at, until, nonce, items)
    poll = Poll.objects.create(
        call=call.id,
        note=polls.sign(call, ensure_keys()[0]),
        item_count=len(items),
        called_at=at,
        until=call.until,
    )
    Ballot.objects.bulk_create(Ballot(poll=poll, peer=peer) for peer in peers)
    _record(ctx, "witness:poll:called", poll, items=len(items), peers=len(peers))
    return poll


def _record(ctx: Ctx, act: str, poll: Poll, **detail: str | int) -> None:
    ledger.record(ctx, act, object_type=POLL, object_id=poll.pk, object_name=poll.call[:16], detail=detail)


def call_of(poll: Poll) -> Call:
    """What was asked."""
    return polls.parse_call(poll.note, trust_store())


def _ask(ctx: Ctx, poll: Poll, ballot: Ballot) -> None:
    """Bring the call, or fetch the vote; what goes wrong is tried again until the poll ends."""
    if ballot.peer.way == Way.FERRY:
        _ask_by_ferry(ctx, poll, ballot)
        return
    try:
        if ballot.state == BallotState.ASKED:
            answer = wire.post(f"{ballot.peer.address}/poll", poll.note.encode(), kind=_TEXT)
            if answer.status not in (200, 202):
                raise PeerSilent(why=f"HTTP {answer.status} {answer.body[:200].decode('utf-8', 'replace')}")
            Ballot.objects.filter(pk=ballot.pk).update(state=BallotState.CALLED, last_error="")
        elif ballot.state == BallotState.CALLED:
            _fetch_vote(ctx, poll, ballot)
    except LantaiError as error:
        told = {"last_error": str(error)[:500], "try_after": ctx.now + _AGAIN}
        Ballot.objects.filter(pk=ballot.pk).update(**told)


@transaction.atomic
def _ask_by_ferry(ctx: Ctx, poll: Poll, ballot: Ballot) -> None:
    """Put the call into the next file, once; the vote comes with a file of theirs."""
    asked = Ballot.objects.filter(pk=ballot.pk, state=BallotState.ASKED)
    if asked.update(state=BallotState.CALLED, try_after=poll.until):
        send(ctx, ballot.peer, FerryKind.CALL, {"text": poll.note})


def _fetch_vote(ctx: Ctx, poll: Poll, ballot: Ballot) -> None:
    answer = wire.get(f"{ballot.peer.address}/poll/{poll.call}")
    if answer.status == 202:
        Ballot.objects.filter(pk=ballot.pk).update(try_after=ctx.now + _AGAIN)
        return
    if answer.status != 200:
        raise PeerSilent(why=f"HTTP {answer.status}")
    take_vote(ballot, answer.body.decode("utf-8", "replace"))


def take_vote(ballot: Ballot, text: str) -> None:
    """Keep a vote that answers the call; raises BadPollText, BadVote or BadAnswer."""
    polls.require_answer(call_of(ballot.poll), _vote_of(ballot.peer, text))
    Ballot.objects.filter(pk=ballot.pk).update(state=BallotState.VOTED, vote=text, last_error="")


def _vote_of(peer: Peer, text: str) -> Vote:
    """The vote of a peer, by its own keys alone; raises BadPollText or BadAnswer."""
    vote = polls.parse_vote(text, TrustStore(queries.log_keys(peer)))
    if vote.voter != peer.log_origin:
        raise BadAnswer(why=N_("回执不是对方签发的"))
    return vote


def _votes(poll: Poll) -> dict[str, tuple[Peer, Vote]]:
    rows = poll.ballots.filter(state=BallotState.VOTED).select_related("peer").order_by("id")
    return {row.peer.log_origin: (row.peer, _vote_of(row.peer, row.vote)) for row in rows}


def _close(ctx: Ctx, poll: Poll, held: Holdings) -> None:
    """Count the votes, our copies read once; tell of damage, and mend what a peer can prove."""
    call, voters = call_of(poll), _votes(poll)
    votes = [vote for _, vote in voters.values()]
    found = polls.tally(call, votes, open_item=held.open, rule=rule())
    with transaction.atomic():
        if not Poll.objects.filter(pk=poll.pk, closed_at=None).update(closed_at=ctx.now):
            return  # another process was first
        poll.ballots.exclude(state=BallotState.VOTED).update(state=BallotState.SILENT)
        PollItem.objects.bulk_create(_row(poll, one) for one in found)
        for one in found:
            _keep_possession(ctx, one, voters)
        bad = [one for one in found if one.outcome in (Outcome.DAMAGED, Outcome.INCONCLUSIVE)]
        _record(ctx, "witness:poll:counted", poll, votes=len(votes), items=len(found), bad=len(bad))
        for one in bad:
            _tell(ctx, one)
    for one in bad:
        if one.outcome is Outcome.DAMAGED:
            _mend(ctx, poll, call, one, voters, held)


def _row(poll: Poll, one: ItemTally) -> PollItem:
    lists = {"agree": list(one.agree), "disagree": list(one.disagree), "without": list(one.without)}
    return PollItem(poll=poll, item=one.item, outcome=one.outcome.value, **lists)


def _keep_possession(ctx: Ctx, one: ItemTally, voters: dict[str, tuple[Peer, Vote]]) -> None:
    """Who agrees with our copy holds the content; only while a poll does not say that ours is bad."""
    if one.outcome is Outcome.DAMAGED:
        return
    for name in one.agree:
        Possession.objects.update_or_create(
            peer=voters[name][0], item=one.item, defaults={"proved_at": ctx.now}
        )


def _tell(ctx: Ctx, one: ItemTally) -> None:
    text = N_(
        "普查内容 %(item)s：与本馆副本一致的 %(agree)d 家，不一致的 %(disagree)d 家。"
        "请查看普查结果和副本的读检。"
    )
    told = {"item": one.item[:24], "agree": len(one.agree), "disagree": len(one.disagree)}
    raise_alarm(ctx, AlarmKind.POLLED, subject=one.item, text=text, params=told)


def _mend(
    ctx: Ctx, poll: Poll, call: Call, one: ItemTally, voters: dict[str, tuple[Peer, Vote]], held: Holdings
) -> None:
    """Ask those whose vote is not of our bytes, one after the other, until one gives what it proved."""
    for name in one.disagree:
        peer, vote = voters[name]
        if peer.way == Way.FERRY:
            _ask_for_file(ctx, poll, peer, call, vote, one.item, held)
            continue
        try:
            with tempfile.TemporaryDirectory(prefix="lantai-poll-") as folder:
                offered = Path(folder) / "offered"
                _fetch(ctx, peer, call, vote, one.item, offered, held)
                if take_offered(ctx, poll, peer, one.item, offered, held):
                    return
        except LantaiError as error:
            Ballot.objects.filter(poll=poll, peer=peer).update(last_error=str(error)[:500])


def take_offered(ctx: Ctx, poll: Poll, peer: Peer, item: str, offered: Path, held: Holdings) -> bool:
    """Put what a peer offers in the place of our bad copy, when it proved that it holds just that.

    Whether ours is whole now; raises NoProofOfPossession or BadAnswer.
    """
    if item != f"sha512:{_sha512(offered)}":
        raise BadAnswer(why=N_("对方提供的内容与其摘要不符"))
    votes = [vote for _, vote in _votes(poll).values()]
    with offered.open("rb") as stream:
        said = {"item": item, "offered_by": peer.log_origin, "offered": stream}
        polls.require_repair(call_of(poll), votes, rule=rule(), **said)
    if not held.mend(ctx, item, offered, source=peer.name):
        return False
    with transaction.atomic():
        PollItem.objects.filter(poll=poll, item=item).update(outcome=PollOutcome.MENDED, mended_by=peer.name)
        _record(ctx, "witness:poll:mended", poll, item=item, by=peer.log_origin)
        end_alarms(ctx, AlarmKind.POLLED, subject=item)
    return True


@transaction.atomic
def _ask_for_file(
    ctx: Ctx, poll: Poll, peer: Peer, call: Call, vote: Vote, item: str, held: Holdings
) -> None:
    """Put the request for a content into the next file, where it is small enough to come back in one."""
    size = held.size(item)
    if size is None or size > MOST_FERRIED:
        why = str(BadAnswer(why=N_("内容过大，不能用摆渡文件取回")))
        Ballot.objects.filter(poll=poll, peer=peer).update(last_error=why)
        return
    request = polls.sign(
        polls.ask_repair(call, vote, item, at=ctx.now.replace(microsecond=0)), ensure_keys()[0]
    )
    send(ctx, peer, FerryKind.REPAIR, {"call": call.id, "item": item, "text": request})


def _fetch(ctx: Ctx, peer: Peer, call: Call, vote: Vote, item: str, target: Path, held: Holdings) -> None:
    """The content that a peer offers, into a file; raises PeerSilent, BadAnswer."""
    at = ctx.now.replace(microsecond=0)
    request = polls.sign(polls.ask_repair(call, vote, item, at=at), ensure_keys()[0])
    size = held.size(item)
    if size is None:
        raise BadAnswer(why=N_("内容已不在本馆"))
    with target.open("wb") as stream:
        wire.fetch(f"{peer.address}/repair", request.encode(), kind=_TEXT, target=stream, most_bytes=size)


def _sha512(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha512").hexdigest()
