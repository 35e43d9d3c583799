"""The same promises on a real object store: SeaweedFS, where its program is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from lantai.kit.errors import Missing
from lantai.platform.blobs import registry, services
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.types import StoreUnreachable

WEED = shutil.which(
    "weed", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(WEED is None, reason="the program weed (SeaweedFS) is not installed"),
]


def free_port() -> int:
    """A port whose gRPC twin (10000 above) is free as well."""
    while True:
        with socket.socket() as probe, socket.socket() as twin:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            if port + 10_000 < 65_000:
                twin.bind(("127.0.0.1", port + 10_000))
                return port


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    folder = tmp_path_factory.mktemp("weed")
    command = [WEED, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", "-iam=false",
               "-volume.max=8", "-master.volumeSizeLimitMB=64", f"-master.port={ports['master']}",
               f"-volume.port={ports['volume']}", f"-filer.port={ports['filer']}",
               f"-s3.port={ports['s3']}", "-s3.port.iceberg=0", "-s3.port.lance=0"]  # fmt: skip
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{ports['s3']}"
    try:
        wait_for_bucket(process, f"{address}/archive", folder / "weed.log")
        yield address
    finally:
        process.kill()  # it has nothing to save, and says goodbye for half a minute
        process.wait(timeout=30)


def wait_for_bucket(process, url, log):
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(urllib.request.Request(url, method="PUT"), timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail("SeaweedFS did not start: " + log.read_text(errors="replace")[-500:])


@pytest.fixture
def bucket(settings, endpoint):
    account = "access_key_id=sample&secret_access_key=sample&region=us-east-1"
    settings.LANTAI_STORE_URL = f"s3://archive/content?endpoint={endpoint}&{account}"


def spooled_files():
    return [path for path in registry.spool().rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, 100_000, 40_000_000])
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
