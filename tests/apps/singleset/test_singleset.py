from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as rules
from lantai.apps.singleset import queries, services
from lantai.apps.singleset.models import Assessment
from lantai.apps.singleset.states import ASSESSMENT
from lantai.apps.singleset.types import (
    AlreadyUnderWay,
    CriteriaOpen,
    EvidenceNotTaken,
    NotAfterToday,
    NotInDraft,
    NotReady,
    OpinionsOpen,
)
from lantai.kit.errors import Missing
from lantai.kit.fourprops.scheme import Level, scheme_for
from lantai.kit.fourprops.vocabulary import Stage
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.notify.models import Notice
from lantai.platform.workflow.types import SamePerson
from tests.region import World, _person, build_world
from tests.taken_back import taken_back

COMMAND = system_ctx(Channel.COMMAND)


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One region for all tests here; what each of them writes is taken back."""
    with django_db_blocker.unblock(), taken_back():
        rules.install_rules(COMMAND)
        world = build_world()
        world.people["second_supervisor"] = _person(COMMAND, "second_supervisor", world.bureau, "supervisor")
        yield world


@pytest.fixture
def world(region: World, db: None) -> World:
    return region


def kind():
    return holdings.kind("document")


def begun(world: World) -> Assessment:
    return services.begin(
        world.ctx("agency_clerk"), org_id=world.agency.pk, kind_ids=[kind().pk], systems="样例办公系统 1.0"
    )


def all_said(row: Assessment, level: str, **other: str) -> dict[str, tuple[str, str]]:
    return {one.code: (other.get(one.code, level), "样例说明") for one in queries.terms_of(row).criteria}


def reviewed(world: World, level: str = "met", **other: str) -> Assessment:
    row = begun(world)
    services.answer(world.ctx("agency_clerk"), assessment_id=row.pk, said=all_said(row, "met"))
    services.submit(world.ctx("agency_lead"), assessment_id=row.pk)
    services.opine(world.ctx("supervisor"), assessment_id=row.pk, said=all_said(row, level, **other))
    return services.finish_review(world.ctx("supervisor"), assessment_id=row.pk)


def approve(ctx: Ctx, row: Assessment, days: int = 0) -> Assessment:
    day = timezone.localdate() + timedelta(days=days)
    return services.approve(
        ctx, assessment_id=row.pk, valid_from=day, approved_by="样例档案局", citation="样档〔2026〕9号"
    )


def test_the_state_table_is_sound():
    assert ASSESSMENT.faults() == []


def test_the_weights_of_the_criteria_are_a_hundred(world):
    assert sum(one.weight for one in queries.terms_of(begun(world)).criteria) == 100


def test_an_approval_makes_the_checks_of_filing_and_transfer_stricter_from_its_day_on(world):
    row = approve(world.ctx("second_supervisor"), reviewed(world))
    today = timezone.localdate()
    scheme = scheme_for("document")
    stricter = queries.stricter_scheme(scheme, org_id=world.agency.pk, kind_id=kind().pk, on=today)
    raised = {one.code: one.levels for one in stricter.settings}
    for code in queries.terms_of(row).stricter:
        assert raised[code][Stage.FILING] is raised[code][Stage.TRANSFER] is Level.BLOCK
    before = queries.stricter_scheme(
        scheme, org_id=world.agency.pk, kind_id=kind().pk, on=today - timedelta(days=1)
    )
    assert before == scheme
    other = holdings.kind("marriage")
    assert not queries.is_single_set(world.agency.pk, other.pk, today)


def test_who_reviewed_does_not_approve(world):
    with pytest.raises(SamePerson):
        approve(world.ctx("supervisor"), reviewed(world))


def test_a_required_criterion_that_is_not_met_forbids_approval(world):
    row = reviewed(world, **{"6.1": "partly"})
    with pytest.raises(NotReady) as refused:
        approve(world.ctx("second_supervisor"), row)
    assert "三套" in str(refused.value)
    assert not queries.is_single_set(world.agency.pk, kind().pk, timezone.localdate())


def test_what_was_filed_before_stays_in_two_sets(world):
    with pytest.raises(NotAfterToday):
        approve(world.ctx("second_supervisor"), reviewed(world), days=-1)


def test_every_criterion_is_answered_before_it_is_sent_and_reviewed_before_it_is_approved(world):
    row = begun(world)
    with pytest.raises(CriteriaOpen):
        services.submit(world.ctx("agency_lead"), assessment_id=row.pk)
    services.answer(world.ctx("agency_clerk"), assessment_id=row.pk, said=all_said(row, "met"))
    services.submit(world.ctx("agency_lead"), assessment_id=row.pk)
    with pytest.raises(OpinionsOpen):
        services.finish_review(world.ctx("supervisor"), assessment_id=row.pk)
    with pytest.raises(NotInDraft):
        services.answer(world.ctx("agency_clerk"), assessment_id=row.pk, said=all_said(row, "met"))


def test_one_round_at_a_time(world):
    begun(world)
    with pytest.raises(AlreadyUnderWay):
        begun(world)


def test_a_suspension_lifts_the_stricter_checks_until_it_is_resumed(world):
    row = approve(world.ctx("second_supervisor"), reviewed(world))
    today = timezone.localdate()
    services.move(world.ctx("supervisor"), assessment_id=row.pk, name="suspend", reason="备份演练失败")
    assert not queries.is_single_set(world.agency.pk, kind().pk, today)
    services.move(world.ctx("supervisor"), assessment_id=row.pk, name="resume", reason="已整改")
    assert queries.is_single_set(world.agency.pk, kind().pk, today)


def test_the_next_approval_ends_the_one_before(world):
    first = approve(world.ctx("second_supervisor"), reviewed(world))
    second = approve(world.ctx("second_supervisor"), reviewed(world))
    first.refresh_from_db()
    assert (first.state, queries.in_force(world.agency.pk)) == ("ended", second)


def test_a_recheck_that_is_near_is_told_once_to_both_sides(world):
    row = approve(world.ctx("second_supervisor"), reviewed(world))
    assert services.remind_of_rechecks() == 0
    Assessment.objects.filter(pk=row.pk).update(recheck_on=timezone.localdate() + timedelta(days=5))
    assert (services.remind_of_rechecks(), services.remind_of_rechecks()) == (1, 0)
    told = set(Notice.objects.filter(text=services.DUE).values_list("user__username", flat=True))
    assert {"agency_clerk", "supervisor"} <= told


def test_strangers_find_nothing_and_agencies_do_not_review(world):
    row = begun(world)
    with pytest.raises(Missing):
        queries.get_assessment(world.ctx("strange_clerk"), row.pk)
    services.answer(world.ctx("agency_clerk"), assessment_id=row.pk, said=all_said(row, "met"))
    services.submit(world.ctx("agency_lead"), assessment_id=row.pk)
    with pytest.raises(NotPermitted):
        services.opine(world.ctx("agency_lead"), assessment_id=row.pk, said=all_said(row, "met"))


def test_evidence_is_kept_shown_and_taken_out_while_the_round_is_a_draft(world):
    row, clerk = begun(world), world.ctx("agency_clerk")
    with pytest.raises(EvidenceNotTaken):
        services.add_evidence(clerk, assessment_id=row.pk, code="1.1", name="样例.exe", content=[b"MZ"])
    paper = services.add_evidence(
        clerk, assessment_id=row.pk, code="1.1", name="样例.pdf", content=[b"%PDF-1.7"]
    )
    assert queries.keys_in_use([paper.blob_key]) == {paper.blob_key}
    with pytest.raises(Missing):
        queries.get_evidence(world.ctx("strange_clerk"), paper.pk)
    services.drop_evidence(clerk, evidence_id=paper.pk)
    assert not queries.answers_of(row.pk)["1.1"].evidence.exists()


def test_the_whole_way_on_the_pages(world, client):
    def at(name: str):
        client.force_login(world.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    said = {"org": world.agency.pk, "kinds": [kind().pk], "systems": "样例办公系统"}
    answer = at("agency_clerk").post(reverse("singleset:begin"), said)
    row = Assessment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("singleset:answer", args=[row.pk]))
    filled = {f"level_{one.code.replace('.', '_')}": "met" for one in queries.terms_of(row).criteria}

    def fill(name: str) -> None:
        at_now = reverse(name, args=[row.pk])
        while at_now != row.get_absolute_url():
            answer = client.post(at_now, filled)
            assert answer.status_code == 303
            at_now = answer["Location"]

    left = client.post(reverse("singleset:answer", args=[row.pk]), filled | {"later": "1"})
    assert left["Location"] == row.get_absolute_url()  # saved, to be gone on with
    summary = client.get(row.get_absolute_url()).content.decode()
    assert "2 / 2" in summary and "还有 16 条没有填写" in summary
    page = client.get(reverse("singleset:answer", args=[row.pk])).content.decode()
    assert "level_2_1" in page and "level_1_1" not in page and "level_3_1" not in page
    fill("singleset:answer")
    at("agency_lead").post(reverse("singleset:submit", args=[row.pk]))
    at("supervisor")
    fill("singleset:opine")
    client.post(reverse("singleset:finish_review", args=[row.pk]))
    day = timezone.localdate().isoformat()
    decision = {"valid_from": day, "approved_by": "样例档案局", "citation": "样档〔2026〕9号"}
    at("second_supervisor").post(reverse("singleset:approve", args=[row.pk]), decision)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "已批准" in page and "批准书" in page
    paper = client.get(reverse("singleset:approval", args=[row.pk]))
    assert paper.content.startswith(b"%PDF-")
