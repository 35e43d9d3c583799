"""The worker process: imports the parsers once, then forks one short-lived confined child a request.

The worker itself (the nursery) never reads a foreign byte, so it stays trustworthy however bad a file was.
Each child sees the libraries, the files it was handed as open descriptors, and the output folder of its call.
Started as ``python -m lantai.platform.sandbox.worker``; its standard input is the control socket.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from lantai.kit.errors import Refusal
from lantai.platform.sandbox import confinement, frames
from lantai.platform.sandbox.encoding import plain, put_files
from lantai.platform.sandbox.types import TARGETS, Confinement, Limits


def main() -> None:
    """Wait for requests until the application goes away."""
    control = socket.socket(fileno=0)
    hello, _fds = frames.receive(control)
    for name in hello["preload"]:
        loaded(name)
    scratch = Path(tempfile.mkdtemp(prefix="lantai-sandbox-"))
    # In a namespace of its own the parent's number is unknown; there bubblewrap sees to it.
    confinement.enter_nursery(os.getppid())
    gc.collect()
    gc.freeze()  # the children share these pages for as long as nobody writes to them
    frames.send(control, {"scratch": str(scratch)})
    nursery = Nursery(control, scratch, Confinement(**hello["walls"]))
    with contextlib.suppress(frames.Closed):
        nursery.serve()
    shutil.rmtree(scratch, ignore_errors=True)


@cache
def loaded(name: str) -> ModuleType:
    """The module, after its ``warm``, if it has one: what every call of it needs, no child has to load again."""
    module = import_module(name)
    warm = getattr(module, "warm", None)
    if warm is not None:
        warm()
    return module


def resolve(target: str) -> Callable[..., object]:
    """The function behind ``module:function``; the nursery imports it, so that children find it loaded."""
    module, _, name = target.partition(":")
    if not target.startswith(TARGETS):
        raise ValueError(target)
    function: Callable[..., object] = getattr(loaded(module), name)
    return function


class Nursery:
    """One request at a time: fork, wait for the child or for a stop, say how it ended."""

    def __init__(self, control: socket.socket, scratch: Path, walls: Confinement) -> None:
        self.control, self.scratch, self.walls = control, scratch, walls
        self.libraries = confinement.open_libraries(walls)
        self.wakeup, self.wakeup_write = os.pipe()
        os.set_blocking(self.wakeup_write, False)
        signal.set_wakeup_fd(self.wakeup_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)

    def serve(self) -> None:
        """Answer requests until the other end closes (``Closed``)."""
        while True:
            request, fds = frames.receive(self.control)
            if "stop" not in request:  # a stop may cross the end of the child that it meant
                frames.send(self.control, self._nurse(request, fds))

    def _nurse(self, request: dict[str, Any], fds: list[int]) -> dict[str, Any]:
        try:
            function = resolve(request["target"])
        except (ImportError, AttributeError, ValueError) as wrong:
            _close(fds)
            return {"unknown": str(wrong)}
        folder = Path(tempfile.mkdtemp(dir=self.scratch))
        nurse = os.getpid()
        child = os.fork()
        if child == 0:
            _child(self, nurse, function, request, fds, folder)
        _close(fds)
        try:
            return {"exit": self._wait(child)}
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _wait(self, child: int) -> int:
        """Exit code of the child (negative: a signal); a stop or a closed control socket kills it."""
        while True:
            ready, _, _ = select.select([self.control, self.wakeup], [], [])
            if self.control in ready:
                _kill_and_reap(child)
                frames.receive(self.control)
                return -signal.SIGKILL
            os.read(self.wakeup, 512)
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid == child:
                return os.waitstatus_to_exitcode(status)


def _kill_and_reap(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _close(fds: list[int]) -> None:
    for fd in fds:
        os.close(fd)


def _child(
    nursery: Nursery,
    nurse: int,
    function: Callable[..., object],
    request: dict[str, Any],
    fds: list[int],
    folder: Path,
) -> None:
    """Everything after the fork; never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        confinement.die_with_parent(nurse)
        nursery.control.detach()
        _close([nursery.wakeup, nursery.wakeup_write])
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):  # 0 was the control socket; parsers' chatter goes nowhere
            os.dup2(null, standard)
        _serve_calls(nursery, function, request, fds, folder)
        code = 0
    except MemoryError:
        code = 86
    finally:
        os._exit(code)


def _serve_calls(
    nursery: Nursery, function: Callable[..., object], request: dict[str, Any], fds: list[int], folder: Path
) -> None:
    answers, files = fds[0], fds[1:]
    names = _lay_out(request["files"], files, folder)
    limits, calls = Limits(**request["limits"]), request["calls"]
    outputs = [fd for fd, entry in zip(files, request["files"], strict=True) if entry["write"]]
    inputs = [fd for fd in files if fd not in outputs]
    confinement.limit_resources(limits, calls=len(calls))
    confinement.enter_child(
        nursery.walls,
        readable=[*nursery.libraries, *inputs],
        writable=outputs,
        may_write=request["may_write"],
    )
    for kwargs in calls:
        answer, blob = _answer(function, put_files(kwargs, names))
        frames.write_answer(answers, answer, blob)


def _lay_out(entries: list[dict[str, Any]], fds: list[int], folder: Path) -> list[str]:
    """Give each open file its own name again, as a link to the descriptor: parsers look at extensions."""
    links = []
    for index, (entry, fd) in enumerate(zip(entries, fds, strict=True)):
        place = folder / str(index)
        place.mkdir()
        link = place / entry["name"]
        link.symlink_to(f"/proc/self/fd/{fd}")
        links.append(str(link))
    return links


def _answer(function: Callable[..., object], kwargs: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        result = function(**kwargs)
        if isinstance(result, bytes):
            return {"blob": True}, result
        return {"result": plain(result)}, b""
    except Refusal as no:
        return {"refused": type(no).__name__, "message": no.message, "params": _shown(no.params)}, b""
    except MemoryError:
        return {"memory": True}, b""
    except Exception:  # boundary: whatever the parser raised travels back as text
        return {"failed": traceback.format_exc(limit=-12)[-6000:]}, b""


def _shown(params: Any) -> dict[str, Any]:
    simple = (str, int, float, bool)
    return {key: value if isinstance(value, simple) else str(value) for key, value in params.items()}


if __name__ == "__main__":
    sys.exit(main())
