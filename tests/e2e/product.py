"""The product as a person runs it: its command in a process of its own, and how to kill that one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

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


def forgo_durability(home: Path) -> None:
    """The database no longer waits for the disk: a process that is killed loses nothing by it, only a machine would.

    Where it was made; what it has written by now stays as it is, and so does what the product itself waits for.
    """
    if (home / "postgres" / "data" / "PG_VERSION").exists():
        with (home / "postgres" / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write("fsync = off\n")


def complete(home: Path, *words: str) -> float:
    """Let a command run to its end; its processor seconds."""
    log, spent = home / "demo.log", 0.0
    process = start(home, *words, log=log)
    while runs_for(process, spent + 0.05):
        spent = worked(process.pid)
    assert process.returncode == 0, log.read_text()[-6_000:]
    return spent


def runs_for(process: subprocess.Popen[bytes], cpu_seconds: float) -> bool:
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


def kill(process: subprocess.Popen[bytes], home: Path, *, with_database: bool) -> None:
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
