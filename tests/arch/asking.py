"""Who asks for a page in a sweep, and how."""

from __future__ import annotations

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from lantai.platform.accounts.roles import roles
from lantai.platform.gates import Gate
from tests.world import Region


def callers(gate: Gate, region: Region) -> list[str]:
    """The roles that the gate lets pass, and one that it stops; all where it asks for nothing."""
    if not gate.permissions:
        return list(region.people)
    passed = [slug for slug in region.people if roles()[slug].permissions.intersection(gate.permissions)]
    return [*passed, *[slug for slug in region.people if slug not in passed][:1]]


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
