"""What a policy asks for is written, read back, and only then counts."""

from __future__ import annotations

import pytest

from lantai.apps.copies import queries, services
from lantai.apps.copies.models import Copy
from lantai.apps.copies.services.choosing import choose
from lantai.apps.copies.types import FillPlace, PlacesTooFew, PolicyTaken, ReadCopies
from lantai.kit.errors import Denied
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.types import RunState
from lantai.platform.ledger import queries as ledger
from lantai.platform.places import queries as places
from lantai.platform.places.models import Place
from lantai.platform.places.types import NearlyFull, Room
from tests.apps.copies.shelves import flip
from tests.settled import is_valid


def test_sto_31_a_copy_counts_only_when_all_of_it_was_read_back(shelves):
    (package,) = shelves.seal(files=3)
    shelves.policy("b", "c")
    runs = shelves.fill("b", "c")
    assert {run.state for run in runs} == {RunState.SUCCEEDED}
    for slug in ("b", "c"):
        copy = shelves.copy(slug, package)
        assert (copy.state, copy.version, copy.inventory_sha512) == ("whole", 1, package.inventory_sha512)
        assert copy.file_count == len(shelves.shelf(slug, package).held()) and not copy.is_due
        assert is_valid(shelves.root(slug))
    made = [
        entry
        for entry in ledger.entries_about("custody:package", package.pk)
        if entry.act == "copies:copy:made"
    ]
    assert {entry.detail["place"] for entry in made} == {"b", "c"}
    assert next((one.place_title, one.state) for one in queries.places_of(package.pk)) == ("主存储", "whole")


def test_a_new_version_follows_into_every_copy(shelves):
    (package,) = shelves.seal()
    shelves.policy("b")
    shelves.fill("b")
    newer = shelves.add_version(package, "更多")
    shelves.fill("b")
    copy = shelves.copy("b", package)
    assert (copy.version, copy.inventory_sha512, copy.state) == (2, newer.inventory_sha512, "whole")
    assert is_valid(shelves.root("b"))


def test_a_source_that_rotted_is_not_copied_and_is_named(shelves):
    (package,) = shelves.seal()
    shelves.policy("b", "c")
    shelves.fill("b")
    bad = shelves.content("primary", package)[0]
    flip(bad, 9)
    shelves.fill("c")
    assert shelves.copy("c", package).state == "whole", "from the place that has the right bytes"
    assert is_valid(shelves.root("c"))
    damage = shelves.copy("primary", package).damages.get()
    assert damage.path in str(bad) and damage.lying_place == shelves.primary


def test_without_any_true_source_nothing_is_called_a_copy(shelves):
    (package,) = shelves.seal()
    flip(shelves.content("primary", package)[0], 3)
    shelves.policy("b")
    shelves.fill("b")
    copy = shelves.copy("b", package)
    assert (copy.state, copy.tries) == ("wanted", 1) and copy.next_try_at and "没有可信的内容" in copy.why


def test_a_place_that_is_away_waits_and_says_so(shelves):
    (package,) = shelves.seal()
    shelves.policy("b")
    root = shelves.root("b")
    root.rename(root.with_name("unplugged"))
    run = shelves.fill("b")[0]
    copy = shelves.copy("b", package)
    assert run.state == RunState.SUCCEEDED and (copy.state, copy.tries) == ("wanted", 1)
    assert "没有正常应答" in copy.why and copy.next_try_at > run.started_at
    root.with_name("unplugged").rename(root)
    Copy.objects.update(next_try_at=None)
    jobs.run_now(shelves.keeper, FillPlace(shelves.places["b"].pk))
    assert shelves.copy("b", package).state == "whole"


def test_a_policy_chooses_the_first_places_that_are_far_enough_apart(shelves):
    one, two, three = (Place(slug=slug, site=site, medium=medium) for slug, site, medium in (
        ("x", "", "disk"), ("y", "远", "disk"), ("z", "远", "tape")))  # fmt: skip
    primary = Place(slug="primary", site="", medium="disk")
    listed = (one, two, three)
    assert choose(primary, listed, copies=2, sites=1, media=1) == (one,)
    assert choose(primary, listed, copies=2, sites=2, media=1) == (two,)
    assert choose(primary, listed, copies=3, sites=2, media=2) == (one, three)
    assert choose(primary, listed, copies=2, sites=3, media=1) is None


def test_a_policy_says_no_precisely(shelves):
    with pytest.raises(PlacesTooFew):
        shelves.policy("b", copies=2, medium_count=2)
    shelves.policy("b")
    with pytest.raises(PolicyTaken):
        shelves.policy("c")
    with pytest.raises(Denied):
        services.add_policy(
            shelves.keeper,
            org_id=shelves.world.archives.pk,
            title="x",
            place_ids=[],
            cycle_days=9,
            rate_mb_s=1,
        )


def test_the_narrowest_policy_counts_and_a_change_moves_what_is_wanted(shelves):
    (package,) = shelves.seal()
    wide = shelves.policy("b")
    shelves.policy("c", fonds_id=shelves.fonds.pk, title="全宗策略")
    shelves.fill("b", "c")
    assert not Copy.objects.filter(package=package, place=shelves.places["b"]).exists()
    assert shelves.copy("c", package).state == "whole"
    narrow = queries.visible_policies(shelves.head).get(fonds=shelves.fonds)
    services.drop_policy(shelves.head, policy_id=narrow.pk, reason="样例")
    shelves.fill("b")
    assert shelves.copy("b", package).state == "whole"
    assert (shelves.copy("c", package).state, shelves.copy("c", package).is_wanted) == ("whole", False)
    assert wide.places.get().is_chosen


def test_sto_46_a_main_store_at_98_percent_still_copies_repairs_and_adds_versions(shelves, monkeypatch):
    monkeypatch.setattr(places, "room_of_primary", lambda: Room(1000, 20))
    with pytest.raises(NearlyFull):
        places.require_room_for_intake()
    (package,) = shelves.seal()
    shelves.policy("b")
    shelves.fill("b")
    bad = shelves.content("primary", package)[0]
    flip(bad, 9)
    row = services.open_reading(shelves.keeper, org_id=shelves.world.archives.pk)
    assert jobs.run_now(shelves.keeper, ReadCopies(row.pk)).state == RunState.SUCCEEDED
    shelves.add_version(package, "更多")
    shelves.fill("b")
    assert shelves.copy("b", package).version == 2
    assert is_valid(shelves.root("primary")) and is_valid(shelves.root("b"))
