"""Every copy of every file is read; what rotted is repaired in the same run from a copy that was verified."""

from __future__ import annotations

import shutil
from random import Random

import pytest

from lantai.apps.copies import services
from lantai.apps.copies.models import Copy, Damage, Reading
from lantai.apps.copies.types import ReadCopies
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, Package
from lantai.kit.errors import Denied
from lantai.platform.desk.watching import watch_places
from lantai.platform.jobs import execution
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from lantai.platform.ledger import queries as ledger
from lantai.platform.notify.models import Notice
from tests.apps.copies.shelves import flip, overwrite
from tests.settled import is_valid


@pytest.fixture
def kept(shelves):
    """Two packages in three places."""
    shelves.seal(2)
    shelves.policy("b", "c")
    shelves.fill("b", "c")
    return shelves


def read(shelves, **filters) -> Reading:
    """A round, done."""
    row = services.open_reading(shelves.keeper, org_id=shelves.world.archives.pk, **filters)
    run = jobs.run_now(shelves.keeper, ReadCopies(row.pk))
    assert run.state == RunState.SUCCEEDED, run.message
    row.refresh_from_db()
    return row


def all_valid(shelves) -> bool:
    return all(is_valid(shelves.root(slug)) for slug in ("primary", "b", "c"))


def tree(root) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_round_reads_every_file_of_every_copy(kept):
    row = read(kept)
    held = sum(len(kept.shelf(slug, p).held()) for slug in ("primary", "b", "c") for p in kept.packages)
    assert (row.copy_count, row.file_count, row.damage_count) == (6, held, 0)
    assert all(copy.verified_at >= row.started_at for copy in Copy.objects.all())
    assert all(package.checked_at for package in Package.objects.all())


def test_sto_33_a_hundred_random_bits_in_a_hundred_objects_are_found_and_repaired(shelves):
    shelves.lay_down(100, "b")
    random, bad = Random(33), {}
    for package in shelves.packages:
        files = [path for path in shelves.object("b", package).rglob("*") if path.is_file()]
        path = random.choice(sorted(files))
        bad[path] = path.read_bytes()
        flip(path, random.randrange(len(bad[path]) * 8))
    row = read(shelves, kind="event")
    assert (row.damage_count, row.repaired_count) == (100, 100)
    assert all(path.read_bytes() == data for path, data in bad.items())
    assert is_valid(shelves.root("b")) and tree(shelves.root("b")) == tree(shelves.root("primary"))
    assert {damage.repaired_from.slug for damage in Damage.objects.select_related("repaired_from")} <= {
        "primary",
        "b",
    }
    acts = [e.act for p in shelves.packages for e in ledger.entries_about("custody:package", p.pk)]
    assert acts.count("copies:damage:found") == acts.count("copies:damage:repaired") == 100
    told = Notice.objects.filter(user=shelves.world.user("archives_head")).get()
    assert told.params["count"] == 100 and "样例位置b" in told.params["places"]


def test_sto_34_rot_in_two_copies_is_repaired_from_the_third_and_rot_in_all_is_declared(kept):
    package = kept.packages[0]
    paths = [kept.content(slug, package)[0] for slug in ("primary", "b", "c")]
    good = paths[2].read_bytes()
    for path in paths[:2]:
        flip(path, 5)
    assert (read(kept).repaired_count, all_valid(kept)) == (2, True)
    assert {path.read_bytes() for path in paths} == {good}
    for path in paths:
        flip(path, 5)
    row = read(kept)
    assert (row.damage_count, row.repaired_count) == (3, 0)
    assert Damage.objects.filter(is_lost=True, repaired_at=None).count() == 3
    assert {path.read_bytes() for path in paths} != {good}, "nothing was rewritten in silence"
    assert set(Copy.objects.filter(package=package).values_list("state", flat=True)) == {"damaged"}
    assert ContentFile.objects.filter(is_intact=False).count() <= 1
    assert Notice.objects.filter(text__contains="没有可信的内容").exists()
    overwrite(paths[2], good)
    read(kept)
    assert (all_valid(kept), Damage.objects.filter(repaired_at=None).count()) == (True, 0)
    assert not ContentFile.objects.filter(is_intact=False).exists()


def _truncate(path):
    overwrite(path, path.read_bytes()[:-1])


def _zero(path):
    overwrite(path, bytes(path.stat().st_size))


def _swap(path):
    overwrite(path, b"the bytes of another object")


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (_truncate, "size"),
        (_zero, "flipped"),
        (_swap, "size"),
        (flip, "flipped"),
        (lambda p: p.unlink(), "missing"),
    ],
)
def test_sto_35_whatever_was_done_to_a_copy_is_found_and_put_right(kept, harm, kind):
    package = kept.packages[1]
    file = ContentFile.objects.filter(package=package).first()
    path = next(p for p in kept.content("b", package) if p.name == file.sha512)
    good = path.read_bytes()
    path.parent.chmod(0o755)
    harm(path)
    row = read(kept, place_id=kept.places["b"].pk)
    damage = row.damages.get()
    assert (damage.kind, damage.repaired_from.slug, path.read_bytes()) == (kind, "primary", good)
    assert all_valid(kept)


