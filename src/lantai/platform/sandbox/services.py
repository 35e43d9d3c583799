"""Call a function of the kit on a file from outside, in a confined process.

    facts = sandbox.call("lantai.kit.formats.examine:examine", path=path)

Arguments are JSON. A ``Path``, or a text argument named ``path``, ``paths``, ``…_path`` or ``…_paths``, is a
file or folder: we open it here, read-only, and the function gets a path of the same name that leads to our
open descriptor. It can read nothing else. ``out`` is the one folder that it may write. What comes back is
JSON, or bytes when the function returns bytes: at most 64 MiB of it, while ``output_mb`` may allow more for
the files in ``out``. Those belong to us; the function can make regular files and folders there, no links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Any

from lantai.platform.sandbox import pool
from lantai.platform.sandbox.handover import Handover, open_arguments
from lantai.platform.sandbox.process import Answer, Request, Worker, WorkerFailed
from lantai.platform.sandbox.types import (
    TARGETS,
    Confinement,
    Killed,
    Limits,
    Outcome,
    ParseFailed,
    ParseKilled,
    ParseRefused,
    Plain,
    SandboxUnavailable,
    TargetNotAllowed,
    killed,
)

_BATCH = 64


def call(
    target: str,
    *,
    timeout_s: float = 30,
    memory_mb: int = 1024,
    output_mb: int = 64,
    out: Path | None = None,
    **kwargs: Any,
) -> Plain:
    """The result of ``module:function`` of the kit, run confined on the files among ``kwargs``.

    Raises ``ParseRefused`` when the function refuses, ``ParseKilled`` when it had to be ended,
    ``ParseFailed`` when it has a defect, ``InputUnreadable`` when we cannot open a file,
    ``SandboxUnavailable`` when nothing confines here.
    """
    _check_target(target)
    limits = Limits(timeout_s, memory_mb, output_mb)
    with open_arguments([kwargs], out=out, output_mb=output_mb) as handover:
        (outcome,) = _run(target, handover, limits)
    return _result(outcome, limits)


def map_calls(
    target: str,
    calls: Iterable[Mapping[str, Any]],
    *,
    timeout_s: float = 30,
    memory_mb: int = 1024,
    output_mb: int = 64,
) -> Iterator[Outcome]:
    """One ``Outcome`` for each of ``calls``, in order and as they are done; a bad file costs only its own.

    Up to 64 calls share one child, so put files of different owners into different batches. A defect of ours
    (``ParseFailed``) is raised.
    """
    _check_target(target)
    limits = Limits(timeout_s, memory_mb, output_mb)
    waiting, index = iter(calls), 0
    while batch := list(islice(waiting, _BATCH)):
        for outcome in _run_batch(target, batch, limits):
            yield Outcome(index, *_settled(outcome, limits))
            index += 1


def confinement() -> Confinement:
    """The walls in use on this machine, for the diagnosis page. Raises ``SandboxUnavailable``."""
    return pool.current().walls


def close() -> None:
    """End the workers of this process; the next call starts new ones."""
    pool.reset()


def _check_target(target: str) -> None:
    if not target.startswith(TARGETS) or target.count(":") != 1:
        raise TargetNotAllowed(target=target)


def _run_batch(target: str, batch: list[Mapping[str, Any]], limits: Limits) -> Iterator[Answer | Killed]:
    """Answers to all of ``batch``; after a child died, a fresh one goes on with the next call."""
    while batch:
        with open_arguments(batch, out=None, output_mb=limits.output_mb) as handover:
            done = 0
            for outcome in _run(target, handover, limits):
                done += 1
                yield outcome
        batch = batch[done:]


def _run(target: str, handover: Handover, limits: Limits) -> Iterator[Answer | Killed]:
    current = pool.current()
    request = Request(target, handover.calls, handover.files, limits, handover.over_limit)
    with ExitStack() as stack:
        worker: Worker
        if handover.needs_mounts and not current.walls.landlock:
            read, write = handover.mounts()
            worker = stack.enter_context(current.lend_special(read=read, write=write))
            calls = handover.calls_by_path()
            request = Request(target, calls, [], limits, handover.over_limit, may_write=bool(write))
        else:
            worker = stack.enter_context(current.lend())
        try:
            yield from stack.enter_context(closing(worker.run(request)))
        except WorkerFailed as failed:
            raise SandboxUnavailable(reason=str(failed)) from failed
        except LookupError as unknown:
            raise TargetNotAllowed(target=target) from unknown


def _settled(outcome: Answer | Killed, limits: Limits) -> tuple[Plain, ParseRefused | ParseKilled | None]:
    try:
        return _result(outcome, limits), None
    except (ParseRefused, ParseKilled) as refusal:
        return None, refusal


def _result(outcome: Answer | Killed, limits: Limits) -> Plain:
    if isinstance(outcome, Killed):
        raise killed(outcome, limits)
    answer, blob = outcome
    match answer:
        case {"blob": True}:
            return blob
        case {"refused": str(kind), "message": str(message), "params": dict(params)}:
            raise ParseRefused(message, kind, **params)
        case {"memory": True}:
            raise killed(Killed.MEMORY, limits)
        case {"failed": str(trace)}:
            raise ParseFailed(error=trace.strip().rsplit("\n", 1)[-1], trace=trace)
        case {"result": result}:
            return result
    raise killed(Killed.GARBLED, limits)
