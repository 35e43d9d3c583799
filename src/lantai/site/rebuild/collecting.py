"""Lines of objects and of the journal, copied as they are: no line is parsed on this side."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction

from lantai.apps.custody import queries as custody
from lantai.apps.custody.services import DESCRIPTION_LINES, PACKAGE_LINES
from lantai.kit.errors import N_, LantaiError, Refusal
from lantai.kit.packages.ocfl.reader import OcflObject, object_folders, open_object
from lantai.site import journal

# UNLOGGED: what a crash of the server takes away is read from the storage root again.
_TABLES = """
CREATE UNLOGGED TABLE IF NOT EXISTS rebuild_line (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    line jsonb NOT NULL,
    t text COLLATE "C" GENERATED ALWAYS AS (line->>'t') STORED,
    key text COLLATE "C" GENERATED ALWAYS AS (line->>'key') STORED,
    id bigint GENERATED ALWAYS AS ((line->>'id')::bigint) STORED,
    at text COLLATE "C" GENERATED ALWAYS AS (line->>'at') STORED
);
CREATE UNLOGGED TABLE IF NOT EXISTS rebuild_source (name text PRIMARY KEY);
"""
_PIECE = 1024 * 1024


class LinesChanged(Refusal):
    """A document of an object is not what its inventory says."""

    message = N_("对象“%(object_id)s”的“%(path)s”与清单摘要不一致，没有用于重建。")


@dataclass
class Collected:
    """What a rebuilding found and made."""

    sources: int = 0
    damaged: list[str] = field(default_factory=list)  # objects that could not be read, with the reason
    silent: list[str] = field(default_factory=list)  # objects that tell nothing of themselves
    rows: dict[str, int] = field(default_factory=dict)  # by kind
    left_out: dict[str, int] = field(default_factory=dict)  # rows that name what is nowhere told of


def is_begun() -> bool:
    """Whether an earlier rebuilding was cut off."""
    return "rebuild_source" in connection.introspection.table_names()


def forget() -> None:
    """Drop what was collected."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS rebuild_line, rebuild_source")


def collect(root: Path, say: Callable[[str], None]) -> Collected:
    """Copy every object and every segment that is not copied yet, each in a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute("SELECT name FROM rebuild_source")
        done = {row[0] for row in cursor.fetchall()}
    found = Collected()
    for folder in object_folders(root) if root.is_dir() else ():
        name = str(folder.relative_to(root))
        try:
            if name in done or _copy_object(open_object(folder), name):
                found.sources += 1
            else:
                found.silent.append(name)
        except LantaiError as refusal:
            found.damaged.append(f"{name}: {refusal}")
        if found.sources % 1_000 == 999:
            say(f"{found.sources} objects")
    for segment in journal.segments(root):
        name = f"journal {segment.number} {segment.sha512}"
        if name not in done:
            _copy_segment(segment, name)
        found.sources += 1
    return found


@transaction.atomic
def _copy_object(stored: OcflObject, name: str) -> bool:
    """Whether the object tells of itself."""
    told = [file for file in map(stored.find, (PACKAGE_LINES, DESCRIPTION_LINES)) if file]
    if not told or told[0].logical_path != PACKAGE_LINES:
        return False
    for file in told:
        if _copy(file.path) != file.digests.sha512:
            raise LinesChanged(object_id=stored.object_id, path=file.logical_path)
    version = {
        "version": stored.number,
        "inventory_sha512": custody.inventory_digest(stored),
    }
    line = {"t": "stored", "key": stored.object_id, "id": None, "row": version}
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO rebuild_line (line) VALUES (%s::jsonb)", [json.dumps(line)])
    _done(name)
    return True


@transaction.atomic
def _copy_segment(segment: journal.Segment, name: str) -> None:
    _copy(segment.path)
    _done(name)


def _done(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO rebuild_source (name) VALUES (%s)", [name])


def _copy(path: Path) -> str:
    """COPY the lines of a file; returns its SHA-512."""
    running = hashlib.sha512()
    with connection.cursor() as cursor, cursor.copy("COPY rebuild_line (line) FROM STDIN") as copy:
        for piece in _pieces(path):
            running.update(piece)
            copy.write(piece.replace(b"\\", b"\\\\"))
    return running.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as stream:
        while piece := stream.read(_PIECE):
            yield piece
