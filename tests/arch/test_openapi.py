"""The API changes only on purpose; LANTAI_UPDATE_SNAPSHOTS=1 writes the snapshot anew."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ninja import Schema

SNAPSHOT = Path(__file__).with_name("openapi.json")


def _generated() -> dict[str, Any]:
    from lantai.site.api import api

    schema = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    schema["info"].pop("version")
    return schema


def test_the_api_is_the_one_in_the_snapshot() -> None:
    found = _generated()
    if os.environ.get("LANTAI_UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    assert SNAPSHOT.exists(), "write it with LANTAI_UPDATE_SNAPSHOTS=1"
    assert found == json.loads(SNAPSHOT.read_text("utf-8"))


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own() -> None:
    operations = [
        (f"{method.upper()} {path}", operation)
        for path, methods in _generated()["paths"].items()
        for method, operation in methods.items()
    ]
    names = [operation["operationId"] for _, operation in operations]
    assert [where for where, operation in operations if not operation.get("summary")] == []
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_no_two_schemas_share_a_name() -> None:
    """The description knows a schema by its name alone: of two it would show one for both."""
    where: dict[str, set[str]] = {}
    for schema in _below(Schema):
        if schema.__module__.startswith("lantai."):
            where.setdefault(schema.__name__, set()).add(schema.__module__)
    assert {name: found for name, found in where.items() if len(found) > 1} == {}


def _below(schema: type) -> Iterator[type]:
    for one in schema.__subclasses__():
        yield one
        yield from _below(one)


def test_every_operation_names_what_it_answers_when_it_refuses() -> None:
    found = _generated()
    operations = [one for methods in found["paths"].values() for one in methods.values()]
    refusals = {operation["responses"]["default"]["$ref"] for operation in operations}
    assert refusals == {"#/components/responses/Problem"}
    assert list(found["components"]["responses"]["Problem"]["content"]) == ["application/problem+json"]
    assert {"Problem", "Fault"} <= found["components"]["schemas"].keys()
