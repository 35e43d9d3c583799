"""Headers of blocks: what a block's hash is the digest of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lantai.kit.chains import rlp
from lantai.kit.chains.rlp import BadRlp, number, number_of
from lantai.kit.digests.keccak import keccak256

# In the order in which they are digested; those after the nonce came one by one and stand where a block has them.
_FIELDS = (
    "parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom",
    "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce",
    "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash",
)  # fmt: skip
_NUMBERS = frozenset(
    {
        "difficulty",
        "number",
        "gasLimit",
        "gasUsed",
        "timestamp",
        "baseFeePerGas",
        "blobGasUsed",
        "excessBlobGas",
    }
)
_ALWAYS = 15


@dataclass(frozen=True, slots=True)
class Header:
    """What matters of a header here."""

    hash: bytes
    number: int
    at: datetime
    transactions_root: bytes

    @classmethod
    def parse(cls, data: bytes) -> Header:
        """The header that `data` encodes; raises BadRlp."""
        found = rlp.decode_list(data)
        root = found[4] if len(found) >= _ALWAYS else b""
        if not isinstance(root, bytes) or len(root) != 32:
            raise BadRlp()
        try:
            at = datetime.fromtimestamp(number_of(found[11]), UTC)
        except (OverflowError, ValueError, OSError) as error:
            raise BadRlp() from error
        return cls(keccak256(data), number_of(found[8]), at, root)


def render_header(block: Mapping[str, object]) -> bytes:
    """The encoding of a block's header from what a node says of the block; its digest may prove it wrong.

    Raises BadRlp for what a node cannot say. A chain with other fields gives another digest than its block has.
    """
    items = []
    for name in _FIELDS:
        told = block.get(name)
        if told is None and name not in _FIELDS[:_ALWAYS]:
            continue
        if not isinstance(told, str) or not told.startswith("0x"):
            raise BadRlp()
        try:
            items.append(number(int(told, 16)) if name in _NUMBERS else bytes.fromhex(told[2:]))
        except ValueError as error:
            raise BadRlp() from error
    return rlp.encode(items)
