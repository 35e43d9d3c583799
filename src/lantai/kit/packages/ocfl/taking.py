"""Taking files in: copied or linked, hashed while they pass, and read back from the device; by several threads.

Hashing and reading let the interpreter go, so that threads help wherever there are processors. One buffer a thread
serves all files, since asking for a megabyte for each small file costs more than reading it.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from lantai.kit.digests import CHUNK_BYTES, Digests, Hasher, Source, tee
from lantai.kit.packages import durable

THREADS = max(2, min(8, os.cpu_count() or 1))
_AT_ONCE = 4  # handed to a thread together: a handing over costs as much as hashing a small file
_local = threading.local()
T = TypeVar("T")
R = TypeVar("R")


def copy_stream(source: Source, target: Path) -> tuple[Digests, int]:
    """Write what ``source`` gives to the new file ``target``."""
    hasher = Hasher()
    with target.open("xb", buffering=0) as stream:
        for data in tee(source, hasher):
            _write_all(stream.fileno(), memoryview(data))
    return hasher.digests(), hasher.size_bytes


def copy_file(source: Path, target: Path) -> tuple[Digests, int]:
    """Copy a file to the new file ``target``."""
    return _read(source, target)


def hash_file(path: Path) -> tuple[Digests, int]:
    """The digests and the length of a file."""
    return _read(path, None)


def link_file(source: Path, target: Path) -> bool:
    """Hard-link where the file system lets us; another disk or a full link count means copying."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        return False
    return True


def link_tree(source: Path, target: Path) -> None:
    """The same files under another folder, by hard links."""
    for parent, _folders, names in durable.walk(source):
        folder = target / Path(parent).relative_to(source)
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            os.link(Path(parent, name), folder / name, follow_symlinks=False)


def side_by_side(act: Callable[[T], R], things: Iterable[T], *, threads: int = THREADS) -> Iterator[R]:
    """`map` by threads, the results in order; no more than a few things are taken ahead of those handed out.

    A few things alone are not worth a thread, nor is one small thing at a time.
    """
    todo = iter(things)
    first = list(islice(todo, 4 * threads))
    if len(first) < 4 * threads:
        yield from map(act, first)
        return
    steps = _steps(chain(first, todo))
    with ThreadPoolExecutor(threads, thread_name_prefix="taking") as pool:
        waiting = deque(pool.submit(_each, act, step) for step in islice(steps, 2 * threads))
        try:
            while waiting:
                done, failure = waiting.popleft().result()
                yield from done
                if failure is not None:
                    raise failure
                waiting.extend(pool.submit(_each, act, step) for step in islice(steps, 1))
        finally:
            for future in waiting:
                future.cancel()


def _steps(things: Iterator[T]) -> Iterator[list[T]]:
    while step := list(islice(things, _AT_ONCE)):
        yield step


def _each(act: Callable[[T], R], things: list[T]) -> tuple[list[R], BaseException | None]:
    """What the act gave for each, and what stopped it, so that those before are still handed out."""
    done: list[R] = []
    try:
        done.extend(map(act, things))
    except BaseException as failure:  # boundary: raised again where the results are handed out
        return done, failure
    return done, None


def read_back(path: Path) -> tuple[str, int]:
    """SHA-256 and length of a file as the device has it, not as the kernel remembers it.

    One digest tells whether the bytes are those that all digests were computed of; this is the quickest one
    wherever the processor knows it.
    """
    durable.forget_cached(path)
    running, size, view = hashlib.sha256(), 0, _buffer()
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        while count := os.readv(handle, (view,)):
            running.update(view[:count])
            size += count
    finally:
        os.close(handle)
    return running.hexdigest(), size


def _read(source: Path, target: Path | None) -> tuple[Digests, int]:
    hasher, view = Hasher(), _buffer()
    handle = os.open(source, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        out = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644) if target else -1
        try:
            while count := os.readv(handle, (view,)):
                hasher.update(view[:count])  # type: ignore[arg-type]
                if target:
                    _write_all(out, view[:count])
        finally:
            if target:
                os.close(out)
    finally:
        os.close(handle)
    return hasher.digests(), hasher.size_bytes


def _write_all(fd: int, rest: memoryview) -> None:
    while rest:
        rest = rest[os.write(fd, rest) :]


def _buffer() -> memoryview:
    found: memoryview | None = getattr(_local, "buffer", None)
    if found is None:
        found = _local.buffer = memoryview(bytearray(CHUNK_BYTES))
    return found
