"""A small archives that logs entries and hands out receipts and certificates."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509

from lantai.kit import crypto, evidence
from tests.kit.evidence.trees import Store

ORIGIN = "archives.example/log"
WITNESS = "witness.example/w1"
LOGGED_AT = "2026-03-01T08:00:00+00:00"
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Archives:
    log_key: crypto.SigningKey = field(default_factory=functools.partial(crypto.generate, "ed25519"))
    sm2_key: crypto.SigningKey = field(default_factory=functools.partial(crypto.generate, "sm2"))
    witness: crypto.SigningKey = field(default_factory=functools.partial(crypto.generate, "ed25519"))
    authority_key: crypto.P256Key = field(default_factory=functools.partial(crypto.generate, "p256"))
    signer_key: crypto.P256Key = field(default_factory=functools.partial(crypto.generate, "p256"))

    def __post_init__(self):
        dates = {"not_before": START, "not_after": START + timedelta(days=3650)}
        authority = crypto.issue_authority("样例档案馆", self.authority_key, **dates)
        self.certificate = crypto.issue_certificate(
            "样例档案馆",
            self.signer_key.public,
            authority=authority,
            authority_key=self.authority_key,
            **dates,
        )

    def trust(self):
        return evidence.TrustStore(
            (
                evidence.verifier_key(ORIGIN, self.log_key.public),
                evidence.verifier_key(ORIGIN, self.sm2_key.public),
                evidence.witness_key(WITNESS, self.witness.public),
            ),
            (x509.load_pem_x509_certificate(self.certificate),),
        )

    def logged(self, entry, *, among=300, index=None):
        """The proof of `entry` as one leaf among others."""
        index = among // 2 if index is None else index
        row = [evidence.SHA256.leaf(b"%d" % i) for i in range(among)]
        row[index] = evidence.SHA256.leaf(evidence.leaf_of(entry))
        store = Store()
        added = evidence.append(row, 0, store)
        store.put(added.tiles)
        checkpoint = evidence.Checkpoint(ORIGIN, added.size, added.root)
        note = evidence.sign_checkpoint(checkpoint, [self.log_key, self.sm2_key])
        note = evidence.cosign(note, WITNESS, self.witness, posix_seconds=1_772_352_000)
        return evidence.TlogProof(index, tuple(evidence.inclusion(index, among, store)), note).render()

    def receipt(self, statement, at=LOGGED_AT, **where):
        entry = entry_for(statement, at=at)
        return evidence.build_receipt(statement, entry, self.logged(entry, **where))


def entry_for(statement, at=LOGGED_AT):
    return {
        "act": "intake:submission:accepted",
        "at": at,
        "nonce": "c2FtcGxlLW5vbmNlLTAwMQ",
        "detail": {"statement_sha256": evidence.statement_digest(statement)},
    }


def flipped(data: bytes, at: int, bit: int = 1) -> bytes:
    changed = bytearray(data)
    changed[at] ^= bit
    return bytes(changed)
