"""Files sealed at rest, the ring of their keys, and the shares of the key above it."""

from __future__ import annotations

import io
import itertools
import os
import random

import pytest

from lantai.kit.crypto import envelopes, shares
from lantai.kit.crypto.envelopes import AES, SM4, RingUnreadable, WrongKey
from lantai.kit.crypto.sealing import (
    CHUNK_BYTES,
    HEADER_BYTES,
    SealBroken,
    SealedReader,
    plain_size,
    seal,
    sealed_size,
)
from lantai.kit.errors import LantaiError

WHOLE = CHUNK_BYTES + 16


def sealed(data, ring, name="a/b"):
    target = io.BytesIO()
    assert seal(io.BytesIO(data), target, ring, name=name) == len(data)
    return target.getvalue()


def opened(data, ring, name="a/b"):
    with SealedReader(io.BytesIO(data), ring, name=name) as reader:
        return reader.readall()


@pytest.mark.parametrize("algorithm", [AES, SM4])
@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7])
def test_what_was_sealed_is_opened_whole_and_in_parts(algorithm, size):
    ring, data = envelopes.new_ring(algorithm), os.urandom(size)
    found = sealed(data, ring)
    assert len(found) == sealed_size(size)
    assert plain_size(len(found)) == size
    assert opened(found, ring) == data
    with SealedReader(io.BytesIO(found), ring, name="a/b") as reader:
        for start in (0, size // 2, max(size - 5, 0), size + 9):
            reader.seek(start)
            assert reader.read(5) == (data[start : start + 5] if start // CHUNK_BYTES == (start + 4) // CHUNK_BYTES
                                      else data[start : start + 5][: CHUNK_BYTES - start % CHUNK_BYTES])  # fmt: skip


@pytest.mark.parametrize("algorithm", [AES, SM4])
def test_a_sealed_file_that_was_cut_swapped_moved_or_changed_is_refused(algorithm):
    ring = envelopes.new_ring(algorithm)
    data = os.urandom(3 * CHUNK_BYTES + 100)
    found = sealed(data, ring)
    other = sealed(data, ring)
    at = [HEADER_BYTES + i * WHOLE for i in range(4)]
    broken = {
        "cut in a chunk": found[:-1],
        "cut at a chunk": found[: at[3]],
        "cut in the header": found[:50],
        "empty": b"",
        "chunks swapped": found[: at[0]] + found[at[1] : at[2]] + found[at[0] : at[1]] + found[at[2] :],
        "a chunk of another file": found[: at[1]] + other[at[1] : at[2]] + found[at[2] :],
        "the header of another file": other[:HEADER_BYTES] + found[HEADER_BYTES:],
        "padding": found[: HEADER_BYTES - 1] + b"\1" + found[HEADER_BYTES:],
        "longer": found + b"\0",
        "another magic": b"X" + found[1:],
    }
    for told, content in broken.items():
        with pytest.raises(SealBroken):
            opened(content, ring)
            pytest.fail(told)
    with pytest.raises(SealBroken):
        opened(found, ring, name="a/c")
    for bit in random.Random(60).sample(range(len(found) * 8), 60):
        wrong = bytearray(found)
        wrong[bit // 8] ^= 1 << bit % 8
        with pytest.raises((SealBroken, WrongKey)):
            opened(bytes(wrong), ring)


def test_sto_43_a_new_guarded_key_wraps_the_ring_anew_and_content_stays_as_it_is():
    first, second = envelopes.new_guarded_key(), envelopes.new_guarded_key()
    ring = envelopes.new_ring(AES)
    document = envelopes.wrap(ring, first)
    found = sealed(b"precious", ring)
    rotated = envelopes.wrap(envelopes.with_new_key(envelopes.unwrap(document, first)), second)
    assert opened(found, envelopes.unwrap(rotated, second)) == b"precious"
    newer = sealed(b"newer", envelopes.unwrap(rotated, second))
    assert opened(newer, envelopes.unwrap(rotated, second)) == b"newer"
    with pytest.raises(WrongKey):
        opened(newer, ring)
    with pytest.raises(WrongKey):
        envelopes.unwrap(rotated, first)
    with pytest.raises(WrongKey):
        opened(found, envelopes.new_ring(AES))
    with pytest.raises(WrongKey):
        opened(found, envelopes.new_ring(SM4))


@pytest.mark.parametrize(
    "document", [b"", b"[]", b"{}", b"null", b"[" * 100_000, b'{"format":"x","algorithm":[]}']
)
def test_a_ring_that_is_none_is_told(document):
    with pytest.raises(RingUnreadable):
        envelopes.unwrap(document, envelopes.new_guarded_key())


def test_a_ring_whose_wrapped_key_was_changed_is_refused():
    guarded = envelopes.new_guarded_key()
    document = envelopes.wrap(envelopes.new_ring(AES), guarded).decode()
    at = document.index('"1": "') + 20
    changed = document[:at] + ("0" if document[at] != "0" else "1") + document[at + 1 :]
    with pytest.raises(WrongKey):
        envelopes.unwrap(changed.encode(), guarded)


def test_bak_132_any_three_of_five_shares_give_the_key_back_and_two_do_not():
    key = envelopes.new_guarded_key()
    lines = [str(share) for share in shares.split(key, need=3, of=5)]
    for chosen in itertools.combinations(lines, 3):
        assert shares.join([shares.parse(line) for line in chosen]) == key
    assert shares.join([shares.parse(line) for line in lines]) == key
    for chosen in itertools.combinations(lines, 2):
        with pytest.raises(shares.SharesTooFew):
            shares.join([shares.parse(line) for line in (*chosen, chosen[0])])
    with pytest.raises(shares.SharesTooFew):
        shares.join([])


def test_bak_132_a_share_that_was_copied_wrongly_is_told_by_its_line():
    line = str(shares.split(envelopes.new_guarded_key())[1])
    for at, character in enumerate(line):
        wrong = line[:at] + ("A" if character != "A" else "B") + line[at + 1 :]
        with pytest.raises(shares.ShareUnreadable, match="第 2 份"):
            shares.parse(wrong, line=2)
    with pytest.raises(shares.ShareUnreadable):
        shares.parse(line[:-1])
    assert shares.parse(f"  {line[:30]} {line[30:]}\n") == shares.parse(line)


def test_bak_132_shares_of_two_occasions_and_forged_ones_give_no_key():
    key = envelopes.new_guarded_key()
    one, other = shares.split(key), shares.split(key)
    with pytest.raises(shares.SharesDiffer):
        shares.join([one[0], one[1], other[2]])
    forged = shares.Share(one[2].occasion, 3, 5, 3, os.urandom(32), one[2].check)
    with pytest.raises(shares.SharesWrong):
        shares.join([one[0], one[1], forged])


def test_two_shares_say_nothing_of_the_key():
    """Any two shares fit every key: for a guessed third value there is always a key."""
    found = set()
    one, two, _three, *_more = shares.split(b"\x07", need=3, of=5)
    for value in range(256):
        third = shares.Share(one.occasion, 3, 5, 3, bytes([value]), one.check)
        try:
            found.add(shares.join([one, two, third]))
        except LantaiError:
            continue
    assert found == {b"\x07"}
    keys = {shares._at_zero([1, 2, 3], [one.value[0], two.value[0], value]) for value in range(256)}
    assert len(keys) == 256
