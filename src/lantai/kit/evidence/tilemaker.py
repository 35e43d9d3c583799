"""The trees of a great batch, hashed by this process and by a second one beside it.

SM3 has no instruction of the processor and costs twice what SHA-256 does, and digests of messages this short never let
the interpreter go, so that only a process helps. The second one takes whole tiles of its tree from the front, this one
hashes the other trees and then takes from the back until both meet. What a process that died leaves is done here: the
second one makes a batch faster and nothing else, and ends with whoever started it.
"""

from __future__ import annotations

import marshal
import os
import selectors
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path
from struct import iter_unpack
from typing import BinaryIO, NamedTuple

import lantai
from lantai.kit.errors import N_, Fault
from lantai.kit.evidence.merkle import BY_NAME, SHA256, SM3, HashAlgorithm
from lantai.kit.evidence.tiles import TILE_HEIGHT, TILE_WIDTH

# Answers to so many questions fit a pipe of any size: the second process never waits for us while we wait for it.
_AHEAD = 2
_PIPE_BYTES = 1024 * 1024


class Hashed(NamedTuple):
    """The leaf hashes of a batch in a row, and the roots of the whole tiles that begin in it, where they are known."""

    row: bytes
    roots: bytes | None = None

    def leaves(self) -> Iterator[bytes]:
        """The hashes one by one."""
        return (one for (one,) in iter_unpack(f"{SHA256.size_bytes}s", self.row))


def hash_batch(
    entries: Sequence[bytes],
    size: int,
    algorithms: Sequence[HashAlgorithm] = (SHA256, SM3),
    maker: TileMaker | None = None,
) -> list[Hashed]:
    """What `append` needs of a batch behind `size` leaves, for the tree of each algorithm."""
    before = min(-size % TILE_WIDTH, len(entries))
    whole = (len(entries) - before) // TILE_WIDTH
    if maker is None or not whole:
        return [Hashed(b"".join(algorithm.leaves(entries))) for algorithm in algorithms]
    behind = before + whole * TILE_WIDTH
    spans = [entries[at : at + TILE_WIDTH] for at in range(before, behind, TILE_WIDTH)]
    try:
        made = _made(spans, algorithms, maker)
    except BaseException:  # boundary: an answer that nobody waited for must not be taken for the next one
        maker.close()
        raise
    found = []
    for algorithm in algorithms:
        rows, roots = zip(*made[algorithm.name], strict=True)
        first, last = (b"".join(algorithm.leaves(end)) for end in (entries[:before], entries[behind:]))
        found.append(Hashed(b"".join((first, *rows, last)), b"".join(roots)))
    return found


def _made(
    spans: Sequence[Sequence[bytes]], algorithms: Sequence[HashAlgorithm], maker: TileMaker
) -> dict[str, list[tuple[bytes, bytes]]]:
    """The whole tiles of each tree; those of the maker's tree are made by both processes."""
    if maker.algorithm not in algorithms:
        return {one.name: [_tile(one, span) for span in spans] for one in algorithms}
    shared = _Shared(spans, maker)
    own = {
        one.name: [_tile(one, span) for span in shared.beside()]
        for one in algorithms
        if one is not maker.algorithm
    }
    return own | {maker.algorithm.name: shared.finished()}


