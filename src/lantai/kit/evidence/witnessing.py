"""Witnessing of checkpoints (C2SP tlog-witness): the request of a log, the judgement, the answer.

    old <size>
    <consistency proof, one Base64 hash a line>

    <signed checkpoint>

Whoever keeps the state decides and stores under one lock: `judge_request` is told what was cosigned last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lantai.kit.crypto import SigningKey
from lantai.kit.errors import N_, Invalid, Refusal
from lantai.kit.evidence import tiles
from lantai.kit.evidence.checkpoints import HASH_BYTES, SM3_LINE, Checkpoint, parse_checkpoint
from lantai.kit.evidence.encoding import base64_of, decimal, from_base64
from lantai.kit.evidence.merkle import SHA256, verify_consistency
from lantai.kit.evidence.notes import (
    MAX_NOTE_BYTES,
    BadNote,
    Note,
    NoteSignature,
    VerifierKey,
    cosign,
    cosigned_at,
    parse_note,
)
from lantai.kit.evidence.trust import TrustStore

MAX_PROOF_LINES = 63
MAX_REQUEST_BYTES = MAX_NOTE_BYTES + 64 * (MAX_PROOF_LINES + 1)
SIZE_TYPE = "text/x.tlog.size"  # media type of the answer 409 to a wrong old size

_OLD = re.compile(r"old (0|[1-9]\d{0,18})")


class BadRequest(Refusal):
    """The request is not one for a cosignature."""

    status = 400
    message = N_("见证请求的格式不正确。")


class UnknownOrigin(Refusal):
    """The witness does not know this log."""

    status = 404
    message = N_("本见证方没有登记日志“%(origin)s”。")


class NotSignedByLog(Refusal):
    """No signature is a good one of a key that the witness knows for the log."""

    status = 403
    message = N_("检查点上没有日志“%(origin)s”已登记公钥的有效签名。")


class WrongOldSize(Refusal):
    """The log starts from another size than the witness cosigned last; `known_size` is that one."""

    status = 409
    message = N_("本见证方上次签名时日志有 %(known)d 条，请求从 %(old)d 条算起。")

    def __init__(self, *, known: int, old: int) -> None:
        super().__init__(known=known, old=old)
        self.known_size = known

    @property
    def body(self) -> str:
        """What the witness answers, as `text/x.tlog.size`."""
        return f"{self.known_size}\n"


class RootDiffers(Refusal):
    """Another root at the size that was cosigned: a fork."""

    status = 409
    message = N_("日志在 %(size)d 条时的树根与本见证方签过的不同，日志已分叉，没有签名。")


class BadConsistency(Refusal):
    """The proof does not show that the log only grew."""

    status = 422
    message = N_("一致性证明不成立，不能说明日志只增未改，没有签名。")


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """What a log asks: to cosign its new checkpoint, which only added to that of `old_size`."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    def render(self) -> str:
        """The body of the request."""
        lines = [f"old {self.old_size}", *map(base64_of, self.proof)]
        return "\n".join(lines) + "\n\n" + self.note.render()


def request_for(note: Note, old_size: int, stored: tiles.TileSource) -> AddCheckpoint:
    """The request of a log whose witness cosigned `old_size` last; raises Invalid when that is beyond the note."""
    size = parse_checkpoint(note.text).size
    return AddCheckpoint(old_size, tuple(tiles.consistency(old_size, size, stored)), note)


def parse_request(body: bytes) -> AddCheckpoint:
    """The request in `body`; raises BadRequest for anything that `render` would not have written."""
    if len(body) > MAX_REQUEST_BYTES:
        raise BadRequest(N_("见证请求过大。"))
    try:
        head, separator, tail = body.decode("utf-8").partition("\n\n")
        first, *lines = head.split("\n")
        old = _OLD.fullmatch(first)
        if not separator or old is None or len(lines) > MAX_PROOF_LINES:
            raise BadRequest()
        proof = tuple(from_base64(line) for line in lines)
        note = parse_note(tail)
        parse_checkpoint(note.text)
        found = AddCheckpoint(decimal(old[1]), proof, note)
    except (Invalid, UnicodeDecodeError) as error:
        raise BadRequest() from error
    if any(len(node) != HASH_BYTES for node in proof) or found.render().encode() != body:
        raise BadRequest()
    return found


def judge_request(request: AddCheckpoint, *, trust: TrustStore, known: Checkpoint | None) -> Checkpoint:
    """The checkpoint that may be cosigned, given the one cosigned last (None: never one of this log).

    Raises UnknownOrigin, NotSignedByLog, BadRequest, WrongOldSize, RootDiffers or BadConsistency, in that order.
    """
    asked = parse_checkpoint(request.note.text)
    _require_signed(request.note, asked, trust)
    old = request.old_size
    if old > asked.size:
        raise BadRequest(N_("请求所说的原有条数多于检查点的条数。"))
    last = known or Checkpoint(asked.origin, 0, SHA256.empty())
    if old != last.size:
        raise WrongOldSize(known=last.size, old=old)
    if old == asked.size and not _is_same_tree(last, asked):
        raise RootDiffers(size=old)
    if not verify_consistency(old, asked.size, last.root, asked.root, request.proof):
        raise BadConsistency
    return asked


def _require_signed(note: Note, asked: Checkpoint, trust: TrustStore) -> None:
    former = (term.key for history in trust.histories for term in history.terms)
    keys = [key for key in (*trust.keys, *former) if trust.is_log_of(asked.origin, key)]
    if not keys:
        raise UnknownOrigin(origin=asked.origin)
    for line in note.signatures:
        key = trust.key_of(line)
        is_good = key is not None and key in keys and key.verify(note.text, line.blob)
        if key is not None and is_good and trust.believes(key, asked.size):
            return
    raise NotSignedByLog(origin=asked.origin)


def _is_same_tree(one: Checkpoint, other: Checkpoint) -> bool:
    """By the SM3 root too, when both say one; another log may mean anything by such a line."""
    said = [{line for line in found.extensions if line.startswith(SM3_LINE)} for found in (one, other)]
    return one.root == other.root and (not all(said) or said[0] == said[1])


def answer(note: Note, signers: Sequence[tuple[str, SigningKey]], *, posix_seconds: int) -> str:
    """The body of the answer 200: a cosignature line of each (name, key) of the witness."""
    signed = Note(note.text, ())
    for name, key in signers:
        signed = cosign(signed, name, key, posix_seconds=posix_seconds)
    return "".join(line.line() for line in signed.signatures)


def cosignatures_of(
    body: str, note: Note, keys: Sequence[VerifierKey]
) -> list[tuple[NoteSignature, VerifierKey, int]]:
    """The good cosignatures in a witness's answer, each with its key and POSIX time.

    Lines of unknown keys are passed over; raises BadNote when the answer holds other things than lines, or a line
    that a known key did not sign.
    """
    if len(body) > MAX_NOTE_BYTES:
        raise BadNote()
    known = {(key.name, key.key_id): key for key in keys if key.is_witness}
    found = []
    for line in parse_note(f"{note.text}\n{body}").signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        if not key.verify(note.text, line.blob):
            raise BadNote(N_("见证方“%(name)s”的签名不正确。"), name=line.name)
        found.append((line, key, cosigned_at(line.blob)))
    return found


def size_in_conflict(body: str) -> int:
    """The size in an answer 409 of type SIZE_TYPE; raises Invalid."""
    return decimal(body.removesuffix("\n"))
