"""Odd parameters and odd bodies: every operation of the API refuses them as a problem, none fails over them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import QueryDict

from lantai.platform.accounts.roles import roles
from tests.arch.asking import ask, visitors
from tests.arch.routes import ids_for, routes
from tests.arch.test_hostile import HOSTILE
from tests.arch.test_openapi import _generated
from tests.arch.test_routes import operations
from tests.world import Region, World

pytestmark = pytest.mark.usefixtures("remembered")

TEXTS = ("\x00", "𠮷\u202e" * 300, "9999-12-31", "", *HOSTILE[-3:])
NUMBERS = (2**63, -(2**63) - 1, 10**400, 0, -604)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The description of the whole API."""
    return dict(_generated())


def _calls(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    addresses = {
        route.address({place: "{" + place + "}" for place in route.places}): route.address(ids_for(route))
        for route in routes()
        if route.is_api and route.is_plain
    }
    for path in sorted(schema["paths"]):
        for method, operation in schema["paths"][path].items():
            yield method.upper(), addresses[path], operation


def callers_of(region: Region) -> dict[str, str]:
    """The first role that each operation lets in, by the operation's name."""
    found = {}
    for _path, op in operations():
        asked = set(getattr(op.view_func.gate, "permissions", ()))
        derived = f"{op.view_func.__module__}_{op.view_func.__name__}".replace(".", "_")
        passed = (slug for slug in region.people if not asked or roles()[slug].permissions & asked)
        found[op.operation_id or derived] = next(passed, "archivist")
    return found


def _made(kind: dict[str, Any], parts: dict[str, Any], turn: int, depth: int = 0) -> object:
    """A value of the kind that a schema asks for, which nobody would send."""
    if "$ref" in kind:
        kind = parts[kind["$ref"].rsplit("/", 1)[1]]
    if options := kind.get("anyOf") or kind.get("allOf"):
        return _made(options[turn % len(options)], parts, turn, depth)
    if choices := kind.get("enum"):
        return choices[turn % len(choices)]
    if kind.get("type") == "object":
        fields = kind.get("properties", {}).items() if depth < 6 else ()
        made = {name: _made(one, parts, turn + at, depth + 1) for at, (name, one) in enumerate(fields)}
        return made or {TEXTS[turn % len(TEXTS)]: TEXTS[(turn + 1) % len(TEXTS)]}
    plain: dict[str, Callable[[], object]] = {
        "integer": lambda: NUMBERS[turn % len(NUMBERS)],
        "number": lambda: NUMBERS[turn % len(NUMBERS)],
        "boolean": lambda: turn % 2 == 0,
        "array": lambda: (
            [_made(kind.get("items", {}), parts, turn, depth + 1)] * (turn % 3) if depth < 6 else []
        ),
        "null": lambda: None,
    }
    return plain.get(kind.get("type", ""), lambda: TEXTS[turn % len(TEXTS)])()


def _asked(operation: dict[str, Any], turn: int) -> str:
    data = QueryDict(mutable=True)
    places = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    for at, place in enumerate(places):
        is_number = "integer" in json.dumps(place["schema"])
        values = NUMBERS if is_number else HOSTILE
        data[place["name"]] = str(values[(turn + at) % len(values)])
    return data.urlencode()


def test_no_operation_fails_over_what_it_is_sent(world: World, schema: dict[str, Any]) -> None:
    clients, callers = visitors(world.home), callers_of(world.home)
    parts, found = schema["components"]["schemas"], []
    for number, (method, address, operation) in enumerate(_calls(schema)):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        for turn in (number, number + 3):
            sent = json.dumps(_made(body, parts, turn)) if body else ""
            role = callers.get(operation["operationId"], "archivist")
            answer = ask(
                clients[role],
                method,
                f"{address}?{_asked(operation, turn)}",
                data=sent,
                content_type="application/json",
            )
            if answer.status_code >= 500:
                found.append(f"{method} {address} as {role}, turn {turn}: {answer.status_code}")
    assert found == [], "\n" + "\n".join(found)
