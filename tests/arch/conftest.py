"""The world that the sweeps walk through."""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from lantai.platform.accounts import queries as accounts
from lantai.platform.context import Actor
from lantai.platform.ui import errors, registry
from lantai.platform.ui.context import Page
from tests.arch import sources
from tests.arch.visits import Visit, visit_all
from tests.taken_back import taken_back
from tests.world import World, build


@pytest.fixture(scope="package")
def world_of_all(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Two regions, every role, a row of every kind."""
    with django_db_blocker.unblock(), taken_back():
        yield build()


@pytest.fixture
def world(world_of_all: World, db: None) -> World:
    """The same for one test; what it writes is taken back."""
    return world_of_all


@pytest.fixture(scope="package")
def visits_of_all(world_of_all: World, django_db_blocker: Any) -> list[Visit]:
    """What everybody of the house got at every page: asked once for all that judge it."""
    with django_db_blocker.unblock(), remembering():
        return visit_all(world_of_all)


@pytest.fixture
def visits(visits_of_all: list[Visit], db: None) -> list[Visit]:
    """The same for one test; pytest-django makes a database only where some test asks for `db`."""
    return visits_of_all


@pytest.fixture(scope="package", autouse=True)
def _trees_are_let_go() -> Iterator[None]:
    yield
    sources.forget()


@contextmanager
def remembering() -> Iterator[None]:
    """Who asks, and the numbers of the header, are worked out once for each person; what a refusal looks like once
    for each of its texts.

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
        patch.setattr(registry, "menu_for", _once(_menu_that_counts_once, lambda actor: actor.id))
        patch.setattr(errors, "render", _rendering_once())
        yield


_user_of, _menu_of, _rendered = auth.get_user, registry.menu_for, errors.render


def _rendering_once() -> Callable[..., HttpResponse]:
    """``render`` of the pages of errors, which show neither menu nor counters, but for the number of the request."""
    kept: dict[tuple[int, str, str | None], bytes] = {}

    def render(request: HttpRequest, template: str, page: dict[str, Any], *, status: int) -> HttpResponse:
        key = (status, str(page["text"]), get_language())
        if key not in kept:
            kept[key] = _rendered(request, template, page, status=status).content
        return HttpResponse(kept[key], status=status)

    return render


def _menu_that_counts_once(actor: Actor) -> dict[registry.Section, list[registry.MenuItem]]:
    found = _menu_of(actor)
    return {section: [_counting_once(item) for item in items] for section, items in found.items()}


def _counting_once(item: registry.MenuItem) -> registry.MenuItem:
    return replace(item, count=_once(item.count, lambda ctx: ctx.actor.id)) if item.count else item


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
