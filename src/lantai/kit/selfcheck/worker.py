"""The process that opens what others sent: asked and answering in lines of JSON, confined, replaced when it dies.

Run as ``python -m lantai.kit.selfcheck.worker MEMORY_MB OUTPUT_MB``. The first line is the trusted
certificates; each further line is a call, answered by one line for each result.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from lantai.kit.crypto.trust import CertificateTrust
from lantai.kit.digests import Digests, chunks, digest_stream
from lantai.kit.errors import LantaiError, plain
from lantai.kit.formats.ends import Ends, EndsKeeper
from lantai.kit.formats.identify import warm
from lantai.kit.formats.survey import survey
from lantai.kit.fourprops.facts import Stopped
from lantai.kit.packages.reading import as_json, read_folder
from lantai.kit.selfcheck.confining import allow_seconds, confine
from lantai.kit.selfcheck.envelopes import is_envelope, look_inside, with_inside
from lantai.kit.selfcheck.preparing import prepare

SECONDS_A_FILE = 120
SECONDS_A_PACKAGE = 3600

Call = Mapping[str, object]


def main() -> None:
    """Answer calls until the other end closes."""
    memory_mb, output_mb = int(sys.argv[1]), int(sys.argv[2])
    # what a parser prints must not reach the answers
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    confine(memory_mb=memory_mb, output_mb=output_mb)
    questions = sys.stdin.buffer
    told = json.loads(questions.readline())
    trust = _trust(told["trust"])
    if told["opens_files"]:  # while the package is still being read
        warm(told["pronom"])
    for line in questions:
        call = json.loads(line)
        for answer in _ANSWERS[str(call["call"])](call, trust):
            _send(answers, answer)


def _send(answers: BinaryIO, answer: object) -> None:
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=as_json)
    answers.write(text.encode("utf-8", "replace") + b"\n")
    answers.flush()


def _trust(told: Mapping[str, list[str]]) -> CertificateTrust:
    return CertificateTrust(**{role: tuple(map(base64.b64decode, ders)) for role, ders in told.items()})


def _files(call: Call, trust: CertificateTrust) -> Iterator[object]:
    """Each file is read once for its digests, then asked all that there is to ask."""
    for path, name in call["files"]:  # type: ignore[attr-defined]
        allow_seconds(SECONDS_A_FILE)
        yield _file(Path(path), name, trust, Path(str(call["out"])), str(call["pronom"]))


def _file(path: Path, name: str, trust: CertificateTrust, out: Path, pronom: str) -> dict[str, object]:
    found: dict[str, object] = {}
    try:
        digests, ends = _read(path)
        found |= {"digests": digests, "size_bytes": ends.size}
        surveyed = survey(path, name, 0, trust, pronom_path=pronom, ends=ends)
        if is_envelope(surveyed.puid):
            surveyed = with_inside(surveyed, look_inside(path, out, name, trust, pronom_path=pronom))
        found["survey"] = surveyed
    except MemoryError:
        found["stopped"] = Stopped.MEMORY
    except OSError:
        found["survey"] = None
    return found


def _read(path: Path) -> tuple[Digests, Ends]:
    """One read from beginning to end."""
    keeper = EndsKeeper()
    with path.open("rb", buffering=0) as stream:
        digests, _size = digest_stream(keeper.passing(chunks(stream)))
    return digests, keeper.ends()


def _package(call: Call, trust: CertificateTrust) -> Iterator[object]:
    """Prepare and read a package; its facts are lines in files of the folder ``out``."""
    allow_seconds(SECONDS_A_PACKAGE)
    try:
        folder = prepare(Path(str(call["path"])), Path(str(call["out"])))
        count = read_folder(folder, Path(str(call["out"])), trust, may_leave_digests=True)
        yield {"folder": str(folder), "items": count}
    except LantaiError as refusal:
        yield {"refusal": refusal.message, "params": plain(refusal.params)}
    except OSError as error:
        yield {"os_error": error.strerror or type(error).__name__, "path": str(error.filename or "")}


_ANSWERS: Mapping[str, Callable[[Call, CertificateTrust], Iterator[object]]] = {
    "files": _files,
    "package": _package,
}

if __name__ == "__main__":
    main()
