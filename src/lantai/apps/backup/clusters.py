"""A PostgreSQL server seen by a backup: fit or not, base backup, write-ahead log, a scratch server.

Everything goes over the replication protocol, so an embedded server and somebody else's are saved alike, and
nothing is asked of the machine it runs on.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from lantai.apps.backup.registry import programs
from lantai.apps.backup.types import (
    BaseBackupFailed,
    DatabaseUnfit,
    MomentNotReached,
    ScratchFailed,
    WalGap,
    WalNotReceived,
)
from lantai.kit.backups.types import PostgresFacts
from lantai.kit.errors import N_

_SEGMENT_BYTES = 16 << 20  # the size of the product; other servers are refused
_SEGMENT = re.compile(r"[0-9A-F]{24}")
_TARGET_MISSED = "recovery ended before configured recovery target was reached"
_PATIENCE_S = 600
WAL_INSIDE = (
    "lantai-wal"  # of a data folder that recovers: in it, so that whoever owns the one owns the other
)


@dataclass(frozen=True, slots=True)
class Server:
    """How the server to be saved is reached; the password never stands on a command line."""

    conninfo: str
    password: str = ""

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of our own, outside any transaction of the caller."""
        more = {"password": self.password} if self.password else {}
        return psycopg.connect(self.conninfo, autocommit=True, connect_timeout=10, **more)

    def environment(self) -> dict[str, str]:
        """For programs."""
        return os.environ | ({"PGPASSWORD": self.password} if self.password else {}) | {"LC_ALL": "C"}


def server_of(settings: dict[str, object]) -> Server:
    """The server of Django's database settings."""
    options = settings.get("OPTIONS")
    given = {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "user": settings["USER"],
        "dbname": settings["NAME"],
        **{k: v for k, v in (options if isinstance(options, dict) else {}).items() if k.startswith("ssl")},
    }
    conninfo = make_conninfo("", **{k: str(v) for k, v in given.items() if v})
    return Server(conninfo, str(settings["PASSWORD"] or ""))


def examine(server: Server) -> PostgresFacts:
    """What a set says of the server; raises `DatabaseUnfit` with what its administrator can do."""
    try:
        connection = server.connect()
    except psycopg.OperationalError as why:
        raise DatabaseUnfit(why=str(why).splitlines()[0][:300]) from why
    with connection:
        facts = connection.execute(_FACTS).fetchone()
    assert facts is not None
    (
        version,
        identifier,
        database,
        superuser,
        level,
        senders,
        replicates,
        switches,
        spaces,
        segment,
        standby,
    ) = facts
    hindrances = (
        (int(str(version)) < 150000, N_("需要 PostgreSQL 15 以上")),
        (bool(standby), N_("连接的是备用服务器，请连接主服务器")),
        (level not in {"replica", "logical"}, N_("请设置 wal_level = replica 并重启数据库")),
        (int(str(senders)) < 3, N_("请设置 max_wal_senders 至少为 3 并重启数据库")),
        (not replicates, N_("数据库账号没有复制权限，请执行 ALTER ROLE … REPLICATION")),
        (not switches, N_("请执行 GRANT EXECUTE ON FUNCTION pg_switch_wal() TO 该账号")),
        (segment != _SEGMENT_BYTES, N_("日志段大小不是 16 MB，备份不支持")),
        (bool(spaces), N_("数据库使用了表空间，备份不支持，请先移回默认表空间")),
    )
    if found := [why for is_so, why in hindrances if is_so]:
        raise DatabaseUnfit(why="；".join(found))
    return PostgresFacts(int(str(version)), str(identifier), str(database), str(superuser), "", "")


_FACTS = """
    select current_setting('server_version_num')::int, (select system_identifier from pg_control_system()),
        current_database(), (select rolname from pg_roles where oid = 10), current_setting('wal_level'),
        current_setting('max_wal_senders')::int,
        (select rolsuper or rolreplication from pg_roles where rolname = current_user),
        has_function_privilege('pg_switch_wal()', 'execute'),
        (select count(*) from pg_tablespace where spcname not in ('pg_default', 'pg_global')),
        (select setting::bigint from pg_settings where name = 'wal_segment_size'), pg_is_in_recovery()
"""


def hold_wal(server: Server, slot: str) -> bool:
    """Have the server keep its log from here on until we have it; whether it did not before."""
    with server.connect() as connection:
        if connection.execute("select 1 from pg_replication_slots where slot_name = %s", [slot]).fetchone():
            return False
        connection.execute("select pg_create_physical_replication_slot(%s, true)", [slot])
        return True


def let_wal_go(server: Server, slot: str) -> None:
    """End that."""
    with server.connect() as connection:
        connection.execute(
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
            " where slot_name = %s and not active",
            [slot],
        )


