"""Worker processes that open files: some at a time, in order, each replaced when a file kills it."""

from __future__ import annotations

import base64
import json
import os
import queue
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from itertools import count, islice
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter, ValidationError

import lantai
from lantai.kit.crypto.trust import CertificateTrust
from lantai.kit.fourprops.facts import Stopped
from lantai.kit.packages.found import walk
from lantai.kit.selfcheck.facts import Looked

SECONDS_A_FILE = 120.0
BYTES_A_SECOND = 1 << 20
MEMORY_MB, OUTPUT_MB = 2048, 1024
FILES_A_CALL = 32
FILES_AHEAD = 8_192  # opened while the reader is still at the lists
_NOT_AHEAD = ".xml"  # mostly metadata, which nobody opens as content
_LONGEST_ANSWER = 32 * 1024 * 1024
_CPU_SIGNALS = frozenset({-signal.SIGXCPU, -signal.SIGALRM})


_LOOKED = TypeAdapter(Looked)


class WorkerDied(Exception):
    """The process behind the pipe is gone or gave no proper answer; ``why`` as far as can be seen."""

    def __init__(self, why: Stopped) -> None:
        super().__init__(why.value)
        self.why = why


class Worker:
    """One confined process, asked in lines of JSON."""

    def __init__(
        self,
        trust: CertificateTrust,
        *,
        memory_mb: int = MEMORY_MB,
        output_mb: int = OUTPUT_MB,
        opens_files: bool = True,
        pronom: str = "",
    ) -> None:
        command = [sys.executable, "-m", f"{__package__}.worker", str(memory_mb), str(output_mb)]
        source = str(Path(lantai.__file__).parent.parent)
        environment = {"PYTHONPATH": source, "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
        self._scratch = tempfile.TemporaryDirectory(prefix="lantai-inside-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._out, selectors.EVENT_READ)
        self._buffer = bytearray()
        roles = asdict(trust)
        told = {role: [base64.b64encode(der).decode() for der in ders] for role, ders in roles.items()}
        self._ask({"trust": told, "opens_files": opens_files, "pronom": pronom})

    @property
    def scratch(self) -> Path:
        """A folder that the process may use; it goes when the process goes."""
        return Path(self._scratch.name)

    def look_at(self, files: Sequence[tuple[Path, str]], *, pronom: str = "") -> None:
        """Ask for one answer a file, each with the name that it came under."""
        named = [[str(path), name] for path, name in files]
        self._ask({"call": "files", "files": named, "out": str(self.scratch), "pronom": pronom})

    def read(self, package: Path, out: Path) -> None:
        """Ask for the one answer to a package; its facts go to ``out``."""
        self._ask({"call": "package", "path": str(package.absolute()), "out": str(out)})

    def _ask(self, question: Mapping[str, object]) -> None:
        """Write one line; a worker that is gone is noticed when its answer is read."""
        with suppress(BrokenPipeError):
            self._in.write(json.dumps(question).encode() + b"\n")
            self._in.flush()

    def answer(self, timeout_s: float) -> bytes:
        """The next line; raises `WorkerDied` when none comes in time."""
        until = time.monotonic() + timeout_s
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _LONGEST_ANSWER:
                raise WorkerDied(Stopped.OUTPUT)
            if not self._selector.select(max(0.0, until - time.monotonic())):
                raise WorkerDied(Stopped.TIME)
            more = os.read(self._out.fileno(), 1 << 16)
            if not more:
                raise WorkerDied(self._how_it_ended())
            self._buffer += more
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _how_it_ended(self) -> Stopped:
        with suppress(subprocess.TimeoutExpired):
            if self._process.wait(timeout=5) in _CPU_SIGNALS:
                return Stopped.TIME
        return Stopped.CRASH

    def end(self) -> None:
        """Kill the process and whatever it started."""
        self._selector.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(BrokenPipeError):
            self._in.close()
        self._out.close()
        self._process.wait()
        self._scratch.cleanup()


class Pool:
    """``processes`` workers; a context manager that ends them. ``pronom`` is another release of PRONOM."""

    def __init__(self, trust: CertificateTrust, processes: int, pronom: Path | None = None) -> None:
        self._trust, self._processes = trust, processes
        self._pronom = str(pronom.absolute()) if pronom else ""
        self._free: queue.SimpleQueue[Worker | None] = queue.SimpleQueue()
        for _ in range(processes):
            self._free.put(self._started())
        self._threads = ThreadPoolExecutor(processes)
        self._ahead: dict[tuple[str, str], Callable[[], Looked]] = {}

    def _started(self) -> Worker:
        """A worker, which gets ready by itself while nobody asks it."""
        return Worker(self._trust, pronom=self._pronom)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        for _ in range(self._processes):
            worker = self._free.get()
            if worker is not None:
                worker.end()

    def go_ahead(self, folder: Path) -> None:
        """Begin to look at the first files below ``folder``, for a reader that will name most of them."""
        files = islice(_content_below(folder), FILES_AHEAD)
        while some := list(islice(files, FILES_A_CALL)):
            future = self._threads.submit(self._look_at_some, some)
            self._ahead |= {
                (str(path), name): partial(_result, future, place) for place, (path, name) in enumerate(some)
            }

    def look_at(self, files: Iterable[tuple[Path, str]]) -> Iterator[Looked]:
        """What opening each (path, name) brought, in order; a bounded number are under way at a time."""
        waiting = iter(files)
        under_way: deque[Iterator[Looked]] = deque()
        while True:
            while len(under_way) < 3 * self._processes and (some := list(islice(waiting, FILES_A_CALL))):
                under_way.append(self._begun(some))
            if not under_way:
                return
            yield from under_way.popleft()

    def _begun(self, files: Sequence[tuple[Path, str]]) -> Iterator[Looked]:
        """What opening ``files`` brings, begun now where it was not begun ahead."""
        ahead = [self._ahead.pop((str(path), name), None) for path, name in files]
        rest = [file for file, known in zip(files, ahead, strict=True) if known is None]
        future = self._threads.submit(self._look_at_some, rest)
        places = count()
        return (known() if known else _result(future, next(places)) for known in ahead)

    def _look_at_some(self, files: Sequence[tuple[Path, str]]) -> list[Looked]:
        found: list[Looked] = []
        while len(found) < len(files):
            self._go_on(files[len(found) :], found)
        return found

    def _go_on(self, files: Sequence[tuple[Path, str]], found: list[Looked]) -> None:
        """Look at ``files`` with one worker, until the last or until one of them kills it."""
        worker: Worker | None = self._free.get() or self._started()
        try:
            assert worker is not None
            worker.look_at(files, pronom=self._pronom)
            for path, _name in files:
                try:
                    found.append(_looked(worker.answer(_patience(path))))
                except WorkerDied as died:  # this file is to blame; the others get another worker
                    found.append(Looked(stopped=died.why, size_bytes=_size(path)))
                    worker.end()
                    worker = None
                    return
        finally:
            self._free.put(worker)


def _content_below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Plain files in the order of their names, as a package lists them; links are left to the reader."""
    for seen in walk(folder):
        for name, _size in seen.files:
            if not name.lower().endswith(_NOT_AHEAD):
                yield folder / seen.at(name), name


def _result(future: Future[list[Looked]], place: int) -> Looked:
    return future.result()[place]


def _looked(line: bytes) -> Looked:
    """A line held against its form: it was written by a process that saw foreign bytes."""
    try:
        return _LOOKED.validate_json(line)
    except ValidationError as garbled:
        raise WorkerDied(Stopped.CRASH) from garbled


def _patience(path: Path) -> float:
    return SECONDS_A_FILE + _size(path) / BYTES_A_SECOND


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