class TileMaker:
    """A process that makes whole tiles out of entries, asked ahead and answering in order."""

    def __init__(self, algorithm: HashAlgorithm) -> None:
        self.algorithm = algorithm
        environment = {"PYTHONPATH": str(Path(lantai.__file__).parent.parent), "LANG": "C.UTF-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-m", __name__, algorithm.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        for end in (self._in, self._out):
            with suppress(OSError):  # a small one does too
                fcntl(end, F_SETPIPE_SZ, _PIPE_BYTES)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._out, selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def ask(self, entries: Sequence[bytes]) -> None:
        """Ask for one tile; raises OSError when nobody is there."""
        if self._in.closed:
            raise BrokenPipeError
        question = marshal.dumps(list(entries))
        self._in.write(len(question).to_bytes(4, "big"))
        self._in.write(question)
        self._in.flush()

    def has_answer(self) -> bool:
        """Whether `answer` would not wait."""
        return bool(self._selector.select(0))

    def answer(self) -> tuple[bytes, bytes]:
        """The hashes of the tile that was asked for first, and their root; raises EOFError when nobody is there."""
        step = self.algorithm.size_bytes
        data = self._out.read((TILE_WIDTH + 1) * step)
        if len(data) != (TILE_WIDTH + 1) * step:
            raise EOFError
        return data[:-step], data[-step:]

    def close(self) -> None:
        """End the process."""
        self._selector.close()
        self._process.kill()
        for end in (self._in, self._out):
            with suppress(OSError):
                end.close()
        self._process.wait()


@contextmanager
def tile_maker(algorithm: HashAlgorithm = SM3) -> Iterator[TileMaker | None]:
    """A second process as long as it is needed; none where there is one processor, or no room for a process."""
    maker = None
    if len(os.sched_getaffinity(0)) > 1:
        with suppress(OSError):
            maker = TileMaker(algorithm)
    try:
        yield maker
    finally:
        if maker is not None:
            maker.close()


class _Shared:
    """The tiles of one tree in one batch, made from both ends."""

    def __init__(self, spans: Sequence[Sequence[bytes]], maker: TileMaker) -> None:
        self._spans, self._maker = spans, maker
        self._todo = deque(range(len(spans)))
        self._asked: deque[int] = deque()
        self._made: dict[int, tuple[bytes, bytes]] = {}
        self._is_alone = False

    def beside(self) -> Iterator[Sequence[bytes]]:
        """The spans, while the second process is kept busy between them."""
        for span in self._spans:
            self._keep_busy()
            yield span

    def finished(self) -> list[tuple[bytes, bytes]]:
        """All tiles, in their order."""
        while self._todo:
            self._keep_busy()
            if self._todo:
                self._make(self._todo.pop())
        while self._asked:
            self._take()
        return [self._made[number] for number in range(len(self._spans))]

    def _keep_busy(self) -> None:
        while self._asked and self._maker.has_answer():
            self._take()
        while self._todo and len(self._asked) < _AHEAD and not self._is_alone:
            self._asked.append(self._todo.popleft())
            try:
                self._maker.ask(self._spans[self._asked[-1]])
            except OSError:
                self._go_alone()

    def _take(self) -> None:
        number = self._asked[0]
        try:
            row, root = self._maker.answer()
        except EOFError:
            self._go_alone()
            return
        if not row.startswith(self._maker.algorithm.leaf(self._spans[number][0])):
            raise Fault(N_("另一个进程算的不是所问的日志块。"))
        self._made[number] = row, root
        self._asked.popleft()

    def _go_alone(self) -> None:
        self._is_alone = True
        while self._asked:
            self._make(self._asked.popleft())

    def _make(self, number: int) -> None:
        self._made[number] = _tile(self._maker.algorithm, self._spans[number])


def _tile(algorithm: HashAlgorithm, entries: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The hashes of one whole tile, and their root."""
    row = root = b"".join(algorithm.leaves(entries))
    for _ in range(TILE_HEIGHT):
        root = algorithm.parents(root)
    return row, root


def main(questions: BinaryIO, answers: BinaryIO, algorithm: HashAlgorithm) -> None:
    """Answer until nobody asks any more."""
    while head := questions.read(4):
        entries = marshal.loads(questions.read(int.from_bytes(head, "big")))  # of the same program
        answers.write(b"".join(_tile(algorithm, entries)))
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: who asks decides when to end
    with suppress(BrokenPipeError):
        main(sys.stdin.buffer, sys.stdout.buffer, BY_NAME[sys.argv[1]])
