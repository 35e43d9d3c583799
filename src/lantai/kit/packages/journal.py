"""The journal beside the objects of a storage root: numbered segments, each naming the digest of the one before.

A segment is a text of JSON lines that is never written again. Its last line has the SHA-512 of all before it, so
that whoever has the files alone, also in a copy of the storage root, can tell whether any is missing or changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lantai.kit.errors import N_, Refusal

FORMAT = "lantai-journal/1"
FOLDER = Path("extensions", "lantai-journal")
_FILES_A_FOLDER = 1_000


class JournalDamaged(Refusal):
    """A segment is not what was written, or one is missing."""

    message = N_("保管日志第 %(number)d 段不完整或被改动（%(path)s），请从副本恢复后重试。")


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the journal: which leaves of the log it tells of."""

    number: int
    path: Path
    first: int
    end: int
    sha512: str
    previous: str


def name_of(number: int) -> str:
    """Where a segment lies, relative to the storage root."""
    return f"{FOLDER.as_posix()}/{number // _FILES_A_FOLDER:06d}/{number:09d}.jsonl"


def path_of(root: Path, number: int) -> Path:
    """Where a segment lies."""
    return root / name_of(number)


def newest(root: Path) -> Segment | None:
    """The last segment; its predecessors are read by `segments`."""
    found = max((root / FOLDER).glob("*/*.jsonl"), default=None)
    return read_segment(found) if found else None


def segments(root: Path) -> Iterator[Segment]:
    """All segments in order, each found whole; raises `JournalDamaged` where the chain is broken."""
    before: Segment | None = None
    for number, path in enumerate(sorted((root / FOLDER).glob("*/*.jsonl")), 1):
        segment = read_segment(path)
        if not follows(segment, number, before.end if before else 0, before.sha512 if before else ""):
            raise JournalDamaged(number=number, path=path.name)
        yield segment
        before = segment


def follows(segment: Segment, number: int, end: int, sha512: str) -> bool:
    """Whether a segment has that number and goes on where the one before, with that digest, ended."""
    return (segment.number, segment.first, segment.previous) == (number, end, sha512)


def read_segment(path: Path) -> Segment:
    """One segment, its bytes compared with the digest in its last line; raises `JournalDamaged`."""
    running, last = hashlib.sha512(), b""
    with path.open("rb") as stream:
        head = stream.readline()
        running.update(head)
        for line in stream:
            running.update(last)
            last = line
    try:
        said, tail = json.loads(head), json.loads(last)
    except ValueError as error:
        raise JournalDamaged(number=_number_of(path), path=path.name) from error
    digest = running.hexdigest()
    if (said.get("t"), tail.get("sha512"), said.get("number")) != (FORMAT, digest, _number_of(path)):
        raise JournalDamaged(number=_number_of(path), path=path.name)
    return Segment(said["number"], path, said["first"], said["end"], digest, said["previous"])


def _number_of(path: Path) -> int:
    return int(path.stem) if path.stem.isdecimal() else 0
