"""Started for one run of an external program: takes limits and walls upon itself, then becomes the program.

Reads no foreign byte. Started as ``python -m lantai.platform.sandbox.launch ORDER``, where the order is JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from lantai.platform.sandbox import confinement, landlock, seccomp
from lantai.platform.sandbox.types import Limits

INPUT_FD = 9
STARTED = b"+"


@dataclass(frozen=True, slots=True)
class Order:
    """What to become, and behind which walls.

    ``bubblewrap`` is its command line up to the program's own; where it is empty, Landlock leaves the places
    named. At the last moment ``STARTED`` goes to ``status_fd``; bubblewrap reports in its own words there.
    """

    command: Sequence[str]
    environment: dict[str, str]
    limits: Limits
    may_fork: bool
    may_write: bool
    may_pipe: bool = False
    input_path: str = ""
    bubblewrap: Sequence[str] = ()
    readable: Sequence[str] = ()
    executable: Sequence[str] = ()
    writable: Sequence[str] = ()
    status_fd: int = -1
    parent: int = 0


def main() -> None:
    """Become the program; ends with an error when a wall cannot be put up."""
    told = json.loads(sys.argv[1])
    order = Order(**told | {"limits": Limits(**told["limits"])})
    confinement.die_with_parent(order.parent)
    walls = seccomp.program_filter(
        may_fork=order.may_fork, may_write=order.may_write, may_pipe=order.may_pipe
    )
    if order.bubblewrap:
        _become_bubblewrap(order, walls)
    _become_program(order, walls)


def _become_bubblewrap(order: Order, walls: bytes) -> None:
    filter_fd = os.memfd_create("filter", 0)
    os.write(filter_fd, walls)
    os.lseek(filter_fd, 0, os.SEEK_SET)
    confinement.limit_program(order.limits)
    program, *words = order.bubblewrap
    words += ["--json-status-fd", str(order.status_fd), "--seccomp", str(filter_fd), "--", *order.command]
    os.execve(program, [program, *words], order.environment)


def _become_program(order: Order, walls: bytes) -> None:
    os.set_inheritable(order.status_fd, False)
    os.dup2(os.open(order.input_path, os.O_RDONLY | os.O_CLOEXEC), INPUT_FD)
    readable = [*map(_place, order.readable), INPUT_FD]
    executable, writable = list(map(_place, order.executable)), list(map(_place, order.writable))
    os.chdir(order.environment["HOME"] if order.writable else "/")
    confinement.limit_program(order.limits)
    confinement.forsake_privileges()
    landlock.restrict(readable, writable, executable)
    seccomp.install(walls)
    os.write(order.status_fd, STARTED)
    os.execve(order.command[0], list(order.command), order.environment)


def _place(path: str) -> int:
    return os.open(path, os.O_PATH | os.O_CLOEXEC)


if __name__ == "__main__":
    main()
