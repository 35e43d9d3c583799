"""What belongs to others is not there: the sweep over every route that takes an id."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.arch.conftest import visitors
from tests.arch.routes import Route, ids_for, routes
from tests.world import World

# Routes whose ids are meant for everybody, with the reason.
FOR_ALL: dict[str, str] = {}

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOT_ALLOWED = 405
# An API call without the body it needs is told so before anything is looked up.
MALFORMED = {415, 422}


def _swept() -> Iterator[Route]:
    for route in routes():
        if (
            (route.is_ours or route.is_api)
            and route.is_plain
            and route.takes_id
            and route.name not in FOR_ALL
        ):
            yield route


def _ask(client: Client, route: Route, address: str) -> list[tuple[str, HttpResponse]]:
    """The answers to every method that the address knows."""
    kind = "application/json" if route.is_api else "application/x-www-form-urlencoded"
    asked = [(method, client.generic(method, address, content_type=kind)) for method in METHODS]
    return [(method, answer) for method, answer in asked if answer.status_code != NOT_ALLOWED]


def test_a_stranger_of_another_organisation_finds_nothing(world: World) -> None:
    strangers = visitors(world.abroad)
    seen = []
    for route in _swept():
        address = route.address(ids_for(route))
        for role, client in strangers.items():
            seen += [
                f"{method} {address} as {role}: {answer.status_code}"
                for method, answer in _ask(client, route, address)
                if answer.status_code != 404 and not (route.is_api and answer.status_code in MALFORMED)
            ]
    assert seen == [], "\n" + "\n".join(seen)


def test_who_is_not_signed_in_is_asked_to_sign_in_or_finds_nothing(world: World) -> None:
    seen = []
    for route in _swept():
        address = route.address(ids_for(route))
        for method, answer in _ask(Client(raise_request_exception=False), route, address):
            if not _is_shut(answer, route):
                seen.append(f"{method} {address}: {answer.status_code}")
    assert seen == [], "\n" + "\n".join(seen)


def _is_shut(answer: HttpResponse, route: Route) -> bool:
    if route.is_api:
        return answer.status_code == 401
    to_login = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
    return to_login or answer.status_code == 404


def test_an_id_that_does_not_exist_looks_like_one_that_is_not_yours(world: World) -> None:
    insiders = visitors(world.home)
    seen = []
    for route in _swept():
        address = route.address(dict.fromkeys(route.places, 9_999_999))
        for role, client in insiders.items():
            seen += [
                f"{method} {address} as {role}: {answer.status_code}"
                for method, answer in _ask(client, route, address)
                if answer.status_code != 404 and not (route.is_api and answer.status_code in MALFORMED)
            ]
    assert seen == [], "\n" + "\n".join(seen)


def test_the_sweep_has_something_to_sweep() -> None:
    assert len(list(_swept())) > 20


@pytest.mark.parametrize("role", ["archivist", "agency_clerk"])
def test_the_insiders_do_see_what_the_strangers_do_not(world: World, role: str) -> None:
    client = visitors(world.home)[role]
    opened = [
        route
        for route in _swept()
        if not route.is_api and client.get(route.address(ids_for(route))).status_code == 200
    ]
    assert opened, f"{role} opens no page with an id: the sweep would prove nothing"
