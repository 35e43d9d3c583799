"""A process that dies at any instant leaves nothing, the old object, or the whole new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import pytest

from lantai.kit.packages import durable, ocfl

WHEN = datetime(2024, 5, 6, tzinfo=UTC)
OBJECT_ID = "urn:lantai:crash"

WRITER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from lantai.kit.packages import ocfl

root, kill_at, version = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
count = 0
def die(event, args):
    global count
    if event in ("open", "os.rename", "os.mkdir", "os.link", "os.chmod", "os.remove", "os.rmdir"):
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(die)
make = ocfl.ObjectWriter.new_version if version == "v2" else ocfl.ObjectWriter
count = 0
with make(root, "urn:lantai:crash") as writer:
    for number in range(3):
        writer.add_bytes(f"{version}/文件{number}.txt", f"{version} {number}".encode())
    writer.finish(created=datetime(2024, 5, 6, tzinfo=UTC), message="样例", user_name="样例")
print(count)
"""


def run_writer(root, kill_at, version):
    program = [sys.executable, "-c", textwrap.dedent(WRITER), str(root), str(kill_at), version]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False)


def seal(root, version="v1"):
    make = ocfl.ObjectWriter if version == "v1" else ocfl.ObjectWriter.new_version
    with make(root, OBJECT_ID) as writer:
        for number in range(3):
            writer.add_bytes(f"{version}/文件{number}.txt", f"{version} {number}".encode())
        return writer.finish(created=WHEN, message="样例", user_name="样例")


def heads(root):
    """The heads of the objects in the root, after checking that everything in it is valid."""
    for _folder, findings in ocfl.validate_root(root):
        assert [problem for problem in findings if problem.severity == "error"] == []
    return [ocfl.open_object(folder).head for folder in ocfl.object_folders(root)]


def left_over(root):
    staging = ocfl.staging_of(root)
    return list(staging.iterdir()) if staging.is_dir() else []


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_writer_killed_at_any_step_leaves_nothing_half_done(tmp_path, version):
    probe = tmp_path / "probe" / "ocfl"
    probe.parent.mkdir()
    ocfl.ensure_root(probe)
    if version == "v2":
        seal(probe)
    steps = int(run_writer(probe, 0, version).stdout)
    before, seen = [] if version == "v1" else ["v1"], set()
    for kill_at in sorted({*range(1, steps, max(1, steps // 14)), steps}):
        root = tmp_path / str(kill_at) / "ocfl"
        root.parent.mkdir()
        ocfl.ensure_root(root)
        if version == "v2":
            seal(root)
        assert run_writer(root, kill_at, version).returncode == -signal.SIGKILL
        found = heads(root)
        assert found in (before, [version])
        seen.add(tuple(found))
        ocfl.recover(root)
        assert left_over(root) == []
        assert heads(root) == found
        if found == before:
            seal(root, version)
            assert heads(root) == [version]
    assert seen == {tuple(before), (version,)}


def test_what_a_dead_writer_left_does_not_stop_the_next_one(tmp_path):
    root = tmp_path / "ocfl"
    ocfl.ensure_root(root)
    assert run_writer(root, 12, "v1").returncode == -signal.SIGKILL
    assert seal(root).version == "v1"


def test_recovery_leaves_a_living_writer_alone(tmp_path):
    root = tmp_path / "ocfl"
    with ocfl.ObjectWriter(root, OBJECT_ID) as writer:
        writer.add_bytes("甲.txt", b"1")
        assert ocfl.recover(root) == []
        writer.finish(created=WHEN, message="样例", user_name="样例")
    assert heads(root) == ["v1"]


def test_where_two_names_cannot_be_swapped_the_old_object_is_put_back(tmp_path, monkeypatch):
    root = tmp_path / "ocfl"
    seal(root)
    monkeypatch.setattr(durable, "exchange", lambda one, other: False)
    assert seal(root, "v2").version == "v2"
    assert heads(root) == ["v2"]
    place = ocfl.object_path(OBJECT_ID)
    stage = ocfl.staging_of(root) / "x"
    stage.mkdir()
    (stage / "place").write_text(str(place))
    (root / place).rename(stage / "previous")
    assert ocfl.recover(root) == ["x"]
    assert heads(root) == ["v2"]


def test_a_disk_that_refuses_to_sync_means_no_object(tmp_path, monkeypatch):
    root = tmp_path / "ocfl"
    ocfl.ensure_root(root)
    monkeypatch.setattr(durable.TreeSync, "flush", lambda self: (_ for _ in ()).throw(OSError(5, "EIO")))
    with pytest.raises(OSError, match="EIO"):
        seal(root)
    assert heads(root) == []
    assert left_over(root) == []


def test_a_disk_that_gives_back_other_bytes_means_no_object(tmp_path, monkeypatch):
    root = tmp_path / "ocfl"
    ocfl.ensure_root(root)

    def spoil(path):
        if path.parent.parent.name == "content":
            path.chmod(0o644)
            path.write_bytes(b"other bytes")

    monkeypatch.setattr(durable, "forget_cached", spoil)
    with pytest.raises(ocfl.ReadBackDiffers):
        seal(root)
    assert heads(root) == []


def test_a_full_disk_is_said_in_words_and_leaves_nothing(tmp_path, monkeypatch):
    root = tmp_path / "ocfl"
    ocfl.ensure_root(root)
    real = os.write

    def full(fd, data):
        if len(data) == len(b"v1 1"):
            raise OSError(28, "No space left on device")
        return real(fd, data)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(durable.StoreFull):
        seal(root)
    assert heads(root) == []
    assert left_over(root) == []
