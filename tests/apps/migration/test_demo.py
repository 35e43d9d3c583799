"""The demo migrates one small plan its whole way, and a second run adds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lantai.apps.migration.models import HeldFormat, MigrationPlan
from lantai.apps.migration.types import CountFormats, PlanState, PreviewPlan, RunPlan
from lantai.platform.context import Ctx
from lantai.platform.jobs.models import Run
from lantai.platform.ledger.models import Entry
from lantai.platform.orgs.models import Org
from lantai.site.demo import migrating
from tests.apps.migration.conftest import House, scan


@dataclass
class OnePlace:
    """The house in the place of the demo's city archives."""

    house: House

    def ctx(self, slug: str, role: str) -> Ctx:
        return self.house.ctx(role)

    def org(self, slug: str) -> Org:
        return self.house.world.archives


def test_the_demo_tries_approves_by_another_person_and_runs_one_plan_and_no_second(house):
    house.seal({"一.tif": scan(1), "二.tif": scan(2)})
    place: Any = OnePlace(house)
    assert migrating.migrate(place) == 0, "nothing is drawn up yet"
    assert migrating.count_formats(place) == 1
    house.work(CountFormats(house.world.archives.pk))
    assert migrating.try_out(place) == 2
    plan = MigrationPlan.objects.get()
    house.work(PreviewPlan(plan.pk))
    assert migrating.migrate(place) == 2
    house.work(RunPlan(plan.pk))
    plan.refresh_from_db()
    assert (plan.state, set(plan.items.values_list("state", flat=True))) == (PlanState.DONE, {"added"})
    approved = Entry.objects.get(act="migration:plan:approved")
    assert approved.actor_name != plan.drafter_name and "样例" in plan.title
    told = (Run.objects.count(), Entry.objects.count(), HeldFormat.objects.count())
    assert [migrating.count_formats(place), migrating.try_out(place), migrating.migrate(place)] == [0, 0, 0]
    assert (Run.objects.count(), Entry.objects.count(), HeldFormat.objects.count()) == told
