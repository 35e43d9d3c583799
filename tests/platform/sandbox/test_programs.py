"""What an external program behind its walls cannot do, and what becomes of one that tries."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lantai.kit.formats.media import probing
from lantai.kit.formats.remarks import State
from lantai.platform.sandbox import pool, programs
from lantai.platform.sandbox.programs import Program
from lantai.platform.sandbox.types import (
    Confinement,
    InputUnreadable,
    Killed,
    Limits,
    ParseKilled,
    ProgramNotConfined,
    ProgramUnavailable,
)
from tests.conftest import ROOT
from tests.kit.formats.zoo_media import FFPROBE, film, needs_ffmpeg

SHELL = os.path.realpath("/bin/sh")
PLAIN, FORKING, WRITING = Program("sh"), Program("sh", may_fork=True), Program("sh", scratch_mb=1)


@pytest.fixture(params=[Confinement(True, False), Confinement(False, True)], ids=lambda walls: walls.slug)
def walls(request):
    trouble = programs.trouble_with(request.param)
    if trouble:
        pytest.skip(trouble)
    return request.param


@pytest.fixture
def given(tmp_path):
    path = tmp_path / "原件.txt"
    path.write_text("original\n")
    return path


def shell(walls, given, script, program=PLAIN, *, seconds=60.0, memory_mb=256, output_kb=64):
    """Run ``script`` behind the walls; ``$1`` is the file that was handed over."""
    limits = Limits(seconds, memory_mb, program.scratch_mb)
    return programs.start(
        program,
        SHELL,
        lambda place: ["-c", script, "sh", place],
        walls=walls,
        path=given,
        limits=limits,
        output_kb=output_kb,
    )


def test_no_network_no_foreign_program_no_fork_no_signal_and_no_way_out(walls):
    assert programs.trouble_with.__wrapped__(walls) == ""


def test_the_file_is_read_but_its_neighbour_is_not(walls, given, tmp_path):
    (tmp_path / "secret").write_text("机密\n")
    said = shell(walls, given, f'read a <"$1"; echo "$a"; read b <{tmp_path}/secret; echo "$b"')
    assert said.output.split() == [b"original"]
    assert said.complaints


def test_only_the_declared_program_can_be_started(walls, given):
    places = ("/usr/bin/id", "/bin/true", sys.executable, SHELL)
    said = shell(walls, given, "; ".join(f"{place} -c 'echo {place}'" for place in places), FORKING)
    assert said.output.decode().split() == [SHELL]


def test_the_file_cannot_be_changed_even_by_a_program_that_may_write(walls, given):
    assert shell(walls, given, 'echo x >>"$1"', WRITING).exit_code == 2
    assert shell(walls, given, 'echo x >"$1"', WRITING).exit_code == 2
    assert given.read_text() == "original\n"


def test_nothing_can_be_written_but_the_scratch_folder_which_is_gone_afterwards(walls, given, tmp_path):
    script = f'cd "$HOME" && echo a >"$TMPDIR/a" && echo *; echo "$HOME"; echo x >{tmp_path}/b; echo x >/c'
    said = shell(walls, given, script, WRITING)
    listed, home = said.output.decode().split()
    assert listed == "a"
    assert said.complaints.count(b"cannot create") == 2
    assert not (tmp_path / "b").exists()
    assert not Path(home, "a").exists()
    assert shell(walls, given, 'echo a >"${TMPDIR}/a"').exit_code != 0


def test_a_scratch_folder_has_an_end(walls, given):
    text = "x=0123456789; x=$x$x$x$x$x$x$x$x; x=$x$x$x$x$x$x$x$x; x=$x$x$x$x"
    flood = f"i=0; {text}; while [ $i -lt 999 ]; do i=$((i+1)); "
    one = flood + 'echo $x >>"$TMPDIR/a" || exit 3; done'
    assert shell(walls, given, one, WRITING).exit_code == 3
    many = (
        flood
        + 'for j in 1 2 3 4 5 6 7 8 9; do echo $x >>"$TMPDIR/$i" || exit 3; done; done; while :; do :; done'
    )
    if walls.bubblewrap:
        assert shell(walls, given, many, WRITING).exit_code == 3
    else:
        with pytest.raises(ParseKilled) as stopped:
            shell(walls, given, many, WRITING)
        assert stopped.value.reason is Killed.OUTPUT


def test_a_program_that_hangs_is_ended_with_all_that_it_started(walls, given):
    mark = f"lantai{os.getpid()}x{time.monotonic_ns()}"
    hang = f"while :; do :; done & {mark}=1; while :; do :; done"
    with pytest.raises(ParseKilled) as stopped:
        shell(walls, given, hang, FORKING, seconds=0.3)
    assert stopped.value.reason is Killed.TIMEOUT
    assert _gone(mark)


def test_what_a_program_leaves_behind_is_not_waited_for_and_ended(walls, given):
    mark = f"lantai{os.getpid()}x{time.monotonic_ns()}"
    said = shell(walls, given, f"{mark}=1; (while :; do :; done) & echo ready", FORKING)
    assert said.output == b"ready\n"
    assert _gone(mark)


def test_output_is_bounded_and_complaints_are_cut(walls, given):
    endless = "x=0123456789; x=$x$x$x$x$x$x$x$x; while :; do echo $x; done"
    with pytest.raises(ParseKilled) as stopped:
        shell(walls, given, endless, output_kb=16)
    assert stopped.value.reason is Killed.OUTPUT
    said = shell(walls, given, 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "complaint $i" >&2; done')
    assert len(said.complaints) == 64 << 10


def test_a_program_that_wants_too_much_memory_ends_and_says_nothing_of_the_file(walls, given):
    with pytest.raises(ParseKilled) as stopped:
        shell(walls, given, "x=0123456789; while :; do x=$x$x; done", memory_mb=48)
    assert stopped.value.reason is Killed.CRASH


def test_the_passwords_of_the_server_are_not_in_the_environment(walls, given, monkeypatch):
    monkeypatch.setenv("LANTAI_DATABASE_URL", "postgres://secret")
    said = shell(
        walls, given, "export -p; read e </proc/1/environ; echo $e; read e </proc/self/environ; echo $e"
    )
    assert b"secret" not in said.output


DYING = """
import django.conf, sys
django.conf.settings.configure()
from pathlib import Path
from lantai.platform.sandbox import programs
from lantai.platform.sandbox.types import Confinement, Limits
bubblewrap, mark, given = sys.argv[1] == "True", sys.argv[2], Path(sys.argv[3])
print("begins", flush=True)
programs.start(programs.Program("sh"), sys.argv[4], lambda _: ["-c", f"{mark}=1; while :; do :; done"],
    walls=Confinement(bubblewrap, not bubblewrap), path=given, limits=Limits(60, 512, 0), output_kb=1)
