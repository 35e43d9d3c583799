"""The same promises on a real object store: SeaweedFS, where its program is installed."""

from __future__ import annotations

import os

import pytest

from lantai.kit.errors import Missing
from lantai.platform.blobs import registry, services
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.types import StoreUnreachable
from tests.cluster import REGION, Cluster

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def archive(cluster: Cluster) -> Cluster:
    cluster.make_bucket("archive")
    return cluster


@pytest.fixture
def bucket(settings, archive):
    account = f"{archive.secret}&region={REGION}"
    settings.LANTAI_STORE_URL = f"s3://archive/content?endpoint={archive.endpoint}&{account}"


def spooled_files():
    return [path for path in registry.spool().rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, 100_000, 8_500_000])
def test_what_is_staged_in_a_bucket_is_what_is_read(bucket, size):
    data = os.urandom(size)
    staged = services.stage(data[i : i + 1_000_000] for i in range(0, size, 1_000_000))
    with services.open_blob(staged.key) as file:
        assert file.read() == data
        file.seek(max(size - 10, 0))
        assert file.read() == data[-10:]
    assert services.read_range(staged.key, size // 2, 7) == data[size // 2 : size // 2 + 7]
    assert services.read_range(staged.key, size, 7) == b""
    with services.local_path(staged.key) as path:
        assert path.read_bytes() == data
    assert services.size_of(staged.key) == size
    assert services.stage([data]) == staged
    assert spooled_files() == []


def test_a_damaged_object_is_replaced_when_its_content_is_staged_again(bucket):
    staged = services.stage([b"precious"])
    other = registry.spool() / "rotten"
    other.write_bytes(b"precioux")
    registry.store().put(staged.key, other, replace=True)
    services.stage([b"precious"])
    assert services.read_range(staged.key, 0, 8) == b"precious"


def test_a_second_writer_does_not_overwrite(bucket):
    staged = services.stage([b"first writer"])
    other = registry.spool() / "second"
    other.write_bytes(b"second write")
    registry.store().put(staged.key, other)
    assert services.read_range(staged.key, 0, 12) == b"first writer"


def test_discarded_content_leaves_the_bucket(bucket, django_capture_on_commit_callbacks):
    key = services.stage([b"to be discarded"]).key
    assert key in {kept.key for kept in registry.store().kept()}
    with django_capture_on_commit_callbacks(execute=True):
        services.discard(key)
    assert not services.exists(key)
    assert key not in {kept.key for kept in registry.store().kept()}
    with pytest.raises(Missing):
        services.open_blob(key)
    with pytest.raises(Missing):
        services.size_of("../" + key)


def test_a_bucket_out_of_reach_is_said_and_nothing_is_noted(settings):
    account = "access_key_id=sample&secret_access_key=sample&region=us-east-1"
    settings.LANTAI_STORE_URL = f"s3://archive?endpoint=http://127.0.0.1:9&{account}"
    with pytest.raises(StoreUnreachable):
        services.stage([b"nowhere to go"])
    assert not Blob.objects.exists()
    assert spooled_files() == []
