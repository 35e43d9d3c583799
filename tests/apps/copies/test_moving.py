"""Nothing is removed from a place before another copy was read back; both sides are compared; reads go on."""

from __future__ import annotations

import shutil

import pytest

from lantai.apps.copies import queries, services
from lantai.apps.copies.models import Copy, Move, Orphan, Reading
from lantai.apps.copies.services import shelf
from lantai.apps.copies.types import (
    FillPlace,
    MoveCopies,
    MoveGoesOn,
    OrphanActUnfit,
    OrphanSettled,
    PlaceNotForCopies,
    PlaceStillNamed,
    SettleOrphan,
    SurveyPlace,
)
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, Package
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import queries as ledger
from lantai.platform.places.models import Place
from tests.apps.copies.shelves import flip
from tests.settled import is_valid


@pytest.fixture
def kept(shelves):
    """Two packages in the storage root and in b."""
    shelves.seal(2)
    shelves.policy("b")
    shelves.fill("b")
    return shelves


def go_on(shelves, move: Move) -> Move:
    jobs.run_now(shelves.keeper, MoveCopies(move.pk))
    return Move.objects.get(pk=move.pk)


def test_sto_45_a_move_leaves_the_source_until_the_goal_was_read_back(kept):
    b, c = kept.places["b"], kept.places["c"]
    move = services.start_move(kept.keeper, source_id=b.pk, goal_id=c.pk, reason="样例")
    assert (go_on(kept, move).moved_count, is_valid(kept.root("b"))) == (0, True), "nothing lies in c yet"
    with pytest.raises(MoveGoesOn):
        services.start_move(kept.keeper, source_id=b.pk, goal_id=c.pk, reason="样例")
    kept.fill("c")
    flip(kept.content("c", kept.packages[0])[0])
    Copy.objects.filter(pk=kept.copy("c", kept.packages[0]).pk).update(state="damaged")
    done = go_on(kept, move)
    assert (done.state, done.moved_count, done.waiting_count) == ("open", 1, 1)
    jobs.run_now(kept.keeper, FillPlace(c.pk))
    Copy.objects.filter(place=c).update(state="wanted", is_due=True, version=0)
    jobs.run_now(kept.keeper, FillPlace(c.pk))
    done = go_on(kept, move)
    assert (done.state, done.moved_count, done.waiting_count) == ("done", 2, 0)
    assert not list(kept.root("b").rglob("inventory.json*"))
    assert all(is_valid(kept.root(slug)) for slug in ("primary", "b", "c"))
    assert [e.act for e in ledger.entries_about("copies:move", move.pk)] == [
        "copies:move:started",
        "copies:move:finished",
    ]


def test_sto_45_a_removal_that_was_cut_short_goes_on(kept, monkeypatch):
    b, c = kept.places["b"], kept.places["c"]
    move = services.start_move(kept.keeper, source_id=b.pk, goal_id=c.pk, reason="样例")
    kept.fill("c")
    real, left = shelf.Shelf.remove, [5]

    def remove(self, path):
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        real(self, path)

    monkeypatch.setattr(shelf.Shelf, "remove", remove)
    with pytest.raises(KeyboardInterrupt):
        services.clear(kept.keeper, services.may_go(move).first())
    monkeypatch.undo()
    assert Copy.objects.filter(place=b, state="retired", cleared_at=None).count() == 1
    assert go_on(kept, move).state == "done" and is_valid(kept.root("b"))


def test_a_place_retires_when_the_policies_can_do_without_it(kept):
    b = kept.places["b"]
    with pytest.raises(PlaceStillNamed):
        services.retire_place(kept.head, place_id=b.pk, reason="样例")
    with pytest.raises(PlaceNotForCopies):
        services.retire_place(kept.head, place_id=kept.primary.pk, reason="样例")
    row = queries.visible_policies(kept.head).get()
    services.change_policy(
        kept.head, policy_id=row.pk, title=row.title, place_ids=[b.pk, kept.places["c"].pk], copy_count=2,
        site_count=1, medium_count=1, cycle_days=30, rate_mb_s=0,
    )  # fmt: skip
    move = services.retire_place(kept.head, place_id=b.pk, reason="样例")
    assert Place.objects.get(pk=b.pk).state == "retiring"
    kept.fill("c")
    assert go_on(kept, move).state == "done"
    assert Place.objects.get(pk=b.pk).state == "retired" and is_valid(kept.root("c"))


