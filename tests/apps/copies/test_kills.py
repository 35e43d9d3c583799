"""Killed at any step, an act on copies leaves nothing that is called whole and is not, and goes on afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connections

from lantai.apps.copies import services
from lantai.apps.copies.models import Copy, Move, Reading
from lantai.apps.copies.types import FillPlace, MoveCopies, ReadCopies
from lantai.apps.holdings.models import Fonds
from lantai.platform.jobs import execution
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from lantai.platform.ledger import services as ledger
from lantai.site import deep
from tests.apps.copies.shelves import Shelves, flip
from tests.crash import killed_at, steps_of
from tests.region import build_world
from tests.settled import is_valid

POINTS = 3


@pytest.fixture
def shelves(memory, settings, transactional_db) -> Shelves:
    settings.LANTAI_STORE, settings.LANTAI_KEYS = memory / "store", memory / "keys"
    world = build_world()
    fonds = Fonds.objects.create(code="Z109", name="样例全宗", archives=world.archives, creator=world.agency)
    made = Shelves(world, fonds, memory)
    made.add_place("b", site="异地")
    made.add_place("c", site="第三地")
    return made


def sweep(act: Callable[[], object], again: Callable[[], object], prepare: Callable[[], object]) -> int:
    """Prepare, kill the act at a step, look, go on, look; at so many steps. Returns how often it died."""
    died = 0
    prepare()
    act()  # what is loaded once is no step
    prepare()
    connections.close_all()
    steps = steps_of(act)
    for step in range(steps - 2, 0, -max(1, steps // POINTS)):
        again()
        prepare()
        connections.close_all()
        died += killed_at(step, act)
        assert not wrong(), step
        again()
        assert not wrong(), step
    return died


def wrong() -> list[str]:
    """What is called whole and is not."""
    return list(services.faults_of_copies(1))


def go_on() -> None:
    """What a worker does when it starts."""
    for run in Run.objects.exclude(state__in=(RunState.SUCCEEDED, RunState.FAILED)).order_by("pk"):
        execution.execute(run.pk)


def test_sto_49_replication_repair_and_moves_killed_anywhere_go_on_where_they_were(shelves):
    (package,) = shelves.seal(files=2)
    shelves.policy("b")
    shelves.fill("b")
    b, c = shelves.places["b"], shelves.places["c"]
    texts = iter(range(1_000))

    def behind() -> None:
        shelves.add_version(package, f"第{next(texts)}版")
        services.sync_all(shelves.keeper)
        Run.objects.all().delete()

    assert sweep(lambda: jobs.run_now(shelves.keeper, FillPlace(b.pk)), go_on, behind) >= 2
    assert shelves.copy("b", package).state == "whole" and is_valid(shelves.root("b"))

    def rotten() -> None:
        for slug in ("primary", "b"):
            flip(shelves.content(slug, package)[0 if slug == "b" else 1], 7)
        Copy.objects.update(state="damaged")  # as a reading before had found it
        Reading.objects.filter(finished_at=None).delete()

    def read() -> None:
        row = services.open_reading(shelves.keeper, org_id=shelves.world.archives.pk)
        jobs.run_now(shelves.keeper, ReadCopies(row.pk))

    assert sweep(read, lambda: (go_on(), read()), rotten) >= 2
    assert all(is_valid(shelves.root(slug)) for slug in ("primary", "b"))

    ends = [b, c]

    def asked() -> None:
        services.start_move(shelves.keeper, source_id=ends[0].pk, goal_id=ends[1].pk, reason="样例")
        jobs.run_now(shelves.keeper, FillPlace(ends[1].pk))
        ends.reverse()

    def moved() -> None:
        jobs.run_now(shelves.keeper, MoveCopies(Move.objects.latest("pk").pk))

    assert sweep(moved, lambda: (go_on(), moved()), asked) >= 2
    assert {copy.state for copy in Copy.objects.filter(cleared_at=None)} == {"whole"}
    assert all(is_valid(shelves.root(slug)) for slug in ("primary", "b", "c"))
    ledger.sequence_now()
    assert not [fault for fault in deep.faults() if "副本" in fault.sentence]
