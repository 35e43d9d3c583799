"""Files are opened by processes that may die: the file to blame is told, the others are looked at."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from lantai.kit.crypto.trust import NO_TRUST
from lantai.kit.digests import digest_bytes
from lantai.kit.fourprops.facts import FileState, Stopped
from lantai.kit.metadata import load
from lantai.kit.packages.sent import Declared, SentFile, SentItem
from lantai.kit.selfcheck import Looked, file_facts, gather, moment
from lantai.kit.selfcheck import pool as pools
from lantai.kit.selfcheck.pool import Pool


@pytest.fixture
def files(tmp_path):
    """Two texts with a pipe between them that nobody writes to."""
    for name in ("前.txt", "后.txt"):
        (tmp_path / name).write_text(f"样例 {name}", encoding="utf-8")
    os.mkfifo(tmp_path / "管道.pdf")
    return [(tmp_path / name, name) for name in ("前.txt", "管道.pdf", "后.txt")]


def test_a_file_that_hangs_its_reader_is_given_up_and_the_next_is_read(files, monkeypatch):
    monkeypatch.setattr(pools, "_patience", lambda path: 0.5 if path.suffix == ".pdf" else 60.0)
    with Pool(NO_TRUST, 1) as pool:
        first, stuck, last = pool.look_at(files)
    assert stuck.stopped is Stopped.TIME and stuck.survey is None
    for looked, (path, _name) in ((first, files[0]), (last, files[2])):
        assert looked.digests == digest_bytes(path.read_bytes())
        assert looked.survey.state == "ok"


def test_a_file_that_kills_its_reader_is_told_and_the_next_is_read(files, monkeypatch):
    monkeypatch.setattr(pools, "_patience", lambda path: _kill_when_stuck(path) or 60.0)
    with Pool(NO_TRUST, 1) as pool:
        first, killed, last = pool.look_at(files)
    assert (first.survey.state, last.survey.state) == ("ok", "ok")
    assert killed.stopped is Stopped.CRASH


def _kill_when_stuck(path):
    """Kill the worker of this test as a parser would that writes where it may not, while it reads the pipe."""
    if path.suffix == ".pdf":
        (child,) = (pid for pid in _children() if _command(pid).endswith("worker"))
        os.kill(child, signal.SIGSEGV)


def _children():
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    return {int(pid) for pid in found} | {
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text(encoding="ascii").split()
    }


def _command(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[2].decode()


def test_results_come_in_the_order_of_the_files_whatever_process_read_them(tmp_path):
    files = []
    for number in range(60):
        path = tmp_path / f"{number}.txt"
        path.write_text(f"样例{number}", encoding="utf-8")
        files.append((path, path.name))
    with Pool(NO_TRUST, 2) as pool:
        found = [looked.digests for looked in pool.look_at(iter(files))]
    assert found == [digest_bytes(path.read_bytes()) for path, _name in files]


def test_items_without_content_need_no_process_and_keep_their_place(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a")
    there, missing = (
        SentFile("a.txt", "a.txt", 1),
        SentFile("b.txt", "b.txt", 0, Declared("b.txt"), is_missing=True),
    )
    sent = [
        (SentItem("1", "", "", 0, {}, {}), ()),
        (SentItem("2", "", "", 2, {}, {}), (missing, there)),
        (SentItem("3", "", "", 1, {}, {}), (missing,)),
        (SentItem("4", "", "", 1, {}, {}), (there,)),
    ]
    looked = Looked(digest_bytes(b"a"), 1)
    found = list(gather(sent, tmp_path, lambda files: (looked for _file in files), load("da_t_46")))
    assert [item.key for item in found] == ["1", "2", "3", "4"]
    assert [[file.state for file in item.files] for item in found] == [
        [], [FileState.MISSING, FileState.BROKEN], [FileState.MISSING], [FileState.BROKEN],
    ]  # fmt: skip


def test_a_file_that_nobody_opened_has_no_state():
    assert file_facts(SentFile("a", "a", 5)).state is None


@pytest.mark.parametrize(
    ("text", "found"),
    [("20110305", "2011-03-05T00:00:00+00:00"), ("2011-03-05T09:00:00+08:00", "2011-03-05T09:00:00+08:00")],
)
def test_a_time_of_a_record_is_read_by_day_or_moment(text, found):
    assert moment(text).isoformat() == found
    assert moment("三月五日") is None


def test_what_was_opened_ahead_of_the_reader_is_not_opened_again(files, monkeypatch):
    (files[0][0].parent / "元数据.xml").write_text("<a/>", encoding="utf-8")
    opened: list[str] = []
    look = Pool._look_at_some

    def looked(pool: Pool, some: list[tuple[Path, str]]) -> list[Looked]:
        opened.extend(name for _path, name in some)
        return look(pool, some)

    monkeypatch.setattr(Pool, "_look_at_some", looked)
    with Pool(NO_TRUST, 1) as pool:
        pool.go_ahead(files[0][0].parent)
        renamed = (files[2][0], "另一个名字.txt")
        first, last, other = pool.look_at([files[0], files[2], renamed])
    assert opened == ["前.txt", "后.txt", "另一个名字.txt"]
    assert [one.digests for one in (first, last, other)] == [
        digest_bytes(path.read_bytes()) for path, _name in (files[0], files[2], files[2])
    ]
