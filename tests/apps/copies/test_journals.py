"""The journal beside the objects goes along into every place of a policy, is read, repaired, and enough to rebuild."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from lantai.apps.copies import picture, services
from lantai.apps.copies.models import JournalCopy, JournalDamage, JournalSegment, Reading
from lantai.apps.copies.types import CopyJournal, MoveCopies, ReadCopies
from lantai.kit.packages import journal
from lantai.platform.jobs import execution
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from lantai.platform.ledger.models import Entry
from lantai.platform.notify.models import Notice
from lantai.platform.places import queries as places
from tests.apps.copies.shelves import Shelves, flip, overwrite
from tests.settled import is_valid


def write_segments(root: Path, count: int) -> None:
    """So many more segments, as an export writes them."""
    (root / journal.FOLDER).mkdir(parents=True, exist_ok=True)
    last = journal.newest(root)
    for number in range((last.number if last else 0) + 1, (last.number if last else 0) + 1 + count):
        head = {"t": journal.FORMAT, "number": number, "first": 10 * (number - 1), "end": 10 * number,
                "previous": last.sha512 if last else ""}  # fmt: skip
        text = "".join(
            json.dumps(line) + "\n" for line in (head, {"t": "ledger.entry", "row": {"样例": number}})
        )
        digest = hashlib.sha512(text.encode()).hexdigest()
        path = journal.path_of(root, number)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + json.dumps({"t": "end", "sha512": digest}) + "\n")
        last = journal.read_segment(path)


@pytest.fixture
def kept(shelves: Shelves) -> Shelves:
    """A package and three segments, in the storage root, in b and in c."""
    shelves.seal()
    shelves.policy("b", "c")
    shelves.fill("b", "c")
    write_segments(shelves.root("primary"), 3)
    bring(shelves)
    return shelves


def bring(shelves: Shelves) -> None:
    services.start_journals(shelves.keeper)
    for run in Run.objects.filter(kind__endswith="CopyJournal", state=RunState.QUEUED):
        jobs.run_now(shelves.keeper, CopyJournal(run.args["place_id"]))
        run.delete()


def read(shelves: Shelves, **more: object) -> Reading:
    row = services.open_reading(shelves.keeper, org_id=shelves.world.archives.pk, **more)
    assert jobs.run_now(shelves.keeper, ReadCopies(row.pk)).state == RunState.SUCCEEDED
    return Reading.objects.get(pk=row.pk)


def segment(shelves: Shelves, slug: str, number: int) -> Path:
    return journal.path_of(shelves.root(slug), number)


def standing(shelves: Shelves) -> dict[str, int]:
    return dict(JournalCopy.objects.values_list("place__slug", "segment_count"))


def test_every_place_of_a_policy_gets_every_segment_and_its_chain_is_whole_there(kept):
    assert standing(kept) == {"primary": 3, "b": 3, "c": 3}
    for slug in ("b", "c"):
        assert [found.number for found in journal.segments(kept.root(slug))] == [1, 2, 3]
        assert is_valid(kept.root(slug))
    entries = Entry.objects.count()
    write_segments(kept.root("primary"), 2)
    bring(kept)
    assert standing(kept) == {"primary": 5, "b": 5, "c": 5}
    assert Entry.objects.count() == entries, "a line about it would be the next segment"
    assert services.start_journals(kept.keeper) == 0
    seen = {one.place_title: (one.segments, one.of) for one in picture.journals(kept.keeper)}
    assert seen == {"主存储": (5, 5), "样例位置b": (5, 5), "样例位置c": (5, 5)}
    assert not list(services.faults_of_journals(1))


def test_a_place_that_is_away_waits_and_a_run_that_was_cut_goes_on(kept, monkeypatch):
    write_segments(kept.root("primary"), 3)
    kept.root("b").rename(kept.root("b").with_name("unplugged"))
    bring(kept)
    row = JournalCopy.objects.get(place=kept.places["b"])
    assert (row.segment_count, row.tries) == (3, 1) and "没有正常应答" in row.why and row.next_try_at
    assert standing(kept)["c"] == 6
    kept.root("b").with_name("unplugged").rename(kept.root("b"))
    JournalCopy.objects.update(next_try_at=None)
    wrote = services.note_copied

    class Killed(BaseException):
        """As by a signal."""

    def die(row: JournalCopy, done: JournalSegment) -> None:
        if done.number == 5:
            raise Killed
        wrote(row, done)

    with monkeypatch.context() as cut, pytest.raises(Killed):
        cut.setattr(services, "note_copied", die)
        jobs.run_now(kept.keeper, CopyJournal(kept.places["b"].pk))
    assert standing(kept)["b"] == 4 and segment(kept, "b", 5).is_file(), "written, and not yet counted"
    assert not list(services.faults_of_journals(1))
    for run in Run.objects.exclude(state=RunState.SUCCEEDED):
        execution.execute(run.pk)
    assert standing(kept)["b"] == 6 and JournalCopy.objects.get(pk=row.pk).why == ""


def test_what_rotted_is_repaired_in_the_round_from_a_copy_that_is_true_also_in_the_storage_root(kept):
    bad = [segment(kept, "primary", 2), segment(kept, "b", 2), segment(kept, "c", 3)]
    good = [path.read_bytes() for path in bad]
    flip(bad[0], 9)
    overwrite(bad[1], b"{}")
    bad[2].unlink()
    row = read(kept)
    assert (row.damage_count, row.repaired_count) == (3, 3)
    assert [path.read_bytes() for path in bad] == good
    kinds = JournalDamage.objects.order_by("copy__place__slug").values_list("kind", "repaired_from__slug")
    assert list(kinds) == [("size", "c"), ("missing", "primary"), ("flipped", "b")]
    acts = Entry.objects.filter(act__startswith="copies:journal:").values_list("act", flat=True)
    assert sorted(acts) == ["copies:journal:found_damaged"] * 3 + ["copies:journal:repaired"] * 3
    assert Notice.objects.filter(text__contains="保管日志 %(count)d 段异常，已修复").exists()
    assert JournalCopy.objects.filter(verified_at__gte=row.started_at).count() == 3
    quarantine = kept.folder / "store" / "quarantine"
    assert len(list(quarantine.glob("journal-damage-*"))) == 2


def test_a_segment_that_is_lost_everywhere_is_declared_and_nothing_is_rewritten(kept):
    paths = [segment(kept, slug, 1) for slug in ("primary", "b", "c")]
    good = paths[0].read_bytes()
    for path in paths:
        flip(path, 5)
    row = read(kept)
    assert (row.damage_count, row.repaired_count) == (3, 0)
    assert JournalDamage.objects.filter(is_lost=True, repaired_at=None).count() == 3
    assert Notice.objects.filter(text__contains="保管日志有").exists()
    assert {path.read_bytes() for path in paths} != {good}
    overwrite(paths[2], good)
    assert read(kept).damage_count == 2
    assert not JournalDamage.objects.filter(repaired_at=None).exists()
    assert {path.read_bytes() for path in paths} == {good}


def test_a_round_over_a_part_reads_no_journal_and_a_cycle_reads_what_is_due(kept):
    flip(segment(kept, "b", 1), 5)
    assert read(kept, fonds_id=kept.fonds.pk).damage_count == 0
    assert read(kept, kind="sample", sample_count=1).damage_count == 0
    JournalCopy.objects.update(verified_at=kept.keeper.now)
    assert read(kept, kind="cycle", due_before="2026-01-01T00:00:00Z").damage_count == 0
    assert read(kept, place_id=kept.places["c"].pk).damage_count == 0
    assert read(kept, place_id=kept.places["b"].pk).repaired_count == 1


def test_a_segment_that_breaks_the_chain_is_not_taken_and_the_others_are_brought_all_the_same(kept):
    write_segments(kept.root("primary"), 1)
    path = segment(kept, "primary", 4)
    good = path.read_text("utf-8")
    path.write_text(good.replace('"previous": "', '"previous": "0'), "utf-8")
    bring(kept)
    assert JournalSegment.objects.count() == 3 and standing(kept)["b"] == 3
    path.write_text(good, "utf-8")
    bring(kept)
    assert standing(kept)["b"] == 4


def test_a_place_that_retires_loses_the_journal_with_its_last_copy(kept):
    kept.ask_for(2, "b", "c")
    move = services.retire_place(kept.head, place_id=kept.places["c"].pk, reason="样例")
    jobs.run_now(kept.keeper, MoveCopies(move.pk))
    assert standing(kept) == {"primary": 3, "b": 3}
    assert not [held for held in places.store_of(kept.places["c"]).held() if "journal" in held.name]
    assert Entry.objects.filter(act="copies:journal:cleared").count() == 1
