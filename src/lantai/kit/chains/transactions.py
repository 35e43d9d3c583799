"""Transactions that carry data and nothing else: made, signed, read again (EIP-155, EIP-1559)."""

from __future__ import annotations

from dataclasses import dataclass

from lantai.kit.chains import rlp
from lantai.kit.chains.rlp import BadRlp, Rlp, number, number_of
from lantai.kit.crypto.secp256k1 import AccountKey, signer_of
from lantai.kit.digests.keccak import keccak256
from lantai.kit.errors import N_, Invalid

_DYNAMIC = 2  # the type of a transaction with a fee by EIP-1559


class BadTransaction(Invalid):
    """The data is not a transaction that we could have made."""

    message = N_("链上交易的格式不正确。")


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is signed. Without `tip` it is of the old form, with one price for gas."""

    chain_id: int
    nonce: int
    gas: int
    price: int  # of gas, in wei: the most that is paid for it
    to: bytes
    data: bytes
    tip: int | None = None


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction as it goes to the chain, and by whom it is."""

    transaction: Transaction
    sender: bytes
    raw: bytes

    @property
    def hash(self) -> bytes:
        """What the chain names it by."""
        return keccak256(self.raw)


def _fields(one: Transaction) -> list[Rlp]:
    end: list[Rlp] = [number(one.gas), one.to, b"", one.data]
    if one.tip is None:
        return [number(one.nonce), number(one.price), *end]
    return [number(one.chain_id), number(one.nonce), number(one.tip), number(one.price), *end, []]


def _digest(one: Transaction) -> bytes:
    if one.tip is None:
        return keccak256(rlp.encode([*_fields(one), number(one.chain_id), b"", b""]))
    return keccak256(bytes([_DYNAMIC]) + rlp.encode(_fields(one)))


def sign(one: Transaction, key: AccountKey) -> SignedTransaction:
    """The transaction signed by the key of an account."""
    parity, r, s = key.sign(_digest(one))
    if one.tip is None:
        mark = number(2 * one.chain_id + 35 + parity)
        raw = rlp.encode([*_fields(one), mark, number(r), number(s)])
    else:
        raw = bytes([_DYNAMIC]) + rlp.encode([*_fields(one), number(parity), number(r), number(s)])
    return SignedTransaction(one, key.address, raw)


def parse(raw: bytes) -> SignedTransaction:
    """A transaction of one of the two forms, with the account that signed it; raises BadTransaction."""
    try:
        one, parity, r, s = _dynamic(raw[1:]) if raw[:1] == bytes([_DYNAMIC]) else _old(raw)
    except BadRlp as error:
        raise BadTransaction() from error
    sender = signer_of(_digest(one), parity, r, s)
    if sender is None or len(one.to) != 20:
        raise BadTransaction()
    return SignedTransaction(one, sender, raw)


def _dynamic(data: bytes) -> tuple[Transaction, int, int, int]:
    found = rlp.decode_list(data)
    if len(found) != 12 or found[6] != b"" or found[8] != []:
        raise BadTransaction()
    chain_id, nonce, tip, price, gas = map(number_of, found[:5])
    one = Transaction(chain_id, nonce, gas, price, _bytes(found[5]), _bytes(found[7]), tip)
    parity, r, s = map(number_of, found[9:])
    return one, parity, r, s


def _old(data: bytes) -> tuple[Transaction, int, int, int]:
    found = rlp.decode_list(data)
    if len(found) != 9 or found[4] != b"":
        raise BadTransaction()
    nonce, price, gas = map(number_of, found[:3])
    mark, r, s = map(number_of, found[6:])
    if mark < 37:  # without the chain in it, it could be played on any chain
        raise BadTransaction()
    one = Transaction((mark - 35) // 2, nonce, gas, price, _bytes(found[3]), _bytes(found[5]))
    return one, (mark - 35) % 2, r, s


def _bytes(item: Rlp) -> bytes:
    if not isinstance(item, bytes):
        raise BadTransaction()
    return item
