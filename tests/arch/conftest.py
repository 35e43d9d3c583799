"""The world that the sweeps walk through."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from tests.world import Region, World, build


@pytest.fixture
def world(db: None) -> World:
    """Two regions, every role, a row of every kind."""
    return build()


def visitors(region: Region) -> dict[str, Client]:
    """One signed-in browser for each role of a region; a failing view answers 500 as it would outside."""
    clients = {}
    for role, user in region.people.items():
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(user)
    return clients


def ask(client: Client, method: str, address: str, **more: object) -> HttpResponse:
    """One answer, and nothing of what the request wrote: a failing page does not spoil the next one."""
    before = transaction.savepoint()
    try:
        return client.generic(method, address, **more)
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(before)
