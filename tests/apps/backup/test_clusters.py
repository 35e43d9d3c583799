"""The database part alone: a tiny cluster is saved, and comes back at a moment."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta

import psycopg
import pytest

from lantai.apps.backup import clusters
from lantai.apps.backup.clusters import Server, Target
from lantai.apps.backup.types import DatabaseUnfit, MomentNotReached, WalGap
from lantai.site import postgres
from lantai.site.postgres import Cluster

GREAT = {"max_connections": 250, "max_locks_per_transaction": 400, "max_prepared_transactions": 7,
         "max_worker_processes": 20, "max_wal_senders": 30}  # fmt: skip


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A base backup, then a right row, a moment, and a wrong deletion; with the log of all that."""
    home = tmp_path_factory.mktemp("tiny")
    cluster = Cluster(home / "pg")
    _start_great(cluster)
    try:
        server = Server(cluster.url())
        facts = clusters.examine(server)
        clusters.hold_wal(server, "sample")
        with server.connect() as connection:
            connection.execute("create table sample (n int)")
            connection.execute("insert into sample select generate_series(1, 1000)")
        facts = clusters.base_backup(server, home / "base", facts)
        with server.connect() as connection:
            connection.execute("insert into sample values (1001)")
            (moment,) = connection.execute("select clock_timestamp()").fetchone()
            connection.execute("delete from sample")
        end, until = clusters.close_segment(server)
        segments = clusters.receive_wal(server, "sample", home / "wal", end)
        yield home, facts, segments, moment, until, server
    finally:
        cluster.stop()


def _start_great(cluster):
    """A server with more of everything than ours has, and a transaction that waits for its second half."""
    with pytest.MonkeyPatch.context() as settings:
        for name, value in GREAT.items():
            settings.setitem(postgres._SETTINGS, name, str(value))
        cluster.start()
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("create table half (n int)")
        connection.execute("begin; insert into half values (1); prepare transaction 'sample'")


def laid_out(saved, data, target):
    home, _facts, segments, *_ = saved
    shutil.copytree(home / "base", data)
    clusters.prepare(data, target)
    for segment in segments:
        shutil.copyfile(segment, data / clusters.WAL_INSIDE / segment.name)


def restored(saved, tmp_path, target):
    tmp_path.mkdir(exist_ok=True)
    laid_out(saved, tmp_path / "data", target)
    with (
        clusters.started(tmp_path / "data", tmp_path / "log", superuser=saved[1].superuser) as scratch,
        psycopg.connect(scratch.url("lantai")) as connection,
    ):
        return connection.execute("select count(*), max(n) from sample").fetchone()


def test_bak_125_the_database_comes_back_as_it_was_a_moment_before_a_wrong_deletion(saved, tmp_path):
    assert restored(saved, tmp_path, Target(moment=saved[3])) == (1001, 1001)


def test_up_to_the_moment_that_a_set_covers_every_target_is_reached_and_beyond_it_is_refused(saved, tmp_path):
    until = saved[4]
    assert restored(saved, tmp_path / "a", Target(moment=until)) == (0, None)
    with pytest.raises(MomentNotReached):
        restored(saved, tmp_path / "b", Target(moment=until + timedelta(hours=1)))


def test_a_base_backup_comes_back_to_the_end_of_its_log_where_less_room_is_and_without_half_transactions(
    saved, tmp_path
):
    own = Cluster(tmp_path / "pg")
    own.home.mkdir()
    laid_out(saved, own.data, Target())
    room = clusters._room(own.data)
    assert (room["max_locks_per_transaction"], room["max_prepared_transactions"]) == (400, 7)
    with clusters.started(own.data, tmp_path / "log", superuser=saved[1].superuser) as scratch:
        with psycopg.connect(scratch.url()) as connection:
            assert connection.execute("select gid from pg_prepared_xacts").fetchall() == [("sample",)]
        clusters.drop_halves(scratch)
    clusters.settle(own.data)
    own.start()  # with the room of ours: none for halves
    try:
        with psycopg.connect(own.url()) as connection:
            found = connection.execute("select (select count(*) from half), (select count(*) from sample)")
            assert found.fetchone() == (0, 0)
    finally:
        own.stop()


def test_a_missing_segment_is_noticed(saved):
    segments = saved[2]
    last = clusters.check_order("", segments)
    assert last == segments[-1].name
    later = f"{last[:16]}{int(last[16:], 16) + 2:08X}"
    with pytest.raises(WalGap):
        clusters.check_order(last, [segments[0].with_name(later)])


def test_what_a_server_lacks_is_said_with_what_to_do(saved):
    server = saved[5]
    with server.connect() as connection:
        connection.execute("create role reader login")
    poor = Server(server.conninfo.replace("lantai@", "reader@"))
    with pytest.raises(DatabaseUnfit) as refused:
        clusters.examine(poor)
    assert "REPLICATION" in str(refused.value) and "pg_switch_wal" in str(refused.value)
    with pytest.raises(DatabaseUnfit):
        clusters.examine(Server(f"postgresql://nobody@/lantai?host={os.sep}nowhere"))
