"""The programs of PostgreSQL, told by the composition root: which ones, and how they are started."""

from __future__ import annotations

import subprocess
from typing import Protocol

from lantai.kit.errors import N_, Fault


class Programs(Protocol):
    """What starts `pg_basebackup`, `pg_receivewal`, `postgres`."""

    def path(self, name: str) -> str:
        """The program of that name."""
        ...

    def spawn(self, command: list[str], **options: object) -> subprocess.Popen[bytes]:
        """Start a program that must not run as root."""
        ...


_programs: list[Programs] = []


def register_programs(programs: Programs) -> None:
    """Called once by the composition root."""
    _programs[:] = [programs]


def programs() -> Programs:
    """The programs of this installation."""
    if not _programs:
        raise Fault(N_("没有登记 PostgreSQL 程序，不能备份或恢复数据库。"))
    return _programs[0]
