"""Opening files from outside: identify, examine and read their text, in the sandbox, many at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from pydantic import TypeAdapter

from lantai.apps.custody.types import ContentRole, ExaminedRow, FileState, Survey
from lantai.kit.crypto.signatures import SignatureFound
from lantai.kit.digests import Digests
from lantai.kit.formats.media import examination as media
from lantai.kit.formats.media import probing
from lantai.kit.formats.pronom import holds_release
from lantai.kit.formats.remarks import Examination, Fact, Remark, State
from lantai.kit.formats.survey import Survey as Surveyed
from lantai.kit.fourprops.facts import FileFacts, Stopped
from lantai.kit.packages.sent import SentFile
from lantai.kit.selfcheck import facts as assembling
from lantai.kit.selfcheck.envelopes import FILE_BYTES, INSIDE, STATE, Inside, is_envelope, with_inside
from lantai.kit.selfcheck.facts import Looked
from lantai.platform.sandbox import programs
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.encoding import plain
from lantai.platform.sandbox.types import Killed, ParseKilled, ParseRefused, ProgramUnavailable

TARGET = "lantai.kit.formats.survey:survey"
MEDIA_SECONDS = 600  # every packet of a long film is read
INSIDE_TARGET = "lantai.kit.selfcheck.envelopes:look_inside"
LEAST_SECONDS_INSIDE, BYTES_A_SECOND_INSIDE = 60, 1 << 20
UNKNOWN_INSIDE = {STATE: State.UNSUPPORTED.value}
TEXT_LIMIT = 200_000  # characters kept for the search
_BATCH = 32
_KEPT = ("problems", "facts", "signatures", "second_opinion")
_STOPPED = {
    Killed.TIMEOUT: Stopped.TIME,
    Killed.MEMORY: Stopped.MEMORY,
    Killed.OUTPUT: Stopped.OUTPUT,
    Killed.CRASH: Stopped.CRASH,
    Killed.GARBLED: Stopped.CRASH,
}
# Those that the checks know; what was migrated stands beside the original and is not counted as one.
_ROLES = {
    "main": "main",
    "attachment": "attachment",
    "handling": "handling",
    ContentRole.MIGRATED: "attachment",
}
_SURVEYED, _INSIDE = TypeAdapter(Surveyed), TypeAdapter(Inside)
_PROBLEMS: TypeAdapter[tuple[Remark, ...]] = TypeAdapter(tuple[Remark, ...])
_SIGNATURES: TypeAdapter[tuple[SignatureFound, ...] | None] = TypeAdapter(tuple[SignatureFound, ...] | None)
_FACTS: TypeAdapter[dict[str, Fact]] = TypeAdapter(dict[str, Fact])


def survey_files(files: Iterable[tuple[Path, str]]) -> Iterator[Survey]:
    """One ``Survey`` for each (path, original name), in order; a file that can't be read is ``broken``.

    Signatures are judged by the certificates in the folder ``LANTAI_TRUST``, formats told by the release of PRONOM
    in ``LANTAI_PRONOM``. Raises ``SandboxUnavailable``:
    nothing from outside is parsed without walls.
    """
    more, waiting = trust_folder() | pronom_folder(), iter(files)
    while batch := list(islice(waiting, _BATCH)):
        calls = [{"path": path, "name": name, "text_limit": TEXT_LIMIT, **more} for path, name in batch]
        # All of them first: no worker is kept from others while ffprobe reads a long film.
        outcomes = list(sandbox.map_calls(TARGET, calls, timeout_s=60))
        for (path, name), outcome in zip(batch, outcomes, strict=True):
            if outcome.refusal is None:
                yield _survey(_with_contents(path, name, _heard_twice(path, outcome.result), more))
            else:
                yield _unread(outcome.refusal)


def _with_contents(path: Path, name: str, found: Any, more: Mapping[str, Path]) -> Any:
    """``found`` with what lies in it where it is a package of DA/T 48: each of its files opened behind walls."""
    if not is_envelope(found["puid"]):
        return found
    timeout_s = LEAST_SECONDS_INSIDE + path.stat().st_size / BYTES_A_SECOND_INSIDE
    with tempfile.TemporaryDirectory(prefix="lantai-inside-") as out:
        try:
            inside = sandbox.call(
                INSIDE_TARGET,
                path=path,
                out=Path(out),
                name=name,
                timeout_s=timeout_s,
                output_mb=FILE_BYTES >> 20,
                **more,
            )
        except (ParseRefused, ParseKilled) as refusal:
            stopped = {"code": f"{INSIDE}stopped", "message": refusal.message, "params": dict(refusal.params)}
            return found | {
                "problems": [stopped, *found["problems"]],
                "facts": found["facts"] | UNKNOWN_INSIDE,
            }
    return found | plain(with_inside(_SURVEYED.validate_python(found), _INSIDE.validate_python(inside)))


def _heard_twice(path: Path, found: Any) -> Any:
    """``found`` with what ``ffprobe`` says of a sound or a film, where it is installed and can be confined."""
    if not media.wants_second_voice(found["facts"]):
        return found
    problems = _PROBLEMS.validate_python(found["problems"])
    ours = Examination(found["puid"], State(found["state"]), found["facts"], problems)
    try:
        said = programs.run(probing.PROGRAM, probing.arguments, path=path, timeout_s=MEDIA_SECONDS)
        both = media.second_voice(ours, said.output, said.complaints)
    except ProgramUnavailable:
        return found
    except ParseKilled:
        both = media.without_second_voice(ours)
    return found | {"state": both.state, "facts": both.facts, "problems": [plain(p) for p in both.problems]}


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
        examination=storable({name: found[name] for name in _KEPT}),
    )


def _unread(refusal: ParseRefused | ParseKilled) -> Survey:
    problem = {"code": "unreadable", "message": refusal.message, "params": dict(refusal.params)}
    stopped = _STOPPED[refusal.reason] if isinstance(refusal, ParseKilled) else ""
    kept = {"problems": [problem], "facts": {}, "signatures": None, "second_opinion": "", "stopped": stopped}
    return Survey(
        "", "", FileState.BROKEN, True, None, "", refusal.message, refusal.params, storable(kept)
    )  # fmt: skip


def storable(value: Any) -> Any:
    """``value`` as a column of JSON keeps it: no NUL, no half characters."""
    match value:
        case str():
            return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
        case Mapping():
            return {str(storable(str(name))): storable(inner) for name, inner in value.items()}
        case list() | tuple():
            return [storable(inner) for inner in value]
        case datetime():
            return value.isoformat()
    return value


def signatures_of(kept: Any) -> tuple[SignatureFound, ...] | None:
    """Signatures as a column of JSON keeps them; None where nobody looked."""
    return _SIGNATURES.validate_python(kept)


def trust_folder() -> dict[str, Path]:
    """The argument by which a confined reader gets the certificates of this installation, if there are any."""
    folder = Path(settings.LANTAI_TRUST)
    return {"trust_path": folder} if folder.is_dir() else {}


def pronom_folder() -> dict[str, Path]:
    """The argument by which a confined reader gets the release of PRONOM of this installation, if it has its own."""
    folder = Path(settings.LANTAI_PRONOM)
    return {"pronom_path": folder} if holds_release(folder) else {}


def file_facts(row: ExaminedRow, sent: SentFile, found: tuple[Digests, int] | None) -> FileFacts:
    """A kept file as the four-property test sees it, by the one assembler of facts.

    ``sent`` is what was declared of it, ``found`` its digests and size as its bytes are now; None where nobody
    has read them. What opening it has shown comes from the row.
    """
    sent = replace(sent, role=_ROLES.get(sent.role, ""))
    if sent.is_missing or (found is None and not row.state):
        return assembling.file_facts(sent)
    digests, size_bytes = found or (None, row.size_bytes)
    facts = assembling.file_facts(sent, Looked(digests, size_bytes, *_looked(row)))
    return facts if row.state else replace(facts, state=None, remarks=())


def _looked(row: ExaminedRow) -> tuple[Surveyed | None, Stopped | None]:
    kept = row.examination or {}
    if not row.state:
        return None, None
    if kept.get("stopped"):
        return None, Stopped(kept["stopped"])
    survey = Surveyed(
        puid=row.puid,
        mime=row.mime,
        state=State(row.state),
        extension_ok=row.extension_ok,
        pages=row.page_count,
        text="",
        problems=_PROBLEMS.validate_python(kept.get("problems", ())),
        facts=_FACTS.validate_python(kept.get("facts", {})),
        signatures=signatures_of(kept.get("signatures")),
        second_opinion=kept.get("second_opinion", ""),
    )
    return survey, None
