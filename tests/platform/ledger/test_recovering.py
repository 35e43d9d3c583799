"""EVI 54: a database set back to an earlier day gets its leaves again from where the log was published."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lantai.kit.evidence.tiles import entries_path
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.ledger import queries, services
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf, Pending, Tile
from lantai.platform.ledger.types import (
    LogRolledBack,
    NotFromCommandLine,
    NotOurCheckpoint,
    OtherHistory,
    SourceIncomplete,
)
from lantai.site.log_command import Saved
from tests.platform.ledger.acts import act, act_and_log

pytestmark = pytest.mark.django_db
TOLD = "ledger:log:restored"


@pytest.fixture
def ctx() -> Ctx:
    return system_ctx(Channel.COMMAND)


@contextmanager
def by_hand() -> Iterator[None]:
    """What a restored backup does: rows go that the product never takes away."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def set_back(size: int) -> dict[int, Entry]:
    """The database as it was at a checkpoint of that size; returns the acts of the leaves that are gone."""
    gone = Leaf.objects.filter(index__gte=size).order_by("index")
    entries = Entry.objects.in_bulk([leaf.entry_id for leaf in gone])
    found = {leaf.index: entries[leaf.entry_id] for leaf in gone}
    data = [bytes(leaf.data) for leaf in Leaf.objects.filter(index__lt=size).order_by("index")]
    with by_hand():
        Checkpoint.objects.filter(size__gt=size).delete()
        Leaf.objects.filter(index__gte=size).delete()
        Entry.objects.filter(pk__in=[one.pk for one in entries.values()]).delete()
        Tile.objects.all().delete()
    from lantai.kit.evidence.merkle import SHA256, SM3
    from lantai.kit.evidence.tilemaker import hash_batch
    from lantai.platform.ledger.services.growing import grow

    for algorithm in (SHA256, SM3):
        grow(*hash_batch(data, 0, [algorithm]), 0, algorithm)
    return found


def restore(ctx: Ctx, folder: Path, entries: Mapping[int, Entry] | None = None, *, is_dry: bool = False):
    return services.restore_log(
        ctx, source=Saved(folder), entries_of=lambda first, end: entries or {}, is_dry=is_dry
    )


@pytest.fixture
def mirror(keys: Path, tmp_path: Path, django_capture_on_commit_callbacks) -> Path:
    """A folder with a log of 600 leaves, which was published also when it had 300."""
    folder = tmp_path / "mirror"
    for count in (300, 300):
        with django_capture_on_commit_callbacks(execute=True):
            act_and_log(count)
        services.publish(folder)
    return folder


def test_evi_54_lost_leaves_come_back_from_a_mirror_with_the_acts_of_the_journal(
    mirror, ctx, django_capture_on_commit_callbacks
):
    head = queries.newest_checkpoint()
    lost = set_back(300)
    newer = act(3)  # recorded meanwhile, under numbers that lost acts had
    with pytest.raises(LogRolledBack):
        services.sequence(timezone.now())
    found = restore(ctx, mirror, lost)
    assert (found.before, found.after, found.with_entry, found.without_entry) == (300, 600, 300, 0)
    assert queries.newest_checkpoint().note == head.note
    with django_capture_on_commit_callbacks(execute=True):
        services.sequence(timezone.now())
    assert queries.newest_checkpoint().size == 604, "what waited, and the line that tells of it"
    assert queries.check_log() == []
    assert Leaf.objects.filter(entry_id__in=[one.pk for one in newer], index__gte=600).count() == 3
    assert Entry.objects.get(act=TOLD).detail == {"first": 300, "end": 600, "known": 300, "lost": []}


def test_evi_54_acts_that_nothing_has_any_more_keep_their_leaves_and_are_named(mirror, ctx):
    lost = set_back(300)
    kept = {index: one for index, one in lost.items() if index != 450 and index < 598}
    found = restore(ctx, mirror, kept)
    assert (found.with_entry, found.without_entry) == (297, 3)
    assert Entry.objects.get(act=TOLD).detail["lost"] == [[450, 450], [598, 599]]
    assert queries.check_log() == []
    services.sequence(timezone.now())
    assert queries.check_log() == []
    with by_hand():
        Leaf.objects.filter(index=449).update(entry_id=-450)
    assert [fault.index for fault in queries.check_log()][:1] == [449], "a loss that no line tells of"


def test_evi_54_an_act_that_waits_again_gets_the_leaf_that_it_had(mirror, ctx):
    lost = set_back(300)
    waiting = [lost[index] for index in (300, 301)]  # in the backup they were recorded and not yet in the log
    Entry.objects.bulk_create(waiting)
    Pending.objects.bulk_create(Pending(entry_id=one.pk) for one in waiting)
    restore(ctx, mirror, {index: one for index, one in lost.items() if index > 301})
    assert list(
        Leaf.objects.filter(index__in=(300, 301)).order_by("index").values_list("entry_id", flat=True)
    ) == [one.pk for one in waiting]
    assert Pending.objects.count() == 1, "the line that tells of it"
    assert queries.check_log() == []


def test_a_dry_run_counts_and_changes_nothing(mirror, ctx):
    lost = set_back(300)
    with transaction.atomic():
        found = restore(ctx, mirror, lost, is_dry=True)
    assert (found.after, found.with_entry) == (600, 300)
    assert queries.newest_checkpoint().size == 300
    assert not Entry.objects.filter(act=TOLD).exists() and Leaf.objects.count() == 300


def test_what_contradicts_our_log_is_not_taken(mirror, ctx, keys, settings, tmp_path):
    set_back(300)
    note = (mirror / "checkpoint").read_text()
    other = tmp_path / "other"
    shutil.copytree(mirror, other)
    (other / "checkpoint").write_text(note.replace("600", "599", 1))
    with pytest.raises(NotOurCheckpoint):
        restore(ctx, other)
    (other / "checkpoint").write_text(note)
    bundle = other / entries_path(1)
    data = bundle.read_bytes()
    for changed, why in ((data[:-1], SourceIncomplete), (data[:-3] + b"00}", OtherHistory)):
        bundle.write_bytes(changed)
        with pytest.raises(why):
            restore(ctx, other)
    assert Leaf.objects.count() == 300 and not Entry.objects.filter(act=TOLD).exists()
    with pytest.raises(NotFromCommandLine):
        restore(replace(ctx, channel=Channel.WEB), mirror)


def test_a_mirror_is_written_once_and_only_grows(mirror, keys):
    full = mirror / entries_path(0)
    before = full.stat().st_mtime_ns
    act_and_log(200)
    assert services.publish(mirror) == 800
    assert full.stat().st_mtime_ns == before
    assert (mirror / entries_path(2)).exists() and not (mirror / f"{entries_path(2)}.p").exists()
    assert [path.name for path in (mirror / f"{entries_path(3)}.p").iterdir()] == ["32"]
    assert (mirror / "sm3" / "tile" / "0" / "003.p" / "32").exists()
    assert (mirror / "checkpoint").read_text().startswith(queries.newest_checkpoint().note)


def test_evi_54_the_journal_beside_the_objects_gives_the_acts_back_as_they_were(mirror, ctx, tmp_path):
    from lantai.site import journal
    from lantai.site.log_command import Journal

    root = tmp_path / "ocfl"
    journal.export(root, timezone.now())
    set_back(300)
    found = services.restore_log(ctx, source=Saved(mirror), entries_of=Journal(root).entries, is_dry=False)
    assert (found.with_entry, found.without_entry) == (300, 0)
    assert queries.check_log() == []
