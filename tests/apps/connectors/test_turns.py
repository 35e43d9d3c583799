"""One agency's flood delays nobody, two requests at once make one delivery, and nobody sees another's."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from lantai.apps.connectors import jobs, queries, services
from lantai.apps.connectors.jobs import DOCUMENTS_A_TURN
from lantai.apps.connectors.models import Connector, Delivery
from lantai.apps.connectors.types import Content, Declared, Part, Sent, SentDocument
from lantai.apps.filing.models import Document
from lantai.kit.errors import Missing
from lantai.platform.jobs import execution
from lantai.platform.jobs.models import Run
from tests.apps.connectors.office import DELIVERIES, Office, document, settle


def flood(office: Office, count: int, *, documents: int = 1) -> None:
    """So many deliveries of so many documents, by the service that a push calls."""
    Connector.objects.filter(pk=office.connector.pk).update(most_documents=documents)
    connector = Connector.objects.select_related("account__org").get(pk=office.connector.pk)
    machine = services.acting_as(connector, office.clerk)
    said = {"title": "样例", "elements": {}, "persons": [], "classification": "public"}
    for number in range(count):
        keys = [f"F-{number}-{document}" for document in range(documents)]
        # Those after the first two turns are never reached here: they come without a file.
        held = [(Declared(name=f"{key}.txt", role="main"),) if n < 100 else () for n, key in enumerate(keys)]
        sent = tuple(SentDocument(key, "样例", said, files) for key, files in zip(keys, held, strict=True))
        parts = [Part(file.name, [file.name.encode()]) for files in held for file in files]
        delivery = Sent(key=f"F-{number}", content=Content.DOCUMENTS, documents=sent)
        services.receive(machine, connector, delivery, parts)


@pytest.fixture(autouse=True)
def nothing_else_queued(db: None) -> None:
    """What another module committed is none of ours."""
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs")


def take_up() -> Run:
    """What a worker with one slot does next, by the queue's own function."""
    with connection.cursor() as cursor:
        cursor.execute("select id, (args->>'run_id')::bigint from procrastinate_fetch_job_v2(null, null)")
        job, run_id = cursor.fetchone()
        execution.execute(run_id)
        cursor.execute("select procrastinate_finish_job_v1(%s, 'succeeded', true)", [job])
    return Run.objects.get(pk=run_id)


def served_until_done(row: Delivery) -> list[Run]:
    """What is taken up before a delivery is done, itself included."""
    handled: list[Run] = []
    while row.state != "done" and len(handled) < 20:
        handled.append(take_up())
        row.refresh_from_db()
    return handled


def test_two_thousand_documents_of_one_agency_delay_the_single_one_of_another_by_no_more_than_a_turn(
    office, abroad
):
    flood(office, 1, documents=2000)
    take_up()
    modest = abroad.delivery(abroad.push("K-1", document("OA-1")))
    handled = served_until_done(modest)
    others = [run for run in handled if run.org_id == office.region.agency.pk]
    assert modest.state == "done" and len(others) <= 1
    assert sum(run.done for run in others) <= DOCUMENTS_A_TURN
    [flooding] = Delivery.objects.filter(connector=office.connector)
    left = flooding.items.filter(outcome="waiting").count()
    assert flooding.state == "working" and left >= 2000 - 2 * DOCUMENTS_A_TURN


def test_sixty_deliveries_of_one_agency_do_not_delay_the_first_of_another(office, abroad):
    flood(office, 60)
    take_up()
    modest = abroad.delivery(abroad.push("K-1", document("OA-1")))
    handled = served_until_done(modest)
    assert modest.state == "done" and sum(run.org_id == office.region.agency.pk for run in handled) <= 1


def test_a_delivery_that_takes_several_turns_ends_when_its_last_document_has_its_outcome(office, monkeypatch):
    monkeypatch.setattr(jobs, "DOCUMENTS_A_TURN", 2)
    row = office.delivery(office.push("K-1", *(document(f"OA-{number}") for number in range(5))))
    settle()
    row.refresh_from_db()
    runs = Run.objects.filter(about_type="connectors:delivery", about_id=str(row.pk)).order_by("pk")
    assert row.state == "done" and row.attempts == 1 and [run.done for run in runs] == [2, 2, 1]
    assert [run.total for run in runs] == [5, 3, 1] and Document.objects.count() == 5


def test_of_one_agency_two_deliveries_are_never_worked_on_at_once(office):
    flood(office, 3)
    with connection.cursor() as cursor:
        cursor.execute("select id from procrastinate_fetch_job_v2(null, null)")
        assert cursor.fetchone()[0]
        cursor.execute("select id from procrastinate_fetch_job_v2(null, null)")
        assert cursor.fetchone()[0] is None


def _but_numbers(answer) -> dict[str, object]:
    """The body without what names the request itself."""
    return {name: value for name, value in answer.json().items() if name not in ("instance", "request_id")}


def test_what_one_agency_sends_is_not_there_for_another(office, abroad):
    row = office.delivery(office.push("K-1", document("OA-1")))
    file = row.items.get().files.get()
    for ctx in (abroad.clerk, abroad.officer, abroad.region.ctx("agency_lead")):
        assert not queries.visible(ctx).exists() and not queries.visible_connectors(ctx).filter(
            pk=row.connector_id
        )
        with pytest.raises(Missing):
            services.open_file(ctx, file_id=file.pk)
        with pytest.raises(Missing):
            services.dismiss(ctx, delivery_id=row.pk, reason="样例")
    for theirs, nowhere in ((row.pk, row.pk + 1_000_000), ("by-key/K-1", "by-key/K-2")):
        told, unknown = (abroad.call("get", f"{DELIVERIES}/{one}") for one in (theirs, nowhere))
        assert told.status_code == unknown.status_code == 404
        assert _but_numbers(told) == _but_numbers(unknown) and "OA-1" not in told.content.decode()
    assert abroad.call("get", DELIVERIES).json()["deliveries"] == []
    theirs = abroad.delivery(abroad.push("K-1", document("OA-1")))  # the same key and number of another
    settle()
    assert theirs.pk != row.pk and Document.objects.filter(external_key="OA-1").count() == 2


def test_a_document_for_the_fonds_of_another_agency_is_refused(office, abroad):
    row = office.delivery(office.push("K-1", document("OA-1", fonds_code=abroad.fonds.code)))
    settle()
    row.refresh_from_db()
    assert row.state == "refused" and not Document.objects.exists()


def test_two_connectors_of_one_agency_see_each_its_own_by_the_api(office):
    row = office.delivery(office.push("K-1", document("OA-1")))
    other = office.registered("hr", "push")
    _row, office.secret = services.rotate_token(office.officer, connector_id=other.pk)
    assert office.call("get", f"{DELIVERIES}/{row.pk}").status_code == 404


def test_who_registers_connectors_sees_nothing_that_is_sent(office):
    office.push("K-1", document("OA-1"))
    assert (
        queries.visible_connectors(office.officer).exists() and not queries.visible(office.officer).exists()
    )


def test_a_stranger_without_a_token_is_told_to_bring_one(office):
    answer = Client().post(DELIVERIES, {"metadata": "{}"}, headers={"idempotency-key": "K"})
    assert answer.status_code in {401, 403} and not Delivery.objects.exists()
