"""A log says what became of its keys; proofs of every era verify, and only those."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lantai.kit import crypto
from lantai.kit.errors import Invalid
from lantai.kit.evidence.checkpoints import TlogProof, sign_checkpoint
from lantai.kit.evidence.keyhistory import (
    Act,
    BadHistory,
    KeyHistory,
    Reason,
    parse_statement,
    sign_statement,
)
from lantai.kit.evidence.merkle import SHA256, verify_inclusion
from lantai.kit.evidence.notes import Note, cosign, verifier_key, witness_key
from lantai.kit.evidence.receipts import check_signatures
from lantai.kit.evidence.tiles import inclusion
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings
from tests.kit.evidence.logs import ORIGIN, Log, entries, key

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
ED1, ED2, ED3 = (key(f"ed{n}") for n in (1, 2, 3))
SM1 = key("sm1", "sm2")


def _v(signing: crypto.SigningKey):
    return verifier_key(ORIGIN, signing.public)


def _day(n: int) -> datetime:
    return FIRST + timedelta(days=n)


def _add(
    history: KeyHistory, act: Act, *signers: crypto.SigningKey, day: int, size: int, **said
) -> KeyHistory:
    if not history.statements:
        said["origin"] = ORIGIN
    statement = history.next(act, at=_day(day), size=size, **said)
    return history.with_statement(sign_statement(statement, signers))


def _begun() -> KeyHistory:
    return _add(KeyHistory(()), Act.INTRODUCED, ED1, day=0, size=0, key=_v(ED1))


def _rotated() -> KeyHistory:
    history = _add(_begun(), Act.INTRODUCED, SM1, ED1, day=0, size=0, key=_v(SM1))
    return _add(history, Act.ROTATED, ED1, ED2, day=100, size=500, key=_v(ED1), new=_v(ED2))


def _compromised() -> KeyHistory:
    return _add(
        _rotated(), Act.REVOKED, SM1, day=300, size=900,
        key=_v(ED2), reason=Reason.COMPROMISED, since=_day(200), good=700,
    )  # fmt: skip


def _checked(
    log: Log, size: int, signers: list[crypto.SigningKey], trust: TrustStore, seen: int | None = None
):
    note = sign_checkpoint(log.head(size), signers)
    if seen is not None:
        note = cosign(note, "w1", key("w1"), posix_seconds=int(_day(seen).timestamp()))
    findings = Findings()
    return check_signatures(note, ORIGIN, trust, findings)


LOG = Log(entries(1000))
TRUSTED = TrustStore((_v(ED1), witness_key("w1", key("w1").public)))


def test_evi_59_proofs_of_both_eras_verify_after_a_rotation_and_a_change_of_trees() -> None:
    """Whoever trusts the first key alone follows the history to the later ones, over SHA-256 and then both trees."""
    history = _add(_rotated(), Act.CHANGED, ED2, day=101, size=501, trees="sha256 sm3")
    trust = TRUSTED.with_history(KeyHistory.parse(history.render()))
    for size, signers, has_sm3 in ((300, [ED1, SM1], False), (900, [ED2, SM1], True)):
        head = LOG.head(size, has_sm3=has_sm3)
        proof = TlogProof(7, tuple(inclusion(7, size, LOG.store)), sign_checkpoint(head, signers))
        assert check_signatures(proof.note, ORIGIN, trust, Findings())
        assert verify_inclusion(SHA256.leaf(b"entry 7"), 7, size, proof.hashes, head.root)


def test_a_key_speaks_for_the_log_only_in_its_term() -> None:
    trust = TRUSTED.with_history(_rotated())
    assert _checked(LOG, 500, [ED1], trust)
    assert _checked(LOG, 500, [ED2], trust)
    assert _checked(LOG, 501, [ED2], trust)
    assert not _checked(LOG, 501, [ED1], trust)
    assert not _checked(LOG, 499, [ED2], trust)
    assert _checked(LOG, 501, [ED1, SM1], trust), "the other key of the log signed too"
    assert not _checked(LOG, 501, [ED3], trust)


def test_evi_58_old_checkpoints_of_a_revoked_key_verify_by_its_history() -> None:
    lost = _add(
        _rotated(), Act.REVOKED, SM1, day=300, size=900,
        key=_v(ED2), reason=Reason.LOST, since=_day(300), good=900,
    )  # fmt: skip
    trust = TRUSTED.with_history(lost)
    assert _checked(LOG, 800, [ED2], trust)
    assert not _checked(LOG, 901, [ED2], trust)
    assert _checked(LOG, 400, [ED1], trust)


def test_what_a_compromised_key_signed_is_believed_only_when_a_witness_saw_it_before() -> None:
    trust = TRUSTED.with_history(_compromised())
    assert not _checked(LOG, 600, [ED2], trust)
    assert _checked(LOG, 600, [ED2], trust, seen=199)
    assert not _checked(LOG, 600, [ED2], trust, seen=200)
    assert not _checked(LOG, 701, [ED2], trust, seen=199)
    assert _checked(LOG, 600, [ED2, SM1], trust)


def test_a_trust_file_carries_the_history_and_reads_back() -> None:
    text = TrustStore((_v(ED1),), (), (_compromised(),)).render()
    again = TrustStore.parse(text)
    assert again.render() == text
    assert not _checked(LOG, 600, [ED2], again)
    assert _checked(LOG, 300, [ED1], again)
    assert [line for line in text.splitlines() if not line.startswith("#")] == [_v(ED1).render()]
    with pytest.raises(Invalid):
        TrustStore.parse(text.replace("#history ", "#history A"))


def test_a_history_without_a_trusted_key_is_not_believed() -> None:
    forged = _add(KeyHistory(()), Act.INTRODUCED, ED3, day=0, size=0, key=_v(ED3))
    with pytest.raises(BadHistory):
        TRUSTED.with_history(forged)


def _refused(history: KeyHistory, act: Act, *signers: crypto.SigningKey, **said) -> str:
    said = {"day": 400, "size": 950} | said
    with pytest.raises(BadHistory) as refused:
        _add(history, act, *signers, **said)
    return str(refused.value)


def test_a_statement_lacking_a_signature_is_refused() -> None:
    begun, rotated = _begun(), _rotated()
    new = {"key": _v(ED2), "new": _v(ED3)}
    for signers in ((ED2,), (ED3,), (SM1, ED3), (ED2, ED3, ED1)):
        assert _refused(rotated, Act.ROTATED, *signers, **new)
    assert _refused(begun, Act.INTRODUCED, ED3, key=_v(ED3))
    assert _refused(begun, Act.INTRODUCED, ED1, key=_v(ED3))
    revoked = {"key": _v(ED2), "reason": Reason.LOST, "since": _day(1), "good": 900}
    assert _refused(rotated, Act.REVOKED, ED2, **revoked), "not by itself while another one is in force"
    assert _refused(rotated, Act.REVOKED, ED1, **revoked)
    assert _refused(rotated, Act.CHANGED, ED1, trees="sha256")
    assert _refused(rotated, Act.ENDED, ED3)


def test_a_statement_that_does_not_follow_is_refused() -> None:
    rotated = _rotated()
    assert _refused(rotated, Act.ENDED, ED2, day=99)
    assert _refused(rotated, Act.ENDED, ED2, size=499)
    assert _refused(rotated, Act.INTRODUCED, ED1, ED2, key=_v(ED1)), "no key comes back"
    assert _refused(rotated, Act.ROTATED, ED1, ED3, key=_v(ED1), new=_v(ED3))
    assert _refused(rotated, Act.CHANGED, ED2, trees="md5")
    far = {"key": _v(ED2), "reason": Reason.LOST, "since": _day(1), "good": 951}
    assert _refused(rotated, Act.REVOKED, SM1, **far)
    elsewhere = verifier_key("other.example/log", ED3.public)
    assert _refused(rotated, Act.INTRODUCED, ED3, ED2, key=elsewhere)
    ended = _add(rotated, Act.ENDED, ED2, day=400, size=950)
    assert ended.has_ended
    assert not ended.in_force()
    assert _refused(ended, Act.CHANGED, ED2, trees="sha256")
    assert _refused(KeyHistory(()), Act.ENDED, ED1)


def test_the_last_key_may_revoke_itself() -> None:
    gone = _add(
        _begun(),
        Act.REVOKED,
        ED1,
        day=5,
        size=9,
        key=_v(ED1),
        reason=Reason.SUPERSEDED,
        since=_day(5),
        good=9,
    )
    assert not gone.in_force()
    assert _checked(LOG, 9, [ED1], TRUSTED.with_history(gone))


def test_a_statement_taken_out_changed_or_put_elsewhere_breaks_the_history() -> None:
    notes = _compromised().notes
    for wrong in (notes[1:], (notes[0], notes[2]), (*notes[:2], notes[3]), (*notes, notes[-1])):
        with pytest.raises(BadHistory):
            KeyHistory(wrong)
    text = _compromised().render()
    for a, b in (
        ("size 500", "size 501"),
        ("good 700", "good 800"),
        ("compromised", "lost"),
        ("\n\n", "\n\n\n"),
    ):
        with pytest.raises(Invalid):
            KeyHistory.parse(text.replace(a, b, 1))
    assert KeyHistory.parse(text).render() == text
    assert KeyHistory.parse("").terms == ()


@pytest.mark.parametrize(
    "change",
    [
        ("number 1", "number 01"),
        ("act introduced", "act forgotten"),
        ("2026-01-01T", "2026-1-1T"),
        ("size 0", "size -1"),
        ("key ", "key  "),
        ("lantai.key-history/v1", "lantai.key-history/v2"),
        ("act introduced", "act introduced\nact introduced"),
    ],
)
def test_another_spelling_of_a_statement_is_refused(change: tuple[str, str]) -> None:
    text = _begun().notes[0].text
    assert parse_statement(text).text() == text
    with pytest.raises(Invalid):
        parse_statement(text.replace(*change))


def test_a_bad_signature_line_spoils_a_statement() -> None:
    note = _begun().notes[0]
    bad = replace(note.signatures[0], blob=bytes(64))
    with pytest.raises(BadHistory):
        KeyHistory([Note(note.text, (note.signatures[0], bad))])