def test_a_move_that_is_stopped_leaves_the_rest_where_it_is(kept):
    move = services.start_move(
        kept.keeper, source_id=kept.places["b"].pk, goal_id=kept.places["c"].pk, reason="样例"
    )
    assert services.stop_move(kept.keeper, move_id=move.pk, reason="样例").state == "stopped"
    kept.fill("c")
    assert go_on(kept, move).moved_count == 0 and is_valid(kept.root("b"))


def survey(shelves, slug: str) -> list[Orphan]:
    place = shelves.primary if slug == "primary" else shelves.places[slug]
    jobs.run_now(shelves.keeper, SurveyPlace(place.pk))
    return list(Orphan.objects.filter(place=place, settled_at=None).order_by("kind", "name"))


def test_sto_42_what_one_side_has_and_the_other_has_not_is_reported_both_ways(kept):
    first, second = kept.packages
    assert survey(kept, "b") == [] == survey(kept, "primary")
    (kept.root("b") / "stray.txt").write_text("x")
    shutil.copytree(
        kept.object("b", first), kept.root("c") / kept.object("b", first).relative_to(kept.root("b"))
    )
    shutil.rmtree(kept.object("b", second))
    absent, stray = survey(kept, "b")
    (known,) = survey(kept, "c")
    assert (absent.kind, absent.copy, stray.kind, stray.name) == (
        "absent", kept.copy("b", second), "unknown", "stray.txt")  # fmt: skip
    assert (known.kind, known.object_id) == ("unknown", first.object_id)
    assert len(survey(kept, "b")) == 2, "found again it is the same"
    with pytest.raises(OrphanActUnfit):
        services.settle(kept.keeper, orphan_id=stray.pk, settlement="copied", reason="x")
    services.settle(kept.keeper, orphan_id=stray.pk, settlement="removed", reason="样例")
    services.settle(kept.keeper, orphan_id=absent.pk, settlement="copied", reason="样例")
    services.settle(kept.keeper, orphan_id=known.pk, settlement="adopted", reason="样例")
    with pytest.raises(OrphanSettled):
        services.settle(kept.keeper, orphan_id=known.pk, settlement="adopted", reason="样例")
    jobs.run_now(kept.keeper, SettleOrphan(stray.pk))
    for slug in ("b", "c"):
        jobs.run_now(kept.keeper, FillPlace(kept.places[slug].pk))
    assert (kept.folder / "store" / "quarantine" / f"orphan-{stray.pk}" / "stray.txt").read_text() == "x"
    assert survey(kept, "b") == [] == survey(kept, "c")
    assert kept.copy("c", first).state == "whole" and all(is_valid(kept.root(s)) for s in ("b", "c"))


def test_sto_39_reads_fall_to_the_next_copy_and_only_true_bytes_are_shown(kept):
    file = ContentFile.objects.filter(package=kept.packages[0]).select_related("package").first()
    path = custody.path_of(file)
    good = path.read_bytes()
    path.parent.chmod(0o755)
    path.unlink()
    with custody.open_file(file) as stream:
        assert stream.read() == good
    asked = Reading.objects.get(kind="event")
    assert (asked.package_id, asked.finished_at) == (file.package_id, None), "all its copies are read at once"
    path.write_bytes(good[:-1] + b"!")
    ContentFile.objects.filter(pk=file.pk).update(is_intact=False)
    file.refresh_from_db()
    with custody.open_file(file) as stream:
        assert stream.read() == good, "a file known to be damaged is not shown"
    shutil.rmtree(kept.object("primary", kept.packages[0]))
    with custody.open_file(file) as stream:
        assert stream.read() == good


def test_sto_47_content_that_was_destroyed_goes_from_every_copy(kept):
    package = kept.packages[0]
    paths = kept.content("b", package)
    (kept.object("b", package) / "v1" / "content" / "zz").mkdir()
    (kept.object("b", package) / "v1" / "content" / "zz" / "destroyed").write_text("what the object lost")
    newer = kept.add_version(package, "销毁之后")
    assert [copy.place.slug for copy in queries.lagging(package.pk)] == ["b"]
    kept.fill("b")
    assert not queries.lagging(package.pk).exists() and paths
    assert not (kept.object("b", package) / "v1" / "content" / "zz").exists()
    assert Package.objects.get(pk=package.pk).inventory_sha512 == newer.inventory_sha512
    assert is_valid(kept.root("b"))