def is_wal_lost(server: Server, slot: str) -> bool:
    """Whether the server no longer has what we lack."""
    with server.connect() as connection:
        row = connection.execute(
            "select wal_status = 'lost' from pg_replication_slots where slot_name = %s", [slot]
        ).fetchone()
    return row is None or bool(row[0])


def base_backup(server: Server, target: Path, facts: PostgresFacts) -> PostgresFacts:
    """Copy the data folder to `target`, whole or not at all; the facts with the range of log it needs."""
    for left in target.parent.glob("making-*"):
        shutil.rmtree(left, ignore_errors=True)
    # of its own name each time: the program of a worker that was killed may still write to the last one
    making = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent)) / target.name
    command = [programs().path("pg_basebackup"), "-d", server.conninfo, "-D", str(making), "-Fp"]
    command += ["-X", "none", "--checkpoint=fast", "--no-password", "--label=lantai"]
    done = subprocess.run(command, env=server.environment(), capture_output=True)
    if done.returncode:
        shutil.rmtree(making.parent, ignore_errors=True)
        raise BaseBackupFailed(why=_tail(done.stderr))
    making.rename(target)
    making.parent.rmdir()
    return range_of(target, facts)


def range_of(data: Path, facts: PostgresFacts) -> PostgresFacts:
    """The facts with the range of log that the base backup in `data` needs to be whole."""
    (needed,) = json.loads((data / "backup_manifest").read_bytes())["WAL-Ranges"]
    return PostgresFacts(
        facts.version, facts.system_identifier, facts.database, facts.superuser,
        needed["Start-LSN"], needed["End-LSN"],
    )  # fmt: skip


def close_segment(server: Server) -> tuple[str, datetime]:
    """Close the current segment of the log: where, and until when it holds everything that was committed.

    A transaction of ours ends after that moment, so that a recovery up to the moment finds its target.
    """
    with server.connect() as connection:
        row = connection.execute("select clock_timestamp()").fetchone()
        assert row is not None
        until = row[0]
        with connection.transaction():
            connection.execute("select pg_logical_emit_message(true, 'lantai', 'until')")
        end = connection.execute("select pg_switch_wal()").fetchone()
        assert end is not None
        with (
            connection.transaction()
        ):  # so that there is something after the end, and the receiver sees it pass
            connection.execute("select pg_logical_emit_message(true, 'lantai', 'after')")
    assert isinstance(until, datetime)
    return _next_segment(str(end[0])), until


