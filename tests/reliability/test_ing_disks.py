"""ING 8–10: a disk that is full or fails is said plainly, and nothing half-written stays."""

from __future__ import annotations

import errno
import os

import pytest

from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import Package
from lantai.apps.intake import services
from lantai.apps.intake.models import Submission
from lantai.kit.packages.ocfl.validate import validate_root
from lantai.kit.packages.problems import Severity
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs import stores
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.services import uploads
from lantai.platform.blobs.types import StoreFull
from tests.apps.intake.conftest import item, problems, tar_of, zipped
from tests.reliability.disks import full_disk, run_failing, run_plain

pytestmark = pytest.mark.django_db

SEAL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from lantai.kit.packages import ocfl
from lantai.kit.packages.durable import StoreFull
try:
    with ocfl.ObjectWriter(Path(sys.argv[1]), "urn:lantai:sample") as writer:
        for number in range(3):
            writer.add_bytes(f"样例{number}.txt", b"sample " * 9000 + bytes([number]))
        writer.finish(created=datetime(2024, 5, 6, tzinfo=UTC), message="样例", user_name="样例")
except StoreFull:
    print("full")
except OSError as refusal:
    print(refusal.errno)
else:
    print("sealed")
"""


def nothing_half_made(root) -> bool:
    """No object, no staging folder, no file of content; the root itself may say what it is."""
    return not [path for path in root.rglob("*") if path.is_file() and not path.name.startswith("0=")
                and path.parent != root and "extensions" not in path.parts]  # fmt: skip


def is_whole(root) -> bool:
    """Whether every object is valid, every byte of it read."""
    found = [one for _folder, problems in validate_root(root) for one in problems]
    return not [one for one in found if one.severity is Severity.ERROR]


@pytest.mark.parametrize("nth", [1, 2, 3, 5])
def test_ing_08_no_room_at_the_nth_write_leaves_no_partial_object_and_a_retry_succeeds(tmp_path, nth):
    root = tmp_path / "root"
    root.mkdir()
    done = run_failing(f"write:error=ENOSPC:when={nth}", SEAL, str(root))
    assert done.stdout.strip() == "full", (done.stdout, done.stderr[-500:])
    assert nothing_half_made(root), [*root.rglob("*")]
    assert run_plain(SEAL, str(root)).stdout.strip() == "sealed"
    assert is_whole(root)


@pytest.mark.parametrize("nth", [1, 2, 4])
def test_ing_09_a_disk_that_fails_to_sync_acknowledges_nothing(tmp_path, nth):
    root = tmp_path / "root"
    root.mkdir()
    done = run_failing(f"fsync:error=EIO:when={nth}", SEAL, str(root))
    assert done.stdout.strip() == str(errno.EIO), (done.stdout, done.stderr[-500:])
    assert nothing_half_made(root), [*root.rglob("*")]
    assert run_plain(SEAL, str(root)).stdout.strip() == "sealed"


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_ing_09_content_that_could_not_be_synced_is_not_noted_as_stored(desk, monkeypatch, nth):
    calls, real = [], os.fsync

    def fail(handle):
        calls.append(handle)
        if len(calls) == nth:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(handle)

    with monkeypatch.context() as broken:
        broken.setattr(stores.os, "fsync", fail)
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            blobs.stage([b"sample"])
    assert len(calls) == nth and not Blob.objects.exists()
    assert blobs.stage([b"sample"]).size == 6


def test_ing_08_a_full_disk_stops_each_step_and_the_step_succeeds_once_there_is_room(desk, disk):
    data = zipped(desk.transfer(item(1), item(2)))
    disk.fill(leave_kib=4)
    with pytest.raises(StoreFull):
        desk.send(data)
    assert not Submission.objects.exists() and not Blob.objects.exists()
    assert not [path for path in (disk.root / "blobs").rglob("*") if path.is_file()]
    disk.free()
    submission = desk.send(data)

    disk.fill(leave_kib=8)
    run = desk.check(submission)
    assert run.state == "failed" and "空间" in run.message, run.message
    assert submission.state == "checking", "trouble of the machine is no finding about the package"
    disk.free()
    assert desk.check(submission).state == "succeeded"
    assert submission.state == "passed", problems(submission)

    services.accept_submission(desk.ctx("archivist"), submission_id=submission.pk)
    disk.fill(leave_kib=16)
    run = desk.finish(submission)
    assert run.state == "failed" and "空间" in run.message, run.message
    assert not Package.objects.exists()
    assert nothing_half_made(custody.storage_root())
    disk.free()
    if submission.state != "accepting":
        services.accept_submission(desk.ctx("archivist"), submission_id=submission.pk)
    assert desk.finish(submission).state == "succeeded"
    assert submission.state == "accepted" and Package.objects.count() == 1
    assert is_whole(custody.storage_root())


def test_ing_10_a_full_quarantine_holds_up_its_transfer_and_no_other(desk):
    place = desk.folder / "store" / "quarantine"
    place.mkdir(parents=True)
    big = tar_of([("说明文件.TXT".encode(), b"x"), (b"a.bin", os.urandom(3 * 1024 * 1024))])
    with full_disk(place, megabytes=2):
        large, small = desk.send(big), desk.send(desk.transfer(item(1)))
        run = desk.check(large)
        assert run.state == "failed" and "空间" in run.message, run.message
        assert large.state == "checking"
        assert desk.check(small).state == "succeeded"
        assert small.state == "passed", problems(small)


def test_ing_10_an_upload_into_a_full_store_is_answered_with_507_and_pages_are_served(
    desk, disk, client, monkeypatch
):
    client.force_login(desk.region.people["agency_lead"])
    wanted = {"name": "样例.zip", "size": str(1024 * 1024)}
    assert client.post("/uploads/", wanted).status_code == 507, "too little to spare to begin with"
    monkeypatch.setattr(uploads, "_SPARE_BYTES", 0)
    place = client.post("/uploads/", wanted)["Location"]
    disk.fill(leave_kib=4)
    binary = {"content_type": "application/offset+octet-stream", "headers": {"Upload-Offset": "0"}}
    answer = client.patch(place, bytes(1024 * 1024), **binary)
    assert answer.status_code == 507
    assert "存储空间不足" in answer.json()["message"]
    client.force_login(desk.region.people["archivist"])
    assert client.get("/intake/").status_code == 200
    disk.free()
    client.force_login(desk.region.people["agency_lead"])
    offset = client.head(place)["Upload-Offset"]
    binary["headers"] = {"Upload-Offset": offset}
    answer = client.patch(place, bytes(1024 * 1024 - int(offset)), **binary)
    assert answer.json()["state"] == "finished"
