"""Archives ask each other what they hold: FED 95 and the repair of EVI by who proved possession."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from lantai.kit.evidence import polls
from lantai.kit.evidence.trust import TrustStore
from lantai.platform.context import Ctx
from lantai.platform.ledger.models import Entry
from lantai.platform.ledger.queries import trust_store
from lantai.platform.ledger.services import ensure_keys
from lantai.platform.witness import registry, services
from lantai.platform.witness.models import Alarm, AskedPoll, Ballot, Peer, Poll, PollItem, Possession
from lantai.platform.witness.services import polling, voting
from lantai.platform.witness.types import CannotPoll, PeerRole, PollOutcome, Way
from tests.platform.witness.conftest import AT, enter
from tests.platform.witness.pollers import Archives, Shelf, named, serving

pytestmark = pytest.mark.django_db
GOOD, OTHER = b"kept by all of us" * 500, b"kept by some" * 300
ITEM = named(GOOD)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """What this node holds."""
    held = Shelf(GOOD, OTHER)
    monkeypatch.setattr(registry, "_holdings", [held])
    return held


@pytest.fixture
def peers(officer: Ctx, settings: Any) -> Iterator[Any]:
    """Archives that take part, entered and agreed with."""
    settings.LANTAI_POLL_QUORUM = 1
    ensure_keys()
    with ExitStack() as open_ones:

        def add(*held: bytes, **more: Any) -> Archives:
            origin = f"a{Peer.objects.count()}.example/log"
            contents = {named(one): one for one in held}
            archives = open_ones.enter_context(serving(Archives(origin, contents, AT, **more)))
            archives.trust = trust_store()
            # Entered as a log that we witness; its address is entered where it takes part in polls.
            row = enter(
                officer,
                name=origin,
                role=PeerRole.ASKS,
                way=Way.WIRE,
                keys=archives.keys(),
                log_origin=origin,
            )
            services.change_peer(officer, peer_id=row.pk, address=archives.address, group="", is_polled=True)
            return archives

        yield add


def hold(system: Ctx, minutes: int = 0, steps: int = 2) -> Poll:
    """The poll, called, its votes fetched and counted."""
    for _ in range(steps):
        services.hold_poll(replace(system, now=AT + timedelta(minutes=minutes)))
    return Poll.objects.latest("id")


def outcome(item: str = ITEM) -> PollItem:
    return PollItem.objects.filter(item=item).latest("id")


def test_fed_95_peers_that_hold_the_same_agree_and_have_proved_it(shelf, peers, system):
    one, two = peers(GOOD), peers(GOOD, OTHER)
    poll = hold(system)
    assert poll.closed_at and set(poll.ballots.values_list("state", flat=True)) == {"voted"}
    assert (outcome().outcome, outcome().agree) == (PollOutcome.AGREED, [one.origin, two.origin])
    assert outcome(named(OTHER)).without == [one.origin]
    assert set(Possession.objects.filter(item=ITEM).values_list("peer__log_origin", flat=True)) == {
        one.origin,
        two.origin,
    }
    assert not Alarm.objects.exists()
    assert set(Entry.objects.values_list("act", flat=True)) >= {"witness:poll:called", "witness:poll:counted"}


def test_fed_95_our_damaged_copy_is_mended_by_a_peer_that_proved_it_holds_the_content(shelf, peers, system):
    giver = peers(GOOD)
    shelf.held[ITEM] = GOOD[:-1] + b"!"
    hold(system)
    assert shelf.held[ITEM] == GOOD
    assert (outcome().outcome, outcome().mended_by) == (PollOutcome.MENDED, giver.origin)
    assert Alarm.objects.get().ended_at is not None, "told, and over"
    assert Entry.objects.filter(act="witness:poll:mended").count() == 1


def test_fed_95_content_that_is_gone_comes_back(shelf, peers, system):
    peers(GOOD, OTHER)
    shelf.held[ITEM] = None
    hold(system)
    assert shelf.held[ITEM] == GOOD


def test_fed_95_a_peer_that_gives_something_else_than_it_voted_for_repairs_nothing(shelf, peers, system):
    liar = peers(GOOD)
    liar.gives[ITEM] = b"x" * len(GOOD)
    bad = shelf.held[ITEM] = GOOD[:-1] + b"!"
    hold(system)
    assert liar.asked == [ITEM] and shelf.held[ITEM] == bad
    assert outcome().outcome == PollOutcome.DAMAGED
    assert Alarm.objects.get().ended_at is None
    assert "摘要不符" in Ballot.objects.get().last_error


def test_fed_95_one_lying_peer_among_four_changes_nothing(shelf, peers, system, settings):
    settings.LANTAI_POLL_QUORUM = 3
    liar = peers(b"never seen")
    liar.held[ITEM] = GOOD[:-1] + b"?"
    for _ in range(3):
        peers(GOOD)
    hold(system)
    assert (outcome().outcome, outcome().disagree) == (PollOutcome.AGREED, [liar.origin])
    assert shelf.held[ITEM] == GOOD and not Alarm.objects.exists()
    assert liar.origin not in Possession.objects.values_list("peer__log_origin", flat=True)


def test_too_few_votes_say_nothing(shelf, peers, system, settings):
    settings.LANTAI_POLL_QUORUM = 3
    peers(GOOD)
    shelf.held[ITEM] = b"bad"
    hold(system)
    assert outcome().outcome == PollOutcome.TOO_FEW and shelf.held[ITEM] == b"bad"


def test_who_is_slow_is_waited_for_and_who_is_silent_is_left_out_at_the_end(shelf, peers, system):
    slow = peers(GOOD)
    slow.is_slow = True
    poll = hold(system)
    assert poll.closed_at is None and not polling.is_due(AT + timedelta(minutes=5))
    assert polling.is_due(AT + timedelta(minutes=11))
    slow.is_slow = False
    hold(system, minutes=11, steps=1)
    assert outcome().outcome == PollOutcome.AGREED
    slow.is_slow = True
    services.hold_poll(replace(system, now=AT + timedelta(days=1)))
    hold(system, minutes=60 * 24 * 4, steps=1)
    assert Ballot.objects.latest("id").state == "silent"
    assert outcome().outcome == PollOutcome.TOO_FEW


def test_a_poll_is_called_once_a_day_and_only_with_peers_who_agreed(shelf, peers, system):
    assert not polling.is_due(AT)
    peers(GOOD)
    assert polling.is_due(AT)
    hold(system)
    assert not polling.is_due(AT + timedelta(hours=23)) and polling.is_due(AT + timedelta(hours=24))
    Peer.objects.update(is_polled=False)
    assert not polling.is_due(AT + timedelta(hours=24))


def test_polls_need_an_address_and_the_keys_of_a_log(peers, officer):
    told = {"role": PeerRole.ASKS, "log_origin": "x.example/log"}
    other = enter(officer, name="样例", keys=Archives("x.example/log", {}, AT).keys(), **told)
    with pytest.raises(CannotPoll):
        services.change_peer(officer, peer_id=other.pk, address="", group="", is_polled=True)


def test_we_answer_a_call_over_http_and_our_vote_is_of_our_bytes(shelf, peers, system, client: Client):
    asker = peers(GOOD)
    text = asker.call(ITEM, named(b"not here"))
    call = polls.parse_call(text, TrustStore.parse(asker.keys()))
    voting_system = replace(system, now=AT)
    voting.take_call(voting_system, text=text)
    assert client.get(f"/witness/poll/{call.id}").status_code == 202
    assert voting.has_work(AT) and services.cast_votes(voting_system) == 1
    assert services.cast_votes(voting_system) == 0, "one vote a call"
    answer = client.get(f"/witness/poll/{call.id}")
    vote = polls.parse_vote(answer.content.decode(), trust_store())
    polls.require_answer(call, vote)
    (one, other) = polls.tally(call, [vote], open_item=asker._open, rule=polls.Rule(1))
    assert (one.outcome, other.without) == (polls.Outcome.AGREED, ("ours.example/log",))
    assert client.get(f"/witness/poll/{'0' * 64}").status_code == 404


def test_strangers_and_old_calls_are_not_answered(shelf, peers, system, client: Client):
    asker = peers(GOOD)
    stranger = Archives("stranger.example/log", {}, AT)
    for text in (stranger.call(ITEM), "nonsense", asker.call(ITEM, at=AT - timedelta(days=9))):
        assert client.post("/witness/poll", text, content_type="text/plain").status_code == 422
    Peer.objects.update(is_polled=False)
    assert client.post("/witness/poll", asker.call(ITEM), content_type="text/plain").status_code == 422
    assert not AskedPoll.objects.exists()


def test_a_peer_cannot_call_faster_than_it_is_answered(shelf, peers, system):
    asker = peers(GOOD)
    for _ in range(3):
        voting.take_call(system, text=asker.call(ITEM))
    with pytest.raises(voting.TooManyPolls):
        voting.take_call(system, text=asker.call(ITEM))


def test_content_goes_only_to_who_proved_once_that_it_held_the_same(shelf, peers, system):
    asker = peers(GOOD)
    text = asker.call(ITEM)
    call = polls.parse_call(text, TrustStore.parse(asker.keys()))
    voting.take_call(system, text=text)
    services.cast_votes(system)
    vote = polls.parse_vote(AskedPoll.objects.get().vote, trust_store())
    request = asker.repair(call, vote, ITEM)
    with pytest.raises(voting.NotAHolder):
        services.hand_out(system, text=request)
    hold(system)  # our own poll, in which it proves what it holds
    stream, size = services.hand_out(system, text=request)
    assert stream.read() == GOOD and size == len(GOOD)
    assert Entry.objects.filter(act="witness:poll:repair_given").count() == 1
    with pytest.raises(voting.Missing):
        services.hand_out(system, text=asker.repair(call, vote, named(OTHER)))
