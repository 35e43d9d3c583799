"""What a worker must prove before its first file: that the walls hold; and how it fails when pushed."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path


def escapes(outside: str) -> list[str]:
    """Try to get out, as the confined child; names of the attempts that succeeded (must be none)."""
    attempts: dict[str, Callable[[], object]] = {
        "network": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "execute": lambda: os.execv("/bin/true", ["true"]),
        "fork": os.fork,
        "read outside": lambda: Path(outside).read_bytes(),
        "write outside": lambda: Path(outside).write_bytes(b""),
        "signal": lambda: os.kill(os.getppid(), 0),
    }
    return [name for name, attempt in attempts.items() if _succeeds(attempt)]


def main() -> None:
    """``escapes`` as an external program: prints the names of the attempts that succeeded."""
    sys.stdout.write(", ".join(escapes(sys.argv[1])))


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def read_text(location: str) -> str:
    """Read a file by its plain location, which the walls must refuse. Raises OSError."""
    return Path(location).read_text(encoding="utf-8")


def write_text(out: str, name: str) -> list[str]:
    """Write one small file into ``out`` and name what is there."""
    (Path(out) / name).write_text("x", encoding="utf-8")
    return sorted(p.name for p in Path(out).iterdir())


def link(out: str, how: str) -> None:
    """Make something in ``out`` that is no regular file, which the walls must refuse. Raises OSError."""
    place = Path(out)
    (place / "a").write_bytes(b"")
    match how:
        case "symbolic":
            (place / "b").symlink_to("/etc/passwd")
        case "hard":
            (place / "b").hardlink_to(place / "a")
        case _:
            os.mkfifo(place / "b")


def read_handed(path: str) -> dict[str, object]:
    """Name and size of a file that was handed over; a folder is listed."""
    given = Path(path)
    names = sorted(p.name for p in given.iterdir()) if given.is_dir() else []
    return {"name": given.name, "size": given.stat().st_size, "names": names}


def overwrite_handed(path: str) -> None:
    """Write to a file that was handed over for reading, which the walls must refuse. Raises OSError."""
    with Path(path).open("r+b") as file:
        file.write(b"changed")


def misbehave(how: str) -> object:
    """Run out of something: ``memory``, ``time``, ``output``; or die: ``crash``."""
    match how:
        case "memory":
            return len(bytearray(2 << 30))
        case "time":
            while True:
                pass
        case "output":
            return bytes(100 << 20)
        case "crash":
            return ctypes.string_at(1)
    return how


def fill(out: str) -> None:
    """Write small files into ``out`` without end."""
    for number in range(1 << 30):
        (Path(out) / str(number)).write_bytes(bytes(1 << 20))


if __name__ == "__main__":
    main()
