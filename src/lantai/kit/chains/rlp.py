"""Recursive length prefix, the encoding of all that an EVM chain digests; one spelling for each value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from lantai.kit.errors import N_, Invalid

Rlp: TypeAlias = "bytes | Sequence[Rlp]"

_MOST_DEEP = 8
_SHORT = 55


class BadRlp(Invalid):
    """The data is not in this encoding, or not in its one spelling."""

    message = N_("链上数据的编码不正确。")


def encode(item: Rlp) -> bytes:
    """The encoding of bytes or of a list."""
    if isinstance(item, bytes):
        return item if len(item) == 1 and item[0] < 0x80 else _prefixed(item, 0x80)
    return _prefixed(b"".join(encode(one) for one in item), 0xC0)


def _prefixed(data: bytes, base: int) -> bytes:
    if len(data) <= _SHORT:
        return bytes([base + len(data)]) + data
    size = number(len(data))
    return bytes([base + _SHORT + len(size)]) + size + data


def number(value: int) -> bytes:
    """A number as bytes without leading zeros; nothing for zero."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def number_of(item: Rlp) -> int:
    """The number that such bytes stand for; raises BadRlp."""
    if not isinstance(item, bytes) or len(item) > 32 or item[:1] == b"\0":
        raise BadRlp()
    return int.from_bytes(item, "big")


def decode(data: bytes) -> Rlp:
    """The one item that `data` is; raises BadRlp."""
    item, rest = _item(data, 0)
    if rest:
        raise BadRlp()
    return item


def decode_list(data: bytes) -> list[Rlp]:
    """The same, when it has to be a list."""
    item = decode(data)
    if isinstance(item, bytes):
        raise BadRlp()
    return list(item)


def _item(data: bytes, depth: int) -> tuple[Rlp, bytes]:
    if not data or depth > _MOST_DEEP:
        raise BadRlp()
    first = data[0]
    if first < 0x80:
        return data[:1], data[1:]
    is_list = first >= 0xC0
    payload, rest = _payload(data, first - (0xC0 if is_list else 0x80))
    if not is_list:
        if len(payload) == 1 and payload[0] < 0x80:
            raise BadRlp()
        return payload, rest
    items: list[Rlp] = []
    while payload:
        item, payload = _item(payload, depth + 1)
        items.append(item)
    return items, rest


def _payload(data: bytes, told: int) -> tuple[bytes, bytes]:
    start, size = 1, told
    if told > _SHORT:
        start = 1 + told - _SHORT
        size = int.from_bytes(data[1:start], "big")
        if data[1:2] == b"\0" or size <= _SHORT:
            raise BadRlp()
    if len(data) < start + size:
        raise BadRlp()
    return data[start : start + size], data[start + size :]
