"""What a parser behind the walls cannot do, and what becomes of one that tries."""

from __future__ import annotations

import os
import zipfile

import pytest

from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import Killed, ParseFailed, ParseKilled
from tests.platform.sandbox.conftest import PROBE

pytestmark = pytest.mark.usefixtures("walls")


def test_there_is_no_network_no_exec_no_fork_no_signal_and_no_way_out(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    assert sandbox.call(f"{PROBE}:escapes", outside=str(secret)) == []
    assert secret.read_text(encoding="utf-8") == "机密"


@pytest.mark.parametrize("place", ["/etc/passwd", "/etc/shadow", "/root/.profile"])
def test_files_of_the_machine_cannot_be_read(place):
    with pytest.raises(ParseFailed):
        sandbox.call(f"{PROBE}:read_text", location=place)


def test_a_file_beside_the_one_handed_over_cannot_be_read(tmp_path):
    handed, secret = tmp_path / "a.txt", tmp_path / "b.txt"
    handed.write_text("a")
    secret.write_text("b")
    assert sandbox.call(f"{PROBE}:read_handed", path=handed) == {"name": "a.txt", "size": 1, "names": []}
    with pytest.raises(ParseFailed):
        sandbox.call(f"{PROBE}:read_text", location=str(secret))


def test_a_file_handed_over_cannot_be_changed(tmp_path):
    handed = tmp_path / "原件.pdf"
    handed.write_bytes(b"original")
    with pytest.raises(ParseFailed):
        sandbox.call(f"{PROBE}:overwrite_handed", path=handed)
    assert handed.read_bytes() == b"original"


def test_a_folder_can_be_handed_over(tmp_path):
    (tmp_path / "包").mkdir()
    (tmp_path / "包" / "目录.xml").write_text("<a/>")
    found = sandbox.call(f"{PROBE}:read_handed", path=tmp_path / "包")
    assert found["names"] == ["目录.xml"]


def test_only_the_output_folder_can_be_written(tmp_path):
    assert sandbox.call(f"{PROBE}:write_text", out=tmp_path, name="页.png") == ["页.png"]
    assert (tmp_path / "页.png").read_text() == "x"


def test_an_output_folder_that_grows_without_end_is_stopped(tmp_path):
    with pytest.raises(ParseKilled) as stopped:
        sandbox.call(f"{PROBE}:fill", out=tmp_path, output_mb=8)
    assert stopped.value.reason is Killed.OUTPUT
    assert sandbox.call(f"{PROBE}:misbehave", how="nothing") == "nothing"


def test_an_answer_is_bounded_however_much_a_call_may_write(tmp_path):
    with pytest.raises(ParseKilled) as stopped:
        sandbox.call(f"{PROBE}:misbehave", how="output", output_mb=1 << 20)
    assert stopped.value.reason is Killed.OUTPUT


def test_a_folder_that_is_too_full_at_the_end_is_not_accepted(tmp_path):
    (tmp_path / "already").write_bytes(bytes(2 << 20))
    with pytest.raises(ParseKilled) as stopped:
        sandbox.call(f"{PROBE}:write_text", out=tmp_path, name="a", output_mb=1)
    assert stopped.value.reason is Killed.OUTPUT


def test_a_package_is_unpacked_and_read(tmp_path):
    archive, out, facts = tmp_path / "包.zip", tmp_path / "out", tmp_path / "facts"
    out.mkdir(mode=0o700)
    facts.mkdir(mode=0o700)
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("包/目录文件.XML", "<文件目录/>")
        made.writestr("包/说明文件.TXT", "档案数量: 0")
    reading = "lantai.kit.packages.reading"
    assert sandbox.call(f"{reading}:unpack_into", path=archive, out=out, limits={}, output_mb=1) == 2
    assert sandbox.call(f"{reading}:read_unpacked", path=out / "package", out=facts) == 0
    assert sorted(path.name for path in facts.iterdir()) == ["items.jsonl", "loose.jsonl", "package.json"]
    assert {path.lstat().st_uid for path in tmp_path.rglob("*")} == {os.getuid()}


def test_the_output_folder_takes_no_links(tmp_path):
    for how in ("symbolic", "hard", "pipe"):
        with pytest.raises(ParseFailed):
            sandbox.call(f"{PROBE}:link", out=tmp_path, how=how)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("how", "reason"),
    [("memory", Killed.MEMORY), ("time", Killed.TIMEOUT), ("output", Killed.OUTPUT), ("crash", Killed.CRASH)],
)
def test_a_parser_out_of_hand_is_ended_and_the_next_call_works(how, reason):
    with pytest.raises(ParseKilled) as stopped:
        sandbox.call(f"{PROBE}:misbehave", how=how, timeout_s=2 if how == "time" else 120, memory_mb=512)
    assert stopped.value.reason is reason
    assert sandbox.call(f"{PROBE}:misbehave", how="nothing") == "nothing"


def test_the_passwords_of_the_server_are_not_in_the_environment(monkeypatch):
    monkeypatch.setenv("LANTAI_DATABASE_URL", "postgres://secret")
    for process in ("self", "1"):
        try:
            seen = sandbox.call(f"{PROBE}:read_text", location=f"/proc/{process}/environ")
        except ParseFailed:
            continue  # behind Landlock even this cannot be read
        assert "secret" not in seen


def test_a_worker_goes_when_it_is_closed():
    from lantai.platform.sandbox import pool

    sandbox.call(f"{PROBE}:misbehave", how="nothing")
    with pool.current().lend() as worker:
        process = worker.process
    sandbox.close()
    assert process.poll() is not None
