"""What happens while somebody else is at it: real transactions, real threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from lantai.platform.blobs import services
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.services.content import remove_unused

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(work):
    def run():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=120)


def test_content_being_staged_is_not_removed_under_the_stagers_hands():
    key = services.stage([b"contested"]).key
    services.discard(key)
    assert not services.exists(key)
    with transaction.atomic():
        services.stage([b"contested"])
        assert in_thread(lambda: remove_unused(key)) == set()
    assert services.exists(key)
    assert Blob.objects.get(key=key).holds == 1


def test_many_people_bring_the_same_content_at_once():
    together = threading.Barrier(6)

    def bring():
        together.wait(timeout=120)
        try:
            return services.stage([b"same"] * 1000).key
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        keys = {found.result(timeout=120) for found in [pool.submit(bring) for _ in range(6)]}
    assert len(keys) == 1
    assert Blob.objects.get().holds == 6
    with services.open_blob(keys.pop()) as file:
        assert file.read() == b"same" * 1000
