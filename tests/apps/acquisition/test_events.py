from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lantai.apps.acquisition import queries, services
from lantai.apps.acquisition.models import ListedEvent, Requirement
from lantai.apps.acquisition.states import EVENT_LIST
from lantai.apps.acquisition.types import AgencyNotServed, EventClosed, NotComplete, PlanMissing
from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.notify.models import Notice
from tests.apps.acquisition.conftest import Place


def listed(place: Place, plan: str = "样例方案") -> ListedEvent:
    return services.list_event(
        place.ctx("archivist"), org_id=place.world.archives.pk, title="样例运动会", kind="activity",
        began_on=date(2026, 10, 1), lead_id=place.world.agency.pk, plan=plan,
    )  # fmt: skip


def asked(place: Place, row: ListedEvent, days: int = 10) -> Requirement:
    return services.ask_for(
        place.ctx("archivist"), listed_event_id=row.pk, agency_id=place.world.agency.pk,
        title="样例总体方案和照片", due_on=timezone.localdate() + timedelta(days=days), expected_count=3,
    )  # fmt: skip


def move(place: Place, row: ListedEvent, name: str, reason: str = "") -> ListedEvent:
    return services.move_event(place.ctx("archivist"), listed_event_id=row.pk, name=name, reason=reason)


def test_the_state_table_is_sound():
    assert EVENT_LIST.faults() == []


def test_collecting_starts_from_a_plan_with_its_list_and_ends_when_all_is_there(place):
    row = listed(place, plan="")
    with pytest.raises(PlanMissing):
        move(place, row, "start")
    row = listed(place)
    line = asked(place, row)
    move(place, row, "start")
    with pytest.raises(NotComplete):
        move(place, row, "complete")
    services.report_progress(
        place.ctx("agency_clerk"),
        requirement_id=line.pk,
        received_count=3,
        submission_number="样例-1",
        note="",
    )
    move(place, row, "complete")
    with pytest.raises(EventClosed):
        asked(place, row)
    found = queries.get_event(place.ctx("archivist"), row.pk)
    assert (found.expected, found.received) == (3, 3)


def test_a_unit_is_told_when_it_is_asked_and_reminded_once(place):
    row = listed(place)
    asked(place, row)
    asked(place, row, days=200)
    mine = Notice.objects.filter(user=place.world.user("agency_clerk"))
    assert mine.count() == 2
    assert services.remind_of_requirements() == 0  # nothing is collected yet
    move(place, row, "start")
    assert services.remind_of_requirements() == 1
    assert services.remind_of_requirements() == 0
    assert mine.count() == 3


def test_a_unit_sees_what_is_asked_of_itself_and_strangers_see_nothing(place):
    row = listed(place)
    with pytest.raises(Missing):
        queries.get_event(place.ctx("agency_clerk"), row.pk)
    line = asked(place, row)
    assert queries.get_event(place.ctx("agency_clerk"), row.pk) == row
    Requirement.objects.create(
        event=row, agency=place.world.other_agency, title="样例", due_on=date(2026, 12, 1), expected_count=500
    )
    seen = {who: queries.get_event(place.ctx(who), row.pk).expected for who in ("agency_clerk", "archivist")}
    assert seen == {"agency_clerk": line.expected_count, "archivist": line.expected_count + 500}
    Requirement.objects.filter(expected_count=500).delete()
    for stranger in ("strange_clerk", "stranger"):
        with pytest.raises(Missing):
            queries.get_event(place.ctx(stranger), row.pk)
    with pytest.raises(NotPermitted):
        services.report_progress(
            place.ctx("archives_head"),
            requirement_id=line.pk,
            received_count=1,
            submission_number="",
            note="",
        )
    with pytest.raises(AgencyNotServed):
        services.ask_for(
            place.ctx("archivist"), listed_event_id=row.pk, agency_id=place.world.other_agency.pk,
            title="样例", due_on=date(2026, 12, 1), expected_count=1,
        )  # fmt: skip


def test_a_list_goes_its_way_in_the_browser(place, client):
    world = place.world
    client.force_login(world.user("archivist"))
    assert "这里会出现重大活动" in client.get(reverse("acquisition:events")).content.decode()
    head = {"title": "样例重点工程", "began_on": "2025-03-01", "ended_on": "2024-01-01", "plan": "样例方案",
            "lead": world.agency.pk}  # fmt: skip
    new = {**head, "org": world.archives.pk, "kind": "project"}
    assert client.post(reverse("acquisition:list_event"), new).status_code == 422
    assert client.post(reverse("acquisition:list_event"), {**new, "ended_on": ""}).status_code == 303
    row = ListedEvent.objects.get()
    revised = {**head, "ended_on": "2026-01-01"}
    assert client.post(reverse("acquisition:revise_event", args=[row.pk]), revised).status_code == 303
    line = {"agency": world.agency.pk, "title": "样例竣工图", "due_on": "2026-02-01", "expected_count": "40"}
    assert client.post(reverse("acquisition:ask_for", args=[row.pk]), line).status_code == 303
    assert client.post(reverse("acquisition:move_event", args=[row.pk, "start"])).status_code == 303
    client.force_login(world.user("agency_lead"))
    page = client.get(row.get_absolute_url()).content.decode()
    assert "已逾期" in page and "登记进度" in page
    address = reverse("acquisition:report_progress", args=[Requirement.objects.get().pk])
    assert client.get(address).status_code == 200
    said = {"received_count": "40", "submission_number": "样例-7"}
    assert client.post(address, said).status_code == 303
    assert "样例-7" in client.get(row.get_absolute_url()).content.decode()
    assert client.get(reverse("acquisition:events") + "?export=csv").status_code == 200
