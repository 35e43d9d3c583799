"""What no policy asks for any more goes when another person approved it and the other copies were read."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from lantai.apps.copies import queries, services, subscribers
from lantai.apps.copies.models import Clearance, Copy
from lantai.apps.copies.services import clearing
from lantai.apps.copies.types import ClearSurplus, FillPlace, NothingSurplus
from lantai.apps.custody.events import ContentDestroyed
from lantai.kit.errors import Denied, Missing
from lantai.platform.accounts.models import Assignment
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.types import RunState
from lantai.platform.ledger.models import Entry
from lantai.platform.workflow.types import SamePerson
from tests.apps.copies.shelves import Shelves, flip
from tests.settled import is_valid


@pytest.fixture
def kept(shelves: Shelves) -> Shelves:
    """Two packages in three places, of which the policy has come to ask for two."""
    shelves.seal(2)
    shelves.policy("b", "c")
    shelves.fill("b", "c")
    shelves.ask_for(2, "b", "c")
    return shelves


def asked(shelves: Shelves) -> Clearance:
    return services.ask_clearance(shelves.keeper, org_id=shelves.world.archives.pk, reason="策略改为两份")


def approved(shelves: Shelves) -> Clearance:
    return services.decide_clearance(shelves.head, clearance_id=asked(shelves).pk, name="approve")


def done(shelves: Shelves, row: Clearance) -> Clearance:
    assert jobs.run_now(shelves.keeper, ClearSurplus(row.pk)).state == RunState.SUCCEEDED
    return Clearance.objects.get(pk=row.pk)


def test_surplus_copies_go_after_a_second_person_said_so_and_the_log_tells_of_each_step(kept):
    row = asked(kept)
    (line,) = queries.preview_of(kept.world.archives.pk)
    assert (row.copy_count, line.place_title, line.copies, line.ready) == (2, "样例位置c", 2, 2)
    with pytest.raises(Denied):
        services.decide_clearance(kept.keeper, clearance_id=row.pk, name="approve")
    done(kept, row)
    assert kept.content("c", kept.packages[0]), "nothing goes before it is approved"
    row = services.decide_clearance(kept.head, clearance_id=row.pk, name="approve")
    found = done(kept, row)
    assert (found.state, found.cleared_count, found.kept_count) == ("done", 2, 0)
    for package in kept.packages:
        assert kept.copy("c", package).state == "retired" and not kept.object("c", package).exists()
        assert kept.copy("b", package).state == kept.copy("primary", package).state == "whole"
        assert kept.copy("b", package).verified_at > row.approved_at, "read again before the other went"
    acts = Entry.objects.filter(object_type="copies:clearance").order_by("id").values_list("act", flat=True)
    assert [act.rpartition(":")[2] for act in acts] == ["asked", "approved", "finished"]
    assert Entry.objects.filter(act="copies:copy:cleared").count() == 2
    assert all(is_valid(kept.root(slug)) for slug in ("primary", "b", "c"))
    with pytest.raises(NothingSurplus):
        asked(kept)


def test_nobody_approves_what_he_asked_for_and_nothing_goes_that_was_withdrawn(kept):
    both = kept.world.user("archivist")
    Assignment.objects.create(
        user=both, org=kept.world.archives, role="archives_head", starts_on=date(2026, 1, 1)
    )
    row = asked(kept)
    with pytest.raises(SamePerson):
        services.decide_clearance(kept.keeper, clearance_id=row.pk, name="approve")
    services.decide_clearance(kept.keeper, clearance_id=row.pk, name="withdraw", reason="样例")
    assert done(kept, row).state == "withdrawn" and kept.content("c", kept.packages[0])
    with pytest.raises(Missing):
        services.decide_clearance(kept.head, clearance_id=asked(kept).pk, name="finish")


def test_a_copy_stays_while_another_that_is_asked_for_is_not_true_and_that_one_is_repaired_from_it(kept):
    one, two = kept.packages
    row = approved(kept)
    for slug in ("primary", "b"):
        flip(kept.content(slug, one)[0], 5)
    found = done(kept, row)
    assert (found.cleared_count, found.kept_count) == (1, 1)
    assert kept.copy("c", one).state == "whole" and kept.copy("c", two).state == "retired"
    assert is_valid(kept.root("primary")), "the last true copy mended the one that was read"
    assert is_valid(kept.root("b")) and kept.content("c", one)
    assert done(kept, approved(kept)).cleared_count == 1


def test_a_copy_stays_where_the_others_are_late_away_or_too_few_and_the_policy_of_now_counts(kept):
    package = kept.packages[0]
    row = approved(kept)
    kept.add_version(package, "新")
    shutil.rmtree(kept.object("b", kept.packages[1]))
    found = done(kept, row)
    assert (found.cleared_count, found.kept_count) == (0, 2)
    assert kept.copy("b", kept.packages[1]).state == "whole", "written anew by the way"
    kept.fill("b")
    kept.root("b").rename(kept.root("b").with_name("unplugged"))
    assert done(kept, approved(kept)).kept_count == 2
    kept.root("b").with_name("unplugged").rename(kept.root("b"))
    row = approved(kept)
    kept.ask_for(3, "b", "c")
    assert done(kept, row).cleared_count == 0 and kept.content("c", package)


def test_a_clearance_that_was_killed_is_taken_up_and_ends(kept, monkeypatch):
    row = approved(kept)

    class Killed(BaseException):
        """As by a signal."""

    def die(ctx, copy):
        path = kept.object("c", kept.packages[0]) / "inventory.json"
        Copy.objects.filter(pk=copy.pk).update(state="retired", is_due=False)
        path.unlink()
        raise Killed

    with monkeypatch.context() as cut, pytest.raises(Killed):
        cut.setattr(clearing, "clear", die)
        jobs.run_now(kept.keeper, ClearSurplus(row.pk))
    found = done(kept, row)
    assert (found.state, found.cleared_count) == ("done", 2)
    assert not any(kept.object("c", package).exists() for package in kept.packages)


def test_destroyed_content_goes_from_surplus_copies_too(kept):
    package = kept.packages[0]
    old = kept.content("c", package)
    newer = kept.add_version(package, "销毁之后")
    assert kept.fill("c") and kept.copy("c", package).version == 1
    subscribers.on_content_destroyed(kept.keeper, ContentDestroyed(package.pk, newer.version))
    jobs.run_now(kept.keeper, FillPlace(kept.places["c"].pk))
    jobs.run_now(kept.keeper, FillPlace(kept.places["b"].pk))
    assert kept.copy("c", package).version == 2 and not queries.lagging(package.pk).exists() and old
