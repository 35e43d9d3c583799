"""A real clamd with a database of our own: EICAR, and a marker that it also finds inside a zip.

    from tests.platform.scanning.clamd import EICAR, MARKER, running_clamd

`clamd` is a fixture for conftest files: `from tests.platform.scanning.clamd import clamd`. It is
skipped by name where the daemon is not installed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
# Put together here, so that no scanner takes this file itself for infected.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MARKER = b"LANTAI-SAMPLE-" + b"VIRUS-MARKER"
STREAM_LIMIT_BYTES = 2 * 1024 * 1024

_CONFIG = """
LocalSocket {folder}/clamd.socket
DatabaseDirectory {folder}/db
TemporaryDirectory {folder}
Foreground yes
ConcurrentDatabaseReload no
MaxThreads 2
StreamMaxLength {limit}
MaxFileSize {limit}
MaxScanSize {scan_limit}
AlertExceedsMax yes
AlertEncrypted yes
"""


@dataclass(frozen=True)
class Daemon:
    """A running clamd; its process may be ended by a test that started it."""

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def running_clamd(*, made_at: datetime | None = None) -> Iterator[Daemon]:
    """A clamd on a unix socket, its database made at `made_at` (now); ended afterwards."""
    if CLAMD is None:
        pytest.skip("clamd is not installed")
    # Short, because the path of a unix socket holds about a hundred bytes.
    folder = Path(tempfile.mkdtemp(prefix="clamd-"))
    folder.chmod(0o755)
    (folder / "db").mkdir()
    _write_database(folder / "db", made_at or datetime.now(UTC))
    limits = {"limit": STREAM_LIMIT_BYTES, "scan_limit": 2 * STREAM_LIMIT_BYTES}
    (folder / "conf").write_text(_CONFIG.format(folder=folder, **limits))
    if os.getuid() == 0:
        # clamd would change to its own user and lose sight of the folder
        with (folder / "conf").open("a") as config:
            config.write("User root\n")
    with (folder / "log").open("wb") as log:
        words = [CLAMD, "--config-file", str(folder / "conf")]
        process = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(folder / "clamd.socket", process, folder / "log")
        yield Daemon(str(folder / "clamd.socket"), process)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def clamd() -> Iterator[Daemon]:
    """One daemon for all tests of a worker."""
    with running_clamd() as daemon:
        yield daemon


def _wait(place: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 180
    while not place.exists():
        assert process.poll() is None, log.read_text()[-500:]
        assert time.monotonic() < until, "clamd did not open its socket"
        time.sleep(0.01)  # its start is a matter of 50 ms


def _write_database(folder: Path, made_at: datetime) -> None:
    marker = f"Lantai.Sample.Marker:0:*:{MARKER.hex()}\n".encode()
    eicar = f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Lantai.Sample.Eicar\n".encode()
    signatures = {"daily.hdb": eicar, "daily.ndb": marker}
    (folder / "daily.cud").write_bytes(_container(signatures, made_at))


def _container(signatures: dict[str, bytes], made_at: datetime) -> bytes:
    """An unsigned container, which unlike loose files carries the date that VERSION tells."""

    def head(digest: str) -> str:
        stamp = f"{made_at:%d %b %Y %H-%M} +0000:27000:{len(signatures)}:63:{digest}:X:sample"
        return f"ClamAV-VDB:{stamp}:{int(made_at.timestamp())}"

    listed = [f"{name}:{len(one)}:{hashlib.sha256(one).hexdigest()}" for name, one in signatures.items()]
    files = {"daily.info": "\n".join([head("X"), *listed, ""]).encode(), **signatures}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    body = gzip.compress(packed.getvalue())
    return head(hashlib.md5(body).hexdigest()).encode().ljust(512) + body
