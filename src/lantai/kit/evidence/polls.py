"""Polls among archives that keep the same content: who holds it whole, who is damaged, who may repair.

Each text is a signed note under the name of an archives: a header line, then one line of canonical JSON.

    lantai.poll/v1 call     {"algorithm","at","items":[…],"nonce","poll","poller","until"}
    lantai.poll/v1 vote     {"at","call","digests":[Base64|null…],"nonce","voter"}
    lantai.poll/v1 repair   {"at","call","item","poller","vote"}

`call` and `vote` are the SHA-256 of the text that is answered. A voter reads its copy of each item and answers

    H(SHA-256(canonical {"call","item","nonce","voter"}) ‖ content)

so that nobody can answer from stored digests, from a vote for another item or poll, or from another's vote. A
landslide decides; a repair is taken only from a peer whose own vote shows that it holds what the landslide holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import BinaryIO

from lantai.kit.crypto import SigningKey
from lantai.kit.digests import Running, Source, chunks, new_sm3
from lantai.kit.errors import N_, Invalid, Refusal
from lantai.kit.evidence.canonical import Json, canonical, parse_canonical
from lantai.kit.evidence.encoding import base64_of, from_base64
from lantai.kit.evidence.notes import MAX_NOTE_BYTES, Note, parse_note, sign_note
from lantai.kit.evidence.trust import TrustStore

MAX_ITEMS = 1_000
MAX_VOTERS = 64
NONCE_BYTES = 32
DIGEST_BYTES = 32

_HEADER = "lantai.poll/v1"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_NEW: Mapping[str, Callable[[], Running]] = {"sha256": hashlib.sha256, "sm3": new_sm3}

Open = Callable[[str], BinaryIO | None]  # a copy of an item, None when there is none


class BadPollText(Invalid):
    """The text is not one of a poll, or not by whom it says."""

    message = N_("这不是普查文本，或者签名与所说的单位不符。")


class BadVote(Refusal):
    """A vote does not answer the call."""

    message = N_("“%(voter)s”的回执与本次普查不符，没有计入。")


class NoProofOfPossession(Refusal):
    """A copy that somebody offers is not what its vote and the landslide hold."""

    message = N_("“%(voter)s”提供的“%(item)s”与其自己的回执或多数单位不符，没有用来修复。")


@dataclass(frozen=True, slots=True)
class Call:
    """What a poller asks of all voters."""

    poller: str
    poll: str
    at: datetime
    until: datetime
    nonce: bytes
    items: tuple[str, ...]
    algorithm: str = "sha256"

    def text(self) -> str:
        """The text that is signed; raises Invalid for a call that could not be read back."""
        items: list[Json] = list(self.items)
        said: Json = {
            "algorithm": self.algorithm,
            "at": _told(self.at),
            "items": items,
            "nonce": base64_of(self.nonce),
            "poll": self.poll,
            "poller": self.poller,
            "until": _told(self.until),
        }
        return _text("call", said)

    @property
    def id(self) -> str:
        """What votes name the call by."""
        return _id(self.text())


@dataclass(frozen=True, slots=True)
class Vote:
    """What a voter answers: a digest for each item, None for one that it does not hold."""

    voter: str
    call: str
    at: datetime
    nonce: bytes
    digests: tuple[bytes | None, ...]

    def text(self) -> str:
        """The text that is signed."""
        digests: list[Json] = [None if one is None else base64_of(one) for one in self.digests]
        said: Json = {
            "at": _told(self.at),
            "call": self.call,
            "digests": digests,
            "nonce": base64_of(self.nonce),
            "voter": self.voter,
        }
        return _text("vote", said)


@dataclass(frozen=True, slots=True)
class RepairRequest:
    """A poller whose copy is damaged asks a voter for its copy."""

    poller: str
    call: str
    vote: str
    item: str
    at: datetime

    def text(self) -> str:
        """The text that is signed."""
        said: Json = {
            "at": _told(self.at),
            "call": self.call,
            "item": self.item,
            "poller": self.poller,
            "vote": self.vote,
        }
        return _text("repair", said)


def _text(kind: str, said: Json) -> str:
    return f"{_HEADER} {kind}\n{canonical(said).decode()}\n"


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _told(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_TIME)


def sign(what: Call | Vote | RepairRequest, key: SigningKey) -> str:
    """The signed note of a text, under the name of who says it."""
    name = what.voter if isinstance(what, Vote) else what.poller
    return sign_note(what.text(), [(name, key)]).render()


def parse_call(text: str, trust: TrustStore) -> Call:
    """A call, by the poller it names; raises BadPollText."""
    note, said = _read(text, "call")
    call = Call(
        poller=_str(said, "poller"),
        poll=_str(said, "poll"),
        at=_time(said, "at"),
        until=_time(said, "until"),
        nonce=_bytes(said.get("nonce"), NONCE_BYTES),
        items=tuple(_list(said, "items", str)),
        algorithm=_str(said, "algorithm"),
    )
    is_fit = 0 < len(call.items) <= MAX_ITEMS and len(set(call.items)) == len(call.items)
    if not is_fit or call.algorithm not in _NEW or call.until <= call.at:
        raise BadPollText()
    _require_said_by(call.poller, call.text(), note, trust)
    return call


def parse_vote(text: str, trust: TrustStore) -> Vote:
    """A vote, by the voter it names; raises BadPollText."""
    note, said = _read(text, "vote")
    digests = said.get("digests")
    if not isinstance(digests, list) or len(digests) > MAX_ITEMS:
        raise BadPollText()
    vote = Vote(
        voter=_str(said, "voter"),
        call=_str(said, "call"),
        at=_time(said, "at"),
        nonce=_bytes(said.get("nonce"), NONCE_BYTES),
        digests=tuple(None if one is None else _bytes(one, DIGEST_BYTES) for one in digests),
    )
    _require_said_by(vote.voter, vote.text(), note, trust)
    return vote


def parse_repair_request(text: str, trust: TrustStore) -> RepairRequest:
    """A request for a repair, by the poller it names; raises BadPollText."""
    note, said = _read(text, "repair")
    names = ("poller", "call", "vote", "item")
    found = RepairRequest(**{name: _str(said, name) for name in names}, at=_time(said, "at"))
    _require_said_by(found.poller, found.text(), note, trust)
    return found


def _read(text: str, kind: str) -> tuple[Note, dict[str, Json]]:
    try:
        note = parse_note(text) if len(text) <= MAX_NOTE_BYTES else None
        first, _, line = (note.text if note else "").partition("\n")
        said = parse_canonical(line.removesuffix("\n").encode())
    except Invalid as error:
        raise BadPollText() from error
    if note is None or first != f"{_HEADER} {kind}" or not isinstance(said, dict):
        raise BadPollText()
    return note, said


def _str(said: Mapping[str, Json], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise BadPollText()
    return value


def _list(said: Mapping[str, Json], name: str, kind: type[str]) -> list[str]:
    value = said.get(name)
    if not isinstance(value, list):
        raise BadPollText()
    found = [one for one in value if isinstance(one, kind)]
    if len(found) != len(value):
        raise BadPollText()
    return found


def _bytes(value: Json, size: int) -> bytes:
    try:
        data = from_base64(value) if isinstance(value, str) else b""
    except Invalid as error:
        raise BadPollText() from error
    if len(data) != size:
        raise BadPollText()
    return data


def _time(said: Mapping[str, Json], name: str) -> datetime:
    try:
        return datetime.strptime(_str(said, name), _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadPollText() from error


def _require_said_by(name: str, text: str, note: Note, trust: TrustStore) -> None:
    """One spelling, and at least one good signature of a trusted key of that name; a witness is nobody here."""
    named = ((trust.key_of(line), line.blob) for line in note.signatures)
    signed = any(key and trust.is_log_of(name, key) and key.verify(note.text, blob) for key, blob in named)
    if text != note.text or not signed:
        raise BadPollText()


def _begun(algorithm: str, call: str, voter: str, nonce: bytes, item: str) -> Running:
    challenge: Json = {"call": call, "item": item, "nonce": base64_of(nonce), "voter": voter}
    running = _NEW[algorithm]()
    running.update(hashlib.sha256(canonical(challenge)).digest())
    return running


def cast_vote(call: Call, *, voter: str, nonce: bytes, open_item: Open, at: datetime) -> Vote:
    """Read every item that is asked for and answer; raises BadVote after the poll has ended."""
    if at > call.until:
        raise BadVote(voter=voter)
    digests = [_own_digest(call, voter, nonce, item, open_item) for item in call.items]
    return Vote(voter, call.id, at, nonce, tuple(digests))


def _own_digest(call: Call, voter: str, nonce: bytes, item: str, open_item: Open) -> bytes | None:
    stream = open_item(item)
    if stream is None:
        return None
    running = _begun(call.algorithm, call.id, voter, nonce, item)
    with stream:
        for data in chunks(stream):
            running.update(data)
    return running.digest()


class Outcome(StrEnum):
    """What a poll says of our copy of an item."""

    AGREED = "agreed"
    DAMAGED = "damaged"  # a landslide holds something else, or we hold nothing
    INCONCLUSIVE = "inconclusive"  # no landslide either way: people have to look
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Rule:
    """How many votes a poll needs, and what share of them is a landslide."""

    quorum: int = 3
    landslide_percent: int = 75

    def is_landslide(self, count: int, of: int) -> bool:
        """Whether `count` of so many votes are one."""
        return of >= self.quorum and count * 100 >= self.landslide_percent * of


@dataclass(frozen=True, slots=True)
class ItemTally:
    """The votes on one item, by the names of the voters."""

    item: str
    outcome: Outcome
    agree: tuple[str, ...]
    disagree: tuple[str, ...]
    without: tuple[str, ...]


def require_answer(call: Call, vote: Vote) -> None:
    """Raise BadVote unless the vote answers this call, in time, item for item, by somebody else."""
    is_answer = vote.call == call.id and len(vote.digests) == len(call.items)
    if not is_answer or not call.at <= vote.at <= call.until or vote.voter == call.poller:
        raise BadVote(voter=vote.voter)


def tally(call: Call, votes: Sequence[Vote], *, open_item: Open, rule: Rule) -> list[ItemTally]:
    """What the votes say of each of our copies, which are read once; raises BadVote for one that does not count."""
    voters = {vote.voter for vote in votes}
    for vote in votes:
        require_answer(call, vote)
    if len(voters) != len(votes) or len(votes) > MAX_VOTERS:
        raise BadVote(voter=votes[-1].voter)
    return [_tally_item(call, votes, number, open_item, rule) for number in range(len(call.items))]


def _tally_item(call: Call, votes: Sequence[Vote], number: int, open_item: Open, rule: Rule) -> ItemTally:
    item = call.items[number]
    stream = open_item(item)
    agree: list[str] = []
    if stream is not None:
        with stream:
            agree = _agreeing(call, votes, number, stream)
    without = [vote.voter for vote in votes if vote.digests[number] is None]
    disagree = [vote.voter for vote in votes if vote.voter not in {*agree, *without}]
    counted = len(agree) + len(disagree)
    if counted < rule.quorum:
        outcome = Outcome.TOO_FEW
    elif rule.is_landslide(len(agree), counted):
        outcome = Outcome.AGREED
    elif rule.is_landslide(len(disagree), counted):
        outcome = Outcome.DAMAGED
    else:
        outcome = Outcome.INCONCLUSIVE
    return ItemTally(item, outcome, tuple(agree), tuple(disagree), tuple(without))


def _agreeing(call: Call, votes: Sequence[Vote], number: int, source: Source) -> list[str]:
    """The voters who hold what `source` holds, found by reading it once."""
    item = call.items[number]
    cast = [vote for vote in votes if vote.digests[number] is not None]
    running = [_begun(call.algorithm, call.id, vote.voter, vote.nonce, item) for vote in cast]
    for data in chunks(source):
        for one in running:
            one.update(data)
    return [
        vote.voter for vote, one in zip(cast, running, strict=True) if one.digest() == vote.digests[number]
    ]


def may_repair(call: Call, vote: Vote, request: RepairRequest) -> bool:
    """Whether a voter should hand out its copy: it is asked by the poller, for an item that its vote holds."""
    is_for_it = (request.call, request.vote, request.poller) == (call.id, _id(vote.text()), call.poller)
    return (
        is_for_it and request.item in call.items and vote.digests[call.items.index(request.item)] is not None
    )


def ask_repair(call: Call, vote: Vote, item: str, *, at: datetime) -> RepairRequest:
    """The request to the voter of `vote` for its copy of an item."""
    return RepairRequest(call.poller, call.id, _id(vote.text()), item, at)


def require_repair(
    call: Call, votes: Sequence[Vote], *, item: str, offered_by: str, offered: Source, rule: Rule
) -> tuple[str, ...]:
    """The voters who hold what was offered, when it may replace our copy; else raises NoProofOfPossession.

    The peer's own vote has to be of just these bytes, and so has a landslide of all votes on the item: a poll is
    decided by what was proved before anybody knew who would be asked.
    """
    if item not in call.items:
        raise NoProofOfPossession(voter=offered_by, item=item)
    number = call.items.index(item)
    for vote in votes:
        require_answer(call, vote)
    agree = _agreeing(call, votes, number, offered)
    counted = sum(vote.digests[number] is not None for vote in votes)
    if offered_by not in agree or not rule.is_landslide(len(agree), counted):
        raise NoProofOfPossession(voter=offered_by, item=item)
    return tuple(agree)
