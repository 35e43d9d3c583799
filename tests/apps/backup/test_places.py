"""Places that fail, lock or are encrypted: the numbered cases 128, 129 and 132, and what is kept how long."""

from __future__ import annotations

import hashlib
import os
import shutil
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.utils import timezone

from lantai.apps.backup import media, queries, restoring, services
from lantai.apps.backup.models import Alarm, BackupSet, Pack
from lantai.apps.backup.services import making
from lantai.apps.backup.types import SetUnderWay
from lantai.apps.holdings.models import Fonds
from lantai.kit import cli as kit
from lantai.kit.backups.restoring import write_tree
from lantai.kit.crypto import shares
from lantai.kit.crypto.shares import SharesTooFew
from lantai.kit.errors import LantaiError
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.notify.models import Notice
from lantai.platform.places import queries as places
from lantai.platform.places import sealed
from lantai.platform.places.types import Locked, PlaceFull
from lantai.site import backups, cli
from lantai.site.postgres import Cluster
from tests.apps.backup.conftest import Small


def files(root: Path) -> dict[str, str]:
    return {
        str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(root.rglob("*"))
        if p.is_file()
    }


def test_bak_128_a_full_or_absent_place_alarms_once_keeps_old_sets_and_claims_nothing(live):
    plan, here, good = live.plan, live.home / "place1", live.newest
    before = files(live.vault(1))
    Small.room_bytes = 100
    with pytest.raises(PlaceFull):
        live.back_up(plan)
    Small.room_bytes = 10**12
    assert files(live.vault(1)) == before
    kept = {path.name for path in making.log_of(plan).iterdir()}
    assert max(kept) > good.last_segment, "what it took from the database waits for the next addition"
    hidden = here.with_name("unmounted")
    here.rename(hidden)
    try:
        with pytest.raises(LantaiError):
            live.back_up(plan)
        with pytest.raises(LantaiError):
            services.add_increment(live.ctx, plan_id=plan.pk)
    finally:
        hidden.rename(here)
    assert list(plan.sets.values_list("state", flat=True)) == ["failed", "failed", "good"]
    assert Alarm.objects.filter(plan=plan, cause="set_failed", mended_at=None).count() == 1
    assert Notice.objects.filter(text__contains="备份没有完成").count() == 1
    assert [found.set_id for found in restoring.sets_in(places.store_of(plan.place))] == [good.set_id]
    assert queries.newest_good(plan) == good
    added = services.add_increment(live.ctx, plan_id=plan.pk)
    assert not Alarm.objects.filter(plan=plan, cause="set_failed", mended_at=None).exists()
    assert added.last_segment > max(kept) and not list(making.log_of(plan).iterdir())


def test_bak_129_what_an_intruder_encrypts_comes_back_and_the_locked_backup_cannot_be_deleted(live, tmp_path):
    store = Path(settings.LANTAI_STORE) / "ocfl"
    before, kept = files(store), files(live.vault(2))
    for path in (p for p in store.rglob("*") if p.is_file()):
        path.chmod(0o640)
        path.write_bytes(os.urandom(path.stat().st_size))
    shutil.rmtree(live.vault(1))  # what is not locked is gone
    locked = places.store_of(live.plan.second_place)
    for held in list(locked.held()):
        with pytest.raises(Locked):
            locked.remove(held.name)
    assert files(live.vault(2)) == kept
    reader = restoring.reader_of(locked)
    for manifest in reader.manifests():
        write_tree(reader, manifest, lambda e: tmp_path / e.path if e.path.startswith("store/ocfl") else None)
    assert files(tmp_path / "store" / "ocfl") == before
    shutil.rmtree(store)
    shutil.copytree(tmp_path / "store" / "ocfl", store)
    shutil.copytree(live.vault(2), live.vault(1))


def test_bak_132_a_lost_key_of_an_encrypted_place_comes_back_from_three_of_five_shares(live, tmp_path):
    place = live.place("sealed", is_sealed=True)
    plan = live.planned("加密方案", place)
    assert live.back_up(plan).state == "good"
    written = list((live.home / "sealed" / "lantai-backup").rglob("*.json"))
    assert written and b"lantai-backup/1" not in written[0].read_bytes()
    key = places.key_file(place)
    lines = [str(share) for share in shares.split(sealed.read_key(key), need=3, of=5)]
    key.unlink()
    few, enough = tmp_path / "few.txt", tmp_path / "enough.txt"
    few.write_text("\n".join(lines[:2]))
    enough.write_text("\n".join(lines[2:]) + "\n")
    asked = Namespace(source=str(live.home / "sealed"), place_key=None, shares=str(few))
    with pytest.raises(SharesTooFew):
        backups.store_at(asked, asked.source, tmp_path / "scratch0")
    asked.shares = str(enough)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    reader = restoring.reader_of(backups.store_at(asked, asked.source, scratch))
    for manifest in reader.manifests():
        write_tree(reader, manifest, lambda e: tmp_path / e.path if e.path.startswith("store/ocfl") else None)
    assert files(tmp_path / "store" / "ocfl") == files(Path(settings.LANTAI_STORE) / "ocfl")


