"""Which arguments of a call are files, opening them, and how they are named inside."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lantai.platform.sandbox.encoding import put_files
from lantai.platform.sandbox.process import OpenFile
from lantai.platform.sandbox.types import InputUnreadable

_NAME_BYTES = 200
_OUT = "out"


@dataclass(slots=True)
class Handover:
    """The calls as the worker gets them, with the files that belong to them, open."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    files: list[OpenFile] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    needs_mounts: bool = False
    over_limit: Callable[[], bool] | None = None

    def mounts(self) -> tuple[list[str], list[str]]:
        """What to mount read-only and what writable, for a worker that Landlock cannot narrow."""
        named = list(zip(self.paths, self.files, strict=True))
        return [str(p) for p, f in named if not f.write], [str(p) for p, f in named if f.write]

    def calls_by_path(self) -> list[dict[str, Any]]:
        """The calls with the real paths, for a worker in which they are mounted."""
        return [put_files(call, [str(p) for p in self.paths]) for call in self.calls]

    def add(self, path: Path, *, write: bool = False) -> dict[str, int]:
        """Open ``path`` and return what stands for it in the call. Raises ``InputUnreadable``."""
        real = path.resolve()
        try:
            fd = os.open(real, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as closed:
            raise InputUnreadable(name=path.name) from closed
        mode = os.fstat(fd).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            os.close(fd)
            raise InputUnreadable(name=path.name)
        self.needs_mounts = self.needs_mounts or write or stat.S_ISDIR(mode)
        self.files.append(OpenFile(fd, _safe_name(path.name), write))
        self.paths.append(real)
        return {"$file": len(self.files) - 1}


@contextmanager
def open_arguments(
    calls: Sequence[Mapping[str, Any]], *, out: Path | None, output_mb: int
) -> Iterator[Handover]:
    """Open every file among ``calls`` for the time of the block. Raises ``InputUnreadable``."""
    handover = Handover()
    try:
        for kwargs in calls:
            handover.calls.append({k: _argument(k, v, handover) for k, v in kwargs.items()})
        if out is not None:
            handover.calls[0][_OUT] = handover.add(out, write=True)
            handover.over_limit = lambda: bytes_under(out) > output_mb << 20
        yield handover
    finally:
        for file in handover.files:
            os.close(file.fd)


def _argument(name: str, value: Any, handover: Handover) -> Any:
    if isinstance(value, Path) or (isinstance(value, str) and _names_a_file(name)):
        return handover.add(Path(value))
    if isinstance(value, list | tuple):
        return [_argument(name, v, handover) for v in value]
    if isinstance(value, Mapping):
        return {str(k): _argument(str(k), v, handover) for k, v in value.items()}
    return value


def _names_a_file(name: str) -> bool:
    return name in {"path", "paths"} or name.endswith(("_path", "_paths"))


def _safe_name(name: str) -> str:
    """A last path component that fits any file system; keeps the extension, which parsers look at."""
    stem, dot, extension = name.rpartition(".")
    raw = name.encode(errors="surrogateescape")
    if len(raw) <= _NAME_BYTES and name not in {"", ".", ".."}:
        return raw.decode(errors="replace")
    return f"{(stem or 'file')[:40]}{dot}{extension[:20]}" if name.strip(".") else "file"


def bytes_under(folder: Path) -> int:
    """What the files in ``folder`` take together; those that vanish meanwhile count nothing."""
    total = 0
    for parent, _folders, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - a hot loop over many files
    return total
