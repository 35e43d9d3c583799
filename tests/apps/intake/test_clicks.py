"""Two people press at the same moment; these tests really commit, so their world is their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from lantai.apps.holdings import services as holdings
from lantai.apps.intake import services
from lantai.apps.intake.models import Submission
from lantai.apps.intake.types import CheckSubmission
from lantai.platform.blobs import services as blobs
from lantai.platform.jobs import services as jobs
from lantai.platform.workflow.types import MovedMeanwhile, NotFromHere
from tests.apps.holdings.region import COMMAND, make_region
from tests.apps.intake.conftest import FONDS, Desk, zip_of


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_accept_once_and_send_once(keys, tmp_path, settings):
    settings.LANTAI_STORE = tmp_path / "store"
    holdings.install_rules(COMMAND)
    region = make_region("H")
    desk = Desk(region, region.fonds(FONDS), tmp_path)
    submission = desk.checked(desk.transfer())
    data = zip_of([("a", b"b")])

    def click(act):
        try:
            return act()
        except (NotFromHere, MovedMeanwhile):
            return None
        finally:
            connection.close()

    ctx, lead = desk.ctx("archivist"), desk.ctx("agency_lead")
    agency_id = desk.region.agency.pk
    with ThreadPoolExecutor(4) as pool:
        accepts = [
            pool.submit(click, lambda: services.accept_submission(ctx, submission_id=submission.pk))
            for _ in "ab"
        ]
        sends = [
            pool.submit(
                click,
                lambda: services.submit_package(
                    lead, staged=blobs.stage([data]), name="x.zip", agency_id=agency_id
                ),
            )
            for _ in "ab"
        ]
        accepted = [future.result() for future in accepts]
        sent = [future.result() for future in sends]
    assert sum(row is not None for row in accepted) == 1
    assert len({row.pk for row in sent}) == 1
    assert Submission.objects.count() == 2
    jobs.run_now(ctx, CheckSubmission(sent[0].pk))
