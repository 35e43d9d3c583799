"""A main store that is nearly full takes nothing in, and goes on with everything that it has."""

from __future__ import annotations

import pytest

from lantai.apps.custody import queries as custody
from lantai.apps.intake import services
from lantai.apps.intake.models import Submission
from lantai.platform.places import queries as places
from lantai.platform.places.types import NearlyFull, Room
from tests.apps.intake.conftest import item


def test_sto_46_at_98_percent_no_transfer_comes_in_and_what_came_before_is_accepted_and_read(
    desk, monkeypatch
):
    free, before = [60], desk.checked(desk.transfer(item(1)))
    monkeypatch.setattr(places, "room_of_primary", lambda: Room(1000, free[0]))
    free[0] = 50  # 95 % warns
    again = desk.send(desk.transfer(item(2), name="第二包"))
    third, free[0] = desk.transfer(item(3), name="第三包"), 20
    with pytest.raises(NearlyFull, match="98%"):
        desk.send(third)
    with pytest.raises(NearlyFull):
        services.submit_folder(desk.ctx("archivist"), path=third, agency_id=desk.region.agency.pk)
    assert set(Submission.objects.values_list("pk", flat=True)) == {before.pk, again.pk}
    assert desk.check(again).state == "succeeded"
    assert desk.accept(before).state == "succeeded" and before.package is not None
    assert custody.open_object(custody.object_folder(before.package.object_id)).number == 1
    free[0] = 21
    assert desk.send(third).pk not in {before.pk, again.pk}
