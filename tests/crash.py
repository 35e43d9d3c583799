"""Acts that are cut off or refused at every step: by strace at each call of the kernel, or in a fork of the test.

Strace counts the calls of each process for itself. So one process, which strace joins once everything is loaded,
makes a child for each step, and the child first makes as many calls without effect as are missing to the one
number at which strace strikes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

CALLS = (
    "openat", "read", "readv", "write", "fsync", "syncfs", "rename", "renameat2", "mkdir", "link", "linkat", "chmod",
    "unlink", "fadvise64",
)  # fmt: skip
MAKES = (
    "openat",
    "write",
    "rename",
    "renameat2",
    "mkdir",
    "link",
    "linkat",
    "syncfs",
    "fsync",
)  # may find no room

_NOT_TRACED = 77
_CHILDREN = """
import ctypes, json, os, subprocess, sys, time
libc = ctypes.CDLL(None)
away = "/nonexistent/lantai"
def tried(call, *arguments):
    try:
        call(*arguments)
    except OSError:
        pass
IDLE = {
    "openat": lambda: tried(os.open, away, os.O_RDONLY),
    "readv": lambda: tried(os.readv, 1 << 20, [bytearray(1)]),
    "read": lambda: tried(os.read, 1 << 20, 0),
    "write": lambda: tried(os.write, 1 << 20, b""),
    "fsync": lambda: tried(os.fsync, 1 << 20),
    "syncfs": lambda: libc.syncfs(-1),
    "rename": lambda: tried(os.rename, away, away),
    "renameat2": lambda: libc.renameat2(-100, away.encode(), -100, away.encode(), 2),
    "mkdir": lambda: tried(os.mkdir, away),
    "link": lambda: libc.link(away.encode(), away.encode()),
    "linkat": lambda: libc.linkat(-100, away.encode(), -100, away.encode(), 0),
    "chmod": lambda: tried(os.chmod, away, 0o444),
    "unlink": lambda: tried(os.unlink, away),
    "fadvise64": lambda: tried(os.posix_fadvise, 1 << 20, 0, 0, 4),
}
limit, steps, strace = json.loads(sys.argv[1])
program = {}
exec(sys.argv[2], program)
program["prepare"](sys.argv[3], [f"{call}-{number}" for call, number in steps])
libc.prctl(0x59616D61, -1, 0, 0, 0)  # PR_SET_PTRACER, PR_SET_PTRACER_ANY
tracer = subprocess.Popen([*strace, "-p", str(os.getpid())])
while "TracerPid:\\t0\\n" in open("/proc/self/status").read():
    if tracer.poll() is not None:
        sys.exit(77)
    time.sleep(0.01)
ends = []
for call, number in steps:
    child = os.fork()
    if not child:
        try:
            for _ in range(limit - number if number else 0):
                IDLE[call]()
            program["act"](sys.argv[3], f"{call}-{number}")
        except Exception as error:
            os._exit(3)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ends.append([call, number, status, child])
print(json.dumps(ends))
"""


@dataclass(frozen=True)
class Cut:
    """What became of an act at whose ``number``-th ``call`` the kernel struck."""

    call: str
    number: int
    status: int  # 0 done, 3 an exception, negative a signal
    pid: int

    @property
    def name(self) -> str:
        return f"{self.call}-{self.number}"


def calls_of(program: str, folder: Path) -> dict[str, int]:
    """How often an act makes each call."""
    log = folder / "calls"
    [whole] = _strace(["-o", str(log), "-e", f"trace={','.join(CALLS)}"], 0, [("all", 0)], program, folder)
    assert whole.status == 0
    made = (re.match(r"(\d+) +(\w+)\(", line) for line in log.read_text(errors="replace").splitlines())
    return dict(Counter(found[2] for found in made if found and int(found[1]) == whole.pid))


def struck(
    program: str, folder: Path, blow: str, *, calls: Iterable[str], counts: Mapping[str, int], every: int = 1
) -> list[Cut]:
    """Do the act once for each call that it makes, the kernel striking at that one.

    ``program`` defines ``prepare(folder, names)`` and ``act(folder, name)``; ``blow`` is strace's word:
    ``error=EIO`` or ``signal=KILL``. ``every`` leaves steps out. Skips where strace may not be used.
    """
    steps = [(call, number) for call in calls for number in range(1, counts.get(call, 0) + 1)]
    limit = max(counts.values()) + 20
    words = ["-o", os.devnull, "-e", f"trace={','.join(calls)}"]
    for call in calls:
        words += ["-e", f"inject={call}:{blow}:when={limit}"]
    return _strace(words, limit, steps[::every], program, folder)


def _strace(
    words: list[str], limit: int, steps: list[tuple[str, int]], program: str, folder: Path
) -> list[Cut]:
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    asked = json.dumps([limit, steps, [strace, "-f", "-qq", *words]])
    run = subprocess.run(
        [sys.executable, "-c", _CHILDREN, asked, program, str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if run.returncode == _NOT_TRACED:
        pytest.skip("processes cannot be traced here")
    assert run.returncode == 0, run.stderr
    return [Cut(*end) for end in json.loads(run.stdout)]


def steps_of(act: Callable[[], object]) -> int:
    """How many steps an act has at which `killed_at` may kill it: touches of files and statements of SQL."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        count = _dying_at(0, act)
        os.write(writing, str(count).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as stream:
        return int(stream.read() or 0)


def killed_at(step: int, act: Callable[[], object]) -> bool:
    """Do the act in a fork that dies by SIGKILL at a step; whether it died. No connection may be open."""
    if not (child := os.fork()):
        _dying_at(step, act)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


_EVENTS = ("open", "os.rename", "os.mkdir", "os.link", "os.chmod", "os.remove", "os.rmdir", "os.truncate")


def _dying_at(step: int, act: Callable[[], object]) -> int:
    from django.db import connection

    count, is_on = 0, True

    def pass_by() -> None:
        nonlocal count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(event: str, _arguments: object) -> None:
        if is_on and event in _EVENTS:
            pass_by()

    def run(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        pass_by()
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(run):
            sys.addaudithook(heard)
            act()
    except BaseException:  # boundary: a fork must not go on with the test
        import traceback

        traceback.print_exc()
        os._exit(9)
    is_on = False
    return count
