"""The API changes only on purpose; LANTAI_UPDATE_SNAPSHOTS=1 writes the snapshot anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

SNAPSHOT = Path(__file__).with_name("openapi.json")


def _generated() -> dict[str, object]:
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
