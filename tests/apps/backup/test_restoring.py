"""A disaster and back: the numbered cases 124, 126, 127, 131 and 133 over one base backup."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from lantai.apps.backup import clusters, marks, queries, restoring, services
from lantai.apps.backup.models import Alarm, BackupSet, RestoreDrill
from lantai.apps.backup.registry import programs
from lantai.apps.backup.services import drilling, making
from lantai.kit.backups.types import ContentDamaged
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Entry
from lantai.platform.notify.models import Notice
from lantai.platform.places import queries as places
from lantai.site import cli, commands
from lantai.site.postgres import Cluster
from tests.settled import is_valid


@pytest.fixture(scope="module")
def bare(live, tmp_path_factory):
    """What the runbook makes on a bare machine, and what the live system held at that time."""
    home = tmp_path_factory.mktemp("bare") / "home"
    mark = marks.take_mark(making.here())
    services.add_increment(live.ctx, plan_id=live.plan.pk)
    words = [
        "restore",
        "--from",
        str(live.home / "place1"),
        "--to",
        str(home),
        "--keys",
        str(live.home / "keys"),
    ]
    assert cli.main(words) == 0
    return home, mark


def test_bak_124_a_bare_machine_comes_to_the_same_digests_log_users_and_settings(live, bare):
    home, mark = bare
    cluster = Cluster(home / "postgres")
    cluster.start()
    try:
        found = marks.read_mark(cluster.url())
        assert found.tables == mark.tables and mark.tables["accounts_user"].rows > 5
        assert (found.log_size, found.log_root) == (mark.log_size, mark.log_root) and mark.log_size > 5
    finally:
        cluster.stop()
    stored = {p.relative_to(home): p.read_bytes() for p in (home / "store").rglob("*") if p.is_file()}
    own = live.home / "store"
    alive = {Path("store") / p.relative_to(own): p for p in own.rglob("*") if p.is_file()}
    kept = {name: path.read_bytes() for name, path in alive.items() if name.parts[1] in {"ocfl", "blobs"}}
    assert stored == kept and len(stored) > 6
    assert is_valid(home / "store" / "ocfl")
    assert (home / "keys" / "log-ed25519.pem").read_bytes() == (
        live.home / "keys" / "log-ed25519.pem"
    ).read_bytes()
    assert live.newest.covered_until > mark.at  # nothing that was committed before is lost


def test_no_private_key_lies_in_a_backup(live):
    secret = (live.home / "keys" / "log-ed25519.pem").read_bytes()
    for path in (p for n in (1, 2) for p in live.vault(n).rglob("*") if p.is_file()):
        data = path.read_bytes()
        assert b"PRIVATE KEY" not in data and secret[:100] not in data


def test_a_restore_goes_into_an_empty_home_only_and_to_a_covered_moment_only(live, tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("样例")
    words = ["restore", "--from", str(live.home / "place2"), "--to"]
    assert cli.main([*words, str(tmp_path / "full")]) == 1
    later = (timezone.now() + timedelta(days=1)).isoformat()
    assert cli.main([*words, str(tmp_path / "new"), "--at", later]) == 1
    assert cli.main([*words, str(tmp_path / "new"), "--at", "昨天"]) == 1
    assert cli.main([*words, str(tmp_path / "new"), "--set", "20200101T000000Z-00000000"]) == 1
    assert not (tmp_path / "new").exists()
    assert "不是空的" in capsys.readouterr().err
    assert cli.main(["restore", "--from", str(live.home / "place2"), "--list"]) == 0
    assert live.newest.set_id in capsys.readouterr().out


def test_bak_126_what_was_saved_while_packages_came_in_is_whole_in_itself(live, monkeypatch):
    stop, failed, valid = threading.Event(), [], []
    own = drilling._objects
    monkeypatch.setattr(drilling, "_objects", lambda root: valid.append(is_valid(root)) or own(root))

    def take_in() -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                live.seal(f"busy-{number}")
                ledger.sequence(timezone.now())
                stop.wait(0.2)  # while the other thread works
        except Exception as why:  # boundary: told by the test itself
            failed.append(why)
        finally:
            connection.close()

    writer = threading.Thread(target=take_in)
    writer.start()
    try:
        drill = services.begin_drill(live.ctx, live.plan, is_now=True)
        services.run_drill(live.ctx, drill_id=drill.pk)
    finally:
        stop.set()
        writer.join()
    assert (failed, valid) == ([], [True])  # by two validators, while the restored store was still there
    drill = RestoreDrill.objects.get(pk=drill.pk)
    bad = [(f.code, f.subject, f.expected, f.found) for f in drill.findings.filter(outcome="fail")]
    assert (drill.state, drill.why, bad) == ("passed", "", [])
    codes = set(drill.findings.values_list("code", flat=True))
    assert codes == {
        "signature",
        "files",
        "table",
        "log_root",
        "objects",
        "packages",
        "settings",
        "rto",
        "rpo",
    }
    assert drill.rto_seconds is not None and drill.rpo_seconds is not None
    assert Entry.objects.filter(act="backup:drill:passed", object_id=drill.pk).exists()


def test_a_drill_that_cannot_restore_fails_and_alarms_until_one_passes(live):
    """Twice the same cause: told once."""
    place = live.plan.place
    hidden = live.home / "hidden"
    (live.home / "place1").rename(hidden)
    (live.home / "place2").rename(live.home / "hidden2")
    before = Notice.objects.count()
    try:
        for _ in range(2):
            drill = services.begin_drill(live.ctx, live.plan, is_now=True)
            services.run_drill(live.ctx, drill_id=drill.pk)
            drill = RestoreDrill.objects.get(pk=drill.pk)
            assert (drill.state, drill.why != "") == ("failed", True)
        assert Alarm.objects.filter(plan=live.plan, cause="drill_failed", mended_at=None).count() == 1
        assert Notice.objects.filter(text__contains="恢复演练").count() == 1 > before - Notice.objects.count()
    finally:
        hidden.rename(live.home / "place1")
        (live.home / "hidden2").rename(live.home / "place2")
    assert place.pk == live.plan.place_id


def test_bak_127_a_flipped_byte_is_found_by_reading_and_mended_from_the_other_copy(live, tmp_path):
    first = restoring.reader_of(places.store_of(live.plan.place))
    second = restoring.reader_of(places.store_of(live.plan.second_place))
    (entry, *_more) = (
        e for e in first.entries(first.manifest(0)) if e.path.startswith("store/") and e.located
    )
    pack = live.vault(1) / entry.located.pack
    whole = pack.read_bytes()
    flipped = bytearray(whole)
    flipped[entry.located.at] ^= 1
    pack.chmod(0o640)
    pack.write_bytes(flipped)
    with pytest.raises(ContentDamaged):
        first.write(entry, tmp_path / "one")
    second.write(entry, tmp_path / "two")
    assert _digest(tmp_path / "two") == entry.sha256
    found = services.verify_set(live.ctx, set_id=live.newest.pk)
    assert len(found.mended) == 1 and found.lost == [] and pack.read_bytes() == whole


def test_what_both_copies_lost_is_alarmed_once_until_it_is_mended(live):
    pack = next((live.vault(1) / "packs").rglob("*.tar"))
    other = live.vault(2) / pack.relative_to(live.vault(1))
    whole = pack.read_bytes()
    for path in (pack, other):
        path.chmod(0o640)
        path.write_bytes(os.urandom(len(whole)))
    row = live.newest
    before = Notice.objects.count()
    for _ in range(2):
        assert len(services.verify_set(live.ctx, set_id=row.pk).lost) == 2
    row.refresh_from_db()
    assert (row.state, Alarm.objects.filter(cause="damaged", mended_at=None).count()) == ("damaged", 1)
    assert Notice.objects.count() == before + 1
    for path in (pack, other):
        path.write_bytes(whole)
    services.verify_set(live.ctx, set_id=row.pk)
    row.refresh_from_db()
    assert (row.state, Alarm.objects.filter(cause="damaged", mended_at=None).count()) == ("good", 0)


def test_bak_131_a_stale_backup_shows_red_and_drills_come_by_themselves(live, client):
    plan, ctx = live.plan, live.ctx
    assert queries.standing(plan, timezone.now()).light != "red"
    late = ctx.later(timezone.now() + timedelta(days=8))
    assert queries.standing(plan, late.now).light == "red"
    for _ in range(2):
        services.keep_plan(late, plan)
    assert Alarm.objects.filter(plan=plan, cause="stale", mended_at=None).count() == 1
    services.keep_plan(ctx.later(timezone.now() + timedelta(days=20)), plan)
    assert Alarm.objects.filter(plan=plan, cause="drill_due", mended_at=None).count() == 1
    started = set(Run.objects.filter(state="queued").values_list("kind", flat=True))
    assert {"lantai.apps.backup.types.TakeBackup", "lantai.apps.backup.types.RunDrill"} <= started
    Alarm.objects.filter(plan=plan).update(since=timezone.now())
    client.force_login(live.world.user("system_officer"))
    page = client.get(plan.get_absolute_url()).content.decode()
    assert "备份过期未做" in page
    Run.objects.filter(state="queued").update(state="cancelled", finished_at=timezone.now())
    services.keep_plans()  # what died is said to have died, not to go on
    assert not BackupSet.objects.filter(plan=plan, state="making").exists()
    assert not RestoreDrill.objects.filter(plan=plan, state="running").exists()


def test_bak_133_no_acknowledged_write_is_lost_when_the_primary_dies_and_the_log_does_not_fork(
    bare, tmp_path
):
    """A standby made the way base backups are made, synchronous; the primary is killed under load."""
    home, mark = bare
    first = Cluster(home / "postgres")
    first.start()
    acknowledged: list[int] = []
    second, process = tmp_path / "standby", None
    try:
        with psycopg.connect(first.url(), autocommit=True) as admin:
            admin.execute("create table if not exists sample_acks (n int)")
            process, socket = _standby(admin, first, second)
        writer = threading.Thread(target=_write, args=(first.url(), acknowledged))
        writer.start()
        while len(acknowledged) < 50:
            pass
        os.kill(first._pid(), 9)
        writer.join()
        both = f"postgresql://lantai@/lantai?host={socket},{first.socket}&target_session_attrs=read-write"
        with psycopg.connect(f"postgresql://lantai@/lantai?host={socket}", autocommit=True) as found:
            found.execute("select pg_promote()")
            found.execute("alter system reset synchronous_standby_names")
            found.execute("select pg_reload_conf()")
        with psycopg.connect(both, autocommit=True) as again:
            there = {n for (n,) in again.execute("select n from sample_acks").fetchall()}
            assert set(acknowledged) <= there
            again.execute("insert into sample_acks values (-1)")
        after = marks.read_mark(f"postgresql://lantai@/lantai?host={socket}")
        assert (after.log_size, after.log_root) == (mark.log_size, mark.log_root)
    finally:
        if process is not None:
            clusters._end(process)
        first.stop()


def _standby(admin, first: Cluster, data: Path):
    facts = clusters.examine(clusters.Server(first.url()))
    clusters.base_backup(clusters.Server(first.url()), data, facts)
    socket = data.with_name("s")
    socket.mkdir()
    (data / "standby.signal").touch()
    with (data / "postgresql.auto.conf").open("a") as conf:
        conf.write(f"primary_conninfo = 'host={first.socket} user=lantai application_name=second'\n")
    command = [programs().path("postgres"), "-D", str(data), "-k", str(socket), "-clisten_addresses=",
               "-cmax_connections=100", "-cmax_locks_per_transaction=256"]  # fmt: skip
    with data.with_name("standby.log").open("ab") as log:
        process = programs().spawn(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    admin.execute("alter system set synchronous_standby_names = 'second'")
    admin.execute("select pg_reload_conf()")
    for _ in range(200):
        row = admin.execute(
            "select sync_state from pg_stat_replication where application_name = 'second'"
        ).fetchone()
        if row and row[0] == "sync":
            return process, socket
        threading.Event().wait(0.1)
    raise AssertionError(data.with_name("standby.log").read_text())


def _write(url: str, acknowledged: list[int]) -> None:
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for number in range(100_000):
                connection.execute("insert into sample_acks values (%s)", [number])
                acknowledged.append(number)
    except psycopg.OperationalError:
        return


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_database_of_a_restored_home_starts_a_vault_of_its_own(bare, live):
    home, _mark = bare
    cluster = Cluster(home / "postgres")
    cluster.start()
    try:
        with psycopg.connect(cluster.url()) as connection:
            vaults = {v for (v,) in connection.execute("select vault from backup_backupplan").fetchall()}
            making = connection.execute(
                "select count(*) from backup_backupset where state = 'making'"
            ).fetchone()
        assert live.plan.vault not in vaults and making == (0,)
    finally:
        cluster.stop()


def test_every_command_of_the_runbook_is_one_that_the_program_takes():
    said = (Path(__file__).parents[3] / "docs" / "backup.md").read_text("utf-8")
    lines = [line.strip() for line in said.splitlines() if line.strip().startswith("lantai ")]
    assert len(lines) >= 8
    for line in lines:
        assert cli._parser().parse_args(line.split()[1:]).command in commands._COMMANDS
