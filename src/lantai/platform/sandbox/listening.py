"""Hearing out a program that may be hostile: for so long, so many bytes, and then its whole group is ended."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from lantai.platform.sandbox.types import Killed

_CHUNK = 1 << 16
_LOOK_S = 0.2  # how often we look whether it has ended and what it wrote
_COMPLAINT_BYTES = 64 << 10


@dataclass(slots=True)
class Heard:
    """What a process said until it ended, or until we ended it (``stopped``); ``exit_code`` as of Popen."""

    output: bytes = b""
    complaints: bytes = b""
    exit_code: int = 0
    stopped: Killed | None = None


def listen(
    process: subprocess.Popen[bytes], timeout_s: float, output_bytes: int, is_too_full: Callable[[], bool]
) -> Heard:
    """Both streams of a process that leads its own group; nothing of the group is left afterwards.

    Complaints beyond 64 KiB are dropped; more output than ``output_bytes`` ends it.
    """
    parts: dict[int, bytearray] = {}
    try:
        stopped = _hear(process, time.monotonic() + timeout_s, output_bytes, is_too_full, parts)
    finally:
        # Not reaped yet, so the number of the group is still its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        exit_code = process.wait()
        output, complaints = _streams(process)
        process.stdout and process.stdout.close()
        process.stderr and process.stderr.close()
    said, complained = bytes(parts.get(output, b"")), bytes(parts.get(complaints, b""))
    return Heard(said, complained, exit_code, stopped)


def _streams(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    if process.stdout is None or process.stderr is None:
        raise ValueError("both streams must be pipes")
    return process.stdout.fileno(), process.stderr.fileno()


def _hear(
    process: subprocess.Popen[bytes],
    deadline: float,
    output_bytes: int,
    is_too_full: Callable[[], bool],
    parts: dict[int, bytearray],
) -> Killed | None:
    output, complaints = _streams(process)
    with selectors.DefaultSelector() as selector:
        for fd in (output, complaints):
            selector.register(fd, selectors.EVENT_READ)
            parts[fd] = bytearray()
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return Killed.TIMEOUT
            has_ended = _has_ended(process)
            ready = selector.select(0 if has_ended else min(left, _LOOK_S))
            for key, _ in ready:
                part = os.read(key.fd, _CHUNK)
                parts[key.fd] += part
                if not part:
                    selector.unregister(key.fd)
            del parts[complaints][_COMPLAINT_BYTES:]
            if len(parts[output]) > output_bytes or is_too_full():
                return Killed.OUTPUT
            if has_ended and not ready:  # a grandchild may hold the streams open: not waited for
                return None


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
