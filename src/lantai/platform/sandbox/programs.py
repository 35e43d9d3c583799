"""Run an external program on a file from outside, behind walls of its own that hold for this one run.

The parsers of the kit run in workers that can start nothing (``services``). A program of somebody else cannot
live in there: it gets its own namespaces by bubblewrap, or Landlock rules where bubblewrap does not work, and
in both a system call filter. It has no network, sees its libraries and the one file, can start nothing that the
walls do not show it, and is ended with its whole process group. Only what ``PROGRAMS`` declares is ever run.
What it makes (``make``) it writes into one empty folder of ours: regular files, no more than was allowed.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

from lantai.kit.errors import Refusal
from lantai.platform.sandbox import confinement, pool, probe
from lantai.platform.sandbox.handover import bytes_under
from lantai.platform.sandbox.launch import INPUT_FD, STARTED, Order
from lantai.platform.sandbox.listening import Heard, listen
from lantai.platform.sandbox.types import (
    Confinement,
    InputUnreadable,
    Killed,
    Limits,
    ParseKilled,
    ProgramNotConfined,
    ProgramUnavailable,
    Said,
    killed,
)

Arguments = Callable[[str], Sequence[str]]
MakingArguments = Callable[[str, str], Sequence[str]]

_LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")
_NOT_LOADED = 127  # of the loader: a library is missing, or the walls hide it
_SIGNALLED = 128  # a shell, and bubblewrap, add to this the number of the signal that ended a program


@dataclasses.dataclass(frozen=True, slots=True)
class Program:
    """An external program: its name on the path, what it reads besides its libraries, what it may do.

    ``scratch_mb`` is the size of a private folder (``HOME`` and ``TMPDIR``), empty at the start of a run and gone
    after it; 0 for a program that has nothing to write. ``beside`` names the file that is the program where the name
    on the path leads to a script in the same folder. ``shows`` are folders of ours that it sees under other names,
    where it has mounts of its own. ``may_pipe``: it talks to itself through local sockets, for
    which it needs namespaces of its own.
    """

    name: str
    reads: tuple[str, ...] = ()
    may_fork: bool = False
    scratch_mb: int = 0
    beside: str = ""
    may_pipe: bool = False
    shows: tuple[tuple[str, str], ...] = ()


_OUR_FONTS = str(Path(confinement.source_folder()) / "lantai" / "platform" / "documents" / "fonts")
_FONTS = (
    "/etc/fonts",
    "/usr/share/fonts",
    "/usr/share/fontconfig",
    "/usr/local/share/fonts",
    "/var/cache/fontconfig",
)
_OFFICE = (
    *_FONTS,
    "/etc/libreoffice",
    "/usr/share/libreoffice",
    "/usr/share/liblangtag",
    "/usr/share/hyphen",
)
_GHOSTSCRIPT = (
    *_FONTS,
    "/usr/share/ghostscript",
    "/usr/share/color",
    "/usr/share/poppler",
    "/var/lib/ghostscript",
)
PROGRAMS = {
    program.name: program
    for program in (
        Program("ffprobe"),
        Program("ffmpeg"),
        Program("gs", reads=_GHOSTSCRIPT, scratch_mb=512),
        Program(
            "soffice",
            reads=_OFFICE,
            scratch_mb=256,
            beside="soffice.bin",
            may_pipe=True,
            shows=((_OUR_FONTS, "/tmp/.fonts"),),  # most servers have no Chinese font
        ),
    )
}


def run(
    name: str,
    arguments: Arguments,
    *,
    path: Path,
    timeout_s: float = 60,
    memory_mb: int = 2048,
    output_kb: int = 4096,
) -> Said:
    """What the declared program ``name`` says of the file at ``path``.

    ``arguments`` gives its command line for the place at which it will find the file. Raises
    ``ProgramUnavailable`` (or ``ProgramNotConfined``), ``InputUnreadable``, and ``ParseKilled`` when it took too
    long, said too much or died.
    """
    program, executable = PROGRAMS[name], find(name)
    walls = _proven_walls(program)
    limits = Limits(timeout_s, memory_mb, program.scratch_mb)
    return start(program, executable, arguments, walls=walls, path=path, limits=limits, output_kb=output_kb)


def make(
    name: str,
    arguments: MakingArguments,
    *,
    path: Path,
    out: Path,
    timeout_s: float = 600,
    memory_mb: int = 2048,
    out_mb: int = 4096,
    output_kb: int = 1024,
) -> Said:
    """As ``run``, of a program that makes files in ``out``, an empty folder of ours, at most ``out_mb`` in all.

    ``arguments`` gives its command line for the places at which it will find the file and the folder. What it has
    left there is untrusted like the file itself; where it was stopped, nothing of it may be used.
    """
    program, executable = PROGRAMS[name], find(name)
    walls = _proven_walls(program)
    limits = Limits(timeout_s, memory_mb, max(program.scratch_mb, out_mb))
    said = start(
        program,
        executable,
        lambda given: arguments(given, confinement.MADE_PLACE if walls.bubblewrap else str(out)),
        walls=walls,
        path=path,
        limits=limits,
        output_kb=output_kb,
        out=out,
    )
    if bytes_under(out) > out_mb << 20 or not _holds_plain_files(out):
        raise killed(Killed.OUTPUT, limits)
    return said


def trouble_of(name: str) -> str:
    """Why the declared program cannot be used on this machine; empty when it can."""
    try:
        find(name)
        _proven_walls(PROGRAMS[name])
    except Refusal as refusal:
        return str(refusal)
    return ""


def find(name: str) -> str:
    """Where the program is. Raises ``ProgramUnavailable``."""
    found = shutil.which(name)
    if found is None:
        raise ProgramUnavailable(program=name)
    real, beside = os.path.realpath(found), PROGRAMS[name].beside if name in PROGRAMS else ""
    if not beside:
        return real
    own = Path(real).with_name(beside)
    if not own.is_file():
        raise ProgramUnavailable(program=name)
    return str(own)


def _proven_walls(program: Program) -> Confinement:
    walls = pool.current().walls
    trouble = trouble_with(walls)
    if trouble:
        raise ProgramNotConfined(program=program.name, reason=trouble)
    if program.may_pipe and not walls.bubblewrap:
        raise ProgramNotConfined(program=program.name, reason="bwrap")
    return walls


def _holds_plain_files(folder: Path) -> bool:
    """Whether there is nothing but folders and regular files that have no second name."""
    for parent, folders, names in os.walk(folder):
        for one in (*folders, *names):
            found = os.lstat(os.path.join(parent, one))  # noqa: PTH118 - names of a stranger, byte for byte
            if not (stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)):
                return False
    return True


@lru_cache(maxsize=4)
def trouble_with(walls: Confinement) -> str:
    """Why these walls do not hold an external program here; empty when one inside them could not get out.

    Tried once in a process, before the first file, with a Python that attempts what the workers' probe attempts.
    """
    python = Program("python", reads=tuple(confinement.readable_places()))
    with tempfile.NamedTemporaryFile() as handed, tempfile.NamedTemporaryFile() as outside:
        outside.write(b"x")
        outside.flush()
        try:
            said = start(
                python,
                os.path.realpath(sys.executable),
                lambda _place: ["-I", "-S", "-B", probe.__file__, outside.name],
                walls=walls,
                path=Path(handed.name),
                limits=Limits(20, 1024, 0),
                output_kb=64,
            )
        except (ProgramNotConfined, ParseKilled) as failed:
            return str(failed.params.get("reason", failed))
    return (
        said.output.decode(errors="replace").strip() if said.exit_code == 0 else _last_line(said.complaints)
    )


def start(
    program: Program,
    executable: str,
    arguments: Arguments,
    *,
    walls: Confinement,
    path: Path,
    limits: Limits,
    output_kb: int,
    out: Path | None = None,
) -> Said:
    """As ``run`` or ``make``, of any program and behind walls that nobody has tried out yet."""
    place = path.resolve()
    if not (place.is_file() and os.access(place, os.R_OK)):
        raise InputUnreadable(name=path.name)
    with ExitStack() as stack:
        if walls.bubblewrap:
            order = _order_of_mounts(program, executable, arguments, place, limits, out)
        else:
            writable = [_scratch(program, stack)] if program.scratch_mb else []
            writable += [str(out.resolve())] if out is not None else []
            order = _order_of_rules(program, executable, arguments, place, limits, writable)
        watched = [Path(folder) for folder in order.writable] or ([out] if out is not None else [])
        heard, status = _carry_out(order, output_kb << 10, watched)
    return _said(program, heard, status, limits, output_kb)


def _order_of_mounts(
    program: Program, executable: str, arguments: Arguments, place: Path, limits: Limits, out: Path | None
) -> Order:
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise ProgramNotConfined(program=program.name, reason="bwrap")
    mounts = [*_libraries(), *(one for one in program.reads if Path(one).exists()), executable]
    command = confinement.bubblewrap_program_command(
        bubblewrap,
        read=mounts,
        given=str(place),
        scratch_mb=program.scratch_mb,
        made=str(out.resolve()) if out is not None else "",
        shows=program.shows,
    )
    return Order(
        command=[executable, *arguments(confinement.GIVEN_PLACE)],
        environment=_environment("/tmp" if program.scratch_mb else "/nonexistent"),
        limits=limits,
        may_fork=program.may_fork,
        may_write=program.scratch_mb > 0 or out is not None,
        may_pipe=program.may_pipe,
        bubblewrap=command,
    )


def _order_of_rules(
    program: Program,
    executable: str,
    arguments: Arguments,
    place: Path,
    limits: Limits,
    writable: Sequence[str],
) -> Order:
    return Order(
        command=[executable, *arguments(f"/proc/self/fd/{INPUT_FD}")],
        environment=_environment(writable[0] if writable else "/nonexistent"),
        limits=limits,
        may_fork=program.may_fork,
        may_write=bool(writable),
        input_path=str(place),
        readable=[*_libraries(), *(p for p in program.reads if Path(p).exists()), *confinement.DEVICES],
        executable=[executable, *(p for p in _LOADERS if Path(p).exists())],
        writable=writable,
    )


def _carry_out(order: Order, output_bytes: int, watched: list[Path]) -> tuple[Heard, bytes]:
    """What the program said, and what was written about its start."""
    reader, writer = os.pipe()
    order = dataclasses.replace(order, status_fd=writer, parent=os.getpid())
    limit = order.limits.output_mb << 20
    with os.fdopen(reader, "rb") as status:
        try:
            process = _started(order)
        finally:
            os.close(writer)
        heard = listen(
            process,
            order.limits.timeout_s,
            output_bytes,
            lambda: any(bytes_under(folder) > limit for folder in watched),
        )
        return heard, status.read(4096)


def _started(order: Order) -> subprocess.Popen[bytes]:
    words = ["-P", "-S", "-s", "-B", "-m", "lantai.platform.sandbox.launch"]
    return subprocess.Popen(
        [sys.executable, *words, json.dumps(dataclasses.asdict(order))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[order.status_fd],
        env=_environment("/nonexistent") | {"PYTHONPATH": confinement.source_folder()},
        cwd="/",
        start_new_session=True,
    )


def _said(program: Program, heard: Heard, status: bytes, limits: Limits, output_kb: int) -> Said:
    told = dataclasses.replace(limits, output_mb=max(1, output_kb >> 10))
    if heard.stopped is not None:
        raise killed(heard.stopped, told)
    has_started = status == STARTED or b'"exit-code"' in status
    if not has_started or heard.exit_code == _NOT_LOADED:
        raise ProgramNotConfined(program=program.name, reason=_last_line(heard.complaints))
    if heard.exit_code < 0 or heard.exit_code > _SIGNALLED:
        raise killed(Killed.CRASH, told)
    return Said(heard.exit_code, heard.output, heard.complaints)


def _scratch(program: Program, stack: ExitStack) -> str:
    return stack.enter_context(tempfile.TemporaryDirectory(prefix="lantai-program-"))


def _libraries() -> list[str]:
    return [place for place in confinement.LIBRARIES if Path(place).exists()]


def _environment(home: str) -> dict[str, str]:
    """Nothing of ours; one arena a thread would use up the address space that a program may have."""
    places = {"PATH": "/nonexistent", "HOME": home, "TMPDIR": home}
    return places | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}


def _last_line(words: bytes) -> str:
    lines = words.decode(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "-"
