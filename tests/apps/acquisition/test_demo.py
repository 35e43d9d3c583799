from __future__ import annotations

from lantai.apps.acquisition.models import Acquisition
from lantai.site.demo import acquisitions
from tests.apps.acquisition.conftest import Place


class _Region:
    """The small region of tests under the names of the demo's."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def ctx(self, _slug: str, role: str):
        return self.place.ctx(role)

    def org(self, slug: str):
        return self.place.world.archives if slug == acquisitions.KEEPER else self.place.world.agency


def test_the_demo_makes_its_acquisitions_once(place):
    region = _Region(place)
    assert acquisitions.make_all(region) == 5
    assert acquisitions.make_all(region) == 0
    gift = Acquisition.objects.get(means="gift")
    assert gift.state == "registered" and gift.certificate_number