"""


def test_a_program_dies_with_a_server_that_is_killed(walls, given):
    mark = f"lantai{os.getpid()}x{time.monotonic_ns()}"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    words = [sys.executable, "-c", DYING, str(walls.bubblewrap), mark, str(given), SHELL]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=env) as server:
        deadline = time.monotonic() + 60
        while not _running(mark, SHELL) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert _running(mark, SHELL)
        server.send_signal(signal.SIGKILL)
    assert _gone(mark)


def test_a_program_that_is_not_installed_and_a_file_that_is_not_there_are_named(given, monkeypatch):
    with pytest.raises(InputUnreadable):
        shell(pool.PREFERENCE[-1], given.parent / "无", "")
    monkeypatch.setenv("PATH", str(given.parent))
    with pytest.raises(ProgramUnavailable, match="ffprobe"):
        programs.run("ffprobe", probing.arguments, path=given)


@needs_ffmpeg
def test_no_program_is_started_where_its_walls_do_not_hold(given, monkeypatch):
    monkeypatch.setattr(programs, "trouble_with", lambda walls: "network")
    with pytest.raises(ProgramNotConfined, match="network"):
        programs.run("ffprobe", probing.arguments, path=given)


def test_walls_that_cannot_be_put_up_are_no_verdict_on_the_file(given):
    with pytest.raises(ProgramNotConfined):
        programs.start(
            PLAIN,
            "/nowhere/sh",
            lambda _: [],
            walls=Confinement(False, True),
            path=given,
            limits=Limits(5, 512, 0),
            output_kb=1,
        )


def probe(walls, path, arguments=probing.arguments):
    return programs.start(
        programs.PROGRAMS["ffprobe"],
        programs.find("ffprobe"),
        arguments,
        walls=walls,
        path=path,
        limits=Limits(60, 2048, 0),
        output_kb=256,
    )


def verdict(walls, path):
    said = probe(walls, path)
    return probing.examination_of(probing.read_answer(said.output, said.complaints), "")


@pytest.fixture(scope="module")
def footage(tmp_path_factory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("footage")
    if FFPROBE:
        film(folder, {"a.mp4": ("-c:v", "mpeg4", "-c:a", "aac"), "a.mpg": ("-c:v", "mpeg2video", "-r", "25")})
    yield folder


@needs_ffmpeg
def test_ffprobe_reads_a_film_behind_the_walls_and_finds_a_cut(walls, footage, tmp_path):
    found = verdict(walls, footage / "a.mpg")
    assert (found.state, found.facts["container"], found.facts["width_px"]) == (State.OK, "mpeg", 64)
    short = tmp_path / "a.mp4"
    short.write_bytes((footage / "a.mp4").read_bytes()[:9000])
    assert verdict(walls, short).state is State.TRUNCATED


@needs_ffmpeg
@pytest.mark.parametrize("kind", ["hls", "concat"])
def test_a_list_of_other_files_is_not_followed(walls, footage, tmp_path, kind):
    with _listener() as (server, port):
        lists = {
            "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n#EXTINF:1,\n"
            f"{footage}/a.mpg\n#EXT-X-ENDLIST\n",
            "concat": f"ffconcat version 1.0\nfile {footage}/a.mp4\nfile http://127.0.0.1:{port}/a.mp4\n",
        }
        hostile = tmp_path / "a.mp4"
        hostile.write_text(lists[kind])
        assert verdict(walls, hostile).state is State.UNSUPPORTED
        forced = ["-v", "error", "-protocol_whitelist", "file,http,tcp", "-show_entries", "stream=codec_name"]
        more = ["-f", kind, *(("-safe", "0") if kind == "concat" else ()), "-i"]
        said = probe(walls, hostile, lambda place: [*forced, *more, f"file:{place}"])
        assert b"codec_name" not in said.output  # the walls hold even for a program that would follow
        with pytest.raises(BlockingIOError):
            server.accept()


@needs_ffmpeg
def test_a_film_that_keeps_ffprobe_busy_is_given_up(walls, footage):
    with pytest.raises(ParseKilled) as stopped:
        programs.start(
            programs.PROGRAMS["ffprobe"],
            programs.find("ffprobe"),
            lambda _: ["-f", "lavfi", "-count_packets", "-show_streams", "-i", "testsrc"],
            walls=walls,
            path=footage / "a.mp4",
            limits=Limits(0.5, 2048, 0),
            output_kb=64,
        )
    assert stopped.value.reason is Killed.TIMEOUT


@contextlib.contextmanager
def _listener() -> Iterator[tuple[socket.socket, int]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server, server.getsockname()[1]


def _running(mark: str, program: str = "") -> bool:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            if mark.encode() in words and words.startswith(program.encode()) and state != "Z":
                return True
    return False


def _gone(mark: str) -> bool:
    deadline = time.monotonic() + 60
    while _running(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _running(mark)


MAKES = Program("sh", scratch_mb=0)


def made(walls, given, out, script, *, out_mb=1):
    """Run ``script`` behind the walls; ``$1`` is the file, ``$2`` the folder for what it makes."""
    return programs.start(
        MAKES,
        SHELL,
        lambda place: ["-c", script, "sh", place, "/made" if walls.bubblewrap else str(out)],
        walls=walls,
        path=given,
        limits=Limits(60, 256, out_mb),
        output_kb=64,
        out=out,
    )


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_what_a_program_makes_comes_back_and_nothing_else_can_be_written(walls, given, out, tmp_path):
    script = (
        f'read a <"$1"; echo "$a!" >"$2/made"; echo x >"$1"; echo x >{tmp_path}/beside; echo x >"$2/../up"'
    )
    made(walls, given, out, script)
    assert [path.name for path in out.iterdir()] == ["made"]
    assert (out / "made").read_text() == "original!\n" and given.read_text() == "original\n"
    assert not (tmp_path / "beside").exists() and not (tmp_path / "up").exists()


def test_a_program_that_makes_too_much_is_ended(walls, given, out):
    block = "x" * 4096
    script = f'i=0; while [ $i -lt 2000 ]; do echo {block} >"$2/$i"; i=$((i+1)); done; while :; do :; done'
    with pytest.raises(ParseKilled) as ended:
        made(walls, given, out, script)
    assert ended.value.reason is Killed.OUTPUT


def test_a_link_that_a_program_leaves_is_found(out):
    (out / "a").write_text("x")
    assert programs._holds_plain_files(out)
    (out / "b").symlink_to("/etc/passwd")
    assert not programs._holds_plain_files(out)
    (out / "b").unlink()
    (out / "c").hardlink_to(out / "a")
    assert not programs._holds_plain_files(out)


def test_a_program_behind_a_script_is_the_file_beside_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    script = tmp_path / "soffice"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    with pytest.raises(ProgramUnavailable):
        programs.find("soffice")
    (tmp_path / "soffice.bin").write_bytes(b"")
    assert programs.find("soffice") == str(tmp_path / "soffice.bin")
    assert programs.trouble_of("ffmpeg")


def test_local_sockets_are_only_for_programs_that_may_pipe():
    from lantai.platform.sandbox import seccomp

    assert seccomp.program_filter(may_fork=False, may_write=True) == seccomp.program_filter(
        may_fork=False, may_write=True, may_pipe=False
    )
    more = seccomp.program_filter(may_fork=False, may_write=True, may_pipe=True)
    assert len(more) > len(seccomp.program_filter(may_fork=False, may_write=True))
