"""Both digests at once, and no faster than was said."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from lantai.kit.digests import CHUNK_BYTES, Pace, digest_bytes, pair_of, pair_of_bytes
from lantai.kit.digests.pairs import pair_of_file


class Piecewise:
    """A stream that only knows `read`, and hands out less than is asked for."""

    def __init__(self, data: bytes) -> None:
        self._stream = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(min(size, 1_000))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 7])
def test_a_file_a_stream_and_bytes_have_the_same_pair(tmp_path, size):
    data = bytes(number % 251 for number in range(size))
    (tmp_path / "file").write_bytes(data)
    wanted = digest_bytes(data)
    found = [
        pair_of_bytes(data),
        pair_of(io.BytesIO(data)),
        pair_of(Piecewise(data)),  # type: ignore[arg-type]
        pair_of_file(tmp_path / "file"),
    ]
    assert {(pair.sha512, pair.sm3, pair.size_bytes) for pair in found} == {(wanted.sha512, wanted.sm3, size)}


def test_threads_do_not_mix_their_buffers():
    contents = [bytes([number]) * (CHUNK_BYTES + number) for number in range(16)]
    with ThreadPoolExecutor(4) as pool:
        pairs = list(pool.map(lambda data: pair_of(io.BytesIO(data)), contents))
    assert [pair.sha512 for pair in pairs] == [hashlib.sha512(data).hexdigest() for data in contents]


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_sto_44_reading_keeps_to_the_stated_rate_and_saves_nothing_up():
    clock = Clock()
    pace = Pace(1_000, clock=clock, sleep=clock.sleep)
    for _piece in range(10):
        pace.take(500)
    assert clock.now == pytest.approx(105.0, abs=1.1)
    clock.now += 3_600  # an hour in which nothing was read is no hour's worth of reading
    began = clock.now
    for _piece in range(10):
        pace.take(500)
    assert clock.now - began >= 4.0


def test_no_rate_is_no_limit():
    clock = Clock()
    Pace(0, clock=clock, sleep=clock.sleep).take(10**12)
    assert clock.now == 100.0
