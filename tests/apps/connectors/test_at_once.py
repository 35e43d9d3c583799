"""Requests at the same moment; apart from other tests, because these really commit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from lantai.apps.connectors.models import Delivery
from lantai.platform.blobs.models import Blob
from tests.apps.connectors.office import document, make_office


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
