"""Agreements, calendar, announcements and return lists for machines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lantai.apps.intake import services
from tests.apps.intake.conftest import Desk, code, item

pytestmark = pytest.mark.django_db
API = "/api/intake"


def asked(client, path: str, body: object = None):
    if body is None:
        return client.get(f"{API}{path}")
    return client.post(f"{API}{path}", body, content_type="application/json")


def test_agreements_the_calendar_and_announcements_are_read_and_announced(bound: Desk, at, abroad) -> None:
    lead = at(bound.region, "agency_lead")
    (agreed,) = asked(lead, "/agreements?state=in_force").json()["agreements"]
    assert (agreed["agency"], agreed["kinds"]) == (bound.region.agency.code, {"document": "document"})
    services.add_due(bound.ctx("archivist"), agreement_id=agreed["id"], year=timezone.localdate().year)
    due = asked(lead, "/calendar?status=planned").json()["dues"][-1]
    assert due["year"] == timezone.localdate().year
    day = timezone.localdate() + timedelta(days=30)
    plan = {
        "agency": bound.region.agency.code, "kind": "document", "title": "样例预告", "mode": "package",
        "item_count": 2, "planned_on": day.isoformat(), "due": due["id"],
    }  # fmt: skip
    made = asked(lead, "/announcements", plan)
    assert made.status_code == 200, made.content.decode()
    assert asked(lead, "/announcements").json()["announcements"] == [made.json()]
    assert asked(lead, "/announcements", {**plan, "item_count": 0}).status_code == 422
    assert asked(lead, "/announcements", {**plan, "title": "a\x00"}).status_code == 422
    stranger = at(abroad, "agency_lead")
    assert asked(stranger, "/agreements").json()["agreements"] == []
    assert asked(stranger, "/calendar").json()["dues"] == []
    assert asked(stranger, "/announcements", plan).status_code == 404


def test_a_return_list_tells_reasons_and_an_item_is_given_up(desk: Desk, at, abroad) -> None:
    first = desk.checked(desk.transfer(item(1), item(2)))
    archivist = at(desk.region, "archivist")
    assert asked(archivist, f"/submissions/{first.pk}/returns").status_code == 404, "nothing went back"
    services.accept_part(
        desk.ctx("archivist"), submission_id=first.pk, item_reasons={code(2): "题名与内容不符"}
    )
    assert desk.finish(first).state == "succeeded"
    with CaptureQueriesContext(connection) as looks:
        (listed,) = asked(archivist, "/submissions").json()["submissions"]
    assert listed["object_id"] is not None
    assert [one["sql"] for one in looks if 'FROM "custody_package"' in one["sql"]] == [], (
        "one look for each row"
    )
    said = asked(archivist, f"/submissions/{first.pk}/returns").json()
    (entry,) = said["entries"]
    assert (said["state"], entry["reasons"], entry["answered_by"]) == ("open", ["题名与内容不符"], None)
    drop = f"/submissions/{first.pk}/returns/{entry['id']}/drop"
    assert asked(at(desk.region, "agency_lead"), drop, {"reason": "x"}).status_code == 404
    assert asked(at(abroad, "archivist"), drop, {"reason": "x"}).status_code == 404
    done = asked(at(desk.region, "archivist"), drop, {"reason": "原件灭失"}).json()
    assert (done["state"], done["entries"][0]["dropped_reason"]) == ("answered", "原件灭失")


def test_failed_items_of_a_report_come_some_at_a_time(desk: Desk, at, monkeypatch) -> None:
    sent = desk.checked(desk.transfer(item(1), item(2), item(3)))
    sent.items.update(verdict="failed")
    monkeypatch.setattr("lantai.platform.ui.keyset.PAGE", 2)
    archivist, after, seen = at(desk.region, "archivist"), 0, []
    while after is not None:
        found = asked(archivist, f"/submissions/{sent.pk}/report?after={after}").json()
        seen, after = [*seen, *(one["item_key"] for one in found["failed_items"])], found["next"]
    assert seen == list(sent.items.order_by("pk").values_list("item_key", flat=True)) and len(seen) == 3
