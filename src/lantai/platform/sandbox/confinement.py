"""The walls: what a worker is started in, and what a child puts on itself before it reads a foreign byte."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import lantai
from lantai.platform.sandbox import landlock, seccomp
from lantai.platform.sandbox.types import Confinement, Limits

_MIB = 1 << 20
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP = 1, 38, 24
_CAPABILITY_VERSION_3 = 0x20080522
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts")
DEVICES = ("/dev/null", "/dev/urandom", "/dev/zero")
LIBRARIES = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/alternatives",
)
GIVEN_PLACE = (
    "/given"  # where a program in its own mounts finds the file; the name that a stranger gave is no option
)
MADE_PLACE = "/made"  # and where it leaves what it makes
_SCRATCH_BYTES = 16 * _MIB


def readable_places() -> list[str]:
    """Folders and files that Python and our own code need; nothing that anybody stores records in."""
    paths = sysconfig.get_paths()
    wanted = [*_SYSTEM, sys.prefix, sys.base_prefix, paths["stdlib"], paths["platstdlib"]]
    wanted += [paths["purelib"], paths["platlib"], str(Path(lantai.__file__).parent)]
    present = sorted({p for p in wanted if p != "/" and Path(p).exists()})
    return [p for p in present if not any(p != q and p.startswith(q.rstrip("/") + "/") for q in present)]


def source_folder() -> str:
    """What must be on the path of a worker so that it can import this package."""
    return str(Path(lantai.__file__).parent.parent)


def bubblewrap_command(program: str, *, read: list[str], write: list[str]) -> list[str]:
    """Own user, network, process and mount namespaces; only libraries, ``read`` and ``write`` are there."""
    command = [program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", str(_SCRATCH_BYTES), "--tmpfs", "/tmp"]
    for place in (*readable_places(), *read):  # after /tmp, since the program itself may lie there
        command += ["--ro-bind", place, place]
    for place in write:
        command += ["--bind", place, place]
    return [*command, "--chdir", "/"]


def bubblewrap_program_command(
    program: str,
    *,
    read: list[str],
    given: str,
    scratch_mb: int,
    made: str = "",
    shows: Iterable[tuple[str, str]] = (),
) -> list[str]:
    """As ``bubblewrap_command``, for one run of an external program on the file ``given``.

    Nothing of ours is mounted, nothing can be written but a scratch folder of ``scratch_mb`` at /tmp, and our folder
    ``made``, where there is one. ``shows`` are places of ours that it sees under other names.
    """
    command = [program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    command += ["--proc", "/proc", "--dev", "/dev"]
    if scratch_mb:
        command += ["--size", str(scratch_mb * _MIB), "--tmpfs", "/tmp"]
    for place in dict.fromkeys(read):
        command += ["--ro-bind", place, place]
    for place, name in shows:
        command += ["--ro-bind", place, name]
    command += ["--bind", made, MADE_PLACE] if made else []
    command += ["--ro-bind", given, GIVEN_PLACE, "--remount-ro", "/dev", "--remount-ro", "/"]
    return [*command, "--chdir", "/tmp" if scratch_mb else "/"]


def enter_nursery(parent: int) -> None:
    """Walls of the process that forks: dies with ``parent``, no privileges, no network, no exec."""
    die_with_parent(parent)
    forsake_privileges()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seccomp.install(seccomp.nursery_filter())


def open_libraries(walls: Confinement) -> list[int]:
    """What every child may read, opened once so that no child has to look it up; empty without Landlock."""
    places = (*readable_places(), *DEVICES) if walls.landlock else ()
    return [os.open(place, os.O_PATH | os.O_CLOEXEC) for place in places]


def enter_child(walls: Confinement, *, readable: list[int], writable: list[int], may_write: bool) -> None:
    """Walls of the process that parses: it can open what lies under these descriptors. Raises OSError.

    Without Landlock an open descriptor could be opened again for writing, so there the filter forbids all
    writing, unless (``may_write``) this worker sees nothing but read-only mounts and its one output folder.
    """
    if walls.landlock:
        landlock.restrict(readable, writable)
    seccomp.install(seccomp.child_filter(may_write=walls.landlock or may_write))


def limit_resources(limits: Limits, *, calls: int) -> None:
    """Caps of the kernel on memory, processor time and file size; the clock is watched by the application."""
    seconds = math.ceil(limits.timeout_s * calls) + 1
    address_space = _own_address_space() + limits.memory_mb * _MIB
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output_mb * _MIB, limits.output_mb * _MIB))
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write past the limit then fails with EFBIG


def limit_program(limits: Limits) -> None:
    """As ``limit_resources``, for a program that this process is about to become; ``output_mb`` is its scratch."""
    seconds = (math.ceil(limits.timeout_s) + 1) * (os.cpu_count() or 1)  # its threads count together
    scratch = limits.output_mb * _MIB
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (scratch, scratch))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_mb * _MIB,) * 2)
    signal.signal(
        signal.SIGXFSZ, signal.SIG_IGN
    )  # survives the exec; a write past the limit fails with EFBIG


def forsake_privileges() -> None:
    """No privileges now, and none by whatever is started later."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    drop_capabilities()


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent goes; ends at once when it has gone already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def drop_capabilities() -> None:
    """Give up every privilege of root, also those that a later exec could bring back."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(64):
        libc.prctl(
            _PR_CAPBSET_DROP, capability, 0, 0, 0
        )  # refused without privilege: then there is none to drop
    header, nothing = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), bytes(24)
    if libc.capset(header, nothing) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _own_address_space() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
