"""A message in pieces verifies exactly as the message in one piece does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.crypto.certificates import verify_with
from lantai.kit.crypto.issuing import make_authority
from lantai.kit.crypto.streamed import verify_pieces

YEAR = {"not_before": datetime(2026, 1, 1, tzinfo=UTC), "not_after": datetime(2027, 1, 1, tzinfo=UTC)}
KEYS = {
    name: make_authority("样例", algorithm=name, **YEAR) for name in ("sm2-sm3", "rsa-sha256", "ecdsa-sha256")
}


@pytest.mark.parametrize("algorithm", KEYS)
@given(pieces=st.lists(st.binary(max_size=100), max_size=5))
def test_pieces_verify_as_the_whole_does(algorithm, pieces):
    key = KEYS[algorithm]
    signature = key.sign(b"".join(pieces))
    assert verify_pieces(key.certificate, signature, iter(pieces))
    assert verify_pieces(key.certificate, signature, iter(pieces), algorithm=algorithm)
    assert not verify_pieces(key.certificate, signature, [*pieces, b"x"])
    assert verify_with(key.certificate, signature, b"".join(pieces))


@pytest.mark.parametrize("algorithm", KEYS)
def test_nonsense_is_no_signature(algorithm):
    key = KEYS[algorithm]
    other = next(name for name in KEYS if name != algorithm)
    assert not verify_pieces(key.certificate, b"", [b"a"])
    assert not verify_pieces(key.certificate, b"nonsense", [b"a"])
    assert not verify_pieces(b"nonsense", key.sign(b"a"), [b"a"])
    assert not verify_pieces(key.certificate, key.sign(b"a"), [b"a"], algorithm=other)
    assert not verify_pieces(key.certificate, key.sign(b"a"), [b"a"], algorithm="sha1WithRSAEncryption")