def _next_segment(lsn: str) -> str:
    """Where the segment after the one that was closed at `lsn` begins."""
    high, _, low = lsn.partition("/")
    at = -(-((int(high, 16) << 32) + int(low, 16)) // _SEGMENT_BYTES) * _SEGMENT_BYTES
    return f"{at >> 32:X}/{at & 0xFFFFFFFF:X}"


def receive_wal(server: Server, slot: str, folder: Path, until: str) -> list[Path]:
    """Fetch the log up to `until` into `folder`; the whole segments that lie there, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [programs().path("pg_receivewal"), "-d", server.conninfo, "-D", str(folder), "-S", slot]
    command += ["--endpos", until, "--no-loop", "--no-password", "--status-interval=1"]
    try:
        done = subprocess.run(command, env=server.environment(), capture_output=True, timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired as why:
        raise WalNotReceived(why=f"> {_PATIENCE_S} s") from why
    if done.returncode:
        raise WalNotReceived(why=_tail(done.stderr))
    return sorted(path for path in folder.iterdir() if not path.name.endswith((".partial", ".tmp")))


def check_order(last: str, segments: list[Path]) -> str:
    """That no segment is missing after `last`; the name of the newest. Raises `WalGap`."""
    for name in (path.name for path in segments if _SEGMENT.fullmatch(path.name)):
        if last and name > last and name[:8] == last[:8] and _number(name) != _number(last) + 1:
            raise WalGap(after=last, found=name)
        last = max(last, name)
    return last


def _number(name: str) -> int:
    return int(name[8:16], 16) * ((1 << 32) // _SEGMENT_BYTES) + int(name[16:], 16)


@dataclass(frozen=True, slots=True)
class Target:
    """How far a recovery goes: to a moment, to a place in the log, or to its end."""

    moment: datetime | None = None
    lsn: str = ""

    def lines(self) -> list[str]:
        """As settings of the server."""
        if self.lsn:
            return [
                f"recovery_target_lsn = '{self.lsn}'",
                "recovery_target_inclusive = off",
                "recovery_target_action = 'promote'",
            ]
        if self.moment:
            exact = self.moment.isoformat(sep=" ", timespec="microseconds")
            return [f"recovery_target_time = '{exact}'", "recovery_target_action = 'promote'"]
        return []


def prepare(data: Path, target: Target) -> None:
    """Make a restored data folder one that recovers when it is started: settings of ours, none of the source."""
    data.chmod(0o700)
    for name in ("postgresql.auto.conf", "standby.signal", "postmaster.pid", "postmaster.opts"):
        (data / name).unlink(missing_ok=True)
    (data / "postgresql.conf").write_text("# written by a restore of Lantai\n")
    (data / "pg_hba.conf").write_text("local all all trust\nlocal replication all trust\n")
    (data / "pg_ident.conf").write_text("")
    wal = data / WAL_INSIDE
    wal.mkdir(exist_ok=True)
    lines = [f'restore_command = \'cp "{WAL_INSIDE}/%f" "%p"\'', "hot_standby = off", *target.lines()]
    (data / "postgresql.auto.conf").write_text("".join(f"{line}\n" for line in lines))
    (data / "recovery.signal").touch()


def settle(data: Path) -> None:
    """After the recovery: nothing of it remains in the folder."""
    shutil.rmtree(data / WAL_INSIDE, ignore_errors=True)
    (data / "postgresql.auto.conf").write_text("")


@dataclass(frozen=True, slots=True)
class Scratch:
    """A server that was started beside the live one."""

    socket: Path
    superuser: str

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        user, folder = quote(self.superuser, safe=""), quote(str(self.socket), safe="")
        return f"postgresql://{user}@/{quote(database)}?host={folder}"


@contextlib.contextmanager
def started(data: Path, log: Path, *, superuser: str) -> Iterator[Scratch]:
    """A server over a restored data folder, reached by a socket alone.

    Raises `MomentNotReached` or `ScratchFailed`; ends the server at the end.
    """
    socket = Path(tempfile.mkdtemp(prefix="lantai-scratch-"))
    socket.chmod(0o711)
    command = [programs().path("postgres"), "-D", str(data), "-k", str(socket), "-clisten_addresses="]
    command += ["-clogging_collector=off", "-cshared_buffers=64MB", "-cfsync=on"]
    command += [f"-c{name}={value}" for name, value in _room(data).items()]
    try:
        with log.open("ab") as out:
            process = programs().spawn(
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True
            )
        try:
            scratch = Scratch(socket, superuser)
            _await(process, scratch.url(), log)
            yield scratch
        finally:
            _end(process)
    finally:
        shutil.rmtree(socket, ignore_errors=True)


def _room(data: Path) -> dict[str, int]:
    """Settings that bound what a server holds: ours, or those of the server that was saved where it had more.

    A transaction that was prepared there and not finished comes back in the recovery with all its locks. The others
    (connections, senders, workers) are asked for by a hot standby alone, which a restored server never is.
    """
    command = [programs().path("pg_controldata"), "-D", str(data)]
    done = subprocess.run(command, env=os.environ | {"LC_ALL": "C"}, capture_output=True, text=True)
    if done.returncode:
        raise ScratchFailed(why=_tail(done.stderr.encode()))
    saved = dict(re.findall(r"^(\w+) setting: +(\d+)$", done.stdout, re.MULTILINE))
    return {
        "max_connections": 100,
        "max_locks_per_transaction": max(256, int(saved["max_locks_per_xact"])),
        "max_prepared_transactions": int(saved["max_prepared_xacts"]),
    }


def _await(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(_PATIENCE_S * 5):
        if process.poll() is not None:
            said = log.read_text(errors="replace")
            if _TARGET_MISSED in said:
                raise MomentNotReached
            raise ScratchFailed(why=said[-600:])
        try:
            with psycopg.connect(address, connect_timeout=2) as connection:
                row = connection.execute("select pg_is_in_recovery()").fetchone()
                if row is not None and not row[0]:
                    return
        except psycopg.OperationalError:
            pass
        time.sleep(0.2)
    raise ScratchFailed(why=f"> {_PATIENCE_S} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def drop_halves(scratch: Scratch) -> None:
    """Roll back transactions that were prepared and never finished: the server of a home could not start over them."""
    with psycopg.connect(scratch.url(), autocommit=True) as connection:
        halves = connection.execute("select database, gid from pg_prepared_xacts").fetchall()
    for database, name in halves:
        with psycopg.connect(scratch.url(database), autocommit=True) as connection:
            connection.execute(sql.SQL("rollback prepared {}").format(sql.Literal(name)))


def adopt(scratch: Scratch, facts: PostgresFacts, *, role: str = "lantai", database: str = "lantai") -> None:
    """Name role and database as the embedded server of a home expects them."""
    with psycopg.connect(scratch.url(), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("create role {} superuser login").format(sql.Identifier(role)))
        if facts.database != database:
            new, old = sql.Identifier(database), sql.Identifier(facts.database)
            connection.execute(sql.SQL("drop database if exists {}").format(new))
            connection.execute(sql.SQL("alter database {} rename to {}").format(old, new))


def program_version() -> int:
    """The major version of the programs here."""
    said = subprocess.run([programs().path("postgres"), "--version"], capture_output=True, text=True).stdout
    found = re.search(r"(\d+)\.", said)
    return int(found[1]) if found else 0


def _tail(output: bytes) -> str:
    return output.decode(errors="replace").strip()[-400:]
