"""What the database holds at one place of its log: counts and digests of tables, and the root of the evidence log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from django.apps import apps
from psycopg import sql

from lantai.apps.backup.clusters import Server
from lantai.kit.evidence import tiles
from lantai.kit.evidence.merkle import SHA256

_APPS = ("lantai.apps.", "lantai.platform.orgs", "lantai.platform.accounts", "lantai.platform.ledger",
         "lantai.platform.workflow")  # fmt: skip
_OWN = "lantai.apps.backup"
_LOCKED = sql.SQL("lock table ledger_entry, ledger_leaf, ledger_checkpoint in share mode")
_PATIENCE = "set local lock_timeout = '20s'"
Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows a table has, and the sum of their digests."""

    rows: int
    digest: str

    def __str__(self) -> str:
        return f"{self.rows} · {self.digest}"


@dataclass(frozen=True, slots=True)
class Mark:
    """The state of a database at `lsn`."""

    lsn: str
    at: datetime
    tables: dict[str, Held]
    log_size: int
    log_root: str


def tables() -> list[str]:
    """The tables that a drill compares: those whose every change has its line in the ledger, and the ledger."""
    found = (
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name.startswith(_APPS) and config.name != _OWN
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed
    )
    return sorted(found)


def take_mark(server: Server) -> Mark:
    """The state now. Acts wait for an instant, while the place in the log and the snapshot are fixed together."""
    with server.connect() as keeper, server.connect() as reader:
        reader.execute("begin isolation level repeatable read read only")
        with keeper.transaction():
            keeper.execute(_PATIENCE)
            keeper.execute(_LOCKED)
            row = reader.execute("select pg_current_wal_insert_lsn()::text, clock_timestamp()").fetchone()
        assert row is not None
        return _read(reader, str(row[0]), row[1])


def read_mark(url: str) -> Mark:
    """The state of a recovered database."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("select now()").fetchone()
        assert row is not None
        return _read(connection, "", row[0])


def _read(connection: Connection, lsn: str, at: object) -> Mark:
    assert isinstance(at, datetime)
    held = {name: _held(connection, name) for name in tables()}
    size = _one(connection, "select coalesce(max(size), 0) from ledger_checkpoint")
    root = tiles.root(int(str(size)), _Tiles(connection)).hex()
    return Mark(lsn, at, held, int(str(size)), root)


def _held(connection: Connection, table: str) -> Held:
    """One pass over the table; the order of rows does not matter to a sum."""
    query = sql.SQL(
        "select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text from {} t"
    ).format(sql.Identifier(table))
    try:
        row = connection.execute(query).fetchone()
    except psycopg.errors.UndefinedTable:
        return Held(-1, "")
    assert row is not None
    return Held(int(str(row[0])), str(row[1]))


def _one(connection: Connection, query: str) -> object:
    row = connection.execute(sql.SQL(query)).fetchone()  # type: ignore[arg-type]
    return row[0] if row else None


class _Tiles:
    """Tiles of the evidence log in a database that is not Django's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile."""
        row = self._connection.execute(
            "select data from ledger_tile where algorithm = 'sha256' and level = %s and index = %s and width >= %s",
            [level, index, width],
        ).fetchone()
        return bytes(row[0])[: width * SHA256.size_bytes] if row else b""  # type: ignore[call-overload]
