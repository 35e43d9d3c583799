"""A bucket as a place: a real cluster, well and ill."""

from __future__ import annotations

import os
import threading
import urllib.error
from urllib.parse import parse_qsl

import pytest

from lantai.platform.places.breaker import FAILURES, Guarded
from lantai.platform.places.stores import s3
from lantai.platform.places.stores.s3 import S3Place, check_address
from lantai.platform.places.types import (
    Locked,
    NameTaken,
    NotAnAddress,
    NotAName,
    NothingThere,
    PlaceAway,
    Site,
)
from tests.platform.places.lying import Liar

NAME = "abc/def/012/urn%3asample%3a1/v1/content/文件 1"


@pytest.fixture(scope="module")
def buckets(cluster):
    cluster.make_bucket("places")
    cluster.make_bucket("locked", is_locking=True)
    return cluster


def place_at(cluster, tmp_path, endpoint, *, bucket="places", prefix="", options=""):
    address = f"s3://{bucket}/{prefix or tmp_path.name}?endpoint={endpoint}&region=us-east-1{options}"
    check_address(address)
    return S3Place(Site("cluster", "对象存储", address, tmp_path, dict(parse_qsl(cluster.secret))))


@pytest.fixture
def place(buckets, tmp_path):
    return place_at(buckets, tmp_path, buckets.endpoint)


@pytest.fixture
def liar(buckets):
    with Liar(buckets.endpoint) as proxy:
        yield proxy


@pytest.fixture
def through(buckets, tmp_path, liar, request):
    """What answers is waited for on a busy machine, too; only where no answer comes, not for long."""
    mode = getattr(request.node, "callspec", None)
    seconds = 2 if mode and mode.params.get("mode") == "slow" else 60
    return place_at(buckets, tmp_path, liar.endpoint, options=f"&timeout={seconds}&retries=1")


def read(store, name):
    with store.open(name) as file:
        return file.read()


@pytest.mark.parametrize("size", [0, 1, 100_000, 6_000_000])
def test_what_was_put_is_read(place, source, size, monkeypatch):
    monkeypatch.setattr(s3, "_WHOLE_BYTES", 1_000_000)  # the largest goes in parts
    monkeypatch.setattr(s3, "_PART_BYTES", 5 * 1024 * 1024)
    data = os.urandom(size)
    place.put(NAME, source(data), size=size)
    place.put(NAME, source(data), size=size)
    assert place.size(NAME) == size
    with place.open(NAME) as file:
        assert file.read() == data
        file.seek(max(size - 10, 0))
        assert file.read() == data[-10:]
    place.remove(NAME)
    place.remove(NAME)
    assert place.size(NAME) is None
    with pytest.raises(NothingThere):
        place.open(NAME)


def test_names_come_in_order_and_go_on_after_one(place, source):
    names = sorted(["a/b", "a-c", "a.d/e", "a/b0", "b/c/d", "b/c-d", "b/c d", "z", "汉/字"])
    for name in names:
        place.put(name, source(name.encode()), size=len(name.encode()))
    assert [(held.name, held.size) for held in place.held()] == [(n, len(n.encode())) for n in names]
    for at, name in enumerate(names):
        assert [held.name for held in place.held(after=name)] == names[at + 1 :]
    assert [held.name for held in place.held("a/")] == ["a/b", "a/b0"]
    assert [held.name for held in place.held("b/c")] == ["b/c d", "b/c-d", "b/c/d"]
    assert [held.name for held in place.held("a")] == ["a-c", "a.d/e", "a/b", "a/b0"]
    assert place.room() is None
    with pytest.raises(NotAName):
        place.size("../" + names[0])


