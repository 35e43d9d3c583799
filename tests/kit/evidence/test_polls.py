"""Archives that keep the same content find out whose copy is damaged, and repair only from who proved its own."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lantai.kit.evidence import polls
from lantai.kit.evidence.notes import verifier_key, witness_key
from lantai.kit.evidence.polls import Call, Outcome, Rule, Vote
from lantai.kit.evidence.trust import TrustStore
from tests.kit.evidence.logs import key

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = ("a.example", "b.example", "c.example", "d.example", "e.example")
TRUST = TrustStore(tuple(verifier_key(name, key(name).public) for name in NAMES))
GOOD = {"卷/001.ofd": b"first" * 1000, "卷/002.pdf": b"second", "empty": b""}
CALL = Call(NAMES[0], "poll-1", NOW, NOW + timedelta(days=7), b"n" * 32, tuple(GOOD))
RULE = Rule(quorum=3, landslide_percent=75)


class Copies:
    """What one archives holds."""

    def __init__(self, **changes: bytes | None) -> None:
        self.held = {name: content for name, content in (GOOD | changes).items() if content is not None}
        self.reads = 0

    def open(self, item: str) -> io.BytesIO | None:
        self.reads += 1
        return io.BytesIO(self.held[item]) if item in self.held else None


def _changed(**changes: bytes | None) -> Copies:
    return Copies(**{"卷/" + name.replace("_", "."): value for name, value in changes.items()})


def _votes(*copies: Copies, call: Call = CALL) -> list[Vote]:
    return [
        polls.cast_vote(call, voter=name, nonce=name.encode().ljust(32), open_item=held.open, at=NOW)
        for name, held in zip(NAMES[1:], copies, strict=False)
    ]


def _outcomes(mine: Copies, votes: list[Vote], rule: Rule = RULE) -> list[Outcome]:
    return [one.outcome for one in polls.tally(CALL, votes, open_item=mine.open, rule=rule)]


def test_whole_copies_agree_and_our_own_is_read_once() -> None:
    mine = Copies()
    assert _outcomes(mine, _votes(*[Copies()] * 4)) == [Outcome.AGREED] * 3
    assert mine.reads == 3


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_a_damaged_copy_of_ours_loses_by_a_landslide_and_is_repaired_by_who_proved_it(algorithm: str) -> None:
    call = replace(CALL, algorithm=algorithm)
    mine, votes = _changed(**{"001_ofd": b"rotten"}), _votes(*[Copies()] * 4, call=call)
    found = polls.tally(call, votes, open_item=mine.open, rule=RULE)[0]
    assert (found.outcome, found.disagree) == (Outcome.DAMAGED, NAMES[1:])
    request = polls.ask_repair(call, votes[0], found.item, at=NOW)
    assert polls.may_repair(call, votes[0], request)
    offered = io.BytesIO(GOOD[found.item])
    agreed = polls.require_repair(
        call, votes, item=found.item, offered_by=NAMES[1], offered=offered, rule=RULE
    )
    assert agreed == NAMES[1:]


def test_what_we_lost_altogether_is_damaged_too() -> None:
    mine = _changed(**{"002_pdf": None})
    assert _outcomes(mine, _votes(*[Copies()] * 4)) == [Outcome.AGREED, Outcome.DAMAGED, Outcome.AGREED]


def test_a_damaged_voter_is_named_and_ours_still_agrees() -> None:
    votes = _votes(Copies(), Copies(), Copies(), _changed(**{"001_ofd": b"rotten"}))
    found = polls.tally(CALL, votes, open_item=Copies().open, rule=RULE)[0]
    assert (found.outcome, found.agree, found.disagree) == (Outcome.AGREED, NAMES[1:4], NAMES[4:])


def test_without_a_landslide_people_have_to_look_and_nothing_is_repaired() -> None:
    rotten = _changed(**{"001_ofd": b"rotten"})
    votes = _votes(Copies(), Copies(), rotten, rotten)
    assert _outcomes(Copies(), votes)[0] is Outcome.INCONCLUSIVE
    for offered in (GOOD["卷/001.ofd"], b"rotten"):
        for voter in NAMES[1:]:
            with pytest.raises(polls.NoProofOfPossession):
                _repair(votes, voter, offered)


def _repair(votes: list[Vote], voter: str, offered: bytes) -> tuple[str, ...]:
    return polls.require_repair(
        CALL, votes, item="卷/001.ofd", offered_by=voter, offered=[offered], rule=RULE
    )


def test_too_few_votes_decide_nothing_and_who_holds_nothing_does_not_count() -> None:
    assert _outcomes(Copies(), _votes(Copies(), Copies())) == [Outcome.TOO_FEW] * 3
    gone = _changed(**{"001_ofd": None})
    found = polls.tally(CALL, _votes(Copies(), Copies(), gone, gone), open_item=Copies().open, rule=RULE)
    assert (found[0].outcome, found[0].without) == (Outcome.TOO_FEW, NAMES[3:])
    assert found[1].outcome is Outcome.AGREED


def test_a_repair_from_a_peer_that_did_not_prove_it_is_refused() -> None:
    """Even the right bytes: who voted for other ones, or for none, is not asked."""
    rotten, gone = _changed(**{"001_ofd": b"rotten"}), _changed(**{"001_ofd": None})
    good = GOOD["卷/001.ofd"]
    votes = _votes(Copies(), Copies(), Copies(), rotten)
    assert _repair(votes, NAMES[1], good) == NAMES[1:4]
    for voter, offered in (
        (NAMES[4], good),
        (NAMES[4], b"rotten"),
        (NAMES[1], b"rotten"),
        ("x.example", good),
    ):
        with pytest.raises(polls.NoProofOfPossession):
            _repair(votes, voter, offered)
    with pytest.raises(polls.NoProofOfPossession):
        _repair(_votes(Copies(), Copies(), Copies(), gone), NAMES[4], good)
    with pytest.raises(polls.NoProofOfPossession):
        polls.require_repair(CALL, votes, item="other", offered_by=NAMES[1], offered=[b""], rule=RULE)


def test_a_vote_copied_from_another_or_answered_from_another_poll_proves_nothing() -> None:
    honest = _votes(Copies(), Copies(), Copies())
    copied = replace(honest[0], voter=NAMES[4])
    found = polls.tally(CALL, [*honest, copied], open_item=Copies().open, rule=RULE)[0]
    assert found.disagree == (NAMES[4],)
    again = replace(CALL, nonce=b"m" * 32)
    with pytest.raises(polls.BadVote):
        polls.tally(again, honest, open_item=Copies().open, rule=RULE)
    replayed = [replace(vote, call=again.id) for vote in honest]
    assert {one.outcome for one in polls.tally(again, replayed, open_item=Copies().open, rule=RULE)} == {
        Outcome.DAMAGED
    }


def test_votes_that_are_late_double_short_or_our_own_do_not_count() -> None:
    good = _votes(Copies(), Copies(), Copies())
    late, early = replace(good[0], at=CALL.until + timedelta(1)), replace(good[0], at=NOW - timedelta(1))
    short, own = replace(good[0], digests=good[0].digests[1:]), replace(good[0], voter=NAMES[0])
    for wrong in (late, early, short, own):
        with pytest.raises(polls.BadVote):
            polls.tally(CALL, [wrong, *good[1:]], open_item=Copies().open, rule=RULE)
    with pytest.raises(polls.BadVote):
        polls.tally(CALL, [*good, good[0]], open_item=Copies().open, rule=RULE)
    with pytest.raises(polls.BadVote):
        polls.cast_vote(
            CALL, voter=NAMES[1], nonce=bytes(32), open_item=Copies().open, at=CALL.until + timedelta(1)
        )


def test_every_text_is_signed_by_whom_it_names_and_reads_back() -> None:
    vote = _votes(Copies())[0]
    request = polls.ask_repair(CALL, vote, "卷/002.pdf", at=NOW)
    for what, name, parse in (
        (CALL, NAMES[0], polls.parse_call),
        (vote, NAMES[1], polls.parse_vote),
        (request, NAMES[0], polls.parse_repair_request),
    ):
        text = polls.sign(what, key(name))
        assert parse(text, TRUST) == what
        for bad in (
            polls.sign(what, key("stranger")),
            text.replace("2026", "2027", 1),
            text[:-1],
            "",
            "\n\n",
        ):
            with pytest.raises(polls.BadPollText):
                parse(bad, TRUST)
        as_witness = TrustStore((witness_key(name, key(name).public),))
        with pytest.raises(polls.BadPollText):
            parse(text, as_witness)


def test_a_voter_hands_out_only_what_its_own_vote_holds_and_only_to_the_poller() -> None:
    vote = _votes(_changed(**{"001_ofd": None}))[0]
    assert polls.may_repair(CALL, vote, polls.ask_repair(CALL, vote, "卷/002.pdf", at=NOW))
    assert not polls.may_repair(CALL, vote, polls.ask_repair(CALL, vote, "卷/001.ofd", at=NOW))
    assert not polls.may_repair(CALL, vote, polls.ask_repair(CALL, vote, "other", at=NOW))
    other = replace(polls.ask_repair(CALL, vote, "卷/002.pdf", at=NOW), poller=NAMES[2])
    assert not polls.may_repair(CALL, vote, other)


@pytest.mark.parametrize(
    "change",
    [
        {"items": ()},
        {"items": ("a", "a")},
        {"items": tuple(map(str, range(polls.MAX_ITEMS + 1)))},
        {"algorithm": "md5"},
        {"until": NOW},
        {"nonce": b"short"},
        {"poll": ""},
    ],
)
def test_a_call_that_makes_no_sense_is_refused(change: dict) -> None:
    with pytest.raises(polls.BadPollText):
        polls.parse_call(polls.sign(replace(CALL, **change), key(NAMES[0])), TRUST)
