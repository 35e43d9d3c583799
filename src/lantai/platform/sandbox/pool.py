"""The workers of this process: picked walls, proven before the first file, lent to one thread at a time."""

from __future__ import annotations

import atexit
import logging
import os
import queue
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from lantai.platform.sandbox import landlock, settings, syscalls
from lantai.platform.sandbox.process import Request, Worker, WorkerFailed
from lantai.platform.sandbox.types import Confinement, Killed, Limits, SandboxUnavailable

log = logging.getLogger(__name__)

PREFERENCE = (Confinement(True, True), Confinement(True, False), Confinement(False, True))
_PROBE = "lantai.platform.sandbox.probe:escapes"


class Pool:
    """A fixed number of places for workers; a dead worker is replaced when its place is next lent."""

    def __init__(self, wanted: settings.SandboxSettings) -> None:
        self.wanted = wanted
        self._places: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(max(1, wanted.workers)):
            self._places.put(None)
        self._walls: Confinement | None = None
        self._picking = threading.Lock()
        # Workers die with the thread that started them (PR_SET_PDEATHSIG): one lasting thread starts all.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="sandbox-starter")

    @property
    def walls(self) -> Confinement:
        """The confinement of this machine, found out once. Raises ``SandboxUnavailable``."""
        with self._picking:
            if self._walls is None:
                self._walls = self._pick()
            return self._walls

    @contextmanager
    def lend(self) -> Iterator[Worker]:
        """A living worker for this thread; waits while all are lent. Raises ``SandboxUnavailable``."""
        walls = self.walls
        worker = self._places.get()
        try:
            if worker is None or not worker.alive:
                worker = self._start(worker, walls)
            yield worker
        finally:
            self._places.put(worker)

    @contextmanager
    def lend_special(self, *, read: list[str], write: list[str]) -> Iterator[Worker]:
        """A worker for one call, which sees these folders as mounts: Landlock cannot narrow a shared one."""
        worker = self._starter.submit(Worker, self.walls, [], read=read, write=write).result()
        try:
            yield worker
        finally:
            worker.kill()

    def close(self) -> None:
        """End every worker that is not lent, and the starter."""
        while True:
            try:
                worker = self._places.get_nowait()
            except queue.Empty:
                break
            if worker is not None:
                worker.kill()
        self._starter.shutdown(wait=False)

    def _start(self, dead: Worker | None, walls: Confinement) -> Worker:
        if dead is not None:
            dead.kill()
        try:
            return self._starter.submit(Worker, walls, list(self.wanted.preload)).result()
        except WorkerFailed as failed:
            raise SandboxUnavailable(reason=str(failed)) from failed

    def _pick(self) -> Confinement:
        if not syscalls.supported():
            raise SandboxUnavailable(reason=f"seccomp: {os.uname().machine}")
        reasons = []
        for walls in PREFERENCE:
            if self.wanted.confinement not in {"auto", walls.slug}:
                continue
            if walls.landlock and landlock.version() == 0:
                reasons.append(f"{walls.slug}: Landlock")
                continue
            trouble = self._trouble_with(walls)
            if not trouble:
                log.info("parsers run behind %s", walls.slug)
                return walls
            reasons.append(f"{walls.slug}: {trouble}")
        raise SandboxUnavailable(reason="; ".join(reasons))

    def _trouble_with(self, walls: Confinement) -> str:
        """Why these walls do not hold here; empty when a worker inside them could not get out."""
        try:
            worker = self._starter.submit(Worker, walls, []).result()
        except (WorkerFailed, OSError) as failed:
            return str(failed)
        with tempfile.NamedTemporaryFile() as outside:
            escaped = _try_to_escape(worker, outside.name)
        worker.kill()
        return escaped


def _try_to_escape(worker: Worker, outside: str) -> str:
    Path(outside).write_bytes(b"x")
    request = Request(_PROBE, [{"outside": outside}], [], Limits(timeout_s=20))
    try:
        answer = next(worker.run(request))
    except WorkerFailed as failed:
        return str(failed)
    if isinstance(answer, Killed):
        return answer.value
    return ", ".join(answer[0].get("result", ["probe"]))


_pool: Pool | None = None
_pool_lock = threading.Lock()


def current() -> Pool:
    """The pool of this process, made at first use."""
    global _pool
    with _pool_lock:
        if _pool is None:
            _pool = Pool(settings.current())
            atexit.register(_pool.close)
        return _pool


def reset() -> None:
    """End the workers; the next call starts new ones with the settings of then."""
    global _pool
    with _pool_lock:
        if _pool is not None:
            _pool.close()
        _pool = None


def _forget_after_fork() -> None:
    # The workers belong to the parent: a forked server process must neither share nor end them.
    global _pool, _pool_lock
    _pool, _pool_lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget_after_fork)