def test_sto_35_an_object_that_is_gone_altogether_is_written_anew_even_in_the_storage_root(kept):
    package = kept.packages[0]
    for slug in ("b", "primary"):
        shutil.rmtree(kept.object(slug, package))
        row = read(kept)
        assert (row.damage_count, row.repaired_count) == (1, 1)
        assert kept.copy(slug, package).state == "whole" and all_valid(kept)


def test_sto_35_a_file_too_many_in_an_object_is_moved_aside(kept):
    package = kept.packages[0]
    (kept.object("b", package) / "v1" / "content" / "stray.txt").write_text("x")
    row = read(kept)
    assert row.damages.get().kind == "extra" and row.repaired_count == 1 and all_valid(kept)
    assert (kept.folder / "store" / "quarantine" / row.damages.get().kept_as).read_text() == "x"


def test_sto_36_a_place_that_answers_with_wrong_bytes_is_named_and_the_next_is_asked(kept):
    package = kept.packages[0]
    b, c = (kept.content(slug, package)[0] for slug in ("b", "c"))
    good = c.read_bytes()
    kept.content("primary", package)[0].parent.chmod(0o755)
    kept.content("primary", package)[0].unlink()
    flip(b, 2)
    read(kept, place_id=kept.primary.pk)
    damage = kept.copy("primary", package).damages.get()
    assert (damage.lying_place.slug, damage.repaired_from.slug) == ("b", "c")
    assert kept.content("primary", package)[0].read_bytes() == good
    assert kept.copy("b", package).state == "damaged"
    read(kept, place_id=kept.places["b"].pk)
    assert kept.copy("b", package).state == "whole" and all_valid(kept)


def test_a_version_that_is_on_disk_but_not_yet_entered_is_nobodys_damage(kept):
    package = kept.packages[0]
    before = Package.objects.get(pk=package.pk)
    kept.add_version(package, "新")
    Package.objects.filter(pk=package.pk).update(version=1, inventory_sha512=before.inventory_sha512)
    assert read(kept).damage_count == 0 and is_valid(kept.root("primary"))


def test_a_place_that_is_away_is_not_read_and_nothing_is_called_damaged(kept):
    root = kept.root("b")
    root.rename(root.with_name("unplugged"))
    row = read(kept)
    assert (row.away_count, row.damage_count, row.copy_count) == (2, 0, 4)
    assert kept.copy("b", kept.packages[0]).verified_at < row.started_at
    root.with_name("unplugged").rename(root)


def test_a_sample_is_as_large_as_asked_and_a_cycle_takes_what_is_due(kept):
    assert read(kept, kind="sample", sample_count=2).copy_count == 2
    Copy.objects.filter(package=kept.packages[0]).update(verified_at="2026-01-01T00:00:00Z")
    row = read(kept, kind="cycle", due_before=kept.keeper.now)
    assert row.copy_count >= 3 and row.damage_count == 0


def test_a_round_over_the_storage_root_tests_every_package_by_the_scheme_of_preservation(kept):
    row = read(kept)
    checks = [custody.checks_of("custody:package", package.pk).count() for package in kept.packages]
    assert checks == [0, 0] or set(checks) == {1}, "once a round"
    assert jobs.run_now(kept.keeper, ReadCopies(row.pk)).state == RunState.SUCCEEDED
    assert [custody.checks_of("custody:package", p.pk).count() for p in kept.packages] == checks


def test_only_who_may_has_copies_read(shelves):
    with pytest.raises(Denied):
        services.open_reading(shelves.world.ctx("reading_clerk"), org_id=shelves.world.archives.pk)
    with pytest.raises(Denied):
        services.open_reading(shelves.keeper, org_id=shelves.world.other_archives.pk)


def test_a_place_that_comes_back_is_read_by_sample_at_once_and_what_it_lost_is_put_right(kept):
    place = kept.places["b"]
    away, held = kept.root("b").with_name("unplugged"), kept.content("b", kept.packages[0])
    kept.root("b").rename(away)
    watch_places()
    overwrite(away / held[0].relative_to(kept.root("b")), b"\0" * 30)
    away.rename(kept.root("b"))
    watch_places()
    for run in Run.objects.filter(state="queued").order_by("pk"):
        execution.execute(run.pk)
    row = Reading.objects.get(kind="event", place=place)
    if row.finished_at is None:
        execution.execute(row.run_id)
        row.refresh_from_db()
    assert (row.copy_count, row.damage_count, row.repaired_count) == (2, 1, 1)
    assert is_valid(kept.root("b"))
