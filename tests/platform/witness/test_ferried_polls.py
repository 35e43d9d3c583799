"""Archives that no wire joins ask each other what they hold, by files that go out and come back."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from lantai.kit.crypto import SigningKey
from lantai.kit.evidence import polls
from lantai.kit.evidence.notes import verifier_key
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.messages import Message, Parcel, new_messages, open_parcel, seal_parcel
from lantai.platform.context import Channel, Ctx
from lantai.platform.ledger.models import Entry
from lantai.platform.ledger.queries import trust_store
from lantai.platform.witness import queries, registry, services
from lantai.platform.witness.models import Alarm, AskedPoll, Ballot, FerryMessage, Peer, Poll, PollItem
from lantai.platform.witness.services import polling
from lantai.platform.witness.types import PollOutcome, Way
from tests.platform.ledger.acts import act_and_log
from tests.platform.witness.conftest import AT, enter
from tests.platform.witness.pollers import Archives, Shelf, named

pytestmark = pytest.mark.django_db
OURS = "ours.example/log"
GOOD = b"kept on both sides" * 400
ITEM = named(GOOD)


@dataclass
class Beyond:
    """An archives behind the gap, made of the kit alone."""

    archives: Archives
    taken: int = 0
    sent: tuple[Message, ...] = ()
    kinds: list[str] = field(default_factory=list)

    def send(self, kind: str, body: dict[str, Any]) -> None:
        self.sent = (*self.sent, Message(len(self.sent) + 1, kind, body))

    @property
    def keys(self) -> list[SigningKey]:
        return [self.archives.key]

    def parcel(self) -> bytes:
        return seal_parcel(Parcel(self.archives.origin, OURS, self.taken, self.sent), self.keys)

    def take(self, data: bytes) -> None:
        ours = [key for key in services.own_keys().keys if not key.is_witness]
        found = open_parcel(data, recipient=self.archives.origin, trusted={OURS: ours})
        for message in new_messages(found, taken=self.taken):
            self.taken = message.sequence
            self.kinds.append(message.kind)
            self._act(message.kind, {name: str(value) for name, value in message.body.items()})

    def _act(self, kind: str, said: dict[str, str]) -> None:
        if kind == "poll/call":
            self.archives.answer("/poll", said["text"].encode())
            call = polls.parse_call(said["text"], self.archives.trust).id
            _status, vote = self.archives.answer(f"/poll/{call}", b"")
            self.send("poll/vote", {"call": call, "text": vote.decode()})
        if kind == "poll/repair":
            status, data = self.archives.answer("/repair", said["text"].encode())
            assert status == 200
            told = {"call": said["call"], "item": said["item"], "data": b64encode(data).decode()}
            self.send("poll/content", told)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Shelf:
    settings.LANTAI_POLL_QUORUM = 1
    held = Shelf(GOOD)
    monkeypatch.setattr(registry, "_holdings", [held])
    return held


@pytest.fixture
def command(officer: Ctx) -> Ctx:
    return replace(officer, channel=Channel.COMMAND, now=AT)


@pytest.fixture
def beyond(officer: Ctx) -> Callable[..., Beyond]:
    def add(*held: bytes) -> Beyond:
        act_and_log(1)
        archives = Archives("beyond.example/log", {named(one): one for one in held}, AT)
        archives.trust = trust_store()
        told = {"role": "asks", "way": Way.FERRY, "keys": archives.keys(), "log_origin": archives.origin}
        row = enter(officer, name="对岸", **told)
        services.change_peer(officer, peer_id=row.pk, address="", group="", is_polled=True)
        return Beyond(archives)

    return add


def there_and_back(command: Ctx, beyond: Beyond, times: int = 1) -> None:
    for _ in range(times):
        beyond.take(services.export_parcel(command, name="对岸"))
        services.import_parcel(command, data=beyond.parcel())


def hold(system: Ctx, days: float = 0) -> Poll:
    services.hold_poll(replace(system, now=AT + timedelta(days=days)))
    return Poll.objects.latest("id")


def test_a_poll_goes_across_the_gap_and_the_vote_comes_back(shelf, beyond, system, command):
    other = beyond(GOOD)
    poll = hold(system)
    assert poll.until - poll.called_at == timedelta(days=14), "files take their time"
    assert not polling.is_due(AT + timedelta(hours=1)), "nothing to do until a file comes"
    assert hold(system).closed_at is None and FerryMessage.objects.filter(kind="poll/call").count() == 1
    there_and_back(command, other)
    assert other.kinds == ["poll/call"] and polling.is_due(AT + timedelta(hours=1))
    poll = hold(system, 0.1)
    assert poll.closed_at and Ballot.objects.get().state == "voted"
    item = PollItem.objects.get()
    assert (item.outcome, item.agree) == (PollOutcome.AGREED, [other.archives.origin])


def test_our_damaged_copy_is_mended_by_a_file(shelf, beyond, system, command):
    other = beyond(GOOD)
    shelf.held[ITEM] = GOOD[:-1] + b"!"
    hold(system)
    there_and_back(command, other)
    hold(system, 0.1)
    assert PollItem.objects.get().outcome == PollOutcome.DAMAGED and Alarm.objects.get().ended_at is None
    there_and_back(command, other, 2)
    assert other.kinds == ["poll/call", "poll/repair"] and shelf.held[ITEM] == GOOD
    assert (PollItem.objects.get().outcome, PollItem.objects.get().mended_by) == (PollOutcome.MENDED, "对岸")
    assert Alarm.objects.get().ended_at is not None
    assert Entry.objects.filter(act="witness:poll:mended").count() == 1


def test_what_was_not_voted_for_or_is_too_large_mends_nothing(shelf, beyond, system, command, monkeypatch):
    other = beyond(GOOD)
    bad = shelf.held[ITEM] = GOOD[:-1] + b"!"
    other.archives.gives[ITEM] = b"x" * len(GOOD)
    hold(system)
    there_and_back(command, other)
    hold(system, 0.1)
    there_and_back(command, other, 2)
    assert shelf.held[ITEM] == bad and "摘要不符" in Ballot.objects.get().last_error
    monkeypatch.setattr(polling, "MOST_FERRIED", 10)
    monkeypatch.setattr(polling, "is_due", lambda now: True)
    other.archives.at = AT + timedelta(days=2)
    hold(system, 2)
    there_and_back(command, other)
    hold(system, 2.1)
    assert "过大" in Ballot.objects.latest("id").last_error
    there_and_back(command, other)
    assert other.kinds == ["poll/call", "poll/repair", "poll/call"]


def test_their_call_is_answered_and_content_given_to_who_proved_it_alone(shelf, beyond, system, command):
    other = beyond(GOOD)
    text = other.archives.call(ITEM)
    other.send("poll/call", {"text": text})
    services.import_parcel(command, data=other.parcel())
    assert AskedPoll.objects.get().vote == ""
    assert services.cast_votes(replace(system, now=AT)) == 1
    call = polls.parse_call(text, keys_of(other))
    other.take(services.export_parcel(command, name="对岸"))
    vote = polls.parse_vote(AskedPoll.objects.get().vote, trust_store())
    polls.require_answer(call, vote)
    assert other.kinds == ["poll/vote"]
    repair = {"call": call.id, "item": ITEM, "text": other.archives.repair(call, vote, ITEM)}
    other.send("poll/repair", repair)
    services.import_parcel(command, data=other.parcel())
    other.take(services.export_parcel(command, name="对岸"))
    assert other.kinds == ["poll/vote"], "it never proved that it holds the content"
    hold(system)
    there_and_back(command, other)
    hold(system, 0.1)
    other.send("poll/repair", repair)
    services.import_parcel(command, data=other.parcel())
    sent = FerryMessage.objects.get(kind="poll/content", direction="out")
    assert b64decode(sent.body["data"]) == GOOD and sent.body["item"] == ITEM


def keys_of(other: Beyond) -> TrustStore:
    return TrustStore((verifier_key(other.archives.origin, other.archives.key.public),))


def test_what_cannot_be_answered_holds_up_nothing(shelf, beyond, system, command):
    other = beyond(GOOD)
    old = other.archives.call(ITEM, at=AT - timedelta(days=9))
    for kind, body in (
        ("poll/call", {"text": old}),
        ("poll/call", {"text": "nonsense"}),
        ("poll/call", {}),
        ("poll/vote", {"call": "00" * 32, "text": "nonsense"}),
        ("poll/repair", {"call": "x", "item": "y", "text": "z"}),
        ("poll/content", {"call": "x", "item": "y", "data": "!"}),
    ):
        other.send(kind, body)
    assert services.import_parcel(command, data=other.parcel()) == 6
    assert not AskedPoll.objects.exists() and Peer.objects.get().ferried_in == 6
    services.change_peer(command, peer_id=Peer.objects.get().pk, address="", group="", is_polled=False)
    other.send("poll/call", {"text": other.archives.call(ITEM)})
    assert services.import_parcel(command, data=other.parcel()) == 1
    assert not AskedPoll.objects.exists() and not queries.polled_peers().exists()