def test_sto_38_of_twenty_writers_one_wins_and_its_bytes_are_whole(place, source):
    contents = [bytes([65 + i]) * 100_000 for i in range(20)]
    paths = [source(data, f"source{i}") for i, data in enumerate(contents)]
    won, lost = [], []

    def write(data, path):
        try:
            place.put(NAME, path, size=len(data))
            won.append(data)
        except NameTaken:
            lost.append(data)

    threads = [threading.Thread(target=write, args=pair) for pair in zip(contents, paths, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 19)
    assert read(place, NAME) == won[0]


def test_sto_37_what_a_bucket_locks_is_neither_removed_nor_rewritten(buckets, tmp_path, source):
    place = place_at(buckets, tmp_path, buckets.endpoint, bucket="locked", options="&lock=1")
    place.put(NAME, source(b"for ever"), size=8)
    with pytest.raises(Locked):
        place.remove(NAME)
    with pytest.raises(NameTaken):
        place.put(NAME, source(b"whatever"), size=8)
    assert read(place, NAME) == b"for ever"


def test_sto_37_a_bucket_that_does_not_lock_is_found_out(buckets, tmp_path, source):
    place = place_at(buckets, tmp_path, buckets.endpoint, options="&lock=1")
    with pytest.raises(PlaceAway, match="防删改"):
        place.put(NAME, source(b"for ever"), size=8)


def test_bak_128_an_account_that_may_not_delete_writes_and_reads_and_is_told_so_by_name(
    through, liar, source
):
    guard = Guarded(through, "对象存储")
    liar.lie("keeps")
    guard.put(NAME, source(b"a set"), size=5)
    for _ in range(FAILURES + 1):
        with pytest.raises(Locked):
            guard.remove(NAME)
    assert not guard.is_resting and read(guard, NAME) == b"a set"


def test_bak_128_an_account_that_expired_is_a_place_that_is_away_and_nothing_counts(
    place, through, liar, source
):
    place.put(NAME, source(b"before"), size=6)
    liar.lie("expired")
    for act in (
        lambda: through.put(NAME + "2", source(b"a set"), size=5),
        lambda: through.open(NAME),
        lambda: list(through.held()),
        through.room,
    ):
        with pytest.raises(PlaceAway):
            act()
    liar.lie("")
    assert through.size(NAME + "2") is None and read(place, NAME) == b"before"


@pytest.mark.parametrize("mode", ["503", "error200", "slow", "etag", "short", "whole"])
def test_sto_39_a_store_that_answers_wrongly_is_away_and_gives_no_bytes(place, through, liar, source, mode):
    data = os.urandom(200_000)
    place.put(NAME, source(data), size=len(data))
    with through.open(NAME) as file:
        liar.lie(mode)
        with pytest.raises(PlaceAway):
            file.read()
    liar.lie("")
    assert read(through, NAME) == data


@pytest.mark.parametrize("mode", ["503", "short", "slow"])
def test_sto_39_a_short_trouble_is_waited_out(place, through, liar, source, mode):
    data = os.urandom(200_000)
    place.put(NAME, source(data), size=len(data))
    with through.open(NAME) as file:
        liar.lie(mode, times=1)
        assert file.read() == data
    assert liar.asked > 1


@pytest.mark.parametrize("mode", ["503", "error200", "slow"])
def test_sto_39_a_write_that_was_not_confirmed_does_not_count(place, through, liar, source, mode):
    liar.lie(mode)
    with pytest.raises((PlaceAway, NameTaken)):
        through.put(NAME, source(b"content"), size=7)
    liar.lie("")
    through.put(NAME, source(b"content"), size=7)
    assert read(place, NAME) == b"content"


def test_sto_39_a_write_whose_answer_got_lost_is_found_done(place, through, liar, source):
    liar.lie("dropped", times=2)
    try:
        through.put(NAME, source(b"content"), size=7)
    except PlaceAway:
        liar.lie("")
        through.put(NAME, source(b"content"), size=7)
    assert read(place, NAME) == b"content"


def test_sto_39_a_store_that_is_down_opens_the_breaker_and_is_asked_no_more(buckets, tmp_path, liar):
    guard = Guarded(place_at(buckets, tmp_path, liar.endpoint, options="&timeout=1&retries=0"), "对象存储")
    liar.lie("503")
    for _ in range(FAILURES):
        with pytest.raises(PlaceAway):
            guard.size(NAME)
    asked = liar.asked
    with pytest.raises(PlaceAway):
        guard.size(NAME)
    assert liar.asked == asked
    assert guard.is_resting
    gone = place_at(buckets, tmp_path, "http://127.0.0.1:9", options="&timeout=1&retries=0")
    for act in (lambda: gone.size(NAME), lambda: list(gone.held()), gone.room, lambda: gone.remove(NAME)):
        with pytest.raises(PlaceAway):
            act()


@pytest.mark.parametrize(
    "address",
    [
        "s3://bucket/x",
        "file:///x",
        "s3:///x?endpoint=http://h",
        "s3://b?endpoint=ftp://h",
        "s3://b?endpoint=http://h&access_key_id=a",
        "s3://b?endpoint=http://user:pass@h",
        "s3://b?endpoint=http://h&timeout=soon",
    ],
)
def test_an_address_with_a_secret_or_without_an_endpoint_is_refused(address):
    with pytest.raises(NotAnAddress):
        check_address(address)


def test_a_stranger_without_the_key_is_away(buckets, tmp_path):
    address = f"s3://places/x?endpoint={buckets.endpoint}&retries=0"
    with pytest.raises((PlaceAway, urllib.error.HTTPError)):
        S3Place(Site("x", "x", address, tmp_path, {"access_key_id": "no", "secret_access_key": "no"})).size(
            "a"
        )
