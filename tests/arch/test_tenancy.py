"""What belongs to others is not there: the sweep over every route that takes an id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.arch.asking import ask, callers, visitors
from tests.arch.routes import Route, ids_for, model_of, routes
from tests.world import Region, World

pytestmark = pytest.mark.usefixtures("remembered")

# Models whose rows belong to nobody in particular, with the reason; gates still say who may change them.
FOR_ALL = {
    "holdings.RecordKind": "kinds are the node's; what is suggested for their fields are names that the asker may see",
    "holdings.RuleSet": "the rules of the standards hold for the whole region",
    "ledger.Checkpoint": "the log is the node's, and published",
    "witness.Stamp": "stamps over checkpoints of the published log",
    "witness.Anchor": "checkpoints of the published log on public chains",
    "witness.Poll": "polls of the node as a whole, of content by digest",
    "witness.Alarm": "who guards the log anywhere on the node must learn that it forked",
}

# A page may know one method only. An API call without the body it needs is told so before anything is looked up.
UNKNOWN = {False: {404, 405}, True: {404, 415, 422}}


def _swept() -> Iterator[Route]:
    for route in routes():
        if (route.is_ours or route.is_api) and route.is_plain and route.takes_id and not _is_for_all(route):
            yield route


def _is_for_all(route: Route) -> bool:
    models = [model_of(route, place) for place in route.places]
    return all(model is not None and model._meta.label in FOR_ALL for model in models)


def _answer(client: Client, route: Route, method: str, address: str) -> HttpResponse:
    kind = "application/json" if route.is_api else "application/x-www-form-urlencoded"
    return ask(client, method, address, content_type=kind)


def _seen(
    region: Region, route: Route, values: Mapping[str, object], clients: dict[str, Client]
) -> Iterator[str]:
    """Every answer but "not found" that people of a region get."""
    address = route.address(values)
    for method, gate in route.gates.items():
        for role in callers(gate, region):
            status = _answer(clients[role], route, method, address).status_code
            if status not in UNKNOWN[route.is_api]:
                yield f"{method} {address} as {role}: {status}"


def test_a_stranger_of_another_organisation_finds_nothing(world: World) -> None:
    clients = visitors(world.abroad)
    seen = [line for route in _swept() for line in _seen(world.abroad, route, ids_for(route), clients)]
    assert not seen, "\n" + "\n".join(seen)


def test_an_id_that_does_not_exist_looks_like_one_that_is_not_yours(world: World) -> None:
    clients = visitors(world.home)
    unknown = {route: dict.fromkeys(route.places, 9_999_999) for route in _swept()}
    seen = [line for route in unknown for line in _seen(world.home, route, unknown[route], clients)]
    assert not seen, "\n" + "\n".join(seen)


def test_who_is_not_signed_in_is_asked_to_sign_in_or_finds_nothing(world: World) -> None:
    nobody = Client(raise_request_exception=False)
    seen = [
        f"{method} {route.address(ids_for(route))}: {answer.status_code}"
        for route in _swept()
        for method in route.gates
        if not _is_shut(answer := _answer(nobody, route, method, route.address(ids_for(route))), route)
    ]
    assert not seen, "\n" + "\n".join(seen)


def _is_shut(answer: HttpResponse, route: Route) -> bool:
    if route.is_api:
        return answer.status_code in {401, 404}
    to_login = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
    return to_login or answer.status_code in UNKNOWN[False]


def test_the_sweep_has_something_to_sweep() -> None:
    assert len(list(_swept())) > 20


@pytest.mark.parametrize("role", ["archivist", "agency_clerk"])
def test_the_insiders_do_see_what_the_strangers_do_not(world: World, role: str) -> None:
    client = visitors(world.home)[role]
    pages = [route for route in _swept() if not route.is_api]
    opened = (ask(client, "GET", route.address(ids_for(route))).status_code == 200 for route in pages)
    assert any(opened), f"{role} opens no page with an id: the sweep would prove nothing"
