"""The walls that a self-check can put around a parser on any clerk's computer: limits, no network, no new rights.

The server has stronger ones (`lantai.platform.sandbox`); what a machine does not know is left out.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sys
import time
from pathlib import Path

_MIB = 1 << 20
_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS
_DIE_WITH_PARENT, _SIGKILL = 1, 9  # PR_SET_PDEATHSIG
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_MOST_OPEN_FILES = 256


def confine(*, memory_mb: int, output_mb: int) -> None:
    """Bound this process for good: memory above what it has now, size of files, and no way out."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_FSIZE, output_mb * _MIB)
    _lower(resource.RLIMIT_NOFILE, _MOST_OPEN_FILES)
    _lower(resource.RLIMIT_AS, _own_bytes() + memory_mb * _MIB)
    if sys.platform.startswith("linux"):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        libc.prctl(_DIE_WITH_PARENT, _SIGKILL, 0, 0, 0)
        # a system that forbids this leaves the network as it is: the other walls stand
        libc.unshare(_NEW_NETWORK if os.geteuid() == 0 else _NEW_USER | _NEW_NETWORK)


def allow_seconds(seconds: int) -> None:
    """End this process when it computes for longer than ``seconds`` from now on."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds, hard))


def _lower(kind: int, most: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (limit, limit))


def _own_bytes() -> int:
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    return 512 * _MIB
