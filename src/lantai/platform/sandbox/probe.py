"""What a worker must prove before it gets its first file: that the walls hold."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path


def escapes(outside: str) -> list[str]:
    """Try to get out, as the confined child; names of the attempts that succeeded (must be none)."""
    attempts: dict[str, Callable[[], object]] = {
        "network": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "execute": lambda: os.execv("/bin/true", ["true"]),
        "fork": os.fork,
        "read outside": lambda: Path(outside).read_bytes(),
        "write outside": lambda: Path(outside).write_bytes(b""),
        "signal": lambda: os.kill(os.getppid(), 0),
    }
    return [name for name, attempt in attempts.items() if _succeeds(attempt)]


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True
