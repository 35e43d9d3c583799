"""A block of a chain that nobody runs, with one transaction: all that a proof needs."""

from __future__ import annotations

from functools import cache

from lantai.kit.chains import Header, Transaction, prove, render_header, sign
from lantai.kit.crypto.secp256k1 import AccountKey
from lantai.kit.evidence.anchors import Anchor

KEY = AccountKey("46" * 32)
CHAIN = 4242
_ZERO = "0x" + "00" * 32


@cache
def _others() -> list[bytes]:
    """What else is in the block."""
    return [sign(Transaction(CHAIN, n, 21_000, 1, KEY.address, b""), KEY).raw for n in range(2)]


def anchor_of(text: str, *, at: int = 1_772_000_000, number: int = 7) -> Anchor:
    """The anchor of a checkpoint's text in a block of that time."""
    one = Transaction(CHAIN, 3, 60_000, 10**9, KEY.address, text.encode(), tip=1)
    raw = sign(one, KEY).raw
    root, proof = prove([*_others(), raw], 2)
    header = render_header(
        {
            "parentHash": _ZERO,
            "sha3Uncles": _ZERO,
            "miner": "0x" + "00" * 20,
            "stateRoot": _ZERO,
            "transactionsRoot": f"0x{root.hex()}",
            "receiptsRoot": _ZERO,
            "logsBloom": "0x" + "00" * 256,
            "difficulty": "0x0",
            "number": hex(number),
            "gasLimit": "0x1c9c380",
            "gasUsed": "0x5208",
            "timestamp": hex(at),
            "extraData": "0x",
            "mixHash": _ZERO,
            "nonce": "0x" + "00" * 8,
        }
    )
    return Anchor(CHAIN, text, raw, 2, Header.parse(header).hash, number, header, proof)
