"""Schemathesis reads the description of the API and asks every operation what the description allows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import schemathesis
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import Failure, FailureGroup

from tests.arch.asking import ask, visitors
from tests.arch.routes import ids_for, routes
from tests.arch.test_hostile_api import callers_of
from tests.arch.test_openapi import _generated
from tests.world import World

pytestmark = pytest.mark.usefixtures("remembered")
_CHECKS = (  # not status_code_conformance: every operation has a `default`, so it could not fail
    "not_a_server_error",
    "content_type_conformance",
    "response_schema_conformance",
)
_HURRIED = settings(
    max_examples=1, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
_THOROUGH = settings(_HURRIED, max_examples=50)


@pytest.mark.parametrize(
    "pace", [pytest.param(_HURRIED, id="one"), pytest.param(_THOROUGH, id="fifty", marks=pytest.mark.large)]
)
def test_114_every_operation_keeps_what_the_description_promises(world: World, pace: settings) -> None:
    load_all_checks()
    clients, callers = visitors(world.home), callers_of(world.home)
    found: list[str] = []
    for operation in _operations():
        name = operation.definition.raw["operationId"]
        found += _broken(operation, clients[callers.get(name, "archivist")], pace)
    assert found == [], "\n" + "\n".join(found[:40])


def _broken(operation: Any, client: Client, pace: settings) -> list[str]:
    found: list[str] = []

    @pace
    @given(operation.as_strategy())
    def ask_it(case: Any) -> None:
        found.extend(_faults(case, client))

    ask_it()
    return found


def _operations() -> Iterator[Any]:
    """Every operation at ids that are there."""
    described = _generated()
    there = {
        route.address({place: "{" + place + "}" for place in route.places}): route.address(ids_for(route))
        for route in routes()
        if route.is_api and route.is_plain
    }
    described["paths"] = {there[path]: operations for path, operations in described["paths"].items()}
    for operations in described["paths"].values():
        for operation in operations.values():
            operation["parameters"] = [one for one in operation.get("parameters", ()) if one["in"] != "path"]
    for result in schemathesis.openapi.from_dict(described).get_all_operations():
        yield result.ok()


def _faults(case: Any, client: Client) -> Iterator[str]:
    content, kind = _sent(case)
    address = f"{case.path}?{urlencode(case.query or {}, doseq=True)}"
    answer = ask(client, case.method, address, data=content, content_type=kind)
    try:
        case.validate_response(_received(answer, case), checks=CHECKS.get_by_names(_CHECKS))
    except (Failure, FailureGroup) as broken:
        said = broken.exceptions if isinstance(broken, FailureGroup) else [broken]
        yield from (f"{case.method} {address} {content[:200]!r}: {one}"[:700] for one in said)


def _sent(case: Any) -> tuple[str | bytes, str]:
    if case.media_type == "multipart/form-data":
        parts = {name: value for name, value in (case.body or {}).items() if value is not None}
        return encode_multipart(BOUNDARY, parts), MULTIPART_CONTENT
    is_nothing = isinstance(case.body, schemathesis.core.NotSet)
    return "" if is_nothing else json.dumps(case.body), "application/json"


def _received(answer: HttpResponse, case: Any) -> schemathesis.Response:
    return schemathesis.Response(
        status_code=answer.status_code,
        headers={name.lower(): [value] for name, value in answer.headers.items()},
        content=b"".join(answer.streaming_content) if answer.streaming else answer.content,
        request=requests.Request(case.method, "http://testserver/").prepare(),
        elapsed=0.0,
        verify=False,
    )
