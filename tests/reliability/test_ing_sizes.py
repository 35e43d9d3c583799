"""ING 28, 29: uploads that break off, packages of many files and of one that is huge."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import big_packages as big
from lantai.kit.digests import digest_bytes
from lantai.platform.blobs import services as blobs

BINARY = "application/offset+octet-stream"
MOST_GROWTH_MB = 24


class Broken:
    """A line that breaks after so many bytes, as the server sees it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int = -1) -> bytes:
        if not self._data:
            raise ConnectionResetError
        size = len(self._data) if size < 0 else size
        piece, self._data = self._data[:size], self._data[size:]
        return piece

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


def where(client, place: str) -> int:
    """What a client of tus asks before it goes on."""
    answer = client.head(place, headers={"Tus-Resumable": "1.0.0"})
    assert answer.status_code == 200
    return int(answer["Upload-Offset"])


@pytest.mark.django_db
def test_ing_28_an_upload_broken_off_at_ten_random_offsets_is_resumed_to_the_same_digest(desk, client):
    client.force_login(desk.region.people["agency_lead"])
    chance = random.Random(28)
    data = chance.randbytes(3 * 1024 * 1024 + 17)
    created = client.post("/uploads/", {"name": "样例.zip", "size": str(len(data))})
    place = created["Location"]
    breaks = sorted(chance.sample(range(1, len(data)), 10))
    for end in breaks:
        offset = where(client, place)
        line = {"wsgi.input": Broken(data[offset:end]), "CONTENT_LENGTH": str(len(data) - offset)}
        head = {"Upload-Offset": str(offset), "Tus-Resumable": "1.0.0"}
        client.patch(place, b"", content_type=BINARY, headers=head, **line)
        assert offset < where(client, place) <= end
    offset = where(client, place)
    head = {"Upload-Offset": str(offset), "Tus-Resumable": "1.0.0"}
    answer = client.patch(place, data[offset:], content_type=BINARY, headers=head)
    assert answer.json()["state"] == "finished"
    with blobs.open_blob(answer.json()["key"]) as kept:
        assert digest_bytes(kept.read()) == digest_bytes(data)


def made_of(home: Path, files: int) -> Path:
    transfer = home / "t"
    home.mkdir()
    big.write_transfer(transfer, big.ABOUT_IT, big._items(files))
    return home


@pytest.mark.parametrize("files", [2_000, pytest.param(50_000, marks=pytest.mark.large)])
def test_ing_29_many_tiny_files_are_read_in_memory_that_does_not_grow_with_them(tmp_path, files):
    few = big._measured("few", big._read, made_of(tmp_path / "few", files // 10), files // 10, 0)
    many = big._measured("many", big._read, made_of(tmp_path / "many", files), files, 0)
    assert many.peak_mb - few.peak_mb < MOST_GROWTH_MB + files // 1_000


@pytest.mark.parametrize("gigabytes", [pytest.param(20, marks=pytest.mark.large)])
def test_ing_29_a_sparse_file_of_20_gb_is_read_in_little_memory(tmp_path, gigabytes):
    bare = big._measured("nothing", big._nothing, tmp_path, 0, 0)
    assert big._one_big_file(tmp_path / "big", gigabytes).peak_mb - bare.peak_mb < MOST_GROWTH_MB


def test_ing_29_a_sparse_file_of_a_quarter_gb_is_read_in_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(big, "GIGABYTE", 256 * big.MEGABYTE)
    bare = big._measured("nothing", big._nothing, tmp_path, 0, 0)
    assert big._one_big_file(tmp_path / "big", 1).peak_mb - bare.peak_mb < MOST_GROWTH_MB
