"""Cases given to the confined readers, and a guard around them that sees whoever gets out."""

from __future__ import annotations

import os
import random
import shutil
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from lantai.kit.crypto.trust import NO_TRUST
from lantai.kit.errors import LantaiError
from lantai.kit.fourprops import Stage
from lantai.kit.fourprops.facts import EnvironmentFacts, Stopped
from lantai.kit.packages.reading import PACKAGE
from lantai.kit.selfcheck.facts import Looked
from lantai.kit.selfcheck.pool import Worker, WorkerDied
from lantai.kit.selfcheck.run import ReadPackage, check_read
from lantai.kit.selfcheck.sentlines import Garbled, SentLines
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import Killed, ParseFailed, ParseKilled, ParseRefused
from tests.fuzz.cases import Case, kept_case, make_case
from tests.fuzz.mutating import Bait
from tests.fuzz.samples import Files, documents, packages

SECONDS_A_CALL = 10.0
MEMORY_MB, OUTPUT_MB = 1024, 64
OFD = "ofd"
_TODAY = date(2024, 6, 3)


class Trouble(Exception):
    """What must not happen: an error nobody foresaw, a death, an escape."""


class Guard:
    """A place with a secret, forbidden ground and a listening socket; only ``work`` may change."""

    def __init__(self, arena: Path) -> None:
        self.work, self.secret = arena / "work", f"secret-{random.SystemRandom().getrandbits(128):032x}"
        self._arena = arena
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        for folder in (self.work, arena / "forbidden", arena / "here"):
            folder.mkdir()
        (arena / "secret.txt").write_text(self.secret)
        address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.bait = Bait(str(arena / "secret.txt"), str(arena / "forbidden"), address)
        self._before = dict(self._outside())

    def check(self) -> None:
        """Raise `Trouble` when anything outside of ``work`` is not as it was, or somebody called."""
        if dict(self._outside()) != self._before:
            raise Trouble("written outside of the work folder")
        try:
            self._listener.accept()
        except BlockingIOError:
            return
        raise Trouble("a connection was made")

    def check_told(self, told: bytes) -> None:
        """Raise `Trouble` when an answer holds the secret."""
        if self.secret.encode() in told:
            raise Trouble("the secret was read")

    def close(self) -> None:
        self._listener.close()

    def _outside(self) -> Iterator[tuple[str, bytes]]:
        for parent, folders, names in os.walk(self._arena):
            folders[:] = [name for name in folders if Path(parent, name) != self.work]
            for name in folders:
                yield str(Path(parent, name)), b""
            for name in names:
                yield str(Path(parent, name)), Path(parent, name).read_bytes()


@dataclass
class Tally:
    """What became of the cases."""

    outcomes: Counter[str] = field(default_factory=Counter)
    troubles: list[tuple[str, str, Path]] = field(
        default_factory=list
    )  # name of the case, what, where it is kept
    slow: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(self.outcomes.values())