def test_grandfather_father_son_keeps_the_newest_of_each_and_always_the_last():
    days = [(n, datetime(2026, 11, 22, 3, tzinfo=UTC) - timedelta(days=n)) for n in range(800)]
    stays = services.kept(days, daily=7, weekly=5, monthly=12, yearly=3)
    assert set(range(7)) <= stays and len(stays) <= 7 + 5 + 12 + 3
    assert {days[n][1].year for n in stays} == {2026, 2025, 2024}
    old = [(1, datetime(2001, 1, 1, tzinfo=UTC))]
    assert services.kept(old, daily=1, weekly=0, monthly=0, yearly=0) == {1}
    assert services.kept([], daily=1, weekly=0, monthly=0, yearly=0) == set()


def test_a_killed_run_is_said_to_be_under_way_goes_on_and_then_what_no_set_needs_is_removed(
    live, monkeypatch
):
    class Killed(BaseException):
        """As by a signal: nothing of ours is run any more."""

    def die(*_args: object) -> None:
        raise Killed

    live.moment = timezone.now()
    Fonds.objects.update(name="误改的全宗名")
    old = queries.newest_good(live.plan)
    BackupSet.objects.filter(pk=old.pk).update(begun_at=old.begun_at - timedelta(days=3))
    row = services.begin_set(live.ctx, live.plan, is_now=True)
    with pytest.raises(SetUnderWay):
        services.begin_set(live.ctx, live.plan, is_now=True)
    with monkeypatch.context() as broken, pytest.raises(Killed):
        broken.setattr(making, "_publish", die)
        services.make_set(live.ctx, set_id=row.pk)
    row.refresh_from_db()
    assert row.state == "making" and row.set_id not in " ".join(files(live.vault(1)))
    copied = []
    monkeypatch.setattr(making.clusters, "base_backup", lambda *args: copied.append(args))
    again = services.make_set(live.ctx, set_id=row.pk)
    old.refresh_from_db()
    assert (again.state, old.state, copied) == ("good", "expired", [])  # the first try's base backup was used
    assert [found.set_id for found in restoring.sets_in(places.store_of(live.plan.place))] == [again.set_id]
    known = set(Pack.objects.filter(vault=live.plan.vault).values_list("name", flat=True))
    assert {f"packs/{name}" for name in files(live.vault(1) / "packs")} == known
    assert set(files(live.vault(2) / "packs")) > set(files(live.vault(1) / "packs"))  # which is locked
    assert again.new_bytes < again.byte_count // 4  # most was there already
    found = services.verify_set(live.ctx, set_id=again.pk)
    assert (found.lost, found.packs) == ([], len(known))


def test_bak_125_a_moment_before_a_wrong_bulk_edit_comes_back_though_its_set_ended_before(live, tmp_path):
    """The old set lies in the locked place alone; the log between it and the next one is in the next one."""
    home = tmp_path / "before"
    words = [
        "restore",
        "--from",
        str(live.home / "place2"),
        "--to",
        str(home),
        "--at",
        live.moment.isoformat(),
    ]
    assert cli.main(words) == 0
    cluster = Cluster(home / "postgres")
    cluster.start()
    try:
        with psycopg.connect(cluster.url()) as found:
            assert found.execute("select name from holdings_fonds").fetchall() == [("样例全宗",)]
    finally:
        cluster.stop()
    assert set(Fonds.objects.values_list("name", flat=True)) == {"误改的全宗名"}


def test_a_medium_written_from_a_place_restores_and_checks_by_itself(live, tmp_path, capsys):
    disc = tmp_path / "disc"
    done = media.write(live.ctx, live.plan, disc)
    assert kit.main(["medium", str(disc)]) == 0
    assert cli.main(["restore", "--from", str(disc), "--list"]) == 0
    assert done.set_id in capsys.readouterr().out


def test_only_those_who_keep_backups_may(live):
    with pytest.raises(NotPermitted):
        services.order_backup(live.world.ctx("archivist"), plan_id=live.plan.pk)
    assert not queries.visible(live.world.ctx("stranger")).exists()
    assert queries.count_alarms(live.world.ctx("stranger")) == 0
