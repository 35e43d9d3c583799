"""Good bundles under trust files that tell what became of the log's key."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from lantai.kit import crypto, evidence
from lantai.kit.evidence.canonical import canonical
from lantai.kit.evidence.keyhistory import Act, KeyHistory, Reason, sign_statement
from tests.kit.evidence.conformance import VALID, Base, Rows, zipped
from tests.kit.evidence.issuing import ORIGIN, WITNESS

_COSIGNED_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


def of_histories(base: Base) -> Rows:
    """The proof is of a tree of 300 leaves, and was cosigned on 1 March 2026."""
    old, new = base.archives.log_key, crypto.generate("ed25519")
    plain, cosigned = _signed(base, [old]), _signed(base, [old], is_cosigned=True)

    def told(*statements: tuple[Act, int, dict[str, object], list[crypto.SigningKey]]) -> str:
        history = KeyHistory(())
        first: dict[str, object] = {"key": _key(old), "origin": ORIGIN}
        for act, size, said, keys in ((Act.INTRODUCED, 0, first, [old]), *statements):
            statement = history.next(act, at=datetime(2026, 6, 1, tzinfo=UTC), size=size, **said)
            history = history.with_statement(sign_statement(statement, keys))
        witness = evidence.witness_key(WITNESS, base.archives.witness.public)
        return evidence.TrustStore((witness,), histories=(history,)).render()

    def rotated(size: int) -> str:
        return told((Act.ROTATED, size, {"key": _key(old), "new": _key(new)}, [old, new]))

    def revoked(reason: Reason, good: int, since: datetime) -> str:
        said = {"key": _key(old), "reason": reason, "since": since, "good": good}
        return told((Act.REVOKED, 1000, said, [old]))

    early, late = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    yield "key: in force by its history", plain, VALID, told()
    yield "key: rotated later", plain, VALID, rotated(400)
    yield "key: rotated before", plain, "signatures", rotated(299)
    yield "key: signed before it was introduced", _signed(base, [new]), "signatures", rotated(301)
    yield "key: its successor", _signed(base, [new]), VALID, rotated(300)
    yield "key: lost later", plain, VALID, revoked(Reason.LOST, 300, early)
    yield "key: superseded before", plain, "signatures", revoked(Reason.SUPERSEDED, 299, late)
    yield (
        "key: compromised, seen by nobody before",
        plain,
        "signatures",
        revoked(Reason.COMPROMISED, 900, late),
    )
    yield "key: compromised, seen before", cosigned, VALID, revoked(Reason.COMPROMISED, 900, late)
    yield "key: compromised, seen after", cosigned, "signatures", revoked(Reason.COMPROMISED, 900, early)
    yield "key: the log ended later", plain, VALID, told((Act.ENDED, 300, {}, [old]))
    yield "key: the log had ended", plain, "signatures", told((Act.ENDED, 299, {}, [old]))
    plain_line = f"{_key(old).render()}\n"
    yield "key: a plain line does not undo its history", plain, "signatures", plain_line + rotated(299)


def _key(key: crypto.SigningKey) -> evidence.VerifierKey:
    return evidence.verifier_key(ORIGIN, key.public)


def _signed(base: Base, keys: list[crypto.SigningKey], *, is_cosigned: bool = False) -> bytes:
    value = json.loads(base.members["receipt.json"])
    proof = evidence.parse_proof(value["proof"])
    note = evidence.sign_checkpoint(evidence.parse_checkpoint(proof.note.text), keys)
    if is_cosigned:
        at = int(_COSIGNED_AT.timestamp())
        note = evidence.cosign(note, WITNESS, base.archives.witness, posix_seconds=at)
    text = evidence.TlogProof(proof.index, proof.hashes, note).render()
    return zipped(base.members | {"receipt.json": canonical(value | {"proof": text})})
