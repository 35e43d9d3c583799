from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from lantai.apps.holdings import queries, services
from lantai.apps.holdings.models import Fonds
from lantai.apps.holdings.types import ScheduleLine
from tests.apps.holdings.region import COMMAND


@pytest.fixture
def at(client, home):
    services.install_rules(COMMAND)

    def sign_in(role, region=home):
        client.force_login(region.people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def test_an_archivist_founds_a_fonds_on_the_page(at, home):
    client = at("archivist")
    assert client.get(reverse("holdings:fonds_list")).status_code == 200
    said = {"archives": home.archives.pk, "code": "J200", "name": "样例", "kind": "creator"}
    answer = client.post(reverse("holdings:new_fonds"), {**said, "creator": home.agency.pk})
    row = Fonds.objects.get(archives=home.archives, code="J200")
    assert (answer.status_code, answer["Location"]) == (303, row.get_absolute_url())
    page = client.get(row.get_absolute_url()).content.decode()
    assert "样例" in page and "分类方案" in page
    again = client.post(reverse("holdings:new_fonds"), said)
    assert again.status_code == 422 and "已由" in again.content.decode()


def test_a_class_is_added_and_taken_out_of_use_on_the_page(at, home):
    fonds, client = home.fonds(), at("archivist")
    client.post(reverse("holdings:new_class", args=[fonds.pk]), {"code": "BGS", "name": "办公室"})
    row = queries.classes_of(fonds.pk).get()
    client.post(reverse("holdings:switch_class", args=[row.pk]), {"active": "0"})
    assert not queries.classes_of(fonds.pk, only_active=True).exists()
    assert "启用类目" in client.get(fonds.get_absolute_url()).content.decode()


def test_a_schedule_goes_from_pasted_lines_to_approval(at, home):
    client = at("agency_lead")
    text = "1\t重要会议文件\t永久\n2｜一般事务｜10年"
    said = {"org": home.agency.pk, "title": "保管期限表", "lines": text}
    answer = client.post(reverse("holdings:new_schedule"), said)
    schedule = queries.visible_schedules(home.ctx("agency_lead")).get()
    assert answer.status_code == 303 and schedule.line_count == 2
    client.post(reverse("holdings:submit_schedule", args=[schedule.pk]))
    boss = at("supervisor")
    page = boss.get(schedule.get_absolute_url()).content.decode()
    assert "批准保管期限表" in page and "10年" in page
    answer = boss.post(
        reverse("holdings:approve_schedule", args=[schedule.pk]),
        {"valid_from": "2026-01-01", "approved_by": "样例档案局", "citation": "样档〔2026〕1号"},
    )
    assert answer.status_code == 303
    assert queries.schedule_in_force(home.agency.pk) == schedule
    assert boss.get(reverse("holdings:schedules")).status_code == 200


def test_a_line_that_cannot_be_read_is_named_and_nothing_typed_is_lost(at, home):
    said = {"org": home.agency.pk, "title": "表", "lines": "1\t会议文件\t永久\n只有一项"}
    answer = at("agency_lead").post(reverse("holdings:new_schedule"), said)
    page = answer.content.decode()
    assert answer.status_code == 422 and "第 2 行" in page and "只有一项" in page


def test_a_rule_is_read_and_replaced_on_the_page(at, home):
    row = queries.rule("opening", date(2026, 1, 1))
    client = at("supervisor")
    assert "open_after_years" in client.get(row.get_absolute_url()).content.decode()
    assert client.get(reverse("holdings:rules")).status_code == 200
    said = {"title": row.title, "citation": "样例", "valid_from": "2030-01-01"}
    broken = client.post(reverse("holdings:replace_rule", args=[row.pk]), {**said, "body": "{,}"})
    assert broken.status_code == 422
    done = client.post(
        reverse("holdings:replace_rule", args=[row.pk]), {**said, "body": '{"open_after_years": 20}'}
    )
    assert (
        done.status_code == 303 and queries.rule("opening", date(2030, 1, 1)).body["open_after_years"] == 20
    )


def test_a_stranger_finds_nothing_behind_any_address_with_a_number(at, home, abroad):
    fonds = home.fonds()
    schedule = services.draft_schedule(
        home.ctx("agency_lead"), org_id=home.agency.pk, title="表", lines=[ScheduleLine("1", "x", "永久")]
    )
    for role in ("archivist", "supervisor", "agency_lead"):
        client = at(role, abroad)
        for url in (fonds.get_absolute_url(), schedule.get_absolute_url()):
            assert client.get(url).status_code == 404
    client = at("archivist", abroad)
    assert client.get(reverse("holdings:edit_fonds", args=[fonds.pk])).status_code == 404
    assert client.post(reverse("holdings:new_class", args=[fonds.pk]), {}).status_code == 404


def test_the_list_of_fonds_needs_the_same_number_of_queries_for_any_number_of_rows(
    at, home, django_assert_num_queries, django_assert_max_num_queries
):
    client = at("archivist")
    home.fonds("J001")
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("holdings:fonds_list"))
    for number in range(2, 12):
        home.fonds(f"J{number:03}")
    with django_assert_num_queries(len(few)):
        client.get(reverse("holdings:fonds_list"))


def test_machines_read_fonds_schemes_and_rules(at, home):
    fonds = home.fonds()
    client = at("archivist")
    listed = client.get("/api/holdings/fonds").json()
    assert [row["code"] for row in listed] == ["J109"]
    assert client.get(f"/api/holdings/fonds/{fonds.pk}/classes").json() == []
    assert client.get("/api/holdings/rules/opening").json()["body"] == {"open_after_years": 25}
    assert len(client.get("/api/holdings/kinds").json()) == 38
    english = client.get("/api/holdings/rules/opening", headers={"Accept-Language": "en"}).json()
    assert (english["title"], english["citation"]) == (
        "Time limits for opening",
        "Archives Law (2020 revision), Article 27",
    )
