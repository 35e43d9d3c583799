"""A checkpoint on an EVM chain, as a file: the transaction whose data is its text (before it perhaps its size, for
the contract of `kit/chains/contract.py`), and the block that holds it.

    {"block":{"hash","header","number"},"chain":<chain id>,"consistency":[…],"lantai":"anchor/v1",
     "proof":[…],"text":<text of the checkpoint>,"transaction":{"hash","index","raw"}}

Canonical JSON; bytes in lowercase hexadecimal, hashes of the log in Base64. `proof` leads from the transactions root
in `header` to `raw` at `index`. `consistency` joins the checkpoint with another one of the same log, of whichever
size. All this holds without a network. That the block is one of the chain is for a node of the chain to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lantai.kit.chains import (
    BadRlp,
    BadTransaction,
    Header,
    SignedTransaction,
    call_data,
    parse,
    value_at,
)
from lantai.kit.digests.keccak import keccak256
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.canonical import Json, NotCanonical, canonical, parse_canonical
from lantai.kit.evidence.checkpoints import Checkpoint, parse_checkpoint
from lantai.kit.evidence.encoding import base64_of, from_base64
from lantai.kit.evidence.merkle import SHA256, verify_consistency

FORMAT = "anchor/v1"
MAX_ANCHOR_BYTES = 1024 * 1024
MAX_HASHES = 64
_FIELDS = {"block", "chain", "consistency", "lantai", "proof", "text", "transaction"}


class BadAnchor(Invalid):
    """The data is not an anchor, or what it says does not hold."""

    message = N_("链上登记记录的格式不正确，或者内容自相矛盾。")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One checkpoint on one chain."""

    chain_id: int
    text: str
    raw: bytes
    index: int
    block_hash: bytes
    block_number: int
    header: bytes
    proof: tuple[bytes, ...]
    consistency: tuple[bytes, ...] = ()

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that was anchored."""
        return parse_checkpoint(self.text)

    def render(self) -> bytes:
        """The file."""
        block: Json = {
            "hash": self.block_hash.hex(),
            "header": self.header.hex(),
            "number": self.block_number,
        }
        transaction: Json = {"hash": keccak256(self.raw).hex(), "index": self.index, "raw": self.raw.hex()}
        said: dict[str, Json] = {
            "block": block,
            "chain": self.chain_id,
            "consistency": [base64_of(one) for one in self.consistency],
            "lantai": FORMAT,
            "proof": [one.hex() for one in self.proof],
            "text": self.text,
            "transaction": transaction,
        }
        return canonical(said)

    def joined(self, consistency: tuple[bytes, ...]) -> Anchor:
        """The same with the way to another checkpoint."""
        return replace(self, consistency=consistency)


@dataclass(frozen=True, slots=True)
class AnchorVerdict:
    """What an anchor proves by itself: this account put this checkpoint into the block of this hash."""

    origin: str
    size: int
    chain_id: int
    sender: str
    transaction: str
    block_number: int
    block_hash: str
    block_at: datetime


def parse_anchor(data: bytes) -> Anchor:
    """The anchor in `data`; raises BadAnchor, also for another spelling than `render`'s."""
    try:
        said = parse_canonical(data) if len(data) <= MAX_ANCHOR_BYTES else None
        anchor = _anchor_of(said)
        if anchor.render() != data:
            raise BadAnchor()
    except BadAnchor:
        raise
    except (NotCanonical, Invalid, ValueError, RecursionError) as error:
        raise BadAnchor() from error
    return anchor


def _anchor_of(said: Json) -> Anchor:
    if not isinstance(said, dict) or set(said) != _FIELDS or said["lantai"] != FORMAT:
        raise BadAnchor()
    block, transaction = said["block"], said["transaction"]
    if not isinstance(block, dict) or not isinstance(transaction, dict):
        raise BadAnchor()
    return Anchor(
        chain_id=_number(said, "chain"),
        text=_text(said, "text"),
        raw=bytes.fromhex(_text(transaction, "raw")),
        index=_number(transaction, "index"),
        block_hash=bytes.fromhex(_text(block, "hash")),
        block_number=_number(block, "number"),
        header=bytes.fromhex(_text(block, "header")),
        proof=tuple(bytes.fromhex(one) for one in _texts(said, "proof")),
        consistency=tuple(from_base64(one) for one in _texts(said, "consistency")),
    )


def _text(said: Mapping[str, Json], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        raise BadAnchor()
    return value


def _number(said: Mapping[str, Json], name: str) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadAnchor()
    return value


def _texts(said: Mapping[str, Json], name: str) -> list[str]:
    value = said.get(name)
    found = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(found) != len(value) or len(found) > MAX_HASHES:
        raise BadAnchor()
    return found


def _parsed(raw: bytes) -> SignedTransaction:
    try:
        return parse(raw)
    except BadTransaction as error:
        raise BadAnchor() from error


def judge_anchor(data: bytes, *, joins: Checkpoint | None = None) -> AnchorVerdict:
    """What an anchor proves; with `joins`, also that its log is the one of that checkpoint. Raises BadAnchor."""
    anchor = parse_anchor(data)
    signed = _parsed(anchor.raw)
    try:
        header, checkpoint = Header.parse(anchor.header), anchor.checkpoint
    except (BadRlp, Invalid) as error:
        raise BadAnchor() from error
    data = signed.transaction.data
    is_said = (
        data in (anchor.text.encode(), call_data(checkpoint.size, anchor.text))
        and signed.transaction.chain_id == anchor.chain_id
    )
    is_block = (header.hash, header.number) == (anchor.block_hash, anchor.block_number)
    is_in = value_at(header.transactions_root, anchor.index, anchor.proof) == anchor.raw
    if not (is_said and is_block and is_in) or (joins and not _are_joined(anchor, checkpoint, joins)):
        raise BadAnchor()
    return AnchorVerdict(
        origin=checkpoint.origin,
        size=checkpoint.size,
        chain_id=anchor.chain_id,
        sender=f"0x{signed.sender.hex()}",
        transaction=f"0x{signed.hash.hex()}",
        block_number=header.number,
        block_hash=f"0x{header.hash.hex()}",
        block_at=header.at,
    )


def _are_joined(anchor: Anchor, one: Checkpoint, other: Checkpoint) -> bool:
    """Whether two checkpoints are of one log, as the anchor's hashes prove."""
    first, second = sorted((one, other), key=lambda head: head.size)
    if one.origin != other.origin:
        return False
    if first.size == second.size:
        return first.root == second.root and not anchor.consistency
    return first.size > 0 and verify_consistency(
        first.size, second.size, first.root, second.root, list(anchor.consistency), SHA256
    )
