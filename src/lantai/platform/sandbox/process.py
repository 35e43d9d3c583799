"""The application's end of one worker: start it, hand it requests with open files, collect answers."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from lantai.platform.sandbox import confinement, frames
from lantai.platform.sandbox.types import Confinement, Killed, Limits

_START_S = 60.0
_STOP_S = 5.0
_CHUNK = 1 << 16
_MOST_ANSWER_MB = 64  # an answer is held in memory, whatever its call may write into a folder
_LOOK_S = 0.25  # how often a growing folder is measured, at least; a slow measurement is made less often
_LOOK_SHARE = 8


class WorkerFailed(Exception):
    """The worker did not start, or is gone."""


@dataclasses.dataclass(frozen=True, slots=True)
class OpenFile:
    """A file or folder that we opened for a call; ``name`` is what the parser sees."""

    fd: int
    name: str
    write: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """Calls of one target that share one child, in order."""

    target: str
    calls: list[dict[str, Any]]
    files: list[OpenFile]
    limits: Limits
    over_limit: Callable[[], bool] | None = None
    may_write: bool = False


Answer = tuple[dict[str, Any], bytes]


class Worker:
    """One confined worker process. Not thread-safe: the pool lends it to one thread at a time."""

    def __init__(
        self,
        walls: Confinement,
        preload: list[str],
        *,
        read: list[str] | None = None,
        write: list[str] | None = None,
    ) -> None:
        self.walls = walls
        self.scratch: str = ""
        ours, theirs = socket.socketpair()
        self.control = ours
        self.noise: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the worker
        with theirs:
            self.process = subprocess.Popen(
                self._command(read or [], write or []),
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=self.noise,
                env=self._environment(),
                cwd="/",
            )
        self._greet(preload)

    def _command(self, read: list[str], write: list[str]) -> list[str]:
        python = [sys.executable, "-P", "-s", "-B", "-m", "lantai.platform.sandbox.worker"]
        if not self.walls.bubblewrap:
            return python
        program = shutil.which("bwrap")
        if program is None:
            raise WorkerFailed("bwrap")
        return [*confinement.bubblewrap_command(program, read=read, write=write), *python]

    def _environment(self) -> dict[str, str]:
        # Nothing of ours: the environment of a server holds passwords.
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/nonexistent",
            "OPENBLAS_NUM_THREADS": "1",  # a thread of the nursery would be missing in its children
            "PYTHONPATH": confinement.source_folder(),
        }

    def _greet(self, preload: list[str]) -> None:
        self.control.settimeout(_START_S)
        try:
            frames.send(self.control, {"preload": preload, "walls": dataclasses.asdict(self.walls)})
            greeting, _ = frames.receive(self.control)
        except (frames.Closed, TimeoutError) as silent:
            reason = self._last_words() or str(silent)
            self.kill()
            raise WorkerFailed(reason) from silent
        self.scratch = str(greeting["scratch"])

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        self.noise.seek(0)
        lines = self.noise.read(1 << 16).decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def run(self, request: Request) -> Iterator[Answer | Killed]:
        """The answers in order; a ``Killed`` is the last item when the child did not get through.

        Raises ``WorkerFailed`` when the worker itself is gone; it is then unusable.
        """
        reader, writer = os.pipe()
        try:
            self._hand_over(request, writer)
            stream = _AnswerStream(reader, request.limits, request.over_limit)
            for _ in request.calls:
                answer = stream.next()
                if isinstance(answer, Killed):
                    yield self._stop(answer)
                    return
                if answer is None:
                    yield self._cause_of_death()
                    return
                yield answer
            self._exit_code()
        except GeneratorExit:  # the caller lost interest in the middle of a batch
            self._stop(Killed.TIMEOUT)
            raise
        finally:
            os.close(reader)

    def _hand_over(self, request: Request, writer: int) -> None:
        message = {
            "target": request.target,
            "calls": request.calls,
            "files": [{"name": f.name, "write": f.write} for f in request.files],
            "limits": dataclasses.asdict(request.limits),
            "may_write": request.may_write,
        }
        try:
            frames.send(self.control, message, [writer, *(f.fd for f in request.files)])
        except (frames.Closed, TimeoutError) as gone:
            self.kill()
            raise WorkerFailed(str(gone)) from gone
        finally:
            os.close(writer)

    def _stop(self, reason: Killed) -> Killed:
        with contextlib.suppress(frames.Closed, WorkerFailed):
            frames.send(self.control, {"stop": True})
            self._exit_code()
        return reason

    def _cause_of_death(self) -> Killed:
        code = self._exit_code()
        if code == -signal.SIGXCPU:
            return Killed.TIMEOUT
        return Killed.MEMORY if code in {-signal.SIGKILL, 86} else Killed.CRASH

    def _exit_code(self) -> int:
        self.control.settimeout(_STOP_S)
        try:
            message, _ = frames.receive(self.control)
        except (frames.Closed, TimeoutError) as gone:
            self.kill()
            raise WorkerFailed(self._last_words()) from gone
        if "unknown" in message:
            raise LookupError(message["unknown"])
        return int(message["exit"])

    def kill(self) -> None:
        """End the worker and what it started; safe to call twice."""
        self.control.close()
        if self.alive:
            self.process.kill()
        self.process.wait()
        self.noise.close()
        if self.scratch and not self.walls.bubblewrap:
            shutil.rmtree(Path(self.scratch), ignore_errors=True)


class _AnswerStream:
    """Reads framed answers from a hostile writer: bounded in time and in bytes, believed in nothing."""

    def __init__(self, fd: int, limits: Limits, over_limit: Callable[[], bool] | None) -> None:
        self.fd, self.limits, self.over_limit = fd, limits, over_limit
        self.buffer = bytearray()
        self.most_bytes = min(limits.output_mb, _MOST_ANSWER_MB) << 20
        self.pause = _LOOK_S

    def next(self) -> Answer | Killed | None:
        """One answer, why it must not be waited for any longer, or None when the writer is gone."""
        deadline = time.monotonic() + self.limits.timeout_s
        wanted = frames.ANSWER_HEAD.size
        while len(self.buffer) < wanted or (wanted := self._length()) > len(self.buffer):
            if wanted > self.most_bytes:
                return Killed.OUTPUT
            stop = self._wait(deadline)
            if stop is not None:
                return stop
            part = os.read(self.fd, _CHUNK)
            if not part:
                return None
            self.buffer += part
        return Killed.OUTPUT if self._wrote_too_much() else self._take(wanted)

    def _length(self) -> int:
        return frames.ANSWER_HEAD.size + sum(frames.ANSWER_HEAD.unpack_from(self.buffer))

    def _wait(self, deadline: float) -> Killed | None:
        while (left := deadline - time.monotonic()) > 0:
            tick = left if self.over_limit is None else min(left, self.pause)
            if select.select([self.fd], [], [], tick)[0]:
                return None
            if self._wrote_too_much():
                return Killed.OUTPUT
        return Killed.TIMEOUT

    def _wrote_too_much(self) -> bool:
        if self.over_limit is None:
            return False
        began = time.monotonic()
        is_over = self.over_limit()
        self.pause = max(_LOOK_S, _LOOK_SHARE * (time.monotonic() - began))
        return is_over

    def _take(self, length: int) -> Answer | Killed:
        head = frames.ANSWER_HEAD.size
        json_length, _ = frames.ANSWER_HEAD.unpack_from(self.buffer)
        body, blob = (
            bytes(self.buffer[head : head + json_length]),
            bytes(self.buffer[head + json_length : length]),
        )
        del self.buffer[:length]
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            return Killed.GARBLED
        return (message, blob) if isinstance(message, dict) else Killed.GARBLED
