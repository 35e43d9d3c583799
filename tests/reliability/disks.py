"""A disk that is really full, and system calls that really fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_KIB = 1024


@dataclass(frozen=True)
class Disk:
    """A mounted tmpfs."""

    root: Path

    def fill(self, *, leave_kib: int) -> None:
        """Take all room but ``leave_kib``."""
        self.free()
        room = shutil.disk_usage(self.root).free - leave_kib * _KIB
        with self._filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(room, 1))

    def free(self) -> None:
        """Give the room back."""
        self._filler.unlink(missing_ok=True)

    @property
    def _filler(self) -> Path:
        return self.root / "filler"


@contextmanager
def full_disk(place: Path, *, megabytes: int) -> Iterator[Disk]:
    """A tmpfs over ``place``; the test is skipped where this may not be mounted."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(place)]
    if os.getuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("a file system of a test's own cannot be mounted here")
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def run_failing(fault: str, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with a system call failing as strace says (``fsync:error=EIO:when=2``); else skip."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    name = fault.partition(":")[0]
    words = [strace, "-f", "-qq", "-o", os.devnull, "-e", f"trace={name}", "-e", f"inject={fault}"]
    return _run([*words, sys.executable, "-c", program, *arguments])


def run_plain(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same without any fault."""
    return _run([sys.executable, "-c", program, *arguments])


def _run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    surroundings = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        words, env={**os.environ, **surroundings}, capture_output=True, text=True, check=False, timeout=600
    )