class Fuzzer:
    """Runs cases one after the other; a context manager that ends its processes."""

    def __init__(self, arena: Path, keep: Path) -> None:
        self.guard = Guard(arena)
        self._keep = keep
        sources = arena.with_name(arena.name + "-samples")
        sources.mkdir()
        self._documents = documents(sources)
        self._makers = packages(sources)
        self._made: dict[str, Files] = {}
        self._worker: Worker | None = None
        self._number = 0
        self.targets = (OFD, *self._makers)
        self.tally = Tally()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_worker()
        self.guard.close()

    def run(self, seed: str, seconds: float, only: Iterable[str] = ()) -> Tally:
        """Cases of every target in turn until the time is over."""
        until, number = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            for target in only or self.targets:
                self.try_case(self.case(seed, target, number))
                if time.monotonic() > until:
                    break
            number += 1
        return self.tally

    def replay(self, name: str) -> Tally:
        """The case ``seed/target/number`` again, from what was kept of it where that is there."""
        seed, target, number = name.split("/")
        self.try_case(kept_case(self._keep, name) or self.case(seed, target, int(number)))
        return self.tally

    def case(self, seed: str, target: str, number: int) -> Case:
        """A new case."""
        if target == OFD:
            names = sorted(self._documents)
            good: Mapping[str, bytes] = self._documents[names[number % len(names)]]
        else:
            if target not in self._made:
                self._made[target] = self._makers[target]()
            good = self._made[target]
        return make_case(seed, target, number, good, self.guard.bait)

    def try_case(self, case: Case) -> None:
        """Read it, and keep it when it makes trouble."""
        self._number += 1
        folder = self.guard.work / str(self._number)
        folder.mkdir()
        try:
            outcome = self._read(case, folder)
            self.guard.check()
        except Trouble as trouble:
            self.tally.outcomes["trouble"] += 1
            text = str(trouble)
            self.tally.troubles.append((case.name, text, case.keep(self._keep, text)))
        else:
            self.tally.outcomes[outcome] += 1
            if outcome in (Killed.TIMEOUT, Killed.MEMORY):
                self.tally.slow.append(case.name)
                case.keep(self._keep, outcome)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _read(self, case: Case, folder: Path) -> str:
        path, out = case.lay_out(folder), folder / "out"
        out.mkdir()
        if case.target == OFD:
            return self._open_file(path, in_worker=case.way == "worker")
        if case.way == "worker":
            return self._check_in_worker(path, out)
        if case.way == "archive":
            outcome = self._call(
                "lantai.kit.packages.reading:unpack_into",
                path=path,
                out=out,
                limits={"total_bytes": 64 << 20},
            )
            if outcome:
                return outcome
            path, out = out / PACKAGE, folder / "facts"
            out.mkdir()
        outcome = self._call("lantai.kit.packages.reading:read_unpacked", path=path, out=out)
        return outcome or self._judge(path, out)

    def _open_file(self, path: Path, *, in_worker: bool) -> str:
        if in_worker:
            return self._ask(lambda worker: worker.look_at([(path, path.name)])) or "result"
        looked = self._call("lantai.kit.formats.survey:survey", path=path, text_limit=20_000)
        drawn = self._call("lantai.kit.formats.render:render_page", path=path, page=1, width_px=100)
        return looked or drawn or "result"

    def _check_in_worker(self, path: Path, out: Path) -> str:
        return self._ask(lambda worker: worker.read(path, out)) or "result"

    def _ask(self, question: Callable[[Worker], None]) -> str:
        """Why there is no answer, or ""."""
        if self._worker is None:
            self._worker = Worker(NO_TRUST, memory_mb=MEMORY_MB, output_mb=OUTPUT_MB)
        question(self._worker)
        try:
            self.guard.check_told(self._worker.answer(SECONDS_A_CALL + 50))
        except WorkerDied as died:
            self._end_worker()
            if died.why is Stopped.CRASH:
                raise Trouble("the worker died") from died
            return str(died.why)
        return ""

    def _end_worker(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def _call(self, target: str, **arguments: object) -> str:
        """How the sandbox ended a call early, or ""."""
        limits = {"timeout_s": SECONDS_A_CALL, "memory_mb": MEMORY_MB, "output_mb": OUTPUT_MB}
        try:
            answer = sandbox.call(target, **limits, **arguments)  # type: ignore[arg-type]
        except ParseRefused as refused:
            return refused.kind
        except ParseKilled as killed:
            if killed.reason in (Killed.CRASH, Killed.GARBLED):
                raise Trouble(killed.reason) from killed
            return killed.reason
        except ParseFailed as failed:
            raise Trouble(str(failed.params["trace"])) from failed
        self.guard.check_told(
            answer if isinstance(answer, bytes) else repr(answer).encode("utf-8", "replace")
        )
        return ""

    def _judge(self, folder: Path, out: Path) -> str:
        """Our own end takes what the reader wrote, and tests it to the report."""
        for path in out.iterdir():
            self.guard.check_told(path.read_bytes())
        try:
            read = ReadPackage(folder, SentLines(out))
            environment = EnvironmentFacts(checked_on=_TODAY)
            report = check_read(read, environment, Stage.TRANSFER, None, _not_looked)
            return f"report {report.conclusion}"
        except Garbled as garbled:
            raise Trouble("the reader's lines are garbled") from garbled
        except LantaiError as refusal:
            return type(refusal).__name__
        except Exception as error:  # boundary: an error in the host is what is looked for
            raise Trouble(f"host: {error!r}") from error


def _not_looked(files: Iterable[tuple[Path, str]]) -> Iterator[Looked]:
    for _file in files:
        yield Looked()
