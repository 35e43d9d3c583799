"""The product as a person runs it: its command in a process of its own, and how to kill that one."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from tests.conftest import ROOT

COMMAND = (sys.executable, "-m", "lantai.site.cli")
DOCUMENTS = 24  # of the demo; its samples of every kind come on top
DEMO = ("demo", "--no-serve", "--documents", str(DOCUMENTS))
ORIGIN = {"LANTAI_LOG_ORIGIN": "archives.example/log"}  # of a log that exists it never changes


def environment(home: Path, **settings: str) -> dict[str, str]:
    """Ours without any setting of the product, and with these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LANTAI_", "DJANGO_", "PYTEST_"))
    }
    return {**kept, "LANTAI_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **settings}


def run(
    home: Path, *words: str, stdin: str = "", timeout_s: float = 600, **settings: str
) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(home, **settings),
        cwd=home,
        input=stdin,
        text=True,
        capture_output=True,
        timeout=timeout_s,
        check=False,
    )


def start(home: Path, *words: str, log: Path) -> subprocess.Popen[bytes]:
    """One command, running; what it says goes to ``log``."""
    with log.open("ab") as stream:
        return subprocess.Popen(
            [*COMMAND, *words], env=environment(home, **ORIGIN), cwd=home,
            stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True,
        )  # fmt: skip


class Process(Protocol):
    """What is asked of a command that runs; `subprocess.Popen` is one."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""

    def wait(self) -> int:
        """Its exit code, as soon as there is one."""


class Loaded:
    """Commands of one installation whose processes are forked from one that has loaded the program.

    For who repeats commands: the tests of the e2e folder together began the program sixty times.
    """

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self._asked = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.loaded"], env=environment(home, **settings), cwd=home,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, **what: object) -> Any:
        """One question to the process, and its answer."""
        assert self._asked.stdin is not None and self._asked.stdout is not None
        print(json.dumps(what), file=self._asked.stdin, flush=True)
        return json.loads(self._asked.stdout.readline())

    def loading_seconds(self) -> float:
        """Of the processor, that loading took."""
        return worked(self._asked.pid)

    def start(self, *words: str, log: Path) -> Process:
        """One command, running; what it says goes to ``log``."""
        return _Forked(self, self.ask(words=words, files=[os.devnull, str(log), str(log)]))

    def run(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        with tempfile.TemporaryDirectory(prefix="lantai-said-") as folder:
            given, *said = (Path(folder) / name for name in ("in", "out", "err"))
            given.write_text(stdin, "utf-8")
            code = _Forked(self, self.ask(words=words, files=[str(given), *map(str, said)])).wait()
            return subprocess.CompletedProcess(words, code, *(path.read_text("utf-8") for path in said))

    def close(self) -> None:
        """Nothing more is asked."""
        self._asked.communicate()


@contextlib.contextmanager
def loaded(home: Path) -> Iterator[Loaded]:
    """Such a process for the commands of one installation."""
    it = Loaded(home, **ORIGIN)
    try:
        yield it
    finally:
        it.close()


class _Forked:
    def __init__(self, parent: Loaded, pid: int) -> None:
        self._parent, self.pid, self.returncode = parent, pid, None

    def poll(self) -> int | None:
        return self._end(is_waited=False)

    def wait(self) -> int:
        code = self._end(is_waited=True)
        assert code is not None
        return code

    def _end(self, *, is_waited: bool) -> int | None:
        if self.returncode is None:
            self.returncode = self._parent.ask(pid=self.pid, is_waited=is_waited)
        return self.returncode


def forgo_durability(home: Path) -> None:
    """The database no longer waits for the disk: a process that is killed loses nothing by it, only a machine would.

    Where it was made; what it has written by now stays as it is, and so does what the product itself waits for.
    """
    if (home / "postgres" / "data" / "PG_VERSION").exists():
        with (home / "postgres" / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write("fsync = off\n")


def complete(home: Path, *words: str, by: Loaded | None = None) -> float:
    """Let a command run to its end; its processor seconds, without those of loading the program where it is loaded."""
    log, spent = home / "demo.log", 0.0
    process = by.start(*words, log=log) if by else start(home, *words, log=log)
    while runs_for(process, spent + 0.05):
        spent = worked(process.pid)
    assert process.returncode == 0, log.read_text()[-6_000:]
    return spent


def runs_for(process: Process, cpu_seconds: float) -> bool:
    """Whether the process has worked so long; False when it ended before.

    Counted in its own processor time: on a busy machine the same instant is the same place in its work.
    """
    while process.poll() is None:
        if worked(process.pid) >= cpu_seconds:
            return True
        time.sleep(0.01)
    return False


def worked(pid: int) -> float:
    """Seconds of processor time of all threads of a process; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kill(process: Process, home: Path, *, with_database: bool) -> None:
    """SIGKILL the process and all below it at once; the database only on demand, by its own pid file."""
    database = _postmaster(home)
    doomed = [process.pid, *(pid for pid in below(process.pid) if not _is_of_database(pid, home))]
    if with_database and database is not None:
        doomed.append(database)
    for pid in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def below(pid: int) -> Iterator[int]:
    """All descendants of a process."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                yield child
                yield from below(child)


def _is_of_database(pid: int, home: Path) -> bool:
    try:
        said = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"postgres" in said and b"initdb" not in said and os.fsencode(home / "postgres") in said
    except OSError:
        return False


def _postmaster(home: Path) -> int | None:
    try:
        return int((home / "postgres" / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
