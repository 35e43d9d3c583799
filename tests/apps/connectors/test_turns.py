"""One agency's flood delays nobody, two requests at once make one delivery, and nobody sees another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client

from lantai.apps.connectors import queries, services
from lantai.apps.connectors.models import Connector, Delivery
from lantai.apps.connectors.types import Content, Declared, Part, Sent, SentDocument
from lantai.apps.filing.models import Document
from lantai.kit.errors import Missing
from lantai.platform.blobs.models import Blob
from lantai.platform.jobs import execution
from lantai.platform.jobs.models import Run
from tests.apps.connectors.office import DELIVERIES, Office, document, make_office, settle


def flood(office: Office, count: int) -> None:
    """So many deliveries, by the service that a push calls."""
    connector = Connector.objects.select_related("account__org").get(pk=office.connector.pk)
    machine = services.acting_as(connector, office.clerk)
    for number in range(count):
        said = {"title": "样例", "elements": {}, "persons": [], "classification": "public"}
        one = SentDocument(f"F-{number}", "样例", said, (Declared(name="a.txt", role="main"),))
        sent = Sent(key=f"F-{number}", content=Content.DOCUMENTS, documents=(one,))
        services.receive(machine, connector, sent, [Part("a.txt", [b"%d" % number])])


def take_up() -> Run:
    """What a worker with one slot does next, by the queue's own function."""
    with connection.cursor() as cursor:
        cursor.execute("select id, (args->>'run_id')::bigint from procrastinate_fetch_job_v2(null, null)")
        job, run_id = cursor.fetchone()
        execution.execute(run_id)
        cursor.execute("select procrastinate_finish_job_v1(%s, 'succeeded', true)", [job])
    return Run.objects.get(pk=run_id)


def test_two_hundred_deliveries_of_one_agency_do_not_delay_the_first_of_another(office, abroad):
    flood(office, 200)
    for _ in range(5):
        take_up()
    modest = abroad.delivery(abroad.push("K-1", document("OA-1")))
    handled = []
    while modest.state == "received" and len(handled) < 20:
        handled.append(take_up())
        modest.refresh_from_db()
    assert modest.state == "done" and len(handled) <= 3
    assert Delivery.objects.filter(connector=office.connector, state="received").count() >= 190


def test_of_one_agency_two_deliveries_are_never_worked_on_at_once(office):
    flood(office, 3)
    with connection.cursor() as cursor:
        cursor.execute("select id from procrastinate_fetch_job_v2(null, null)")
        assert cursor.fetchone()[0]
        cursor.execute("select id from procrastinate_fetch_job_v2(null, null)")
        assert cursor.fetchone()[0] is None


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
    assert abroad.call("get", f"{DELIVERIES}/{row.pk}").status_code == 404
    assert abroad.call("get", f"{DELIVERIES}/by-key/K-1").status_code == 404
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


@pytest.mark.django_db(transaction=True)
def test_eight_requests_at_once_with_one_key_make_one_delivery(settings, tmp_path):
    settings.LANTAI_STORE = tmp_path / "store"
    office = make_office("H")

    def push(number: int):
        try:
            return office.push("K-1", document("OA-1") if number % 4 else document("OA-1", ("x.txt", b"x")))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(push, range(8)))
    kept = [one for one in answers if one.status_code == 202]
    assert len({one.content for one in kept}) == 1 and {one.status_code for one in answers} <= {202, 422}
    assert Delivery.objects.count() == 1 and Blob.objects.filter(holds__gt=0).count() == 1
    assert Blob.objects.get(holds__gt=0).holds == 1


def test_a_stranger_without_a_token_is_told_to_bring_one(office):
    answer = Client().post(DELIVERIES, {"metadata": "{}"}, headers={"idempotency-key": "K"})
    assert answer.status_code in {401, 403} and not Delivery.objects.exists()
