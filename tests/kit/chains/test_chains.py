"""Keccak, accounts, transactions and the tree of a block; a real node is asked in tests/platform/witness."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from lantai.kit.chains import BadRlp, BadTransaction, Transaction, parse, prove, rlp, root_of, sign, value_at
from lantai.kit.crypto.secp256k1 import AccountKey, BadAccountKey
from lantai.kit.digests.keccak import keccak256

KEY = AccountKey("0x" + "46" * 32)  # of the example in EIP-155
ONE = Transaction(1, 9, 60_000, 20 * 10**9, b"\x35" * 20, "检查点".encode())
DYNAMIC = replace(ONE, tip=10**9)


def test_keccak_is_sha3_but_for_the_padding():
    for size in (0, 1, 135, 136, 137, 271, 272, 500):
        data = bytes(range(256)) * 2
        assert keccak256(data[:size], padding=0x06) == hashlib.sha3_256(data[:size]).digest()
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


def test_an_account_has_the_address_that_the_standard_says():
    assert KEY.address.hex() == "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"
    for bad in ("", "0x", "zz" * 32, "00" * 32, "ff" * 32):
        with pytest.raises(BadAccountKey):
            AccountKey(bad)


@pytest.mark.parametrize("one", [ONE, DYNAMIC, replace(ONE, nonce=0), replace(DYNAMIC, data=b"")])
def test_a_transaction_is_read_as_it_was_signed_and_by_whom(one):
    signed = sign(one, KEY)
    assert parse(signed.raw) == signed
    assert signed.sender == KEY.address


@pytest.mark.parametrize("one", [ONE, DYNAMIC])
def test_a_changed_transaction_is_nobodys_or_anothers(one):
    raw = sign(one, KEY).raw
    for at in range(0, len(raw), 23):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        try:
            assert parse(changed).sender != KEY.address
        except BadTransaction:
            continue


def test_nested_lists_and_long_texts_have_one_encoding():
    for item in (b"", b"\x7f", b"\x80", b"x" * 55, b"x" * 56, [], [b"a", [b"b", []]], [b"x" * 300]):
        assert rlp.decode(rlp.encode(item)) == item
    for bad in (b"", b"\x81\x01", b"\xb8\x01a", b"\xc1", b"\x00\x00", b"\xf8\x00", b"\xc1" * 40):
        with pytest.raises(BadRlp):
            rlp.decode(bad)


def test_the_root_over_nothing_is_the_known_one():
    assert root_of([]).hex() == "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"


@pytest.mark.parametrize("count", [1, 2, 17, 130])
def test_every_place_of_a_block_is_proved_and_nothing_else(count):
    values = [n.to_bytes(2, "big") * (1 + n % 40) for n in range(count)]
    root, longer = root_of(values), root_of([*values, b"more"])
    for at in {0, 1 % count, count // 2, count - 1}:
        found, nodes = prove(values, at)
        assert (found, value_at(root, at, nodes)) == (root, values[at])
        assert value_at(root, at, (*nodes, nodes[-1])) is None, "what is not needed is not taken"
        assert value_at(root, at, nodes[:-1]) is None
        assert value_at(root, count, nodes) is None
        assert value_at(longer, at, nodes) is None
