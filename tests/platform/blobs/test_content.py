from __future__ import annotations

import errno
import io
import os
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from lantai.kit.digests import digest_bytes
from lantai.kit.errors import Missing
from lantai.platform.blobs import queries, registry, services, stores
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.services import content
from lantai.platform.blobs.types import DigestDiffers, StoredCopyDiffers, StoreFull, TooLarge, key_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


def files_under(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@budget(max_examples=25)
@given(pieces=st.lists(st.binary(max_size=3000), max_size=6))
def test_what_is_staged_is_what_is_read(pieces):
    data = b"".join(pieces)
    staged = services.stage(iter(pieces))
    assert staged.digests == digest_bytes(data)
    assert staged.size == services.size_of(staged.key) == len(data)
    with services.open_blob(staged.key) as file:
        assert file.read() == data
    with services.local_path(staged.key) as path:
        assert path.read_bytes() == data
    assert queries.get_staged(staged.key) == staged


def test_the_same_content_is_stored_once_and_held_twice(own_store):
    first, second = services.stage([b"same"]), services.stage(io.BytesIO(b"same"))
    assert first == second
    assert len(files_under(own_store)) == 1
    assert Blob.objects.get().holds == 2


def test_a_range_is_read_without_the_rest():
    staged = services.stage([b"0123456789"])
    assert services.read_range(staged.key, 3, 4) == b"3456"
    assert services.read_range(staged.key, 8, 50) == b"89"
    assert services.read_range(staged.key, 50, 5) == b""


def test_a_stored_file_is_read_only(own_store):
    services.stage([b"sealed"])
    assert files_under(own_store)[0].stat().st_mode & 0o222 == 0


def test_content_over_the_limit_is_refused_and_leaves_nothing(own_store):
    with pytest.raises(TooLarge) as refusal:
        services.stage(iter([b"x" * 600, b"x" * 600]), limit_bytes=1000)
    assert "1000" in str(refusal.value)
    assert files_under(own_store) == []
    assert services.stage([b"x" * 1000], limit_bytes=1000).size == 1000


def test_content_with_other_digests_than_announced_is_refused_and_leaves_nothing(own_store):
    with pytest.raises(DigestDiffers):
        services.stage([b"other"], expected=digest_bytes(b"announced"))
    assert files_under(own_store) == []
    assert not Blob.objects.exists()


@pytest.mark.parametrize("failing", ["write", "fsync", "rename"])
def test_a_full_disk_is_said_plainly_and_leaves_nothing(own_store, monkeypatch, failing):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    place = {
        "write": (content, "write_all"),
        "fsync": (stores.os, "fsync"),
        "rename": (stores.Path, "replace"),
    }[failing]
    with monkeypatch.context() as broken:
        broken.setattr(*place, full)
        with pytest.raises(StoreFull):
            services.stage([b"a" * 100_000])
    assert files_under(own_store) == []
    assert not Blob.objects.exists()
    assert services.stage([b"a" * 100_000]).size == 100_000


def test_a_short_write_is_continued():
    class Slow(io.BytesIO):
        def write(self, data):
            return super().write(bytes(data[:3]))

    slow = Slow()
    content.write_all(slow, b"0123456789")
    assert slow.getvalue() == b"0123456789"


def test_a_write_that_reads_back_differently_is_withdrawn(own_store, monkeypatch):
    put = stores.FolderStore.put

    def rotten(self, key, path, *, replace=False):
        path.write_bytes(b"rot")
        put(self, key, path, replace=replace)

    with monkeypatch.context() as broken:
        broken.setattr(stores.FolderStore, "put", rotten)
        with pytest.raises(StoredCopyDiffers):
            services.stage([b"good"])
    assert files_under(own_store) == []
    assert not Blob.objects.exists()


def test_staging_again_replaces_a_damaged_copy(own_store):
    staged = services.stage([b"precious"])
    path = files_under(own_store)[0]
    path.chmod(0o600)
    path.write_bytes(b"precioux")
    assert services.stage([b"precious"]) == staged
    with services.open_blob(staged.key) as file:
        assert file.read() == b"precious"


@pytest.mark.parametrize(
    "key", ["", "../../etc/passwd", "ab/" + "0" * 127, "AB/" + "A" * 128, "ab/../" + "0" * 126]
)
def test_what_is_no_key_reaches_no_file(key):
    for ask in (services.open_blob, services.size_of, lambda k: services.read_range(k, 0, 1)):
        with pytest.raises(Missing):
            ask(key)


def test_unknown_content_is_missing():
    key = key_of(digest_bytes(b"never stored"))
    assert not services.exists(key)
    with pytest.raises(Missing), services.local_path(key):
        raise AssertionError("there is no such file")


def test_discarded_content_goes_when_the_last_holder_gives_it_up(own_store, committing):
    key = services.stage([b"shared"]).key
    services.stage([b"shared"])
    with committing(execute=True):
        services.discard(key)
    assert services.exists(key)
    with committing(execute=True):
        services.discard(key)
    assert not services.exists(key)
    assert not Blob.objects.exists()
    assert files_under(own_store) == []


def test_a_discard_that_is_rolled_back_keeps_the_content(committing):
    key = services.stage([b"kept"]).key
    with (
        committing(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        services.discard(key)
        raise ZeroDivisionError
    assert services.exists(key)
    assert Blob.objects.get().holds == 1


def test_a_sweep_spares_what_is_new_pinned_or_owned_and_removes_the_rest(owners):
    now = timezone.now()
    new, old, pinned, owned = (services.stage([name]).key for name in (b"new", b"old", b"pinned", b"owned"))
    Blob.objects.exclude(key=new).update(staged_at=now - timedelta(days=8))
    services.pin(pinned)
    owners["test"] = lambda keys: {key for key in keys if key == owned}
    swept = services.sweep(now)
    assert (swept.blobs, swept.bytes) == (1, 3)
    assert [services.exists(key) for key in (new, old, pinned, owned)] == [True, False, True, True]
    assert services.sweep(now).blobs == 0


def test_a_sweep_removes_files_that_no_row_knows(own_store):
    key = services.stage([b"rolled back"]).key
    Blob.objects.all().delete()
    left = registry.spool() / "stage-left-by-a-killed-process"
    left.write_bytes(b"half")
    assert services.sweep(timezone.now()).strays == 0
    swept = services.sweep(timezone.now() + timedelta(days=8))
    assert swept.strays == 2
    assert not services.exists(key)
    assert not left.exists()


def test_a_sweep_survives_a_row_whose_file_is_gone(own_store):
    services.stage([b"gone"])
    files_under(own_store)[0].unlink()
    assert services.sweep(timezone.now() + timedelta(days=8)).blobs == 1
    assert not Blob.objects.exists()
