"""Three digests in one read."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit import digests
from lantai.kit.digests import hashing

# GB/T 32905—2016 附录 A.1
SM3_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm3_gives_the_value_of_the_national_standard():
    assert digests.sm3(b"abc").hex() == SM3_ABC


def test_sm3_is_the_same_where_openssl_lacks_it(monkeypatch):
    def lacking(name, data=b""):
        raise ValueError(name)

    monkeypatch.setattr(hashing.hashlib, "new", lacking)
    running = digests.new_sm3()
    running.update(b"a")
    running.digest()
    running.update(b"bc")
    assert running.hexdigest() == SM3_ABC


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_pieces_and_the_whole_have_the_same_digests(pieces):
    whole = b"".join(pieces)
    found, size_bytes = digests.digest_stream(pieces)
    assert found == digests.digest_bytes(whole)
    assert size_bytes == len(whole)
    assert found.sha512 == hashlib.sha512(whole).hexdigest()


def test_a_tee_passes_every_byte_on_and_knows_the_digests():
    content = bytes(range(256)) * 10_000
    hasher = digests.Hasher()
    assert b"".join(digests.tee(io.BytesIO(content), hasher)) == content
    assert hasher.digests() == digests.digest_bytes(content)
    assert hasher.size_bytes == len(content)


def test_a_stream_is_read_in_pieces_of_one_mebibyte():
    asked = []

    class Source(io.BytesIO):
        def read(self, size=-1):
            asked.append(size)
            return super().read(size)

    digests.digest_stream(Source(b"x" * (3 * digests.CHUNK_BYTES)))
    assert set(asked) == {digests.CHUNK_BYTES}


def test_a_file_has_the_digests_of_its_bytes(tmp_path):
    path = tmp_path / "样例.bin"
    path.write_bytes(b"abc")
    found, size_bytes = digests.digest_file(path)
    assert (found.sm3, size_bytes) == (SM3_ABC, 3)
    with pytest.raises(FileNotFoundError):
        digests.digest_file(tmp_path / "没有.bin")
