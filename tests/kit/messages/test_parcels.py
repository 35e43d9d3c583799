"""Messages across an air gap: signed, in order, and harmless when they come twice."""

from __future__ import annotations

import random

import pytest

from lantai.kit.crypto import generate
from lantai.kit.errors import Invalid, Refusal
from lantai.kit.evidence.canonical import canonical, parse_canonical
from lantai.kit.evidence.notes import verifier_key, witness_key
from lantai.kit.messages import (
    BadParcel,
    Gap,
    Message,
    Parcel,
    UnknownSender,
    new_messages,
    open_parcel,
    seal_parcel,
)

KEYS = [generate("ed25519"), generate("sm2")]
HERE, THERE = "there.example/log", "here.example/log"
TRUSTED = {HERE: [verifier_key(HERE, key.public) for key in KEYS]}


def parcel(first: int = 1, count: int = 3) -> Parcel:
    messages = (Message(first + n, "witness/request", {"text": f"样例 {n}"}) for n in range(count))
    return Parcel(HERE, THERE, 4, tuple(messages))


def test_a_parcel_arrives_as_it_was_sent_whichever_trusted_key_signed_it() -> None:
    for key in KEYS:
        assert open_parcel(seal_parcel(parcel(), [key]), recipient=THERE, trusted=TRUSTED) == parcel()


def test_a_witness_key_of_the_sender_signs_parcels_too() -> None:
    trusted = {HERE: [witness_key("w.example/witness", KEYS[0].public)]}
    assert open_parcel(seal_parcel(parcel(), KEYS), recipient=THERE, trusted=trusted) == parcel()


def test_nobody_else_can_sign_for_the_sender() -> None:
    sealed = seal_parcel(parcel(), [generate("ed25519")])
    for trusted in (TRUSTED, {}):
        with pytest.raises(UnknownSender):
            open_parcel(sealed, recipient=THERE, trusted=trusted)


def test_a_parcel_for_somebody_else_is_not_taken() -> None:
    with pytest.raises(BadParcel, match="发给"):
        open_parcel(seal_parcel(parcel(), KEYS), recipient="third.example/log", trusted=TRUSTED)


def test_no_changed_byte_passes() -> None:
    sealed, rng = seal_parcel(parcel(), KEYS[:1]), random.Random(4)
    for place in rng.sample(range(len(sealed)), 120):
        changed = bytearray(sealed)
        changed[place] ^= 1 << rng.randrange(8)
        with pytest.raises((Invalid, Refusal)):
            open_parcel(bytes(changed), recipient=THERE, trusted=TRUSTED)


def _with(**changes: object) -> bytes:
    whole = parse_canonical(seal_parcel(parcel(), KEYS))
    return canonical({**whole, **changes})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        _with(v="lantai-parcel/v2"),
        _with(signatures=["x"]),
        _with(signatures=["— a b c"]),
        _with(signatures=["— a AAAA"]),
        _with(signatures=[""] * 9),
        _with(signatures=None),
        _with(parcel=[]),
        _with(parcel={**parcel().form(), "messages": 1}),
        _with(parcel={**parcel().form(), "messages": [1]}),
        _with(parcel={**parcel().form(), "messages": [{"sequence": 0, "kind": "k", "body": {}}]}),
        _with(parcel={**parcel().form(), "messages": [{"sequence": True, "kind": "k", "body": {}}]}),
        _with(parcel={**parcel().form(), "messages": [{"sequence": 1, "kind": "", "body": {}}]}),
        _with(parcel={**parcel().form(), "messages": [{"sequence": 1, "kind": "k", "body": 1}]}),
        _with(parcel={**parcel().form(), "acknowledged": -1}),
        _with(parcel={**parcel().form(), "from": "x" * 300}),
        _with(parcel={**parcel().form(), "from": "a b"}),
    ],
)
def test_what_is_no_parcel_is_refused_by_name(data: bytes) -> None:
    with pytest.raises((Invalid, Refusal)):
        open_parcel(data, recipient=THERE, trusted={**TRUSTED, "a b": TRUSTED[HERE]})


def test_numbers_that_do_not_follow_each_other_are_no_parcel() -> None:
    broken = Parcel(HERE, THERE, 0, (Message(1, "k", {}), Message(3, "k", {})))
    with pytest.raises(BadParcel):
        open_parcel(seal_parcel(broken, KEYS), recipient=THERE, trusted=TRUSTED)


def test_what_was_taken_is_not_taken_again_and_what_is_missing_is_named() -> None:
    assert [one.sequence for one in new_messages(parcel(1, 5), taken=3)] == [4, 5]
    assert new_messages(parcel(1, 5), taken=5) == ()
    assert new_messages(parcel(1, 5), taken=9) == ()
    with pytest.raises(Gap, match="第 3 至 6 号"):
        new_messages(parcel(7, 2), taken=2)
