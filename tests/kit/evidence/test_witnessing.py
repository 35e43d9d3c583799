"""A witness cosigns only a log that grew from what it cosigned before (C2SP tlog-witness)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lantai.kit import crypto
from lantai.kit.errors import Invalid, Refusal
from lantai.kit.evidence import witnessing
from lantai.kit.evidence.checkpoints import Checkpoint, parse_checkpoint, sign_checkpoint
from lantai.kit.evidence.merkle import SHA256
from lantai.kit.evidence.notes import BadNote, Note, cosign, verifier_key, witness_key
from lantai.kit.evidence.trust import TrustStore
from tests.kit.evidence.logs import ORIGIN, Log, entries, key, trust

NOW = 1_772_000_000


class Witness:
    """The state that a witness keeps, and its answers."""

    def __init__(self, name: str) -> None:
        self.name, self.known = name, None

    def add(self, log: Log, note: Note | None = None) -> str:
        asked = witnessing.request_for(note or log.note(), self.known.size if self.known else 0, log.store)
        return self.answer(asked.render().encode())

    def answer(self, body: bytes) -> str:
        asked = witnessing.parse_request(body)
        self.known = witnessing.judge_request(asked, trust=trust(), known=self.known)
        return witnessing.answer(asked.note, [(self.name, key(self.name))], posix_seconds=NOW)


@pytest.fixture(scope="module")
def grown() -> Log:
    return Log(entries(700))


def test_a_log_that_grows_is_cosigned_again_and_again() -> None:
    log, witness = Log(entries(3)), Witness("w1")
    for more in (0, 0, 5, 300, 1):
        log.grow(entries(more, log.size))
        note = log.note()
        ((line, by, at),) = witnessing.cosignatures_of(
            witness.add(log, note), note, [witness_key("w1", key("w1").public)]
        )
        assert (line.name, by.name, at) == ("w1", "w1", NOW)
        assert witness.known == log.head()


def test_the_request_and_the_answer_are_spelled_as_the_specification_has_them(grown: Log) -> None:
    asked = witnessing.request_for(grown.note(), 300, grown.store)
    first, *rest = asked.render().split("\n\n", 1)[0].split("\n")
    assert first == "old 300"
    assert 0 < len(rest) <= 63
    assert asked.render().endswith(f"\n\n{asked.note.render()}")
    assert witnessing.parse_request(asked.render().encode()) == asked
    told = witnessing.answer(asked.note, [("w1", key("w1")), ("w2", key("w2", "sm2"))], posix_seconds=NOW)
    assert [row.split()[:2] for row in told.splitlines()] == [["—", "w1"], ["—", "w2"]]


def test_both_kinds_of_cosignature_are_checked_over_text_and_time(grown: Log) -> None:
    note = grown.note()
    told = witnessing.answer(note, [("w1", key("w1")), ("w2", key("w2", "sm2"))], posix_seconds=NOW)
    keys = [witness_key("w1", key("w1").public), witness_key("w2", key("w2", "sm2").public)]
    assert [(by.name, at) for _, by, at in witnessing.cosignatures_of(told, note, keys)] == [
        ("w1", NOW),
        ("w2", NOW),
    ]
    other = Note(note.text.replace("700", "701"), note.signatures)
    with pytest.raises(BadNote):
        witnessing.cosignatures_of(told, other, keys)
    assert witnessing.cosignatures_of(told, other, [witness_key("w3", key("w3").public)]) == []


def _refused(log: Log, *, known: Checkpoint | None, note: Note | None = None, **changes: object) -> Refusal:
    asked = witnessing.request_for(note or log.note(), known.size if known else 0, log.store)
    with pytest.raises(Refusal) as refused:
        witnessing.judge_request(replace(asked, **changes), trust=trust(), known=known)
    return refused.value


def test_an_unknown_log_is_404_and_one_that_did_not_sign_403(grown: Log) -> None:
    assert _refused(Log(entries(1), origin="other.example/log"), known=None).status == 404
    forged = sign_checkpoint(grown.head(), [crypto.generate("ed25519")])
    assert _refused(grown, known=None, note=forged).status == 403
    as_witness = cosign(Note(grown.note().text, ()), ORIGIN, key(ORIGIN), posix_seconds=NOW)
    assert _refused(grown, known=None, note=as_witness).status == 403


def test_a_wrong_old_size_is_409_with_the_size_that_was_cosigned(grown: Log) -> None:
    refused = _refused(grown, known=grown.head(300), old_size=200)
    assert (refused.status, refused.body, refused.known_size) == (409, "300\n", 300)
    assert witnessing.size_in_conflict(refused.body) == 300
    assert _refused(grown, known=grown.head(300), old_size=0).status == 409
    with pytest.raises(Invalid):
        witnessing.size_in_conflict("0300\n")


def test_an_old_size_beyond_the_checkpoint_is_400(grown: Log) -> None:
    assert _refused(grown, known=grown.head(), old_size=701).status == 400


def test_the_same_size_needs_the_same_root(grown: Log) -> None:
    other = Log([*entries(699), b"another"])
    assert _refused(other, known=grown.head()).status == 409
    only_sm3 = replace(grown.head(), extensions=("sm3 " + "A" * 43 + "=",))
    assert _refused(grown, known=grown.head(), note=sign_checkpoint(only_sm3, grown.keys())).status == 409
    asked = witnessing.request_for(grown.note(has_sm3=False), 700, grown.store)
    assert witnessing.judge_request(asked, trust=trust(), known=grown.head()).size == 700


def test_a_proof_that_does_not_verify_is_422(grown: Log) -> None:
    known = grown.head(300)
    proof = witnessing.request_for(grown.note(), 300, grown.store).proof
    for wrong in (proof[:-1], (*proof, bytes(32)), (bytes(32), *proof[1:]), ()):
        assert _refused(grown, known=known, proof=wrong).status == 422
    assert _refused(grown, known=None, proof=proof).status == 422
    assert _refused(grown, known=grown.head(), proof=(bytes(32),)).status == 422


BODIES = [
    b"",
    b"old 1",
    b"old 1\n\n",
    b"old 01\n\nx",
    b"new 1\n\nx",
    b"old 1\n\n\xff",
    b"old 1\n" + b"A" * 43 + b"=\n" * 64 + b"\n",
    b"x" * (witnessing.MAX_REQUEST_BYTES + 1),
]


@pytest.mark.parametrize("body", BODIES)
def test_what_is_no_request_is_400(body: bytes) -> None:
    with pytest.raises(witnessing.BadRequest):
        witnessing.parse_request(body)


def test_another_spelling_of_a_request_is_400(grown: Log) -> None:
    good = witnessing.request_for(grown.note(), 300, grown.store).render().encode()
    first_hash = good.split(b"\n")[1]
    for bad in (
        good.replace(b"old 300", b"old  300"),
        good.replace(first_hash, first_hash[:-1]),
        good.replace(first_hash, first_hash + b"\n" + b"QUJD"),
        good.replace(b"\n", b"\r\n"),
        good[:-1],
    ):
        with pytest.raises(witnessing.BadRequest):
            witnessing.parse_request(bad)


def test_evi_52_a_log_cut_back_to_an_older_checkpoint_is_refused_by_its_witness() -> None:
    log, witness = Log(entries(400)), Witness("w1")
    old = log.note(250)
    witness.add(log)
    with pytest.raises(witnessing.WrongOldSize):
        witness.answer(witnessing.request_for(old, 0, log.store).render().encode())
    with pytest.raises(witnessing.BadRequest):
        witness.answer(witnessing.AddCheckpoint(400, (), old).render().encode())
    assert witness.known.size == 400
    regrown = Log(entries(250) + entries(200, 9000))
    with pytest.raises(witnessing.BadConsistency):
        witness.add(regrown)
    assert witness.known == log.head()


def test_a_witness_never_signs_as_a_log_and_a_log_key_is_no_witness() -> None:
    log = Log(entries(3))
    only_witness = TrustStore((witness_key(ORIGIN, key(ORIGIN).public),))
    with pytest.raises(witnessing.UnknownOrigin):
        witnessing.judge_request(
            witnessing.request_for(log.note(), 0, log.store), trust=only_witness, known=None
        )
    note = log.note()
    told = "".join(line.line() for line in note.signatures)
    assert witnessing.cosignatures_of(told, note, [verifier_key(ORIGIN, key(ORIGIN).public)]) == []


def test_an_empty_log_may_be_cosigned_when_its_root_is_that_of_nothing() -> None:
    log = Log()
    asked = witnessing.request_for(log.note(), 0, log.store)
    assert witnessing.judge_request(asked, trust=trust(), known=None).root == SHA256.empty()
    wrong = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), log.keys())
    assert _refused(log, known=None, note=wrong).status == 409
    assert parse_checkpoint(log.note().text).size == 0
