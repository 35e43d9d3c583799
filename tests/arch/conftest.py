"""The world that the sweeps walk through."""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import auth
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client

from lantai.platform.accounts import queries as accounts
from lantai.platform.accounts.roles import roles
from lantai.platform.ui.context import Page
from tests.arch import sources
from tests.arch.routes import Route
from tests.world import Region, World, build


@pytest.fixture(scope="module")
def world_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Two regions, every role, a row of every kind."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(world_of_module: World, db: None) -> World:
    """The same for one test; what it writes is taken back."""
    return world_of_module


@pytest.fixture(scope="package", autouse=True)
def _trees_are_let_go() -> Iterator[None]:
    yield
    sources.forget()


@contextmanager
def remembering() -> Iterator[None]:
    """Who asks, and the numbers of the header, are worked out once for each person.

    A sweep takes back whatever a request wrote, so the second time would give what the first gave; sessions,
    grants and counters have tests of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            auth, "get_user", _once(_user_with_org, lambda request: request.COOKIES.get("sessionid"))
        )
        patch.setattr(accounts, "actor_for", _once(accounts.actor_for, lambda user, on: (user.pk, on)))
        counted = _once(Page.counters.func, lambda page: page._ctx.actor.id)
        patch.setattr(Page, "counters", property(counted))
        yield


_user_of = auth.get_user


def _user_with_org(request: HttpRequest) -> Any:
    user = _user_of(request)
    if user.is_authenticated:
        assert user.org.name
    return user


def _once(work: Callable[..., Any], key_of: Callable[..., Hashable]) -> Callable[..., Any]:
    """``work``, its answers kept by a key; a stranger's, who has none, are not."""
    kept: dict[Hashable, Any] = {}

    def again(*words: Any) -> Any:
        key = key_of(*words)
        if key is None:
            return work(*words)
        if key not in kept:
            kept[key] = work(*words)
        return copy.copy(kept[key])

    return again


@pytest.fixture
def remembered() -> Iterator[None]:
    """The same for one test."""
    with remembering():
        yield


def callers(route: Route, region: Region) -> list[str]:
    """The roles that the gate lets pass, and one that it stops; all where it asks for nothing."""
    asked = getattr(getattr(route.view, "gate", None), "permissions", ())
    if not asked:
        return list(region.people)
    passed = [slug for slug in region.people if roles()[slug].permissions.intersection(asked)]
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
