"""Receipts: a statement, the ledger entry that commits to it, and the proof that it was logged.

    {"lantai":"receipt/v1","statement":{…},"entry":{…},"proof":"<tlog-proof>"}

The file is canonical JSON, so that the same receipt has exactly one spelling. The proof's signature
lines must all be of trusted keys: what a verifier cannot check, it does not let pass.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.canonical import Json, canonical, leaf_of, parse_canonical
from lantai.kit.evidence.checkpoints import Checkpoint, TlogProof, parse_checkpoint, parse_proof
from lantai.kit.evidence.merkle import SHA256, verify_inclusion
from lantai.kit.evidence.notes import Note, VerifierKey, cosigned_at
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings

FORMAT = "receipt/v1"
MAX_RECEIPT_BYTES = 1024 * 1024
_LAST_SECOND = 253_402_300_799  # of the year 9999

Statement = dict[str, Json]


class BadReceipt(Invalid):
    """The data is not a receipt."""

    message = N_("这不是兰台回执，或者文件已被改动。")


def statement_digest(statement: Statement) -> str:
    """What `entry.detail.statement_sha256` must hold: SHA-256 of the canonical statement, hexadecimal."""
    return hashlib.sha256(canonical(statement)).hexdigest()


def build_receipt(statement: Statement, entry: dict[str, Json], proof: str) -> bytes:
    """The receipt file; raises BadReceipt when the entry does not commit to the statement."""
    if _committed(entry) != statement_digest(statement):
        raise BadReceipt(N_("台账条目没有记载这份陈述的摘要，不能出具回执。"))
    receipt: Json = {"lantai": FORMAT, "statement": statement, "entry": entry, "proof": proof}
    return canonical(receipt)


def parse_receipt(data: bytes) -> tuple[Statement, dict[str, Json], str]:
    """Statement, entry and proof text of a receipt; raises BadReceipt or NotCanonical."""
    if len(data) > MAX_RECEIPT_BYTES:
        raise BadReceipt(N_("回执文件过大。"))
    value = parse_canonical(data)
    if not isinstance(value, dict) or set(value) != {"lantai", "statement", "entry", "proof"}:
        raise BadReceipt()
    statement, entry, proof = value["statement"], value["entry"], value["proof"]
    if value["lantai"] != FORMAT or not isinstance(proof, str):
        raise BadReceipt()
    if not isinstance(statement, dict) or not isinstance(entry, dict):
        raise BadReceipt()
    return statement, entry, proof


def check_receipt(data: bytes, trust: TrustStore, findings: Findings) -> Statement | None:
    """Note every check of a receipt; the statement comes back only when all of them passed."""
    try:
        statement, entry, proof_text = parse_receipt(data)
        findings.expect("form", True, N_("回执为规范形式。"), "")
        leaf_hash = SHA256.leaf(leaf_of(entry))
        proof = parse_proof(proof_text)
        checkpoint = parse_checkpoint(proof.note.text)
    except Invalid as error:
        findings.refuse("form", error)
        return None
    passed = [
        findings.expect(
            "statement",
            _committed(entry) == statement_digest(statement),
            N_("陈述与台账条目一致。"),
            N_("陈述与台账条目记载的摘要不一致，内容已被改动。"),
        ),
        _check_inclusion(leaf_hash, proof, checkpoint, findings),
        check_signatures(proof.note, checkpoint.origin, trust, findings),
    ]
    _note_facts(statement, entry, proof, checkpoint, findings)
    return statement if all(passed) else None


def _committed(entry: dict[str, Json]) -> str | None:
    detail = entry.get("detail")
    found = detail.get("statement_sha256") if isinstance(detail, dict) else None
    return found if isinstance(found, str) else None


def _check_inclusion(leaf_hash: bytes, proof: TlogProof, checkpoint: Checkpoint, findings: Findings) -> bool:
    is_in = not proof.extra and verify_inclusion(
        leaf_hash, proof.index, checkpoint.size, proof.hashes, checkpoint.root
    )
    return findings.expect(
        "inclusion",
        is_in,
        N_("台账条目在日志中，为第 %(number)d 条，当时共 %(size)d 条。"),
        N_("证明与台账条目不符，不能说明条目在日志中。"),
        number=proof.index + 1,
        size=checkpoint.size,
    )


def check_signatures(note: Note, origin: str, trust: TrustStore, findings: Findings) -> bool:
    """Whether the log itself signed, and every line is a good signature of a different trusted key.

    A key of the log counts only where, by the history of its keys, it spoke for the log.
    """
    logs: list[VerifierKey] = []
    times: list[datetime] = []
    seen: set[VerifierKey] = set()
    for signature in note.signatures:
        key = trust.key_of(signature)
        name = signature.name
        if key is None:
            bad = N_("签名者“%(name)s”的公钥不在信任文件中，不能核对这一行签名。")
            return findings.expect("signatures", False, "", bad, name=name)
        if key in seen or not key.verify(note.text, signature.blob):
            bad = N_("签名者“%(name)s”的签名不正确。")
            return findings.expect("signatures", False, "", bad, name=name)
        seen.add(key)
        if trust.is_log_of(origin, key):
            logs.append(key)
        if key.is_witness:
            times.append(datetime.fromtimestamp(min(cosigned_at(signature.blob), _LAST_SECOND), UTC))
    findings.facts["witnesses"] = witnesses = len(times)
    size = parse_checkpoint(note.text).size
    is_theirs = any(trust.believes(key, size, min(times, default=None)) for key in logs)
    if logs and not is_theirs:
        bad = N_("日志“%(origin)s”的签名公钥在第 %(size)d 条时不在使用中，或者已被撤销。")
        return findings.expect("signatures", False, "", bad, origin=origin, size=size)
    return findings.expect(
        "signatures",
        is_theirs,
        N_("日志“%(origin)s”的签名有效，另有 %(witnesses)d 个见证签名。"),
        N_("没有日志“%(origin)s”本身的有效签名。"),
        origin=origin,
        witnesses=witnesses,
    )


def _note_facts(
    statement: Statement,
    entry: dict[str, Json],
    proof: TlogProof,
    checkpoint: Checkpoint,
    findings: Findings,
) -> None:
    facts = findings.facts
    facts.update(log=checkpoint.origin, log_size=checkpoint.size, log_index=proof.index)
    facts.update(act=str(entry["act"]), recorded_at=str(entry["at"]))
    for key, value in statement.items():
        if isinstance(value, (str, int)):
            facts[f"statement.{key}"] = value
