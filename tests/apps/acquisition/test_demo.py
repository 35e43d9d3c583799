from __future__ import annotations

from collections import Counter

from lantai.apps.acquisition.models import Acquisition, ListedEvent, VoiceSession
from lantai.platform.jobs import execution
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from lantai.platform.orgs import services as orgs
from lantai.platform.orgs.types import OrgKind
from lantai.site.demo import acquisitions, gatherings
from tests.apps.acquisition.conftest import COMMAND, Place


class _Region:
    """The small region of tests under the names of the demo's."""

    def __init__(self, place: Place) -> None:
        self.place = place
        world = place.world
        self.orgs = {acquisitions.KEEPER: world.archives, gatherings.UNIT: world.agency}
        self.orgs[gatherings.OTHER] = orgs.found_org(
            COMMAND, code="G2", name="样例市自然资源局", kind=OrgKind.AGENCY, parent=world.bureau,
            archives=world.archives,
        )  # fmt: skip

    def ctx(self, _slug: str, role: str):
        return self.place.ctx(role)

    def org(self, slug: str):
        return self.orgs[slug]


def test_the_demo_takes_one_case_of_each_kind_to_its_end_and_adds_nothing_twice(place):
    region = _Region(place)
    assert acquisitions.make_all(region) == 15
    assert acquisitions.make_all(region) == 0
    for run_id in Run.objects.filter(state=RunState.QUEUED).order_by("pk").values_list("pk", flat=True):
        execution.execute(run_id)
    ends = Counter(Acquisition.objects.values_list("means", "state"))
    assert set(ends) == {
        ("gift", "accessioned"), ("gift", "agreeing"), ("purchase", "registered"), ("deposit", "returned"),
        ("copying", "registered"), ("collecting", "registered"), ("deposit", "lead"),
    }  # fmt: skip
    assert set(VoiceSession.objects.values_list("state", flat=True)) == {"accepted", "recorded", "closed"}
    assert set(ListedEvent.objects.values_list("state", flat=True)) == {"complete", "collecting", "listed"}
