"""A node of an EVM chain over JSON-RPC: asked by `wire`, and believed only as far as it can be computed again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lantai.kit.chains import BadRlp, Header, prove, render_header
from lantai.kit.crypto.secp256k1 import AccountKey
from lantai.kit.errors import N_
from lantai.platform.witness import wire
from lantai.platform.witness.types import BadAnswer, ChainAsk

MAX_BLOCK_BYTES = 32 * 1024 * 1024
MAX_BLOCK_TRANSACTIONS = 5_000
_ASKED_AT_ONCE = 200
GWEI = 10**9
_JSON = "application/json"
Block = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChainSetting:
    """A chain as the settings have it; without an address or a key it is off."""

    name: str
    address: str
    key: str = field(repr=False)
    chain_id: int
    confirmations: int = 12
    hours: int = 24
    most_gwei: int = 200
    reprice_minutes: int = 60
    contract: bytes = b""

    @classmethod
    def of(cls, name: str, told: Mapping[str, str]) -> ChainSetting:
        """From the setting `anchor_<name>`; raises ChainAsk for numbers that are none."""
        try:
            return cls(
                name=name,
                address=told["address"],
                key=told["key"],
                chain_id=int(told["chain"]),
                confirmations=max(1, int(told.get("confirmations", "12"))),
                hours=max(1, int(told.get("hours", "24"))),
                most_gwei=int(told.get("most_gwei", "200")),
                reprice_minutes=max(1, int(told.get("reprice_minutes", "60"))),
                contract=bytes.fromhex(told.get("contract", "").removeprefix("0x")),
            )
        except (KeyError, ValueError) as error:
            raise ChainAsk(why=N_("设置须写明 address、key、chain，其余须为整数")) from error

    @property
    def account(self) -> AccountKey:
        """The account that pays; raises BadAccountKey."""
        return AccountKey(self.key)


@dataclass(frozen=True, slots=True)
class Price:
    """What gas costs: with a tip by EIP-1559, without one on chains that know no such thing."""

    price: int
    tip: int | None


class Node:
    """One node of a chain."""

    def __init__(self, setting: ChainSetting) -> None:
        self._setting = setting
        self._numbers = itertools.count(1)

    def _ask(self, calls: Sequence[tuple[str, list[object]]]) -> list[object]:
        """The results of calls, in their order; raises BadAnswer in the node's words, PeerSilent."""
        asked = [
            {"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": params}
            for method, params in calls
        ]
        body = json.dumps(asked if len(asked) > 1 else asked[0]).encode()
        answer = wire.post(self._setting.address, body, kind=_JSON, most_bytes=MAX_BLOCK_BYTES)
        try:
            said = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise BadAnswer(why=f"HTTP {answer.status}") from error
        by_id = {
            one.get("id"): one
            for one in (said if isinstance(said, list) else [said])
            if isinstance(one, dict)
        }
        return [_result(by_id.get(one["id"])) for one in asked]

    def _one(self, method: str, *params: object) -> object:
        return self._ask([(method, list(params))])[0]

    def chain_id(self) -> int:
        """Which chain the node says it is of."""
        return _int(self._one("eth_chainId"))

    def newest(self) -> Block:
        """The newest block."""
        return _block(self._one("eth_getBlockByNumber", "latest", False))

    def block_at(self, number: int) -> Block | None:
        """The block of that number in the chain as it is now."""
        found = self._one("eth_getBlockByNumber", hex(number), False)
        return None if found is None else _block(found)

    def transaction(self, name: str) -> Block | None:
        """A transaction by its hash, mined or waiting; None when the node has never heard of it."""
        found = self._one("eth_getTransactionByHash", name)
        return found if isinstance(found, dict) else None

    def next_nonce(self, address: str) -> int:
        """How many transactions of the account the chain holds."""
        return _int(self._one("eth_getTransactionCount", address, "latest"))

    def gas_for(self, sender: bytes, to: bytes, data: bytes) -> int:
        """How much gas a transaction with that data needs; raises BadAnswer where it would revert."""
        call = {"from": f"0x{sender.hex()}", "data": f"0x{data.hex()}"}
        call |= {"to": f"0x{to.hex()}"} if to else {}
        return _int(self._one("eth_estimateGas", call))

    def code(self, address: bytes) -> bytes:
        """The code of a contract."""
        return _bytes(self._one("eth_getCode", f"0x{address.hex()}", "latest"))

    def receipt(self, name: str) -> Block | None:
        """What became of a transaction; None while it is in no block."""
        found = self._one("eth_getTransactionReceipt", name)
        return found if isinstance(found, dict) else None

    def price(self, newest: Block) -> Price:
        """What to offer for gas; raises ChainAsk above what the setting allows."""
        if "baseFeePerGas" in newest:
            tip = self._tip()
            found = Price(2 * _int(newest["baseFeePerGas"]) + tip, tip)
        else:
            found = Price(_int(self._one("eth_gasPrice")), None)
        if found.price > self._setting.most_gwei * GWEI:
            raise ChainAsk(why=N_("链上费用高于设置允许的上限，稍后再试"))
        return found

    def _tip(self) -> int:
        try:
            return _int(self._one("eth_maxPriorityFeePerGas"))
        except BadAnswer:  # not every node knows this question
            return GWEI

    def send(self, raw: bytes) -> None:
        """Give a signed transaction to the node; one that it has already is fine."""
        try:
            self._one("eth_sendRawTransaction", f"0x{raw.hex()}")
        except BadAnswer as error:
            said = str(error).lower()
            if "already known" not in said and "already imported" not in said:
                raise

    def header_of(self, block: Block) -> bytes:
        """The header of a block, computed again: raises BadAnswer when it is not what the block's hash is of."""
        try:
            data = render_header(block)
            is_same = f"0x{Header.parse(data).hash.hex()}" == block.get("hash")
        except BadRlp:
            is_same = False
        if not is_same:
            raise BadAnswer(why=N_("区块头与区块哈希不符"))
        return data

    def proof_of(self, block: Block, at: int) -> tuple[bytes, ...]:
        """That the transaction at a place is in a block; raises BadAnswer when the node's block is not of one piece."""
        names = block.get("transactions")
        if not isinstance(names, list) or not 0 <= at < len(names) <= MAX_BLOCK_TRANSACTIONS:
            raise BadAnswer(why=N_("区块的交易清单不可信"))
        calls: list[tuple[str, list[object]]] = [("eth_getRawTransactionByHash", [name]) for name in names]
        found = [
            _bytes(one)
            for start in range(0, len(calls), _ASKED_AT_ONCE)
            for one in self._ask(calls[start : start + _ASKED_AT_ONCE])
        ]
        root, nodes = prove(found, at)
        if f"0x{root.hex()}" != block.get("transactionsRoot"):
            raise BadAnswer(why=N_("区块的交易清单与交易根不符"))
        return nodes


def _result(said: object) -> object:
    if not isinstance(said, dict):
        raise BadAnswer(why=N_("答复不是 JSON-RPC"))
    if "error" in said:
        error = said["error"]
        told = error.get("message") if isinstance(error, dict) else error
        raise BadAnswer(why=str(told)[:200])
    return said.get("result")


def _int(said: object) -> int:
    try:
        return int(str(said), 16)
    except ValueError as error:
        raise BadAnswer(why=N_("答复不是数")) from error


def _bytes(said: object) -> bytes:
    try:
        return bytes.fromhex(str(said).removeprefix("0x"))
    except ValueError as error:
        raise BadAnswer(why=N_("答复不是字节")) from error


def _block(said: object) -> Block:
    if not isinstance(said, dict) or not isinstance(said.get("hash"), str):
        raise BadAnswer(why=N_("答复不是区块"))
    return said


def number_in(block: Block, name: str) -> int:
    """A number of a block or of a transaction; raises BadAnswer."""
    return _int(block.get(name))
