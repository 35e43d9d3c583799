"""A short run of what `make fuzz` does for longer, and proof that it would see what it looks for."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import SandboxUnavailable
from tests.fuzz.cases import Case, kept_case
from tests.fuzz.running import Fuzzer, Trouble

SECONDS = 4.0


@pytest.fixture(scope="module", autouse=True)
def _walls():
    try:
        sandbox.confinement()
    except SandboxUnavailable as missing:
        pytest.skip(str(missing))
    yield
    sandbox.close()


@pytest.fixture
def fuzzer(tmp_path, monkeypatch):
    arena = tmp_path / "arena"
    arena.mkdir()
    with Fuzzer(arena, tmp_path / "kept") as made:
        monkeypatch.chdir(arena / "here")
        yield made


def test_what_is_broken_by_chance_comes_to_a_result_or_a_named_refusal(fuzzer):
    tally = fuzzer.run("tests", SECONDS)
    assert tally.count > 0
    assert tally.troubles == []


def test_the_same_seed_makes_the_same_cases(fuzzer):
    first, again, other = (fuzzer.case(seed, "csv", 3) for seed in ("a", "a", "b"))
    assert first == again != other


def test_a_case_that_makes_trouble_is_kept_and_can_be_replayed(fuzzer, monkeypatch):
    case = Case("a/csv/0", "folder", (("目录.csv", b"\xff\0"), ("b.txt", "样例".encode())))
    monkeypatch.setattr(Fuzzer, "_read", lambda *_: (_ for _ in ()).throw(Trouble("seen")))
    fuzzer.try_case(case)
    ((name, trouble, kept),) = fuzzer.tally.troubles
    assert (name, trouble, kept_case(kept.parent, name)) == (case.name, "seen", case)


def test_the_guard_sees_a_file_written_a_secret_told_and_a_call(fuzzer):
    guard = fuzzer.guard
    guard.check()
    written = Path(guard.bait.folder, "written.txt")
    written.write_text("x")
    with pytest.raises(Trouble, match="written"):
        guard.check()
    written.unlink()
    with pytest.raises(Trouble, match="secret"):
        guard.check_told(f'{{"title": "{guard.secret}"}}'.encode())
    host, port = guard.bait.address.split(":")
    socket.create_connection((host, int(port))).close()
    with pytest.raises(Trouble, match="connection"):
        guard.check()
