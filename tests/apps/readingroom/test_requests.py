"""A citizen asks, staff search and answer; identity numbers stay sealed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from lantai.apps.holdings.models import RuleSet
from lantai.apps.readingroom import queries, services
from lantai.apps.readingroom.models import Attempt, Request
from lantai.apps.readingroom.services import codes, privacy
from lantai.apps.readingroom.services.attempts import Door
from lantai.apps.readingroom.states import REQUEST
from lantai.apps.readingroom.types import (
    CLOSED,
    ArchivesNotServing,
    IdNumberWrong,
    NamesMissing,
    NothingFound,
    NotSearching,
    PairUnknown,
    PhoneWrong,
    RecordElsewhere,
    SealedUnreadable,
    StatementMissing,
    TooManyRequests,
)
from lantai.kit import workdays
from lantai.kit.crypto import KeyFileExposed
from lantai.kit.errors import Denied, Missing
from lantai.platform.accounts.models import Assignment
from lantai.platform.ledger.models import Entry
from lantai.platform.notify.models import Notice
from lantai.platform.orgs.models import Org
from lantai.platform.workflow import queries as workflow
from lantai.platform.workflow.types import NotFromHere, ReasonMissing, SamePerson
from tests.apps.readingroom.conftest import ID_NUMBER, PHONE, Room, stranger

pytestmark = pytest.mark.django_db
TYPE = "readingroom:request"


def clock_of(row: Request):
    return workflow.clock_of(TYPE, row.pk)


def test_the_closed_states_are_those_of_the_table():
    assert REQUEST.final == CLOSED and REQUEST.faults() == []


def test_an_application_gets_a_number_that_cannot_be_guessed_and_a_clock(room: Room):
    row = room.submitted()
    today = timezone.localdate()
    assert row.number.startswith(f"CD{today:%Y%m%d}") and len(row.number) == 18
    assert set(row.number[10:]) <= set(codes.ALPHABET)
    clock = clock_of(row)
    assert (clock.kind, clock.working_days) == ("accept", 1)
    assert Notice.objects.filter(user=room.world.people["reading_clerk"]).count() == 1
    entry = Entry.objects.get(act="readingroom:request:submitted")
    assert "样例甲" not in str(entry.form)


def test_the_same_form_sent_twice_is_one_request(room: Room):
    assert room.submitted().pk == room.submitted().pk
    assert Request.objects.count() == 1


def test_neither_identity_number_nor_phone_lies_readable_in_the_database(room: Room):
    row = room.submitted()
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM readingroom_request t")
        text = cursor.fetchone()[0]
    for secret in (ID_NUMBER, PHONE):
        assert secret not in text and secret.encode().hex() not in text
    assert row.id_number_masked == "*" * 14 + ID_NUMBER[-4:]


def test_who_reveals_an_identity_leaves_a_line_and_needs_the_permission(room: Room):
    row = room.submitted()
    found = services.reveal_identity(room.world.ctx("reading_clerk"), request_id=row.pk)
    assert (found.id_number, found.phone) == (ID_NUMBER, PHONE)
    entry = Entry.objects.get(act="readingroom:identity:revealed")
    assert ID_NUMBER not in str(entry.form) and entry.actor_name == "样例reading_clerk"
    with pytest.raises(Denied):
        services.reveal_identity(room.world.ctx("approver"), request_id=row.pk)
    with pytest.raises(Missing):
        services.reveal_identity(room.world.ctx("stranger"), request_id=row.pk)


def test_what_is_sealed_opens_only_where_it_belongs(room: Room, keys):
    sealed = privacy.seal("样例", about="a")
    assert privacy.unseal(sealed, about="a") == "样例" and sealed != privacy.seal("样例", about="a")
    for broken in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x02" + sealed[1:], b""):
        with pytest.raises(SealedUnreadable):
            privacy.unseal(broken, about="a")
    with pytest.raises(SealedUnreadable):
        privacy.unseal(sealed, about="b")
    (keys / privacy.KEY_FILE).chmod(0o644)
    with pytest.raises(KeyFileExposed):
        privacy.seal("样例", about="a")


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"id_number": ID_NUMBER[:-1] + ("0" if ID_NUMBER[-1] != "0" else "1")}, IdNumberWrong),
        ({"id_number": "330402198513450011"}, IdNumberWrong),
        ({"phone": "12"}, PhoneWrong),
        ({"persons": ("  ",)}, NamesMissing),
        ({"archives_id": 0}, ArchivesNotServing),
    ],
)
def test_an_application_that_cannot_be_worked_on_is_refused_with_the_field(room: Room, more, refusal):
    with pytest.raises(refusal) as refused:
        room.submitted(**more)
    assert refused.value.field in {"id_number", "phone", "persons", "archives"}
    assert not Request.objects.exists()


def test_an_agency_and_an_archives_that_does_not_serve_take_no_applications(room: Room):
    hall = {"hours": "", "address": "", "phone": "", "fee": "", "takes_requests": False}
    services.describe_hall(room.world.ctx("reading_clerk"), archives_id=room.world.archives.pk, **hall)
    for org in (room.world.agency, room.world.archives):
        with pytest.raises(ArchivesNotServing):
            room.submitted(archives_id=org.pk)


def test_too_many_applications_from_one_address_wait(room: Room):
    for number in range(Door.SUBMIT.value.most):
        room.submitted(key=f"key-{number:012}")
    with pytest.raises(TooManyRequests):
        room.submitted(key="key-one-too-many")


def test_accepting_stops_one_clock_and_starts_the_next_by_the_rule_in_force(room: Room):
    RuleSet.objects.filter(slug="reading-room").update(
        body={"answer_working_days": 4, "extension_working_days": 2}
    )
    row = room.accepted()
    clock = clock_of(row)
    today = clock.started_on
    holidays = workflow.calendar_until(today + timedelta(days=31))
    assert clock.kind == "answer"
    assert clock.due_on == workdays.due_on(today, working_days=4, holidays=holidays)


def test_without_any_rule_the_limits_say_where_they_come_from(room: Room):
    RuleSet.objects.all().delete()
    limits = queries.limits(timezone.localdate())
    assert (limits.accept_days, limits.answer_days) == (1, 2) and limits.citation


def test_a_certificate_needs_a_record_and_what_it_says(room: Room):
    ctx, row = room.world.ctx("reading_clerk"), room.accepted()
    with pytest.raises(NothingFound):
        services.propose_certificate(ctx, row.pk)
    services.link_finding(ctx, request_id=row.pk, description_id=room.record.pk)
    with pytest.raises(StatementMissing):
        services.propose_certificate(ctx, row.pk)


def test_staff_find_a_record_by_name_link_it_once_and_may_take_it_away(room: Room):
    ctx, row = room.world.ctx("reading_clerk"), room.accepted()
    assert [hit.pk for hit in queries.linkable(ctx, row, "样例甲")] == [room.record.pk]
    finding = services.link_finding(ctx, request_id=row.pk, description_id=room.record.pk)
    assert services.link_finding(ctx, request_id=row.pk, description_id=room.record.pk) == finding
    assert queries.linkable(ctx, row, "样例甲") == []
    services.unlink_finding(ctx, finding_id=finding.pk)
    assert not queries.findings_of(row.pk).exists()


def test_the_index_finds_what_the_database_would(room: Room):
    from lantai.platform.search import services as search

    while search.follow():
        pass
    row = room.accepted()
    assert [hit.pk for hit in queries.linkable(room.world.ctx("reading_clerk"), row, "样例乙")] == [
        room.record.pk
    ]


def test_a_record_of_another_archives_is_not_certified(room: Room):
    ctx, row = room.world.ctx("reading_clerk"), room.accepted()
    type(room.record).objects.update(custodian=room.world.other_archives, openness="open")
    with pytest.raises(RecordElsewhere):
        services.link_finding(ctx, request_id=row.pk, description_id=room.record.pk)


def test_what_the_approver_reads_cannot_be_changed_meanwhile(room: Room):
    ctx, row = room.world.ctx("reading_clerk"), room.proposed()
    finding = queries.findings_of(row.pk).get()
    with pytest.raises(NotSearching):
        services.write_statement(ctx, finding_id=finding.pk, statement="别的")
    services.send_back(room.world.ctx("approver"), row.pk, "补充登记机关")
    services.write_statement(ctx, finding_id=finding.pk, statement="别的")


def test_a_refusal_and_an_empty_search_are_explained_and_end_the_clocks(room: Room):
    ctx, row = room.world.ctx("reading_clerk"), room.submitted()
    with pytest.raises(ReasonMissing):
        services.refuse_request(ctx, row.pk, "")
    services.refuse_request(ctx, row.pk, "不属于本馆馆藏范围")
    assert clock_of(row) is None
    steps = queries.public_steps(Request.objects.get(pk=row.pk))
    assert (steps[0].what, steps[0].reason) == ("不予受理", "不属于本馆馆藏范围")


def test_the_applicant_reads_no_names_of_staff_and_no_inner_reasons(room: Room):
    row = room.proposed()
    services.send_back(room.world.ctx("approver"), row.pk, "内部意见")
    shown = str(queries.public_steps(Request.objects.get(pk=row.pk)))
    assert "内部意见" not in shown and "样例reading_clerk" not in shown


def test_number_and_phone_open_the_request_and_everything_else_looks_the_same(room: Room):
    row = room.submitted()
    spoken = f" {row.number[:2].lower()} {row.number[2:10]}-{row.number[10:].lower()} "
    found = services.open_with_pair(stranger(), number=spoken, phone_tail=PHONE[-4:], address="192.0.2.9")
    assert found == row
    answers = set()
    for number, tail in ((row.number, "0000"), ("CD20260101ABCDEFGH", PHONE[-4:])):
        with pytest.raises(PairUnknown) as refused:
            services.open_with_pair(stranger(), number=number, phone_tail=tail, address="192.0.2.9")
        answers.add(str(refused.value))
    assert len(answers) == 1


def test_guessing_is_slow_for_an_address_and_for_a_number(room: Room):
    row = room.submitted()

    def guess(address: str, tail: str = "0000"):
        return services.open_with_pair(stranger(), number=row.number, phone_tail=tail, address=address)

    for _ in range(Door.TRACK.value.most):
        with pytest.raises(PairUnknown):
            guess("192.0.2.2")
    with pytest.raises(TooManyRequests) as refused:
        guess("192.0.2.2", PHONE[-4:])
    assert 1 <= refused.value.params["minutes"] <= 10
    assert guess("192.0.2.3", PHONE[-4:]) == row
    for number in range(Door.TRACKED_NUMBER.value.most - Door.TRACK.value.most):
        with pytest.raises(PairUnknown):
            guess(f"198.51.100.{number}")
    with pytest.raises(TooManyRequests):
        guess("203.0.113.1", PHONE[-4:])
    assert not any("192.0.2" in caller for caller in Attempt.objects.values_list("caller", flat=True))


def test_old_knocks_are_forgotten(room: Room):
    Attempt.objects.create(caller="x", at=timezone.now() - timedelta(days=2))
    Attempt.objects.create(caller="y", at=timezone.now())
    services.forget_attempts()
    assert list(Attempt.objects.values_list("caller", flat=True)) == ["y"]


def test_an_applicant_withdraws_before_the_review_and_not_after(room: Room):
    row = room.submitted()
    services.withdraw_request(stranger(), number=row.number)
    assert Request.objects.get(pk=row.pk).state == "withdrawn" and clock_of(row) is None
    with pytest.raises(NotFromHere):
        services.withdraw_request(stranger(), number=row.number)


def test_requests_are_seen_by_their_archives_alone(room: Room):
    row = room.submitted()
    assert queries.get(room.world.ctx("approver"), row.pk) == row
    for name in ("stranger", "agency_clerk", "system_officer", "supervisor"):
        with pytest.raises(Missing):
            queries.get(room.world.ctx(name), row.pk)
        with pytest.raises(Missing):
            services.move_request(room.world.ctx(name), request_id=row.pk, move="accept", reason="")


def test_who_proposed_may_not_approve_even_with_both_roles(room: Room):
    row, clerk = room.proposed(), room.world.people["reading_clerk"]
    Assignment.objects.create(user=clerk, role="approver", org=clerk.org, starts_on=timezone.localdate())
    with pytest.raises(SamePerson):
        services.approve_certificate(room.world.ctx("reading_clerk"), row.pk)
    assert services.approve_certificate(room.world.ctx("approver"), row.pk).state == "issuing"


def test_the_hall_is_described_by_its_own_archives(room: Room):
    said = {"hours": "样例时间", "address": "样例路", "phone": "0", "fee": "不收费", "takes_requests": True}
    services.describe_hall(room.world.ctx("reading_clerk"), archives_id=room.world.archives.pk, **said)
    row = next(hall for hall in queries.halls() if hall.org_id == room.world.archives.pk)
    assert (row.hours, row.fee) == ("样例时间", "不收费")
    other = Org.objects.get(code="A9")
    with pytest.raises(Denied):
        services.describe_hall(room.world.ctx("reading_clerk"), archives_id=other.pk, **said)
