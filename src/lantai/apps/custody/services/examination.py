"""Opening files from outside: identify, examine and read their text, in the sandbox, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lantai.apps.custody.types import FileState, Survey
from lantai.platform.sandbox import services as sandbox

TARGET = "lantai.kit.formats.survey:survey"
TEXT_LIMIT = 200_000  # characters kept for the search


def survey_files(files: Iterable[tuple[Path, str]]) -> Iterator[Survey]:
    """One ``Survey`` for each (path, original name), in order; a file that can't be read is ``broken``.

    Raises ``SandboxUnavailable``: nothing from outside is parsed without walls.
    """
    calls = ({"path": path, "name": name, "text_limit": TEXT_LIMIT} for path, name in files)
    for outcome in sandbox.map_calls(TARGET, calls, timeout_s=60):
        if outcome.refusal is None:
            yield _survey(outcome.result)
        else:
            yield Survey(
                "", "", FileState.BROKEN, True, None, "", outcome.refusal.message, outcome.refusal.params
            )


def _survey(found: Any) -> Survey:
    first = found["problems"][0] if found["problems"] else {"message": "", "params": {}}
    return Survey(
        puid=found["puid"],
        mime=found["mime"],
        state=found["state"],
        extension_ok=found["extension_ok"],
        page_count=found["pages"],
        text=found["text"].replace("\x00", ""),
        why=first["message"],
        params=first["params"],
    )
