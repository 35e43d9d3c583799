from __future__ import annotations

from datetime import date

import pytest

from lantai.apps.holdings import queries, services
from lantai.apps.holdings.states import SCHEDULE
from lantai.apps.holdings.types import (
    DrafterApproves,
    LineNumberTaken,
    ScheduleLine,
    ScheduleNotDraft,
    ScheduleWithoutLines,
)
from lantai.kit.errors import Missing
from lantai.kit.numbering import LegacyRetention
from lantai.platform.accounts import services as accounts
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.context import Channel
from lantai.platform.workflow import queries as workflow

LINES = (ScheduleLine("1", "本机关重要会议文件", "永久"), ScheduleLine("2", "一般事务", "定期10年"))
ANSWER = {"valid_from": date(2026, 1, 1), "approved_by": "样例档案局", "citation": "样档〔2026〕1号"}


def drafted(home, lines=LINES):
    return services.draft_schedule(
        home.ctx("agency_lead"), org_id=home.agency.pk, title="保管期限表（样例）", lines=lines
    )


def approved(home):
    schedule = drafted(home)
    services.submit_schedule(home.ctx("agency_lead"), schedule_id=schedule.pk)
    return services.approve_schedule(home.ctx("supervisor"), schedule_id=schedule.pk, **ANSWER)


def test_the_state_table_is_sound():
    assert SCHEDULE.faults() == []


def test_a_schedule_is_in_force_once_the_bureau_has_approved_it(home):
    assert queries.schedule_in_force(home.agency.pk) is None
    schedule = approved(home)
    assert queries.schedule_in_force(home.agency.pk) == schedule
    assert [line.retention for line in queries.lines_of(schedule.pk)] == ["Y", "D10"]


def test_the_next_version_supersedes_the_one_before(home):
    first, second = approved(home), approved(home)
    first.refresh_from_db()
    assert (first.version, first.state, second.version) == (1, "superseded", 2)
    assert queries.schedule_in_force(home.agency.pk) == second


def test_who_drafted_a_schedule_does_not_approve_it_even_with_the_right_to(home):
    schedule = drafted(home)
    services.submit_schedule(home.ctx("agency_lead"), schedule_id=schedule.pk)
    lead = home.people["agency_lead"]
    lead.assignments.create(role="supervisor", org=home.bureau, starts_on=date(2020, 1, 1))
    both = accounts.context_for(lead, channel=Channel.WEB, request_id="test")
    with pytest.raises(DrafterApproves):
        services.approve_schedule(both, schedule_id=schedule.pk, **ANSWER)


def test_a_bureau_abroad_neither_sees_nor_approves_it(home, abroad):
    schedule = drafted(home)
    services.submit_schedule(home.ctx("agency_lead"), schedule_id=schedule.pk)
    with pytest.raises(Missing):
        services.approve_schedule(abroad.ctx("supervisor"), schedule_id=schedule.pk, **ANSWER)


def test_an_agency_does_not_approve_its_own_schedule(home):
    schedule = drafted(home)
    services.submit_schedule(home.ctx("agency_lead"), schedule_id=schedule.pk)
    with pytest.raises(NotPermitted):
        services.approve_schedule(home.ctx("agency_clerk"), schedule_id=schedule.pk, **ANSWER)


def test_the_archives_sees_a_schedule_only_once_it_is_approved(home):
    schedule = drafted(home)
    with pytest.raises(Missing):
        queries.get_schedule(home.ctx("archivist"), schedule.pk)
    other = approved(home)
    assert queries.get_schedule(home.ctx("archivist"), other.pk) == other


def test_an_approved_schedule_is_never_edited(home):
    schedule = approved(home)
    with pytest.raises(ScheduleNotDraft):
        services.revise_schedule(home.ctx("agency_lead"), schedule_id=schedule.pk, title="改", lines=LINES)


def test_a_schedule_sent_back_can_be_revised_and_submitted_again(home):
    schedule = drafted(home)
    lead = home.ctx("agency_lead")
    services.submit_schedule(lead, schedule_id=schedule.pk)
    services.send_back_schedule(home.ctx("supervisor"), schedule_id=schedule.pk, reason="缺会计类")
    services.revise_schedule(
        lead, schedule_id=schedule.pk, title="改", lines=[*LINES, ScheduleLine("3", "会计凭证", "30年")]
    )
    services.submit_schedule(lead, schedule_id=schedule.pk)
    steps = [step.reason for step in workflow.timeline("holdings:schedule", schedule.pk)]
    assert steps == ["", "缺会计类", ""]


def test_long_and_short_retention_of_old_is_refused_not_converted(home):
    with pytest.raises(LegacyRetention):
        drafted(home, [ScheduleLine("1", "本机关会议文件", "长期")])


def test_two_lines_with_one_number_are_refused(home):
    with pytest.raises(LineNumberTaken):
        drafted(home, [*LINES, ScheduleLine("1", "重复", "永久")])


def test_an_empty_schedule_is_not_submitted(home):
    schedule = drafted(home, [])
    with pytest.raises(ScheduleWithoutLines):
        services.submit_schedule(home.ctx("agency_lead"), schedule_id=schedule.pk)


def test_lines_are_read_in_the_order_of_their_numbers(home):
    lines = [ScheduleLine(number, "范围", "永久") for number in ("10", "2", "1.10", "1.2", "1")]
    schedule = drafted(home, lines)
    assert [line.number for line in queries.lines_of(schedule.pk)] == ["1", "1.2", "1.10", "2", "10"]
